import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * What prom-client measures of the process: CPU, memory, event loop, garbage. Once for each process, however many
 * servers are opened in it, for what listens to the event loop and the collector cannot be taken away again.
 */
export function processMetrics(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
