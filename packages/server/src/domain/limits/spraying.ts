import { createHmac } from 'node:crypto';
import { loginKey } from '../accounts/login-name.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import type { Clock, Random } from '../system.ts';

/** One password tried on so many names within the time is no typing error. */
const MANY_NAMES = 20;
const WITHIN = 3_600_000;

/** So many passwords are watched at the most; then the oldest is forgotten. */
const MOST_PASSWORDS = 5_000;

interface Watched {
  readonly since: number;
  readonly names: Set<string>;
}

/** Sees one password being tried on many names, from however many networks: spraying. */
export interface SprayWatch {
  /** Takes note of a wrong password; true for the one that makes it spraying, once an hour for each password. */
  isSpraying(login: string, password: string): boolean;
}

/**
 * Watches in the memory of this process, which has a bound. Passwords and names are kept as digests with a key that is
 * thrown at the start and never leaves, and short ones at that.
 */
export function sprayWatch({ elapsed }: Clock, random: Random): SprayWatch {
  const key = random.bytes(32);
  const digest = (text: string) => createHmac('sha256', key).update(text).digest('base64url').slice(0, 11);
  const watched = new Map<string, Watched>();
  const watch = (password: string): Watched => {
    const name = digest(password);
    const known = watched.get(name);
    if (known !== undefined && elapsed() - known.since < WITHIN) return known;
    watched.delete(name);
    const [oldest] = watched.size >= MOST_PASSWORDS ? watched.keys() : [];
    if (oldest !== undefined) watched.delete(oldest);
    const fresh = { since: elapsed(), names: new Set<string>() };
    watched.set(name, fresh);
    return fresh;
  };
  return {
    isSpraying(login, password) {
      const { names } = watch(password);
      if (names.size >= MANY_NAMES) return false;
      names.add(digest(loginKey(login)));
      return names.size >= MANY_NAMES;
    },
  };
}

type Needs = Pick<App, 'spraying' | 'store' | 'clock' | 'config' | 'log' | 'meter'>;

/** Tells the operator, by log, audit trail and metric, when a wrong password turns out to be tried on many names. */
export async function noteWrongPassword(
  { spraying, store, clock, config, log, meter }: Needs,
  { login, password }: { readonly login: string; readonly password: string },
  origin: Origin,
): Promise<void> {
  if (config.limits === 'off' || !spraying.isSpraying(login, password)) return;
  log.warn({ ip: origin.ip, names: MANY_NAMES }, 'one password is being tried on many names');
  meter.sprayingSeen();
  const event = { event: 'spraying_seen', userId: undefined, names: MANY_NAMES } as const;
  await store.audit.record(event, clock.now(), origin);
}
