import { Redis } from 'ioredis';
import { ConfigError } from '../../config.ts';
import type { Log } from '../../domain/app.ts';
import { EVERYTHING } from '../../domain/limits/limit.ts';
import type { LimitStore } from '../../domain/store.ts';
import { limitsInEither, type RedisCommands, redisLimitStore } from './limits.ts';
import { SCRIPTS, type ScriptName } from './scripts.ts';

/** Milliseconds that Redis is waited for; then the database counts. */
const PATIENCE = 500;

/** Milliseconds from one look at a Redis that is away to the next. */
const LOOK_EVERY = 500;

/** Redis that is open, or away for now. */
export interface LimitsInRedis {
  /** puts Redis before the counts of a database */
  over(database: LimitStore): LimitStore;
  close(): void;
}

function connect(url: string): Redis {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE,
    commandTimeout: PATIENCE,
    // What Redis does not take at once the database counts.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: LOOK_EVERY,
    retryStrategy: () => LOOK_EVERY,
    connectionName: 'latchkey',
  });
  // It tells of every attempt to connect again. What went wrong is told by the commands.
  redis.on('error', () => {});
  return redis;
}

type Scripted = Record<ScriptName, (key: string, ...numbers: readonly number[]) => Promise<unknown>>;

/** A script is sent once for each connection, after that its digest (EVALSHA), and again when Redis has forgotten it. */
function commandsOf(redis: Redis): RedisCommands {
  for (const [name, lua] of Object.entries(SCRIPTS)) redis.defineCommand(name, { lua, numberOfKeys: 1 });
  // What defineCommand adds has no types of its own.
  const scripted = redis as unknown as Scripted;
  return {
    run: (script, key, numbers) => scripted[script](key, ...numbers),
    delete: (key) => redis.del(key),
  };
}

/** What no waiting mends: a wrong password, a host that nobody knows, a database that is not there. */
const WRONG_ADDRESS = /WRONGPASS|NOAUTH|NOPERM|AUTH|invalid DB index|DB index is out of range|ENOTFOUND/;

/** Connects for the first time. What went wrong, if anything did. */
async function firstError(redis: Redis, ask: () => Promise<unknown>): Promise<Error | undefined> {
  let told: Error | undefined;
  const listen = (error: Error) => {
    told ??= error;
  };
  redis.on('error', listen);
  try {
    await redis.connect();
    await ask();
    return told;
  } catch (error) {
    return told ?? (error as Error);
  } finally {
    redis.off('error', listen);
  }
}

/**
 * Opens the Redis of `REDIS_URL` to count limits in. One that is away is no reason not to start: until it is back the
 * database counts, and the log says so. Throws a `ConfigError` when the address is wrong.
 */
export async function openLimitsInRedis(url: string, log: Log): Promise<LimitsInRedis> {
  const redis = connect(url);
  const inRedis = redisLimitStore(commandsOf(redis));
  let isAway = false;
  // A look writes, for a Redis that reads alone is of no use.
  const ask = () => inRedis.count(EVERYTHING, 'a look', Date.now());
  const look = async () => {
    try {
      await ask();
      isAway = false;
      log.info({}, 'Redis is back: limits are counted in it again');
    } catch {
      // A connection on which nothing comes back may never end by itself.
      if (redis.status === 'ready') redis.disconnect(true);
      lookLater();
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const lookLater = () => {
    timer = setTimeout(look, LOOK_EVERY).unref();
  };
  const noteAway = (error: unknown) => {
    if (isAway) return;
    isAway = true;
    // The words alone: the error itself has the command with it, and one of them has the password.
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ reason }, 'Redis does not answer: limits are counted in the database until it is back');
    lookLater();
  };
  const error = await firstError(redis, ask);
  if (error !== undefined && WRONG_ADDRESS.test(error.message)) {
    redis.disconnect();
    throw new ConfigError([`REDIS_URL does not fit its server: ${error.message}`]);
  }
  if (error !== undefined) noteAway(error);
  return {
    over: (database) =>
      limitsInEither(database, inRedis, async (count) => {
        if (isAway) return 'away';
        try {
          return { value: await count() };
        } catch (failure) {
          noteAway(failure);
          return 'away';
        }
      }),
    close() {
      clearTimeout(timer);
      redis.disconnect();
    },
  };
}
