import { loginGate } from '../accounts/login-gate.ts';
import { loginKey } from '../accounts/login-name.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { isEmailAddress } from '../email/address.ts';
import type { Outcome } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import type { Account, Store } from '../store.ts';
import { newStamp, signPair, type TokenPair } from './issue.ts';
import { newSessionId } from './session-id.ts';

/** Who says he is who: a user name or e-mail, or strictly an e-mail. */
export interface Credentials {
  readonly login: string;
  readonly by: 'name' | 'email';
  readonly password: string;
}

type Needs = Pick<App, 'store' | 'clock' | 'random' | 'keys' | 'config' | 'passwords' | 'claimsOf'>;

type Refusals = 'no_active_account' | 'server_busy';

/** Nobody's name is longer; folding a huge text would take its time. */
const LONGEST_LOGIN = 320;

async function findAccount(store: Store, { login, by }: Credentials): Promise<Account | undefined> {
  if (login.length > LONGEST_LOGIN) return undefined;
  const account = await store.accounts.byLoginName(login);
  if (account === undefined) return undefined;
  const key = loginKey(login);
  // What only looks like an e-mail (a full-width @) is folded into one, but is nobody's.
  const isHisEmail = isEmailAddress(login) && account.email !== '' && loginKey(account.email) === key;
  const isHisName = by === 'name' && loginKey(account.username) === key;
  return isHisEmail || isHisName ? account : undefined;
}

/**
 * Logs in with a password: opens a session and gives its first pair of tokens.
 *
 * An unknown name, a wrong password and an inactive account are one refusal, `no_active_account`, and cost the
 * same password work. `server_busy` when too many passwords are being checked.
 */
export async function obtainTokens(
  app: Needs & Pick<App, 'meter'>,
  credentials: Credentials,
  origin: Origin,
): Promise<Outcome<TokenPair, Refusals>> {
  const outcome = await logIn(app, credentials, origin);
  app.meter?.loginTried(outcome.ok ? 'ok' : outcome.reason === 'server_busy' ? 'busy' : 'failed');
  return outcome;
}

async function logIn(
  app: Needs,
  credentials: Credentials,
  origin: Origin,
): Promise<Outcome<TokenPair, Refusals>> {
  const account = await findAccount(app.store, credentials);
  const checked = await app.passwords.check(credentials.password, account?.password);
  if (!checked.ok) return checked;
  if (account === undefined || !checked.value) return refuse('no_active_account');
  const gate = loginGate(account);
  if (!gate.ok) return gate;
  const now = app.clock.now();
  const sessionId = newSessionId(app.random);
  const current = newStamp(app, now, now);
  const admitted = await app.store.transaction(async (store) => {
    if (!(await store.accounts.admit(account.id, account.password, now))) return false;
    await store.sessions.open({ id: sessionId, userId: account.id, current, createdAt: now, origin });
    await store.audit.record({ event: 'logged_in', userId: account.id, sessionId }, now, origin);
    return true;
  });
  return admitted ? done(signPair(app, account, sessionId, current, now)) : refuse('no_active_account');
}
