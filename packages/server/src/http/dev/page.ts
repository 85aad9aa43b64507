import { createHash } from 'node:crypto';
import { escapeHtml } from '../page.ts';
import type { PlainAnswer } from '../plain-routes.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
  --line: light-dark(#dfe4ea, #3a4150); --soft: light-dark(#5b6472, #a3acba); --link: light-dark(#1f4fbf, #8fb0ff);
  --ground: light-dark(#fff, #14171d); --raised: light-dark(#f6f8fa, #1d222b); }
* { box-sizing: border-box; }
body { max-width: 56rem; margin: 0 auto; padding: 1.25rem; background: var(--ground); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding-bottom: .75rem; border-bottom: 1px solid var(--line); }
nav b { margin-right: auto; }
a { color: var(--link); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1.5rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .75rem; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { unicode-bidi: plaintext; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0; }
dt, .soft { color: var(--soft); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
ol.mails { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
ol.mails li + li { border-top: 1px solid var(--line); }
ol.mails a { display: grid; grid-template-columns: 1fr max-content; gap: 0 1rem; padding: .75rem 1rem; color: inherit; text-decoration: none; }
ol.mails a:hover, ol.mails a:focus-visible { background: var(--raised); }
ol.mails b { font-weight: 600; }
ol.mails span { overflow-wrap: anywhere; }
.soft { font-size: .875rem; }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin: .75rem 0; align-items: center; }
dd form { display: inline-flex; margin: 0 0 0 .75rem; }
input, button { font: inherit; padding: .4rem .75rem; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); color: inherit; }
input { flex: 1 1 10rem; min-width: 0; max-width: 20rem; }
button { cursor: pointer; }
button:hover { border-color: var(--link); }
iframe { display: block; width: 100%; height: min(80vh, 44rem); border: 1px solid var(--line); border-radius: 8px; background: var(--ground); }
table { border-collapse: collapse; width: 100%; }
td { padding: .3rem 1.25rem .3rem 0; vertical-align: top; }
td:first-child { white-space: nowrap; }
@media (max-width: 40rem) { ol.mails a { grid-template-columns: 1fr; } td, td:first-child { display: block; padding: 0; white-space: normal; overflow-wrap: anywhere; } td:last-child { padding-bottom: .6rem; } }
`;

const HASH = createHash('sha256').update(STYLE).digest('base64');

const POLICY = `default-src 'none'; style-src 'sha256-${HASH}'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** A page of the development server. `body` is HTML already, `root` leads from here to the server's root. */
export function devPage(root: string, title: string, body: string): PlainAnswer {
  const text = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Latchkey dev</title><style>${STYLE}</style></head>
<body>
<nav><b>Latchkey dev</b> <a href="${root}dev/">Server</a> <a href="${root}dev/inbox/">Inbox</a> <a href="${root}api/docs/">API</a></nav>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
  const headers = { 'Content-Security-Policy': POLICY };
  return { status: 200, type: 'text/html; charset=utf-8', text, headers };
}

/** Names and values, one below the other. Values are HTML already. */
export function factList(facts: readonly (readonly [string, string])[]): string {
  return `<dl>${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${value}</dd>`).join('\n')}</dl>`;
}

/** A time of the server as people read it; it is UTC everywhere. */
export const timeText = (at: number) =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
