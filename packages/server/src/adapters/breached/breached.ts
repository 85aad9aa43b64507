import { createHash } from 'node:crypto';
import { type Config, ConfigError } from '../../config.ts';
import type { IsBreached, Log } from '../../domain/app.ts';
import type { Clock } from '../../domain/system.ts';
import { fileLookup } from './file.ts';
import { type Lookup, rangeLookup } from './range.ts';

/** Milliseconds that a list which could not tell is left alone. */
const REST = 60_000;

function lookupOf(setting: string): Lookup {
  if (!setting.startsWith('file:')) return rangeLookup(setting);
  try {
    return fileLookup(setting.slice('file:'.length));
  } catch {
    throw new ConfigError([`BREACHED_PASSWORDS names a file that cannot be read: ${setting}`]);
  }
}

/**
 * Was the password found in a breach, by the list of `BREACHED_PASSWORDS`? Only its SHA-1, or five digits of that, goes out
 * of the domain. When the list cannot tell, the answer is no, the log says so, and for a minute it is not asked again:
 * nobody is kept from registering by the outage of another. Throws a `ConfigError` when there is no such file.
 */
export function breachedPasswords(
  { breachedPasswords: setting }: Pick<Config, 'breachedPasswords'>,
  clock: Clock,
  log: Log,
): IsBreached {
  if (setting === 'off') return async () => false;
  const isListed = lookupOf(setting);
  let restsUntil = 0;
  return async (password) => {
    if (clock.elapsed() < restsUntil) return false;
    try {
      return await isListed(createHash('sha1').update(password).digest('hex').toUpperCase());
    } catch (error) {
      restsUntil = clock.elapsed() + REST;
      log.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'the list of breached passwords cannot be asked; for a minute passwords are taken without it',
      );
      return false;
    }
  };
}
