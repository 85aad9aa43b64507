import { setTimeout as sleep } from 'node:timers/promises';
import { logFor } from '../adapters/log.ts';
import type { MetricsOfSeveral } from '../adapters/metrics/several.ts';
import type { Config } from '../config.ts';
import type { Log } from '../domain/app.ts';
import { listenForScrapes, metricsRoute } from '../http/metrics.ts';
import { areMetricsOn } from '../metrics.ts';
import { type Crew, crewWith, type FromWorker, MEASURE, type Member, say, tellToStop } from './crew.ts';
import { greet, warnOfNoMail, warnOfOldNode, warnOfRoot, warnOfWeakDjangoKey } from './greet.ts';
import { stopOnSignals } from './stop-on-signals.ts';

/** A worker that ends sooner than this after it was ready is taken for one that cannot run. Milliseconds. */
const SHORT_LIFE = 10_000;

/** Milliseconds between two tries to start a worker that cannot run, at the most. */
const LONGEST_PAUSE = 30_000;

const pauseAfter = (failures: number) =>
  failures === 0 ? 0 : Math.min(LONGEST_PAUSE, 500 * 2 ** (failures - 1));

const isReady = ({ state }: Member) => state === 'ready';

/** What the primary process knows. */
interface Primary {
  readonly crew: Crew;
  readonly count: number;
  readonly log: Log;
  /** undefined: they are off */
  readonly metrics: MetricsOfSeveral<Member> | undefined;
  /** how often in a row the worker of a place could not run */
  readonly failures: number[];
  phase: 'starting' | 'running' | 'stopping';
  isRolling: boolean;
  rollAgain: boolean;
}

/** Starts the first worker, and when that is ready the others: so what is wrong is said once. */
async function startAll({ crew, count }: Primary): Promise<string> {
  const address = await crew.start(0).ready;
  await Promise.all(Array.from({ length: count - 1 }, (_, i) => crew.start(i + 1).ready));
  return address;
}

function isTaken({ crew }: Primary, place: number): boolean {
  return [...crew.members].some((member) => member.place === place && member.state !== 'leaving');
}

/**
 * Puts another worker in the place of one that has ended, later and later when it cannot run. With nobody left who
 * answers a worker that cannot start is the end: then it is for the service manager to try again.
 */
async function replace(primary: Primary, place: number): Promise<void> {
  const { crew, log, failures } = primary;
  const pause = pauseAfter(failures[place] ?? 0);
  log.warn({ place, pause }, 'a worker ended; another one takes its place');
  await sleep(pause);
  if (isTaken(primary, place) || primary.phase === 'stopping') return;
  // Its end is heard of in `ended`.
  crew.start(place).ready.catch(() => {});
}

/** What a worker's end means depends on what was to be expected of it. */
function ended(primary: Primary, member: Member, code: number | null): void {
  const { crew, failures, phase } = primary;
  if (phase === 'starting') giveUp(crew);
  if (phase === 'stopping') {
    if (code !== 0) process.exitCode = 1;
    if (crew.members.size === 0) process.exit();
    return;
  }
  if (member.state === 'leaving') return;
  const lived = member.state === 'ready' ? performance.now() - member.readyAt : 0;
  failures[member.place] = lived >= SHORT_LIFE ? 0 : (failures[member.place] ?? 0) + 1;
  if (member.state === 'starting' && ![...crew.members].some(isReady)) giveUp(crew);
  if (!primary.isRolling || member.state === 'ready') void replace(primary, member.place);
}

/** Ends everything at once. */
function giveUp({ members }: Crew): never {
  for (const { worker } of members) worker.process.kill('SIGKILL');
  return process.exit(1);
}

/** Replaces the workers one after the other, each once its successor is ready. Gives up when one does not start. */
async function rollOnce({ crew, count, log, failures }: Primary, isOver: () => boolean): Promise<void> {
  for (let place = 0; place < count && !isOver(); place += 1) {
    const old = [...crew.members].filter((member) => member.place === place);
    failures[place] = 0;
    try {
      await crew.start(place).ready;
    } catch {
      log.error({ place }, 'the restart is given up: a new worker does not start, the old ones go on');
      return;
    }
    for (const member of old) tellToStop(member);
    await Promise.all(old.map((member) => member.ended));
  }
  log.info({}, 'all workers are new');
}

/** SIGHUP. Who asks again during a restart gets one more after it. */
async function roll(primary: Primary): Promise<void> {
  primary.rollAgain = true;
  if (primary.isRolling || primary.phase !== 'running') return;
  primary.isRolling = true;
  while (primary.rollAgain) {
    primary.rollAgain = false;
    await rollOnce(primary, () => primary.phase === 'stopping');
  }
  primary.isRolling = false;
  const places = Array.from({ length: primary.count }, (_, place) => place);
  for (const place of places)
    if (primary.phase === 'running' && !isTaken(primary, place)) void replace(primary, place);
}

function stop(primary: Primary): void {
  primary.phase = 'stopping';
  process.exitCode = 0;
  if (primary.crew.members.size === 0) process.exit();
  for (const member of primary.crew.members) tellToStop(member);
}

async function openMetricsOfAll(config: Config): Promise<Primary['metrics']> {
  if (!areMetricsOn(config)) return undefined;
  const { metricsOfSeveral } = await import('../adapters/metrics/several.ts');
  return metricsOfSeveral((member: Member) => say(member, MEASURE));
}

/** What all workers have measured that can be asked: one that starts says first where it listens. */
const measuredByAll = ({ crew }: Primary, metrics: MetricsOfSeveral<Member>) =>
  metrics.text([...crew.members].filter(({ state, worker }) => state !== 'starting' && worker.isConnected()));

function hear(primary: Primary, member: Member, message: FromWorker): void {
  const { metrics, log } = primary;
  if (metrics === undefined) return;
  if ('measured' in message) metrics.heard(member, message.measured);
  if ('wantsMetrics' in message)
    measuredByAll(primary, metrics).then(
      (metricsOfAll) => say(member, { metricsOfAll }),
      (error: unknown) => log.error({ error }, 'the metrics could not be collected'),
    );
}

/** Serves the metrics of all on the port of METRICS, and gives the address; undefined without one. */
async function serveMetrics(
  { metrics: address, metricsToken: token }: Config,
  primary: Primary,
): Promise<string | undefined> {
  const { metrics, log } = primary;
  if (metrics === undefined || address === 'off') return undefined;
  const route = metricsRoute({ type: metrics.type, text: () => measuredByAll(primary, metrics) }, token);
  return (await listenForScrapes(address, route, log)).url;
}

/**
 * The primary process of several: starts the workers, replaces those that end, and hands signals on. It opens no
 * database and answers nobody; Node hands the connections out in turn. Resolves when all workers are ready; ends the
 * process with code 1 when one cannot start, which has said why.
 */
export async function runWorkers(config: Config): Promise<void> {
  const log = logFor(config);
  const primary: Primary = {
    crew: crewWith(
      (member, code) => {
        primary.metrics?.ended(member);
        ended(primary, member, code);
      },
      (member, message) => hear(primary, member, message),
    ),
    metrics: await openMetricsOfAll(config),
    count: config.workers,
    log,
    failures: [],
    phase: 'starting',
    isRolling: false,
    rollAgain: false,
  };
  stopOnSignals(
    () => stop(primary),
    () => giveUp(primary.crew),
  );
  process.on('SIGHUP', () => void roll(primary));
  const metricsUrl = await serveMetrics(config, primary);
  const address = await startAll(primary).catch(() => undefined);
  if (address === undefined) return;
  primary.phase = 'running';
  warnOfOldNode(log);
  warnOfWeakDjangoKey(config, log);
  warnOfNoMail(config, log);
  warnOfRoot(config, log);
  greet(config, log, address);
  if (metricsUrl !== undefined) log.info({}, `The metrics are at ${metricsUrl}`);
}
