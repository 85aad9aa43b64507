import swagger, { type SwaggerOptions } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import type { Headers } from './headers.ts';
import { openApiDocument } from './openapi.ts';

/** Everything from this server, nothing from elsewhere; the page draws its arrows with `data:` pictures. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Instead of the plugin's own. */
const NO_LOGO = {
  type: 'image/svg+xml',
  content: '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
};

/** The page at `/api/docs/`, from local files alone, with the standing headers but its own policy. */
export async function serveDocs(server: FastifyInstance, version: string, standing: Headers): Promise<void> {
  const specification = { document: openApiDocument(version) };
  const headers = { ...standing, 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-cache' };
  await server.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply) => {
      reply.headers(headers);
    });
    // A path out of the folder is no more there than any other that is missing.
    scope.setErrorHandler((_error, _request, reply) => reply.code(404).send({ detail: 'Not found.' }));
    // The plugin's types know OpenAPI 3.0 only; in static mode it hands the document on as it is.
    await scope.register(swagger, { mode: 'static', specification } as unknown as SwaggerOptions);
    await scope.register(swaggerUi, {
      routePrefix: '/api/docs',
      logo: NO_LOGO,
      theme: { title: 'Latchkey' },
      uiConfig: { persistAuthorization: false, tryItOutEnabled: true },
    });
  });
}
