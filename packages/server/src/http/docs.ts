import swagger, { type SwaggerOptions } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { openApiDocument } from './openapi.ts';

/** The page at `/api/docs/`, from local files alone. */
export async function serveDocs(server: FastifyInstance, version: string): Promise<void> {
  const specification = { document: openApiDocument(version) };
  // The plugin's types know OpenAPI 3.0 only; in static mode it hands the document on as it is.
  await server.register(swagger, { mode: 'static', specification } as unknown as SwaggerOptions);
  await server.register(swaggerUi, {
    routePrefix: '/api/docs',
    staticCSP: true,
    uiConfig: { persistAuthorization: false, tryItOutEnabled: true },
  });
}
