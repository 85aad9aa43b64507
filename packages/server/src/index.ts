import type { IncomingMessage, ServerResponse } from 'node:http';
import { logFor } from './adapters/log.ts';
import type { LimitsInRedis } from './adapters/redis/open.ts';
import { migrate, misfit } from './adapters/sql/migrate.ts';
import { type Database, openDatabase, sqlitePath } from './adapters/sql/open.ts';
import { assemble, type Parts } from './assemble.ts';
import { type Config, type Profile, readConfig } from './config.ts';
import type { App, Log } from './domain/app.ts';
import { noteStart } from './domain/audit/note-start.ts';
import { notReady, type Readiness } from './http/health.ts';
import { createServer } from './http/server.ts';
import { stopServing } from './http/stop.ts';
import { JOBS } from './jobs/jobs.ts';
import { startJobs } from './jobs/scheduler.ts';
import { watchKeys } from './jobs/watch-keys.ts';
import { startWritingNotes } from './jobs/write-notes.ts';
import { type MetricsOfAll, openMetrics } from './metrics.ts';
import { VERSION } from './version.ts';

export type { Config } from './config.ts';
export { ConfigError } from './config.ts';
export type { App, ClaimsOf, Log } from './domain/app.ts';
export type { Account, Profile } from './domain/store.ts';

export interface LatchkeyOptions extends Parts {
  /** `serve` unless said otherwise */
  readonly profile?: Profile;
  /** the settings by their names, as in the environment: `{ SECRET_KEY: …, DATABASE_URL: … }` */
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** bring the schema up to date first; otherwise a schema that does not fit is refused */
  readonly migrate?: boolean;
  /**
   * does what is due from time to time (sends mails, deletes what has expired, erases accounts), unless this is false: with
   * several servers one is enough
   */
  readonly jobs?: boolean;
}

/** A server that can be mounted in another one, or listen by itself. */
export interface Latchkey {
  readonly app: App;
  /** where the metrics are served by themselves; undefined without a port in METRICS */
  readonly metricsUrl: string | undefined;
  /** answers a request of Node's http server */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /**
   * resolves when this server can write no more: the log of SQLite could not be brought to the disk, and nobody knows what
   * the disk has. `/readyz` says no from then on. Close it and end the process, as `latchkey serve` does; a new one begins with what is there.
   */
  readonly failed: Promise<Error>;
  /** listens by itself; gives the address */
  listen(): Promise<string>;
  /** answers what is under way, then closes everything; from the call on `/readyz` says no, and jobs start no more */
  close(): Promise<void>;
}

/**
 * Latchkey as a library. Throws a `ConfigError` with every fault of the settings, or a sentence when the
 * database cannot be opened or does not fit.
 *
 * ```ts
 * const latchkey = await createLatchkey({ settings: process.env, migrate: true });
 * http.createServer(latchkey.handle).listen(8000);
 * ```
 */
export function createLatchkey(options: LatchkeyOptions): Promise<Latchkey> {
  return startLatchkey(readConfig(options.profile ?? 'serve', options.settings), options);
}

/** The same from a configuration that was read already. */
export async function startLatchkey(
  config: Config,
  options: Parts & Pick<LatchkeyOptions, 'migrate' | 'jobs'> & { readonly metricsOfAll?: MetricsOfAll },
): Promise<Latchkey> {
  const database = openDatabase(config);
  let redis: LimitsInRedis | undefined;
  try {
    const forDev = config.profile === 'dev' ? await import('./dev.ts') : undefined;
    await forDev?.insistOnDevelopment(database);
    if (options.migrate) await migratePatiently(config, database);
    const problem = await misfit(database);
    if (problem !== undefined) throw new Error(problem);
    const readiness: Readiness = { reason: undefined };
    const isReady = async () => (await notReady(app, readiness)) === undefined;
    const metrics = await openMetrics(config, database, isReady, options.metricsOfAll);
    const log = options.log ?? logFor(config);
    redis = await openRedis(config, log);
    const dev = forDev?.openDev(database, options);
    const parts = { ...options, log, ...dev?.parts };
    const app = assemble(config, database, parts, metrics?.meter, redis?.over);
    // Before the first token is asked for; a ring that cannot sign stops the start.
    await app.keys.reload();
    const mounts = dev === undefined ? [] : [dev.mount(app)];
    const server = await createServer(app, readiness, VERSION, metrics?.routes, mounts);
    const { fastify } = server;
    const listener = await metrics?.listen(app.log);
    const watch = watchKeys(app);
    const jobs = startJobs(app, options.jobs === false ? [] : JOBS);
    if (options.jobs !== false)
      await noteStart(app, VERSION).catch((error: unknown) =>
        app.log.error({ error }, 'the start was not noted in the audit trail'),
      );
    const notes = startWritingNotes(app);
    void database.failed.then((error) => {
      readiness.reason = 'the database cannot be written any more';
      app.log.error({ error }, 'nothing can be written any more until this process starts anew');
    });
    return {
      app,
      metricsUrl: listener?.url,
      failed: database.failed,
      handle: (request, response) => fastify.routing(request, response),
      listen: () => fastify.listen({ host: config.host, port: config.port }),
      async close() {
        readiness.reason = 'shutting down';
        await stopServing(server);
        await watch.stop();
        await jobs.stop();
        await notes.stop();
        await listener?.close();
        redis?.close();
        await database.close();
      },
    };
  } catch (error) {
    redis?.close();
    await database.close();
    throw error;
  }
}

/** Where limits are counted before the database, or undefined: then ioredis is not even loaded. */
async function openRedis({ redisUrl, limits }: Config, log: Log): Promise<LimitsInRedis | undefined> {
  if (redisUrl === undefined || limits === 'off') return undefined;
  const { openLimitsInRedis } = await import('./adapters/redis/open.ts');
  return openLimitsInRedis(redisUrl.reveal(), log);
}

/** Over a connection of its own, which waits for another server that migrates. What is in memory has but one. */
async function migratePatiently(config: Config, database: Database): Promise<void> {
  if (sqlitePath(config.databaseUrl.reveal()) === ':memory:') return void (await migrate(database));
  const patient = openDatabase(config, { patient: true });
  try {
    await migrate(patient);
  } finally {
    await patient.close();
  }
}
