import { createHash } from 'node:crypto';
import { loginKey, ownerOfLogin } from '../accounts/login-name.ts';

/** An account as far as its login names go. */
export interface Claimant {
  readonly id: number;
  readonly username: string;
  readonly email: string;
  /** it did not come from the other system */
  readonly isLocal?: boolean;
}

/** The folded names of an account. */
export function keysOf({ username, email }: Pick<Claimant, 'username' | 'email'>): string[] {
  return [...new Set([username, email].filter((name) => name !== '').map(loginKey))];
}

/** Six bytes of a digest: a number, so that millions fit into little memory. */
const numberOf = (key: string) => createHash('sha256').update(key).digest().readUIntBE(0, 6);

/**
 * Finds the names that several accounts have, in two readings. In the first each name leaves a number; in the second the
 * accounts are collected whose numbers came twice. (Two names may have one number: they are told apart by then.)
 */
export function sharedNames() {
  let numbers = new Float64Array(1024);
  let count = 0;
  let twice: Set<number> | undefined;
  const claimants = new Map<string, Claimant[]>();

  function numbersThatCameTwice(): Set<number> {
    const all = numbers.subarray(0, count).sort();
    const found = new Set<number>();
    for (let i = 1; i < all.length; i++) if (all[i] === all[i - 1]) found.add(all[i] ?? 0);
    return found;
  }

  return {
    /** first reading */
    note(account: Pick<Claimant, 'username' | 'email'>): void {
      for (const key of keysOf(account)) {
        if (count === numbers.length) {
          const longer = new Float64Array(count * 2);
          longer.set(numbers);
          numbers = longer;
        }
        numbers[count++] = numberOf(key);
      }
    },
    /** second reading; `local` has who holds one of the account's names here already */
    collect({ id, username, email }: Claimant, local: ReadonlyMap<string, Claimant>): void {
      twice ??= numbersThatCameTwice();
      for (const key of keysOf({ username, email })) {
        const holder = local.get(key);
        if (holder === undefined && !twice.has(numberOf(key))) continue;
        const list = claimants.get(key) ?? (holder === undefined ? [] : [holder]);
        list.push({ id, username, email });
        claimants.set(key, list);
      }
    },
    /** after both: the names that several have, with their accounts in the order of their ids */
    all(): ReadonlyMap<string, readonly Claimant[]> {
      return new Map([...claimants].filter(([, list]) => list.length > 1));
    },
  };
}

type Shared = ReadonlyMap<string, readonly Claimant[]>;

/** What the login form trims cannot be typed there. */
const isTypable = (login: string) => login !== '' && login.trim() === login;

/** By what an account can log in: `user name "…"` and `e-mail "…"`, or nothing. */
export function waysIn(account: Claimant, shared: Shared): string[] {
  const { id, username, email } = account;
  const isHis = (login: string, by: 'name' | 'email') =>
    isTypable(login) && ownerOfLogin(login, by, shared.get(loginKey(login)) ?? [account])?.id === id;
  const ways: string[] = [];
  if (isHis(username, 'name')) ways.push(`user name ${JSON.stringify(username)}`);
  if (isHis(email, 'email')) ways.push(`e-mail ${JSON.stringify(email)}`);
  return ways;
}

/** What is to be said of an account about each name it shares: `username-duplicate`, `email-case-conflict` and so on. */
export function conflictsOf(account: Claimant, shared: Shared): string[] {
  const kinds: string[] = [];
  for (const field of ['username', 'email'] as const) {
    const name = account[field];
    if (name === '') continue;
    const key = loginKey(name);
    const others = (shared.get(key) ?? []).filter(({ id }) => id !== account.id);
    if (others.some((other) => other[field] === name)) kinds.push(`${field}-duplicate`);
    else if (others.some((other) => other[field] !== '' && loginKey(other[field]) === key))
      kinds.push(`${field}-case-conflict`);
    if (field === 'username' && others.some(({ email }) => email !== '' && loginKey(email) === key))
      kinds.push('username-is-email-of-another');
  }
  return kinds;
}
