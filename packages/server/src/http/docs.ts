import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SwaggerOptions } from '@fastify/swagger';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Headers } from './headers.ts';
import { markOf } from './mark.ts';
import type { Schema } from './route.ts';

/** Everything from this server, nothing from elsewhere; the page draws its arrows with `data:` pictures. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type RawAnswer = (message: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** Instead of the plugin's own. */
const NO_LOGO = {
  type: 'image/svg+xml',
  content: '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
};

/**
 * Answers `/api/docs` and what is under it, from local files alone, with the standing headers but its own policy.
 * On a Fastify of its own, which is made when somebody first asks: a server starts without it.
 */
export function docsPages(document: () => Schema, standing: Headers, notFound: RawAnswer): RawAnswer {
  let making: Promise<FastifyInstance> | undefined;
  return async (message, response) => {
    making ??= makePages(document(), standing, notFound);
    (await making).routing(message, response);
  };
}

async function makePages(document: Schema, standing: Headers, notFound: RawAnswer): Promise<FastifyInstance> {
  const [{ default: swagger }, { default: swaggerUi }] = await Promise.all([
    import('@fastify/swagger'),
    import('@fastify/swagger-ui'),
  ]);
  const specification = { document };
  const headers = { ...standing, 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' };
  const server = fastify({ logger: false, exposeHeadRoutes: true });
  server.addHook('onSend', async (_request, reply) => {
    reply.headers({ ...headers, 'X-Request-Id': markOf(reply.raw)?.requestId ?? '' });
  });
  const answerMissing = (_request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack();
    return notFound(reply.request.raw, reply.raw);
  };
  server.setNotFoundHandler(answerMissing);
  // A path out of the folder is no more there than any other that is missing.
  server.setErrorHandler((_error, request, reply) => answerMissing(request, reply));
  // The plugin's types know OpenAPI 3.0 only; in static mode it hands the document on as it is.
  await server.register(swagger, { mode: 'static', specification } as unknown as SwaggerOptions);
  await server.register(swaggerUi, {
    routePrefix: '/api/docs',
    logo: NO_LOGO,
    theme: { title: 'Latchkey' },
    uiConfig: { persistAuthorization: false, tryItOutEnabled: true },
  });
  await server.ready();
  return server;
}
