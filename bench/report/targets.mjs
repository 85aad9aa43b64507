// What was asked of Latchkey, and whether this run shows it.
import { medianOf, megabytes, rateRatio, rounded } from './figures.mjs';

/**
 * @typedef {import('./figures.mjs').Results} Results
 * @typedef {{ what: string, needed: string, measured: string, reached: boolean | undefined }} Verdict
 */

/** @param {Results} results @param {string} id */
const systemsOf = (results, id) => results.cases[id]?.systems ?? {};

/** @param {string} what @param {number} value @param {'>=' | '<='} sign @param {number} limit @param {(value: number) => string} print @returns {Verdict} */
function verdict(what, value, sign, limit, print) {
  const needed = `${sign === '>=' ? 'at least' : 'at most'} ${print(limit)}`;
  if (Number.isNaN(value)) return { what, needed, measured: 'not measured', reached: undefined };
  return { what, needed, measured: print(value), reached: sign === '>=' ? value >= limit : value <= limit };
}

const times = (/** @type {number} */ value) => `${value < 10 ? value.toFixed(2) : rounded(value)}x`;
/** For what must not grow: half a percent shows. */
const exactTimes = (/** @type {number} */ value) => `${value.toFixed(3)}x`;
const milliseconds = (/** @type {number} */ value) => `${rounded(value)} ms`;
const seconds = (/** @type {number} */ value) => `${rounded(value)} s`;

/** @param {Results} results @returns {Verdict[]} */
function rates(results) {
  const against = (
    /** @type {string} */ id,
    /** @type {string} */ other,
    /** @type {string} */ what,
    /** @type {number} */ limit,
  ) => verdict(what, rateRatio(systemsOf(results, id), 'latchkey', other), '>=', limit, times);
  return [
    against('get-c16', 'original', 'Protected GET, 16 connections, against the original', 25),
    against('get-c16', 'better-auth', 'the same against better-auth', 25),
    against('get-c16', 'tutorial', 'the same against fastify + @fastify/jwt', 1.25),
    against('get-c16', 'fused', 'the same against the fused handler', 0.9),
    against('refresh-c16', 'original', 'Refresh, 16 connections, against the original', 45),
    against('refresh-c16', 'better-auth', 'the same against better-auth', 20),
    against('refresh-c16', 'fused-grouped', 'the same against the fused handler with group commit', 0.7),
    against('login-c4', 'raw', 'Login, 4 connections, against the raw hash rate', 0.95),
  ];
}

/** @param {Results} results @returns {Verdict[]} */
function crowds(results) {
  const neighbour = systemsOf(results, 'neighbour').latchkey;
  const flood = systemsOf(results, 'flood').latchkey;
  const tenfold = (/** @type {(figures: any) => number | undefined} */ read) =>
    medianOf(flood, (round) => read(round.tenfold));
  const what = 'Login flood of ten times the capacity: ';
  return [
    verdict(
      'Noisy neighbour: p99 of a paced GET while 8 clients log in, against its quiet p99',
      medianOf(neighbour, (round) => round.ratio),
      '<=',
      2,
      times,
    ),
    verdict(
      `${what}goodput against the peak`,
      tenfold((figures) => figures.ofPeak),
      '>=',
      0.9,
      times,
    ),
    verdict(
      `${what}p99 of the refusals`,
      tenfold((figures) => figures.surplus.p99),
      '<=',
      100,
      milliseconds,
    ),
    verdict(
      `${what}p99 of /healthz`,
      tenfold((figures) => figures.health.p99),
      '<=',
      100,
      milliseconds,
    ),
    verdict(
      `${what}a normal login works again`,
      tenfold((figures) => figures.recoveredSeconds),
      '<=',
      5,
      seconds,
    ),
  ];
}

/** @param {Results} results @returns {Verdict[]} */
function rest(results) {
  const starts = systemsOf(results, 'start').latchkey;
  const memory = systemsOf(results, 'memory').latchkey;
  const long = systemsOf(results, 'long').latchkey;
  const postgres = systemsOf(results, 'postgres-get-c64');
  const after = 'After 1 million sessions and 5 million rotations: ';
  return [
    verdict(
      'Cold start to the first 200',
      medianOf(starts, (round) => round.milliseconds),
      '<=',
      300,
      milliseconds,
    ),
    verdict(
      'Idle memory',
      medianOf(memory, (round) => round.idle),
      '<=',
      100e6,
      megabytes,
    ),
    verdict(
      `${after}refresh p50 against an empty database`,
      medianOf(long, (round) => round.slower),
      '<=',
      1.1,
      times,
    ),
    verdict(
      `${after}size of the file against before the rotations`,
      medianOf(long, (round) => round.growth),
      '<=',
      1,
      exactTimes,
    ),
    verdict(
      'PostgreSQL, two instances against one, protected GET',
      rateRatio(postgres, 'two', 'one'),
      '>=',
      1.6,
      times,
    ),
  ];
}

/** @param {Results} results @returns {Verdict[]} */
export const verdictsOf = (results) => [...rates(results), ...crowds(results), ...rest(results)];
