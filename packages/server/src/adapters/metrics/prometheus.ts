import { type Aggregator, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { LimitName } from '../../domain/limits/limit.ts';
import type { Meter, RequestMeter } from '../../domain/meter.ts';
import type { PoolLevels } from '../sql/open.ts';
import { processMetrics } from './process.ts';
import type { Measured } from './whole.ts';

/** What is asked when somebody scrapes. */
export interface Sources {
  readonly version: string;
  /** may requests be sent to this server? */
  isReady(): Promise<boolean>;
  /** undefined: a database without a pool */
  readonly pool: { levels(): PoolLevels; readonly limit: number } | undefined;
}

/** A meter that keeps what it is told, and the text of it in the format of Prometheus. `measured` is the same for another process. */
export interface Prometheus {
  readonly meter: Meter & RequestMeter;
  readonly type: string;
  text(): Promise<string>;
  measured(): Promise<Measured>;
}

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WAIT_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];

function requestMeter(registers: [Registry]): RequestMeter {
  const total = new Counter({
    name: 'latchkey_http_requests_total',
    help: 'Requests that were answered, or that the caller gave up.',
    labelNames: ['route', 'method', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'latchkey_http_request_duration_seconds',
    help: 'From the headers of a request to the end of its answer.',
    labelNames: ['route'],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const underWay = new Gauge({
    name: 'latchkey_http_requests_under_way',
    help: 'Requests that are being answered.',
    registers,
  });
  return {
    requestStarted: () => underWay.inc(),
    requestEnded({ route, method, status, ms }) {
      underWay.dec();
      total.inc({ route, method, status });
      duration.observe({ route }, ms / 1000);
    },
  };
}

type HashMeter = Pick<Meter, 'hashQueued' | 'hashStarted' | 'hashEnded' | 'hashRefused'>;

function hashMeter(registers: [Registry]): HashMeter {
  const waiting = new Gauge({
    name: 'latchkey_hashes_waiting',
    help: 'Passwords that wait to be hashed.',
    registers,
  });
  const running = new Gauge({
    name: 'latchkey_hashes_running',
    help: 'Passwords that are being hashed; HASH_CONCURRENCY at the most.',
    registers,
  });
  const wait = new Histogram({
    name: 'latchkey_hash_wait_seconds',
    help: 'How long a password waited before it was hashed.',
    buckets: WAIT_BUCKETS,
    registers,
  });
  const refused = new Counter({
    name: 'latchkey_hashes_refused_total',
    help: 'Passwords that were turned away with 503: the queue was full, or the wait too long.',
    registers,
  });
  return {
    hashQueued: () => waiting.inc(),
    hashStarted(waitedMs) {
      waiting.dec();
      running.inc();
      wait.observe(waitedMs / 1000);
    },
    hashEnded: () => running.dec(),
    hashRefused() {
      waiting.dec();
      refused.inc();
    },
  };
}

type Results<V extends keyof Meter> = Parameters<Meter[V]>[0] & string;

/** One count for each result, all of them there from the start, so that a first failure is seen as a rise from 0. */
function countByResult<R extends string>(
  registers: [Registry],
  name: string,
  help: string,
  results: Readonly<Record<R, true>>,
  label = 'result',
): (result: R) => void {
  const total = new Counter({ name, help, labelNames: [label], registers });
  for (const result of Object.keys(results)) total.inc({ [label]: result }, 0);
  return (result) => total.inc({ [label]: result });
}

const LIMITS: Readonly<Record<LimitName, true>> = {
  'login-network': true,
  'login-name': true,
  'login-known': true,
  'register-minute': true,
  'register-hour': true,
  refresh: true,
  'refresh-session': true,
  upload: true,
  'account-export': true,
  'mail-network': true,
  'mail-hour': true,
  'mail-day': true,
  links: true,
  verify: true,
  everything: true,
};

function limitMeter(registers: [Registry]): Pick<Meter, 'limitHit' | 'sprayingSeen'> {
  const help = 'Requests that were turned away with 429, by the limit.';
  const sprayings = new Counter({
    name: 'latchkey_sprayings_total',
    help: 'Passwords that were seen to be tried on many names.',
    registers,
  });
  return {
    limitHit: countByResult(registers, 'latchkey_limit_hits_total', help, LIMITS, 'limit'),
    sprayingSeen: () => sprayings.inc(),
  };
}

function loginMeter(registers: [Registry]): Pick<Meter, 'signedUp' | 'loginTried' | 'rotationTried'> {
  const signUps = new Counter({
    name: 'latchkey_sign_ups_total',
    help: 'Accounts that somebody opened for himself.',
    registers,
  });
  return {
    signedUp: () => signUps.inc(),
    loginTried: countByResult<Results<'loginTried'>>(
      registers,
      'latchkey_logins_total',
      'Logins with a password. busy: turned away because no password could be looked at in time; throttled: because of too many wrong ones before.',
      { ok: true, failed: true, busy: true, throttled: true },
    ),
    rotationTried: countByResult<Results<'rotationTried'>>(
      registers,
      'latchkey_rotations_total',
      'Refresh tokens that were presented. rotated: for the first time; repeated: again within the grace; reused: a copy, its session was ended; ended: of a session that was over; throttled: of a session that was refreshed too often; unknown: of no session.',
      { rotated: true, repeated: true, reused: true, ended: true, throttled: true, unknown: true },
    ),
  };
}

/** A level that is read when somebody asks for it. */
function level(
  registers: [Registry],
  name: string,
  help: string,
  read: () => number | Promise<number>,
  aggregator: Aggregator = 'sum',
): Gauge {
  return new Gauge({
    name,
    help,
    registers,
    aggregator,
    async collect() {
      this.set(await read());
    },
  });
}

function watchPool(registers: [Registry], { levels, limit }: NonNullable<Sources['pool']>): void {
  const name = 'latchkey_database_pool';
  level(registers, `${name}_connections`, 'Connections to PostgreSQL that are open.', () => levels().total);
  level(registers, `${name}_idle`, 'Open connections that nobody uses.', () => levels().idle);
  level(registers, `${name}_waiting`, 'Queries that wait for a connection.', () => levels().waiting);
  level(registers, `${name}_limit`, 'Connections there may be: DATABASE_POOL.', () => limit);
}

function watchServer(registers: [Registry], { version, isReady, pool }: Sources): void {
  // Before the question whether we are ready: it takes a connection, and would count itself.
  if (pool !== undefined) watchPool(registers, pool);
  const ready = async () => Number(await isReady());
  level(registers, 'latchkey_ready', '1 when /readyz says yes, else 0.', ready, 'min');
  const build = new Gauge({
    name: 'latchkey_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers,
    aggregator: 'first',
  });
  build.set({ version, node: process.versions.node }, 1);
}

/** A meter for one server. Loads prom-client, so it is to be imported only when metrics are on. */
export function prometheus(sources: Sources): Prometheus {
  const registry = new Registry();
  const registers: [Registry] = [registry];
  const meter = {
    ...requestMeter(registers),
    ...hashMeter(registers),
    ...loginMeter(registers),
    ...limitMeter(registers),
  };
  watchServer([registry], sources);
  const ofProcess = processMetrics();
  return {
    meter,
    type: registry.contentType,
    text: async () => `${await registry.metrics()}\n${await ofProcess.metrics()}`,
    measured: async () => [...(await registry.getMetricsAsJSON()), ...(await ofProcess.getMetricsAsJSON())],
  };
}
