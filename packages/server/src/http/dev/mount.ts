import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../../domain/app.ts';
import type { DevTools } from '../../domain/dev/dev-tools.ts';
import type { Answer } from '../answer.ts';
import { readData } from '../body.ts';
import { isRefusal, negotiate } from '../negotiate.ts';
import { pathOf } from '../paths.ts';
import type { PlainAnswer } from '../plain-routes.ts';
import { type HttpRefusal, refuseHttp, toAnswer } from '../refusals.ts';
import { type PathValues, parameterReader } from '../route.ts';
import type { Mount } from '../server.ts';
import type { Writer } from '../write.ts';
import type { DevRoute } from './dev-route.ts';
import { foreignPage } from './guard.ts';
import { INBOX_ROUTES } from './inbox-routes.ts';
import { overviewRoute } from './overview.ts';
import { STATE_ROUTES } from './state-routes.ts';

type Answered = Answer | PlainAnswer | HttpRefusal;

interface DevServer {
  readonly app: App;
  readonly tools: DevTools;
  readonly version: string;
}

const ROUTES: readonly DevRoute[] = [...INBOX_ROUTES, ...STATE_ROUTES];

const EXACT: PathValues = {};

/** What stands in a path for the parameters of a route; undefined when it is another path. */
function pathReader(route: DevRoute): (path: string) => PathValues | undefined {
  if (route.parameters !== undefined) return parameterReader(route);
  return (path) => (path === route.path ? EXACT : undefined);
}

const SERVED = [overviewRoute(ROUTES), ...ROUTES].map((route) => ({ route, read: pathReader(route) }));

function notAllowed(method: string, path: string): Answer {
  const methods = SERVED.filter(({ read }) => read(path) !== undefined).map(({ route }) => route.method);
  if (methods.length === 0) return toAnswer(refuseHttp('not_found'));
  const refused = toAnswer(refuseHttp('method_not_allowed', { text: method }));
  return { ...refused, headers: { Allow: [...new Set(methods)].join(', ') } };
}

/** Relative, with or without a slash at the end of where one is. */
const rootFrom = (path: string) => `./${'../'.repeat(path.split('/').length - 2)}`;

async function respond(server: DevServer, message: IncomingMessage): Promise<Answered> {
  const foreign = foreignPage(server.app.config, message);
  if (foreign !== undefined) return foreign;
  const asked = pathOf(message);
  const path = asked.endsWith('/') ? asked : `${asked}/`;
  const method = message.method === 'HEAD' ? 'GET' : (message.method ?? '');
  const query = new URLSearchParams((message.url ?? '').slice(asked.length));
  const found = SERVED.find(({ route, read }) => route.method === method && read(path) !== undefined);
  if (found === undefined) return notAllowed(method, path);
  const format = negotiate(message.headers.accept, query.get('format'));
  if (isRefusal(format)) return format;
  const read = method === 'POST' ? await readData(message) : { data: undefined };
  if (!('data' in read)) return read;
  const parameters = found.read(path) ?? {};
  const root = rootFrom(asked);
  return found.route.answer({
    ...server,
    parameters,
    query,
    root,
    ...read,
    wantsPage: format.kind === 'html',
  });
}

/** Everything under `/dev/`. Only a development server has it. */
export function devMount(server: DevServer): Mount {
  const answer = (writer: Writer) => async (message: IncomingMessage, response: ServerResponse) => {
    const answered = await respond(server, message);
    if ('text' in answered && 'type' in answered) writer.plain(response, answered);
    else writer.bare(response, 'ok' in answered ? toAnswer(answered) : (answered as Answer));
  };
  return { path: '/dev', answer };
}
