import type { Database } from './adapters/sql/open.ts';
import type { Config } from './config.ts';
import type { Log } from './domain/app.ts';
import type { Meter, RequestMeter } from './domain/meter.ts';
import { listenForScrapes, type MetricsListener, metricsRoute } from './http/metrics.ts';
import type { PlainRoute } from './http/plain-routes.ts';
import { VERSION } from './version.ts';

/** Metrics that are on. */
export interface Metrics {
  readonly meter: Meter & RequestMeter;
  /** for the main port; none without METRICS_TOKEN */
  readonly routes: readonly PlainRoute[];
  /** listens on the port of METRICS, if it names one */
  listen(log: Log): Promise<MetricsListener | undefined>;
}

/** The metrics of a server, or undefined when they are off: then prom-client is not even loaded. */
export async function openMetrics(
  config: Config,
  { poolLevels }: Pick<Database, 'poolLevels'>,
  isReady: () => Promise<boolean>,
): Promise<Metrics | undefined> {
  const { metrics: address, metricsToken: token } = config;
  if (address === 'off' && token === undefined) return undefined;
  const { prometheus } = await import('./adapters/metrics/prometheus.ts');
  const pool = poolLevels && { levels: poolLevels, limit: config.databasePool };
  const { meter, ...exposition } = prometheus({ version: VERSION, isReady, pool });
  const route = metricsRoute(exposition, token);
  return {
    meter,
    routes: token === undefined ? [] : [route],
    listen: async (log) => (address === 'off' ? undefined : listenForScrapes(address, route, log)),
  };
}
