import { createHash } from 'node:crypto';
import { loginKey } from '../accounts/login-name.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome } from '../outcome.ts';
import type { Account, Store } from '../store.ts';
import { type Limit, LOGIN_BY_KNOWN_NETWORK, LOGIN_BY_NAME, LOGIN_BY_NETWORK } from './limit.ts';
import { networkOf } from './network.ts';
import { throttled } from './spend.ts';

/** An attempt to log in that was counted as a failure, until it turns out to be none. */
export interface LoginAttempt {
  /** The password was right: it counts no more, and neither do the wrong ones before it. */
  succeeded(): Promise<void>;
  /** The password was not looked at. */
  wasNotMade(): Promise<void>;
}

type Needs = Pick<App, 'store' | 'clock' | 'config'>;

interface Counted {
  readonly limit: Limit;
  readonly key: string;
}

const UNLIMITED: LoginAttempt = { succeeded: async () => {}, wasNotMade: async () => {} };

/** A key of one length, and no name that somebody typed, which may be a password, in the table. */
function keyOfName(login: string): string {
  return createHash('sha256').update(loginKey(login)).digest('base64url').slice(0, 22);
}

/** Which budget of the name the attempt goes on: the common one, or that of a network the person has come from before. */
async function countName(
  store: Store,
  login: string,
  network: string,
  at: number,
): Promise<Counted | number> {
  const key = keyOfName(login);
  const wait = await store.limits.count(LOGIN_BY_NAME, key, at);
  if (wait === 0) return { limit: LOGIN_BY_NAME, key };
  // Asked whether there is such an account or not: the work is the same.
  const known = (await store.sessions.addressesOf(loginKey(login))).some((ip) => networkOf(ip) === network);
  if (!known) return wait;
  const own = `${key} ${network}`;
  const waitHere = await store.limits.count(LOGIN_BY_KNOWN_NETWORK, own, at);
  return waitHere === 0 ? { limit: LOGIN_BY_KNOWN_NETWORK, key: own } : waitHere;
}

/**
 * Counts an attempt to log in before the password is looked at: for its network and for the name, whether anybody
 * has that name or not. Of any number of attempts at the same time no more get through than the limits say.
 * Refuses with `throttled`.
 */
export async function countLoginAttempt(
  { store, clock, config }: Needs,
  login: string,
  { ip }: Origin,
): Promise<Outcome<LoginAttempt, 'throttled'>> {
  if (config.limits === 'off') return done(UNLIMITED);
  const at = clock.now();
  const network = networkOf(ip);
  const wait = await store.limits.count(LOGIN_BY_NETWORK, network, at);
  if (wait > 0) return throttled(wait);
  const counted = await countName(store, login, network, at);
  if (typeof counted === 'number') {
    // Nothing was tried: who asks again for a name that is blocked uses up nobody's network.
    await store.limits.giveBack(LOGIN_BY_NETWORK, network);
    return throttled(counted);
  }
  return done({
    async succeeded() {
      await store.limits.giveBack(LOGIN_BY_NETWORK, network);
      await store.limits.forget(counted.limit, counted.key);
    },
    async wasNotMade() {
      await store.limits.giveBack(LOGIN_BY_NETWORK, network);
      await store.limits.giveBack(counted.limit, counted.key);
    },
  });
}

/** Forgets the wrong passwords for the names of an account, which has a new one. */
export async function forgetLoginAttempts(
  { limits }: Pick<Store, 'limits'>,
  { username, email }: Pick<Account, 'username' | 'email'>,
): Promise<void> {
  for (const name of [username, email]) await limits.forget(LOGIN_BY_NAME, keyOfName(name));
}
