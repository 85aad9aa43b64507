import { createHash } from 'node:crypto';
import { loginKey, ownerOfLogin } from '../accounts/login-name.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome } from '../outcome.ts';
import type { Account, Store } from '../store.ts';
import { type Limit, LOGIN_BY_KNOWN_NETWORK, LOGIN_BY_NAME, LOGIN_BY_NETWORK } from './limit.ts';
import { networkOf } from './network.ts';
import { type Block, turnAway } from './turn-away.ts';

/** An attempt to log in that was counted as a failure, until it turns out to be none. */
export interface LoginAttempt {
  /** The password was right: it counts no more, and neither do the wrong ones before it. */
  succeeded(): Promise<void>;
  /** The password was not looked at. */
  wasNotMade(): Promise<void>;
}

type Needs = Pick<App, 'store' | 'clock' | 'config' | 'meter'>;

/** A budget that the attempt was counted on. */
interface Spent {
  readonly limit: Limit;
  readonly key: string;
}

const UNLIMITED: LoginAttempt = { succeeded: async () => {}, wasNotMade: async () => {} };

/** A key of one length, and no name that somebody typed, which may be a password, in the table. */
function keyOfName(login: string): string {
  return createHash('sha256').update(loginKey(login)).digest('base64url').slice(0, 22);
}

/** Which budget of the name the attempt goes on: the common one, or that of a network the person has come from before. */
async function countName(store: Store, login: string, network: string, at: number): Promise<Spent | Block> {
  const key = keyOfName(login);
  const userId = async () => ownerOfLogin(login, 'name', await store.accounts.claimantsOf(login))?.id;
  const turned = await store.limits.count(LOGIN_BY_NAME, key, at);
  if (turned === undefined) return { limit: LOGIN_BY_NAME, key };
  // Asked whether there is such an account or not: the work is the same.
  const known = (await store.sessions.addressesOf(loginKey(login))).some((ip) => networkOf(ip) === network);
  if (!known) return { limit: LOGIN_BY_NAME, ...turned, userId };
  const own = `${key} ${network}`;
  const turnedHere = await store.limits.count(LOGIN_BY_KNOWN_NETWORK, own, at);
  return turnedHere === undefined
    ? { limit: LOGIN_BY_KNOWN_NETWORK, key: own }
    : { limit: LOGIN_BY_KNOWN_NETWORK, ...turnedHere, userId };
}

/**
 * Counts an attempt to log in before the password is looked at: for its network and for the name, whether anybody
 * has that name or not. Of any number of attempts at the same time no more get through than the limits say.
 * Refuses with `throttled`.
 */
export async function countLoginAttempt(
  { store, clock, config, meter }: Needs,
  login: string,
  origin: Origin,
): Promise<Outcome<LoginAttempt, 'throttled'>> {
  if (config.limits === 'off') return done(UNLIMITED);
  const at = clock.now();
  const network = networkOf(origin.ip);
  const turned = await store.limits.count(LOGIN_BY_NETWORK, network, at);
  if (turned !== undefined)
    return turnAway({ store, meter }, { limit: LOGIN_BY_NETWORK, ...turned }, at, origin);
  const spent = await countName(store, login, network, at);
  if ('wait' in spent) {
    // Nothing was tried: who asks again for a name that is blocked uses up nobody's network.
    await store.limits.giveBack(LOGIN_BY_NETWORK, network, at);
    return turnAway({ store, meter }, spent, at, origin);
  }
  return done({
    async succeeded() {
      await store.limits.giveBack(LOGIN_BY_NETWORK, network, at);
      await store.limits.forget(spent.limit, spent.key);
    },
    async wasNotMade() {
      await store.limits.giveBack(LOGIN_BY_NETWORK, network, at);
      await store.limits.giveBack(spent.limit, spent.key, at);
    },
  });
}

/**
 * Forgets the wrong passwords for names: their account has a new password, or is new itself. In networks that the
 * person has logged in from too.
 */
export async function forgetLoginAttempts(
  { limits, sessions }: Pick<Store, 'limits' | 'sessions'>,
  { username, email }: Pick<Account, 'username' | 'email'>,
): Promise<void> {
  for (const name of [username, email].filter((one) => one !== '')) {
    const key = keyOfName(name);
    await limits.forget(LOGIN_BY_NAME, key);
    const networks = new Set((await sessions.addressesOf(loginKey(name))).map(networkOf));
    for (const network of networks) await limits.forget(LOGIN_BY_KNOWN_NETWORK, `${key} ${network}`);
  }
}
