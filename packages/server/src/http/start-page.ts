import { devPage } from './dev/page.ts';
import { escapeHtml } from './page.ts';
import type { PlainAnswer } from './plain-routes.ts';
import { allowOf, type Route } from './route.ts';
import type { Page } from './site.ts';

const PAGES: Readonly<Record<Page, string>> = {
  account: '<a href="account/">Account pages</a>: sign up, log in, look after your account',
  admin:
    '<a href="admin/">Admin site</a>: look after everybody. <code>npx latchkey createsuperuser</code> makes who may',
};

/** The page at `/` of a development server: what runs here, what to try, where to read. */
export function startPage(
  version: string,
  port: number,
  routes: readonly Route[],
  pages: readonly Page[],
): PlainAnswer {
  const items = Object.entries(PAGES).filter(([name]) => pages.includes(name as Page));
  const links = `<ul>${items.map(([, words]) => `<li>${words}</li>`).join('\n')}
<li><a href="dev/">Development tools</a>: the inbox of mails, and the clock</li>
<li><a href="api/docs/">API documentation</a></li></ul>`;
  const rows = routes.map((route) => {
    const methods = allowOf(route).replace(', OPTIONS', '');
    const summaries = Object.values(route.operations).map((operation) => operation.summary);
    return `<tr><td><code>${escapeHtml(route.path)}</code></td><td><code>${escapeHtml(methods)}</code></td><td>${escapeHtml(summaries.join('; '))}</td></tr>`;
  });
  return devPage(
    '',
    `Latchkey ${version} is running`,
    `<p>A development server: weak passwords are allowed, any origin may call it. For production there is <code>latchkey serve</code>.</p>
${links}
<table>${rows.join('\n')}</table>
<p>Try it:</p>
<pre>curl http://127.0.0.1:${port}/api/register/ \\
  -H 'Content-Type: application/json' \\
  -d '{"username":"admin","password":"admin"}'</pre>
<p><a href="api/schema/">OpenAPI document</a> · <a href="readyz">readiness</a></p>`,
  );
}
