import type { Language, Letter, MessageKind } from './message.ts';
import { ARABIC } from './texts/arabic.ts';
import { ENGLISH } from './texts/english.ts';
import { FRENCH } from './texts/french.ts';
import { GERMAN } from './texts/german.ts';
import { PORTUGUESE } from './texts/portuguese.ts';
import { SPANISH } from './texts/spanish.ts';
import type { Texts, Words } from './texts/words.ts';

/** What a text can say. `link` is empty in a mail without one. */
export interface Values {
  readonly site: string;
  readonly link: string;
  readonly email: string;
  readonly ip: string;
  readonly date: string;
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: ENGLISH,
  de: GERMAN,
  fr: FRENCH,
  es: SPANISH,
  pt: PORTUGUESE,
  ar: ARABIC,
};

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);

/** One line, and no longer than an address can be. */
const tame = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 500);

/** Puts the values in, in one pass: what a value says is never read as a template. Unknown names are left as they are. */
function fill(template: string, values: Values, safely: (text: string) => string): string {
  return template.replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? safely(tame(values[name as keyof Values])) : whole,
  );
}

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Colours for mail programs that are dark; the others know nothing of classes, and the light ones stand in place. */
const DARK = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){.ground{background:#12151b!important}.card{background:#1b2029!important;border-color:#343c49!important}.text{color:#e6e9ee!important}.soft{color:#a3acba!important;border-color:#343c49!important}.link{color:#8fb0ff!important}}`;

/** Text as HTML; no line ends within "e-mail". */
const inHtml = (text: string) =>
  escapeHtml(text).replace(/\be-mail\b/gi, '<span style="white-space:nowrap">$&</span>');

/** Our own HTML: tables and styles in place, as mail programs want it; no picture, nothing from elsewhere. */
function ownHtml({ subject, text, button, after }: Words, language: Language): string {
  const direction = language === 'ar' ? 'rtl' : 'ltr';
  const link =
    button === undefined
      ? ''
      : `<p style="margin:28px 0"><a href="{{link}}" style="display:inline-block;padding:12px 22px;border-radius:6px;background:#1f4fbf;color:#ffffff;text-decoration:none;font-weight:600">${inHtml(button)}</a></p>
<p dir="ltr" style="margin:0 0 24px;font-size:13px;word-break:break-all"><a class="link" href="{{link}}" style="color:#1f4fbf">{{link}}</a></p>`;
  return `<!doctype html>
<html lang="${language}" dir="${direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title>
<style>${DARK}</style></head>
<body class="ground" style="margin:0;padding:0;background:#f3f5f8">
<table class="ground" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f5f8"><tr><td align="center" style="padding:32px 16px">
<table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#ffffff;border:1px solid #dfe4ea;border-radius:10px"><tr><td class="text" dir="${direction}" style="padding:32px;${FONT};font-size:16px;line-height:1.55;color:#1c2430">
<p class="soft" style="margin:0 0 16px;font-size:13px;color:#5b6472">{{site}}</p>
<h1 style="margin:0 0 16px;font-size:21px;line-height:1.3">${inHtml(subject)}</h1>
<p style="margin:0 0 24px">${inHtml(text)}</p>
${link}
<p class="soft" style="margin:0;padding-top:16px;border-top:1px solid #dfe4ea;font-size:13px;color:#5b6472">${inHtml(after)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

function ownPlain({ text, button, after }: Words): string {
  return `${text}\n\n${button === undefined ? '' : `${button}:\n{{link}}\n\n`}${after}\n\n-- \n{{site}}\n`;
}

/** The own template of a mail: in its language, else in all, else ours. */
function templateOf(
  templates: ReadonlyMap<string, string>,
  kind: MessageKind,
  language: Language,
  part: 'subject.txt' | 'txt' | 'html',
): string | undefined {
  return templates.get(`${kind}.${language}.${part}`) ?? templates.get(`${kind}.${part}`);
}

/** A mail in words: subject, plain text and HTML. Values are escaped in HTML and kept to one line everywhere. */
export function render(
  kind: MessageKind,
  language: Language,
  values: Values,
  templates: ReadonlyMap<string, string>,
): Omit<Letter, 'to'> {
  const words = TEXTS[language][kind];
  const own = (part: 'subject.txt' | 'txt' | 'html') => templateOf(templates, kind, language, part);
  const same = (text: string) => text;
  return {
    subject: tame(fill(own('subject.txt')?.trim() ?? words.subject, values, same)),
    plain: fill(own('txt') ?? ownPlain(words), values, same),
    html: fill(own('html') ?? ownHtml(words, language), values, escapeHtml),
  };
}
