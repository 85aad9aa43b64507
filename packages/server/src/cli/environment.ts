import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { requireFolder, sqlitePath } from '../adapters/sql/open.ts';
import { type Config, environmentWithFiles, type Profile, readConfig } from '../config.ts';
import type { Environment } from '../setting-files.ts';
import { CommandError } from './command-error.ts';

/** The environment, with the `.env` file of the working folder below it, and with the secrets that files hold. */
export function environment(): Environment {
  const dotenv = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return environmentWithFiles({ ...dotenv, ...process.env });
}

const newKey = () => randomBytes(48).toString('base64url');

function devKeyFile(config: Config): string {
  const path = sqlitePath(config.databaseUrl.reveal());
  return join(path === undefined || path === ':memory:' ? '.' : dirname(path), 'latchkey.key');
}

/**
 * The key of a development server, beside its database: made at the first start, read ever after, for the
 * owner's eyes only. Of two servers that start together one makes it and both read it.
 */
function devSecretKey(config: Config): string {
  const path = sqlitePath(config.databaseUrl.reveal());
  if (path !== undefined) requireFolder(path);
  const file = devKeyFile(config);
  if (!existsSync(file)) {
    const draft = `${file}.${randomBytes(6).toString('hex')}`;
    writeFileSync(draft, `${newKey()}\n`, { mode: 0o600, flag: 'wx' });
    try {
      linkSync(draft, file);
      console.error(`A new key was made: ${file}`);
    } catch (error) {
      if (!existsSync(file)) throw error;
    } finally {
      rmSync(draft);
    }
  }
  return readFileSync(file, 'utf8').trim();
}

/**
 * The configuration of a server; `over` wins over the environment. In dev a missing SECRET_KEY is made and kept, once
 * the rest is in order.
 */
export function serverConfig(profile: Profile, over: Environment = {}): Config {
  const given = { ...environment(), ...over };
  if (profile === 'serve') return withHashesShared(readConfig(profile, given), given);
  if (given.SECRET_KEY) return readConfig(profile, given);
  const config = readConfig(profile, { ...given, SECRET_KEY: newKey() });
  return readConfig(profile, { ...given, SECRET_KEY: devSecretKey(config) });
}

/** Unless the operator says how many hashes a process runs, all processes together run as many as one would. */
function withHashesShared(config: Config, given: Environment): Config {
  if (given.HASH_CONCURRENCY || config.workers === 1) return config;
  const hashConcurrency = Math.max(1, Math.floor(config.hashConcurrency / config.workers));
  return Object.freeze({ ...config, hashConcurrency });
}

/** The configuration of a command that works on the database and signs nothing: it needs no SECRET_KEY. */
export function commandConfig(): Config {
  const given = environment();
  return readConfig('dev', { ...given, SECRET_KEY: given.SECRET_KEY || newKey() });
}

/**
 * The configuration of a command that works with the servers' keys: SECRET_KEY, or the one that a development server made.
 * Throws when there is neither.
 */
export function keyConfig(): Config {
  const given = environment();
  if (given.SECRET_KEY) return readConfig('dev', given);
  const file = devKeyFile(commandConfig());
  if (!existsSync(file))
    throw new CommandError('SECRET_KEY has to be set, to the one that the servers have.');
  return readConfig('dev', { ...given, SECRET_KEY: readFileSync(file, 'utf8').trim() });
}
