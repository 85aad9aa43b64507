import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';

/** What one process has measured, as processes tell it each other. */
export type Measured = readonly MetricObjectWithValues<MetricValue<string>>[];

/** The format of a text of `addUp`. */
export const TEXT_FORMAT = Registry.PROMETHEUS_CONTENT_TYPE;

/** How late timers ring is told as an average by prom-client: one process that hangs would hardly be seen among many. */
function withLagAtItsWorst(one: Measured[number]): Measured[number] {
  if (one.name === 'process_start_time_seconds') return { ...one, aggregator: 'min' };
  return one.name.startsWith('nodejs_eventloop_lag_') ? { ...one, aggregator: 'max' } : one;
}

/**
 * What several processes have measured, as one: each metric by its aggregator, which is the sum unless it says otherwise.
 * Of what a process that has ended left there are only sums.
 */
export function addUp(parts: readonly Measured[]): {
  text(): Promise<string>;
  measured(): Promise<Measured>;
} {
  const registry = AggregatorRegistry.aggregate(parts.map((part) => part.map(withLagAtItsWorst)));
  return { text: () => registry.metrics(), measured: () => registry.getMetricsAsJSON() };
}

// In prom-client's declarations an enum of numbers, in what it gives these words.
const GROWING: ReadonlySet<unknown> = new Set(['counter', 'histogram']);

/** What stays true of a process when it has ended: what it counted, not its levels. */
export const countsOf = (measured: Measured): Measured => measured.filter(({ type }) => GROWING.has(type));
