import { answer } from '../answer.ts';
import { escapeHtml } from '../page.ts';
import type { DevCall, DevRoute } from './dev-route.ts';
import { devPage, factList, timeText } from './page.ts';
import { clockState } from './state-routes.ts';

const button = (action: string, text: string, fields = '') =>
  `<form method="post" action="${action}">${fields}<button>${text}</button></form>`;

const BY = [
  ['6m', '6 minutes'],
  ['1h', 'an hour'],
  ['1d', 'a day'],
  ['51d', '51 days'],
] as const;

const CLOCK_BUTTONS = BY.map(
  ([value, text]) => `<button name="advance" value="${value}">${text}</button>`,
).join('');

function timeFact({ app, tools }: DevCall): string {
  const { ahead } = tools.clock;
  const days = Math.abs(ahead) / 86_400_000;
  const text = days >= 2 ? `${Math.round(days)} days` : `${Math.round(Math.abs(ahead) / 60_000)} minutes`;
  const moved = Math.abs(ahead) < 1000 ? '' : ` (${text} ${ahead > 0 ? 'ahead' : 'behind'})`;
  return timeText(app.clock.now()) + moved;
}

function snapshotList({ tools, root }: DevCall): string {
  if (tools.snapshots.size === 0)
    return '<p class="soft">None yet: <code>POST /dev/snapshots/seeded/</code> makes one.</p>';
  const facts = [...tools.snapshots].map(
    ([name, { at }]) =>
      [name, `${timeText(at)} ${button(`${root}dev/snapshots/${name}/restore/`, 'Restore')}`] as const,
  );
  return factList(facts);
}

function overviewPage(call: DevCall, routes: readonly DevRoute[]): string {
  const { app, tools, version, root } = call;
  const { mediaUrl } = app.config;
  const inbox = `<a href="${root}dev/inbox/">kept in the inbox</a>`;
  const facts = factList([
    ['Version', escapeHtml(`${version}, Node ${process.versions.node}`)],
    ['Database', escapeHtml(tools.databaseName)],
    ['Pictures', escapeHtml(app.media === undefined ? 'off' : mediaUrl.reveal().replace(/\?.*$/, ''))],
    ['Mail', app.mail.keepsDelivered ? inbox : 'sent to MAIL_URL'],
    ['Time', timeFact(call)],
  ]);
  const rows = routes.map(
    ({ method, path, about }) =>
      `<tr><td><code>${method} ${escapeHtml(path)}</code></td><td>${escapeHtml(about)}</td></tr>`,
  );
  return `${facts}
<h2>Move the time on</h2>
<form method="post" action="${root}dev/clock/">${CLOCK_BUTTONS}</form>
<h2>Snapshots</h2>
${snapshotList(call)}
<h2>Start anew</h2>
${button(`${root}dev/reset/`, 'Delete everything')}
<h2>For scripts</h2>
<table>${rows.join('\n')}</table>`;
}

/** `/dev/`: what runs, as a page and as JSON. */
export function overviewRoute(routes: readonly DevRoute[]): DevRoute {
  return {
    method: 'GET',
    path: '/dev/',
    about: 'what runs',
    async answer(call) {
      const { app, tools, version, root, wantsPage } = call;
      if (wantsPage) return devPage(root, 'Development server', overviewPage(call, routes));
      const mail = app.mail.keepsDelivered ? 'inbox' : 'smtp';
      const snapshots = [...tools.snapshots.keys()];
      return answer(200, { version, database: tools.databaseName, mail, snapshots, ...clockState(call) });
    },
  };
}
