import { readUid } from '../../domain/email/link.ts';
import type { DeliveredMail } from '../../domain/email/message.ts';
import { escapeHtml } from '../page.ts';
import type { PlainAnswer } from '../plain-routes.ts';
import { devPage, factList, timeText } from './page.ts';

const LINK = /https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]]/g;

/** The addresses in a text. */
const linksIn = (text: string): string[] => [...new Set(text.match(LINK))];

/** What the links of a mail carry, whatever their path looks like: a token of 256 bits, and the account as djoser names it. */
function partsOfLinks(links: readonly string[]) {
  const parts = links.flatMap((link) => link.split(/[^\w-]+/));
  const token = parts.find((part) => part.length === 43) ?? null;
  return { token, uid: parts.find((part) => readUid(part) !== undefined) ?? null };
}

/** A mail as scripts get it. */
export function mailJson(mail: DeliveredMail) {
  const { id, to, kind, language, subject, plain, html, createdAt, deliveredAt } = mail;
  const links = linksIn(plain);
  return {
    id,
    to,
    kind,
    language,
    subject,
    created_at: new Date(createdAt).toISOString(),
    delivered_at: new Date(deliveredAt).toISOString(),
    links,
    ...partsOfLinks(links),
    text: plain,
    html,
  };
}

/** Text as HTML, its addresses to be clicked. */
function withLinks(text: string): string {
  let html = '';
  let at = 0;
  for (const found of text.matchAll(LINK)) {
    const link = escapeHtml(found[0]);
    html += `${escapeHtml(text.slice(at, found.index))}<a href="${link}" target="_blank" rel="noreferrer">${link}</a>`;
    at = found.index + found[0].length;
  }
  return html + escapeHtml(text.slice(at));
}

/** One mail: what is in its head, its HTML in a frame where nothing runs, and its text. */
export function mailPage(
  { id, to, kind, language, subject, plain, deliveredAt }: DeliveredMail,
  root: string,
): PlainAnswer {
  const facts = factList([
    ['To', `<a href="${root}dev/inbox/?to=${encodeURIComponent(to)}">${escapeHtml(to)}</a>`],
    ['Kind', `<code>${escapeHtml(kind)}</code> in ${escapeHtml(language)}`],
    ['Delivered', timeText(deliveredAt)],
  ]);
  return devPage(
    root,
    subject,
    `${facts}
<h2>HTML</h2>
<iframe src="${root}dev/inbox/${id}/html/" title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
<h2>Text</h2>
<pre>${withLinks(plain)}</pre>`,
  );
}

function row({ id, to, kind, language, subject, deliveredAt }: DeliveredMail, root: string): string {
  return `<li><a href="${root}dev/inbox/${id}/"><b><bdi>${escapeHtml(subject)}</bdi></b> <span class="soft">${timeText(deliveredAt)}</span>
<span class="soft">${escapeHtml(to)}</span> <span class="soft">${escapeHtml(kind)}, ${escapeHtml(language)}</span></a></li>`;
}

/** The inbox, newest first. */
export function inboxPage(mails: readonly DeliveredMail[], to: string, root: string): PlainAnswer {
  const list =
    mails.length === 0
      ? '<p class="soft">No mail. Register an account with an e-mail address, and load this page again.</p>'
      : `<ol class="mails">${mails.map((mail) => row(mail, root)).join('\n')}</ol>`;
  return devPage(
    root,
    'Inbox',
    `<form><input type="search" name="to" value="${escapeHtml(to)}" placeholder="Address" aria-label="Address"><button>Show</button></form>
${list}`,
  );
}

/** What a mail may do in its frame: look as it does. No script, nothing from elsewhere; links open in a new tab. */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

const BASE = '<base target="_blank">';

/** The HTML of a mail as it was sent, but for where its links open. */
export function mailHtml({ html }: DeliveredMail): PlainAnswer {
  const text = /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, `$&${BASE}`) : BASE + html;
  const headers = { 'Content-Security-Policy': MAIL_POLICY, 'X-Frame-Options': 'SAMEORIGIN' };
  return { status: 200, type: 'text/html; charset=utf-8', text, headers };
}
