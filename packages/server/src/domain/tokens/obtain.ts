import { wayIn } from '../accounts/login-gate.ts';
import { ownerOfLogin } from '../accounts/login-name.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { isNewDevice, noticeOf } from '../email/new-device.ts';
import { countLoginAttempt } from '../limits/login-attempt.ts';
import { noteWrongPassword } from '../limits/spraying.ts';
import type { Outcome } from '../outcome.ts';
import { done, refuse } from '../outcome.ts';
import { makeRoom } from '../sessions/make-room.ts';
import type { Account } from '../store.ts';
import { newStamp, signPair, type TokenPair } from './issue.ts';
import { newSessionId } from './session-id.ts';

/** Who says he is who: a user name or e-mail, or strictly an e-mail. */
export interface Credentials {
  readonly login: string;
  readonly by: 'name' | 'email';
  readonly password: string;
}

type Needs = Pick<App, 'store' | 'clock' | 'random' | 'keys' | 'config' | 'passwords' | 'claimsOf'>;

type Refusals = 'no_active_account' | 'email_not_verified' | 'server_busy' | 'throttled';

/** Nobody's name is longer; folding a huge text would take its time. */
const LONGEST_LOGIN = 320;

/** The account to check the password of, and whether the login is its own in the field that it was given in. */
async function findAccount(
  { accounts }: App['store'],
  { login, by }: Credentials,
): Promise<{ readonly account: Account | undefined; readonly isHis: boolean }> {
  if (login.length > LONGEST_LOGIN) return { account: undefined, isHis: false };
  const claimants = await accounts.claimantsOf(login);
  const owner = ownerOfLogin(login, by, claimants);
  // Checked even if it is not his, or not in this field: a name has to cost the same in every field.
  return {
    account: owner ?? ownerOfLogin(login, 'name', claimants) ?? claimants[0],
    isHis: owner !== undefined,
  };
}

/**
 * Logs in with a password: opens a session and gives its first pair of tokens.
 *
 * An unknown name, a wrong password and an inactive account are one refusal, `no_active_account`, and cost the
 * same password work, or work that could be that of another account (docs/decisions/django-hashes.md). A hash of another
 * format or cost than ours is replaced. `server_busy` when too many passwords are being checked, `throttled` after too
 * many wrong ones for the name or from the network.
 */
export async function obtainTokens(
  app: Needs & Pick<App, 'meter' | 'spraying' | 'log' | 'notebook'>,
  credentials: Credentials,
  origin: Origin,
): Promise<Outcome<TokenPair, Refusals>> {
  const counted = await countLoginAttempt(app, credentials.login.slice(0, LONGEST_LOGIN), origin);
  if (!counted.ok) {
    app.meter?.loginTried('throttled');
    return counted;
  }
  const outcome = await logIn(app, credentials, origin);
  if (!outcome.ok && outcome.reason === 'no_active_account')
    app.notebook.failedLogins.failed(outcome.inside?.userId, app.clock.now(), origin);
  if (outcome.ok) await counted.value.succeeded();
  else if (outcome.reason === 'server_busy' || outcome.reason === 'email_not_verified')
    await counted.value.wasNotMade();
  else await noteWrongPassword(app, credentials, origin);
  app.meter?.loginTried(outcome.ok ? 'ok' : outcome.reason === 'server_busy' ? 'busy' : 'failed');
  return outcome;
}

/** Anew when the stored password changed while it was being checked: an upgrade by another login may have done it. */
async function logIn(
  app: Needs,
  credentials: Credentials,
  origin: Origin,
): Promise<Outcome<TokenPair, Exclude<Refusals, 'throttled'>>> {
  const first = await tryToLogIn(app, credentials, origin);
  const last = first === 'crossed' ? await tryToLogIn(app, credentials, origin) : first;
  return last === 'crossed' ? refuse('no_active_account') : last;
}

async function tryToLogIn(
  app: Needs,
  credentials: Credentials,
  origin: Origin,
): Promise<Outcome<TokenPair, Exclude<Refusals, 'throttled'>> | 'crossed'> {
  const { login, password } = credentials;
  const { account, isHis } = await findAccount(app.store, credentials);
  const checked = await app.passwords.check(password, account?.password, login);
  if (!checked.ok) return checked;
  const failed = refuse('no_active_account', { inside: { userId: account?.id } });
  if (account === undefined || !checked.value || !isHis) return failed;
  const gate = wayIn(app.config, account);
  if (!gate.ok) return gate.reason === 'no_active_account' ? failed : gate;
  const upgraded = await app.passwords.upgrade(password, account.password);
  const now = app.clock.now();
  const sessionId = newSessionId(app.random);
  const current = newStamp(app, now, now);
  const admitted = await app.store.transaction(async (store) => {
    if (!(await store.accounts.admit(account.id, account.password, now, upgraded))) return false;
    if (await isNewDevice(store, account, origin)) await store.outbox.add(noticeOf(account, origin), now);
    await store.sessions.open({ id: sessionId, userId: account.id, current, createdAt: now, origin });
    const { id: userId } = account;
    await makeRoom(store, userId, sessionId, now, origin);
    await store.audit.record({ event: 'logged_in', userId, actorId: userId, sessionId }, now, origin);
    return true;
  });
  return admitted ? done(signPair(app, account, sessionId, current, now)) : 'crossed';
}
