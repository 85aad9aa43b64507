import type { Measured } from './adapters/metrics/whole.ts';
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

/** Where several processes answer on one port: what all of them have measured, to which each tells its own. */
export interface MetricsOfAll {
  text(): Promise<string>;
  measuredBy(own: () => Promise<Measured>): void;
}

/** Is anything measured at all? */
export const areMetricsOn = ({ metrics, metricsToken }: Config): boolean =>
  metrics !== 'off' || metricsToken !== undefined;

/** The metrics of a server, or undefined when they are off: then prom-client is not even loaded. With `ofAll` the port of METRICS is for another process. */
export async function openMetrics(
  config: Config,
  { poolLevels }: Pick<Database, 'poolLevels'>,
  isReady: () => Promise<boolean>,
  ofAll?: MetricsOfAll,
): Promise<Metrics | undefined> {
  if (!areMetricsOn(config)) return undefined;
  const { metrics: address, metricsToken: token } = config;
  const { prometheus } = await import('./adapters/metrics/prometheus.ts');
  const pool = poolLevels && { levels: poolLevels, limit: config.databasePool };
  const { meter, type, text, measured } = prometheus({ version: VERSION, isReady, pool });
  ofAll?.measuredBy(measured);
  const route = metricsRoute({ type, text: ofAll?.text ?? text }, token);
  return {
    meter,
    routes: token === undefined ? [] : [route],
    listen: async (log) =>
      address === 'off' || ofAll !== undefined ? undefined : listenForScrapes(address, route, log),
  };
}
