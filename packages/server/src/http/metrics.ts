import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressText } from '../config.ts';
import type { Log } from '../domain/app.ts';
import type { Secret } from '../secret.ts';
import { type PlainAnswer, type PlainRoute, plainJson } from './plain-routes.ts';
import { refuseHttp, toAnswer } from './refusals.ts';

/** What is measured, as text. */
export interface Exposition {
  readonly type: string;
  text(): Promise<string>;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Takes the same time however much of the token is right. */
function hasToken({ headers }: IncomingMessage, token: Secret): boolean {
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token.reveal()}`));
}

/** `/metrics`. With a token, who does not show it is refused. Scrapers come by address, so any host will do. */
export function metricsRoute(exposition: Exposition, token: Secret | undefined): PlainRoute {
  return {
    path: '/metrics',
    anyHost: true,
    takesToken: token !== undefined,
    async answer(message): Promise<PlainAnswer> {
      if (token === undefined || hasToken(message, token))
        return { status: 200, type: exposition.type, text: await exposition.text() };
      const { status, body, headers } = toAnswer(refuseHttp('metrics_token_refused'));
      return plainJson(status, body, headers);
    },
  };
}

/** A listener that does nothing but answer `/metrics`. */
export interface MetricsListener {
  readonly url: string;
  close(): Promise<void>;
}

const NOT_FOUND = toAnswer(refuseHttp('not_found'));

function respond(response: ServerResponse, { status, type, text, headers }: PlainAnswer): void {
  const standing = {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    // The next scrape is seconds away, and closing does not wait for this connection.
    Connection: 'close',
  };
  response.writeHead(status, { ...standing, ...headers }).end(response.req.method === 'HEAD' ? '' : text);
}

async function answerOf({ path, answer }: PlainRoute, message: IncomingMessage): Promise<PlainAnswer> {
  const isRead = message.method === 'GET' || message.method === 'HEAD';
  if (isRead && message.url?.split('?', 1)[0] === path) return answer(message);
  return plainJson(NOT_FOUND.status, NOT_FOUND.body);
}

/** Serves the route, and nothing else, at an address of its own. Rejects with a sentence when it cannot listen. */
export async function listenForScrapes(
  { host, port }: { readonly host: string; readonly port: number },
  route: PlainRoute,
  log: Log,
): Promise<MetricsListener> {
  const timeouts = { requestTimeout: 5_000, headersTimeout: 5_000, connectionsCheckingInterval: 1_000 };
  const server = createServer(timeouts, (message, response) => {
    answerOf(route, message).then(
      (answered) => respond(response, answered),
      (error: unknown) => {
        log.error({ error }, 'the metrics could not be collected');
        response.destroy();
      },
    );
  });
  server.maxConnections = 20;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`METRICS cannot be served: ${error.message}`)));
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${addressText({ host, port: bound })}${route.path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
