import type { FastifyInstance } from 'fastify';
import type { RequestMeter } from '../domain/meter.ts';
import type { Clock } from '../domain/system.ts';
import { type NameOfPath, pathOf } from './paths.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** The name of what answers; a path may be served with a slash at its end. */
function routeServing(url: string, nameOf: NameOfPath): string {
  const path = pathOf({ url });
  return nameOf(path) ?? nameOf(`${path}/`) ?? 'none';
}

/**
 * Tells the meter of every request, from its headers to the end of its answer. Without metrics this hook is not
 * there. To be added before the hook that answers.
 */
export function meterRequests(
  server: FastifyInstance,
  meter: RequestMeter,
  clock: Clock,
  nameOf: NameOfPath,
): void {
  server.addHook('onRequest', (request, reply, done) => {
    const started = clock.elapsed();
    const { raw: response } = reply;
    const route = routeServing(request.url, nameOf);
    const method = METHODS.has(request.method) ? request.method : 'other';
    meter.requestStarted();
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : 'aborted';
      meter.requestEnded({ route, method, status, ms: clock.elapsed() - started });
    });
    done();
  });
}
