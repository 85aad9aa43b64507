import { createHash } from 'node:crypto';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML, for elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 3rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.6rem; line-height: 1.2; }
pre { padding: 1rem; overflow-x: auto; border: 1px solid #8884; border-radius: 6px; background: #8881; }
code, pre { font: 0.875rem/1.5 ui-monospace, monospace; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** The policy of our own pages: their one style, by its hash, and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** A whole page. `body` is HTML already. */
function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head>
<body>
${body}
</body>
</html>
`;
}

/** An answer of the API as a page, for a person who opened its address in a browser. */
export function answerPage(
  request: { name: string; method: string; path: string },
  status: number,
  json: string,
): string {
  const { name, method, path } = request;
  return page(
    name,
    `<h1>${escapeHtml(name)}</h1>
<p><code>${escapeHtml(`${method} ${path}`)}</code></p>
<pre>HTTP ${status}

${escapeHtml(json)}</pre>
<p><a href="/api/docs/">All endpoints</a></p>`,
  );
}
