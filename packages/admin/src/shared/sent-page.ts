import { htmlOf, type Markup } from './markup.ts';

/** A page whose form is in the HTML that the server sends. */
export interface SentPage {
  /** of its file, without the ending */
  readonly name: string;
  readonly title: string;
  readonly parts: readonly Markup[];
}

const ROOT = '<div id="root"></div>';

/** The page in the HTML of the site it belongs to. */
export function sentIn(html: string, { title, parts }: SentPage): string {
  if (!html.includes(ROOT)) throw new Error('the page has no #root');
  return html
    .replace(/<title>[^<]*<\/title>/, () => `<title>${htmlOf(title)}</title>`)
    .replace(ROOT, () => `<div id="root">${parts.map(htmlOf).join('')}</div>`);
}
