import type { IncomingMessage } from 'node:http';
import type { App } from '../domain/app.ts';
import { toJson } from './answer.ts';
import { notReady, type Readiness } from './health.ts';
import { openApiDocument } from './openapi.ts';
import { routesFor } from './routes/all.ts';
import { pagesOn } from './site.ts';
import { startPage } from './start-page.ts';

/** A text that is answered as it is. */
export interface PlainAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A path outside the API: GET and HEAD only. */
export interface PlainRoute {
  readonly path: string;
  /** probes come by address, whatever the Host header says */
  readonly anyHost?: boolean;
  /** who asks shows a secret, and so is not to ask in clear */
  readonly takesToken?: boolean;
  readonly answer: (message: IncomingMessage) => PlainAnswer | Promise<PlainAnswer>;
}

/** JSON outside the API. */
export const plainJson = (status: number, value: unknown, headers = {}): PlainAnswer => ({
  status,
  type: 'application/json',
  text: toJson(value),
  headers,
});

/** Health, readiness, public keys, the OpenAPI document, and in dev the page at `/`. */
export function plainRoutes(app: App, readiness: Readiness, version: string): PlainRoute[] {
  let schema: PlainAnswer | undefined;
  const firstPrinted = () => plainJson(200, openApiDocument(version, app.config));
  const routes: PlainRoute[] = [
    { path: '/healthz', anyHost: true, answer: () => plainJson(200, { status: 'ok' }) },
    {
      path: '/readyz',
      anyHost: true,
      answer: async () => {
        const reason = await notReady(app, readiness);
        return reason === undefined
          ? plainJson(200, { status: 'ready' })
          : plainJson(503, { status: 'not ready', reason });
      },
    },
    {
      path: '/.well-known/jwks.json',
      answer: () => plainJson(200, { keys: app.keys.published }, { 'Cache-Control': 'public, max-age=300' }),
    },
    {
      path: '/api/schema/',
      // When somebody first asks: printing it was a third of the time that a server took to start.
      answer: () => {
        schema ??= firstPrinted();
        return schema;
      },
    },
  ];
  if (app.config.profile !== 'dev') return routes;
  const answer = () => startPage(version, app.config.port, routesFor(app.config), pagesOn(app.config));
  return [...routes, { path: '/', answer }];
}
