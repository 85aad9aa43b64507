import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import type { App } from '../domain/app.ts';
import { type Block, turnAway } from '../domain/limits/turn-away.ts';
import { MediaUnavailable } from '../domain/media/media.ts';
import { refuse } from '../domain/outcome.ts';
import { noteRefusal } from '../domain/refusals/note.ts';
import { type Answer, toJson } from './answer.ts';
import { answerApi } from './api.ts';
import { docsPages } from './docs.ts';
import { doorFor } from './door.ts';
import { type Headers, isPreflight, standingHeaders } from './headers.ts';
import type { Readiness } from './health.ts';
import { clearTextGuard } from './in-clear.ts';
import { type Mark, markRequest, randomIds, requestIds } from './mark.ts';
import { MEDIA_PATH, mediaPages } from './media.ts';
import { meterRequests } from './meter-requests.ts';
import { openApiDocument } from './openapi.ts';
import { originsFor } from './origin.ts';
import { type NameOfPath, parametersFor, pathNames, pathOf } from './paths.ts';
import { type PlainRoute, plainRoutes } from './plain-routes.ts';
import { refuseHttp, toAnswer } from './refusals.ts';
import { isForStaff, type Route, unguarded } from './route.ts';
import { routesFor } from './routes/all.ts';
import { pagesOn, siteHandler } from './site.ts';
import { turnstileFor } from './turnstile.ts';
import { type UnderWay, underWayWith } from './under-way.ts';
import { type Writer, writerFor } from './write.ts';

/** Answers one request completely; what it throws is a bug or a broken database. */
type Handler = (message: IncomingMessage, response: ServerResponse, mark: Mark) => Promise<void> | void;

/** A path and all below it, answered by one function. */
export interface Mount {
  readonly path: string;
  readonly answer: (writer: Writer) => Handler;
}

/** A JWT, or the token of a link in a mail: the pages that links lead to may be ours. */
const TOKEN_IN_PATH = /[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}|(?<=\/)[\w-]{43}(?=\/|$)/g;

/** The path as the log has it. Queries stay out of the log, and so does a token that somebody put into a path. */
const loggedPath = (message: IncomingMessage) => pathOf(message).replace(TOKEN_IN_PATH, '***');

const NO_QUERY = new URLSearchParams();

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const at = url.indexOf('?');
  return at < 0 ? NO_QUERY : new URLSearchParams(url.slice(at));
}

type OriginOf = ReturnType<typeof originsFor>;

function apiHandler(app: App, writer: Writer, route: Route, originOf: OriginOf): Handler {
  const parametersOf = parametersFor(route);
  const forStaff = isForStaff(route);
  return async (message, response, mark) => {
    const parameters = parametersOf(pathOf(message));
    if (parameters === undefined) return writer.bare(response, toAnswer(refuseHttp('not_found')));
    mark.route = route.path;
    const origin = originOf(message, mark.requestId);
    mark.origin = origin;
    const query = queryOf(message);
    const request = { app, route, message, query, parameters, origin, mark, isForStaff: forStaff };
    const written = await answerApi(request);
    await writer.api(route, response, written);
  };
}

function notAllowed(method: string): Answer {
  const refused = toAnswer(refuseHttp('method_not_allowed', { text: method }));
  return { ...refused, headers: { Allow: 'GET, HEAD' } };
}

function plainHandler(writer: Writer, route: PlainRoute): Handler {
  return async (message, response) => {
    const { method = '' } = message;
    if (method === 'GET' || method === 'HEAD') writer.plain(response, await route.answer(message));
    else writer.bare(response, notAllowed(method));
  };
}

/**
 * Who answers a request. A path that is not there may be with a slash at its end: safe methods are sent there, the others are
 * served at once (a redirect would lose the body).
 */
function handlerFinder(writer: Writer, handlers: ReadonlyMap<string, Handler>, nameOf: NameOfPath) {
  const handlerOf = (path: string) => handlers.get(nameOf(path) ?? '');
  const toSlash: Handler = (message, response) => {
    const { url = '' } = message;
    const path = pathOf(message);
    writer.redirect(response, `${path}/${url.slice(path.length)}`);
  };
  const missing: Handler = (_message, response) => writer.bare(response, toAnswer(refuseHttp('not_found')));
  return (message: IncomingMessage): Handler => {
    const path = pathOf(message);
    const exact = handlerOf(path);
    if (exact !== undefined) return exact;
    const withSlash = handlerOf(`${path}/`);
    if (withSlash === undefined) return missing;
    return message.method === 'GET' || message.method === 'HEAD' ? toSlash : withSlash;
  };
}

/** Runs handlers and takes note of what they answered. */
type Guard = (handler: Handler, message: IncomingMessage, response: ServerResponse) => Promise<void>;

function whatFailed({ store }: App, error: unknown) {
  if (store.isUnavailable(error))
    return { reason: 'store_unavailable', note: 'the database does not answer' } as const;
  if (error instanceof MediaUnavailable)
    return { reason: 'media_unavailable', note: 'the storage of pictures does not answer' } as const;
  return { reason: 'server_error', note: 'a request failed' } as const;
}

interface Guarded {
  readonly app: App;
  readonly writer: Writer;
  readonly underWay: UnderWay;
  readonly originOf: OriginOf;
  readonly idOf: (message: IncomingMessage) => string;
}

/** Whatever a handler throws is logged and answered with one fixed sentence and the request id; refusals are noted. */
function guardFor({ app, writer, underWay, originOf, idOf }: Guarded): Guard {
  return async (handler, message, response) => {
    const marked = markRequest(response, idOf(message));
    const { requestId } = marked;
    const started = app.clock.elapsed();
    const method = message.method ?? '';
    const path = loggedPath(message);
    const entry = underWay.enter(response);
    try {
      await handler(message, response, marked);
    } catch (error) {
      const { reason, note } = whatFailed(app, error);
      app.log.error({ requestId, method, path, error }, note);
      const refusal = refuseHttp(reason, { text: requestId });
      if (response.headersSent) response.destroy();
      else writer.bare(response, toAnswer(refusal));
    } finally {
      underWay.leave(entry);
    }
    const { refusal, route, token, origin } = marked;
    if (refusal !== undefined) {
      const from = origin ?? originOf(message, requestId);
      noteRefusal(app, { origin: from, method, route, refusal, token });
    }
    const ms = Math.round(app.clock.elapsed() - started);
    app.log.request({ requestId, method, path, status: response.statusCode, ms, reason: refusal?.reason });
  };
}

const pathsOf = (routes: readonly PlainRoute[]) => new Set(routes.map(({ path }) => path));

/** What is answered before any route: one who asks too often or in clear, a refusal, or a preflight. */
function doorHandler(
  app: App,
  writer: Writer,
  plain: readonly PlainRoute[],
  pages: readonly string[],
  originOf: OriginOf,
): (message: IncomingMessage) => Handler | undefined {
  const probes = pathsOf(plain.filter(({ anyHost }) => anyHost));
  const blockAtTheTurnstile = turnstileFor(app, probes);
  const refusalAtTheDoor = doorFor(app, probes);
  const mayComeInClear = pathsOf(plain.filter(({ anyHost, takesToken }) => anyHost && !takesToken));
  const refusalInClear = clearTextGuard(app, mayComeInClear, pages);
  const turnedAway =
    (block: Block): Handler =>
    async (message, response, mark) => {
      const origin = originOf(message, mark.requestId);
      mark.origin = origin;
      const refusal = await turnAway(app, block, app.clock.now(), origin);
      mark.refusal = refusal;
      writer.bare(response, toAnswer(refusal));
    };
  return (message) => {
    const block = blockAtTheTurnstile?.(message);
    if (block !== undefined) return turnedAway(block);
    const refusal = refusalAtTheDoor(message);
    if (refusal !== undefined) return (_message, response) => writer.stranger(response, toAnswer(refusal));
    const inClear = refusalInClear?.(message);
    if (typeof inClear === 'string') return (_message, response) => writer.redirect(response, inClear);
    if (inClear !== undefined) return (_message, response) => writer.bare(response, toAnswer(inClear));
    return isPreflight(message) ? (_message, response) => writer.preflight(response) : undefined;
  };
}

const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is no HTTP at all, or HTTP of an unknown method, never becomes a request: one answer, and the end. */
function refuseUnreadable(standing: Headers, random: App['random']) {
  const nextId = randomIds(random);
  const text = toJson(toAnswer(refuseHttp('bad_request')).body);
  const headers = {
    ...standing,
    'Content-Type': 'application/json',
    'Content-Length': text.length,
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const head = `${lines.join('')}X-Request-Id: ${nextId()}\r\n`;
    socket.end(`HTTP/1.1 ${UNREADABLE[error.code ?? ''] ?? '400 Bad Request'}\r\n${head}\r\n${text}`);
  };
}

const NO_SCHEMAS = () => () => {
  throw new Error('a route has a schema: the bodies are the contract and read by us');
};

function bareFastify(
  onUnreadable: ReturnType<typeof refuseUnreadable>,
  onBadUrl: (message: IncomingMessage, response: ServerResponse) => void,
): FastifyInstance {
  return fastify({
    logger: false,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    exposeHeadRoutes: false,
    // No route has a schema: Ajv need not be loaded.
    schemaController: { compilersFactory: { buildValidator: NO_SCHEMAS, buildSerializer: NO_SCHEMAS } },
    clientErrorHandler: onUnreadable,
    http: {
      headersTimeout: 10_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 16_384,
      requireHostHeader: false,
    },
    frameworkErrors: (_error, _request, reply) => {
      reply.hijack();
      onBadUrl(reply.request.raw, reply.raw);
    },
  });
}

const DUMMY = async () => {};

/** More connections than this are not taken: each costs memory. */
const MOST_CONNECTIONS = 5_000;

/** The server, what it has been asked and has not answered yet, and who is connected. */
export interface HttpServer {
  readonly fastify: FastifyInstance;
  readonly underWay: UnderWay;
  readonly sockets: ReadonlySet<Socket>;
}

function socketsOf({ server }: FastifyInstance): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

/**
 * The HTTP server: routes as data, on Fastify, which does timeouts and closing. A request is answered in its
 * first hook, before Fastify looks at the body: bodies, words and headers are the contract.
 * Not yet listening.
 */
export async function createServer(
  app: App,
  readiness: Readiness,
  version: string,
  more: readonly PlainRoute[] = [],
  mounts: readonly Mount[] = [],
): Promise<HttpServer> {
  const writer = writerFor(app.config);
  const standing = standingHeaders(app.config);
  const idOf = requestIds(app);
  const server = bareFastify(refuseUnreadable(standing, app.random), (message, response) => {
    markRequest(response, idOf(message));
    writer.bare(response, toAnswer(refuseHttp('not_found')));
  });
  const plain = [...plainRoutes(app, readiness, version), ...more];
  const handlers = new Map<string, Handler>();
  const originOf = originsFor(app);
  const routes = routesFor(app.config);
  const [open] = unguarded(routes);
  if (open !== undefined) throw new Error(`${open} does not say who may, and is not served`);
  for (const route of routes) {
    const handler = apiHandler(app, writer, route, originOf);
    for (const path of [route.path, ...(route.aliases ?? [])]) handlers.set(path, handler);
  }
  for (const route of plain) handlers.set(route.path, plainHandler(writer, route));
  const docs = docsPages(
    () => openApiDocument(version, app.config),
    standing,
    (_message, response) => writer.bare(response, toAnswer(refuseHttp('not_found'))),
  );
  const mount = (path: string, answer: Handler) => {
    for (const name of [path, `${path}/*`]) handlers.set(name, answer);
  };
  mount('/api/docs', docs);
  for (const { path, answer } of mounts) mount(path, answer(writer));
  const pages = pagesOn(app.config);
  for (const page of pages) mount(`/${page}`, siteHandler(app, writer, page));
  if (app.media !== undefined) handlers.set(`${MEDIA_PATH}*`, mediaPages(app, writer));
  const nameOf = pathNames(handlers, routes);
  const handlerFor = handlerFinder(writer, handlers, nameOf);
  const paths = ['/api/docs', ...pages.map((page) => `/${page}`)];
  const atTheDoor = doorHandler(app, writer, plain, paths, originOf);
  const underWay = underWayWith((response) => writer.bare(response, toAnswer(refuse('server_busy'))));
  server.addHook('onClose', async () => underWay.stopWatching());
  const guarded = guardFor({ app, writer, underWay, originOf, idOf });
  if (app.requestMeter !== undefined) meterRequests(server, app.requestMeter, app.clock, nameOf);
  server.addHook('onRequest', ({ raw: message }, reply) => {
    const answer = atTheDoor(message) ?? handlerFor(message);
    reply.hijack();
    guarded(answer, message, reply.raw).catch(() => reply.raw.destroy());
  });
  server.route({ method: [...server.supportedMethods], url: '*', handler: DUMMY });
  await server.ready();
  server.server.maxConnections = MOST_CONNECTIONS;
  return { fastify: server, underWay, sockets: socketsOf(server) };
}
