import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { countLoginAttempt } from '../limits/login-attempt.ts';
import { noteWrongPassword } from '../limits/spraying.ts';
import { type Done, type Outcome, refuse } from '../outcome.ts';
import type { Account } from '../store.ts';
import { loginKey, ownerOfLogin } from './login-name.ts';

/** Who says he is who: a user name or e-mail, or strictly an e-mail. */
export interface Credentials {
  readonly login: string;
  readonly by: 'name' | 'email';
  readonly password: string;
}

/** Why somebody is not let in although the password was right. */
type GateRefusals = 'no_active_account' | 'new_password_required' | 'email_not_verified';

export type LoginRefusals = GateRefusals | 'server_busy' | 'throttled';

type Needs = Pick<
  App,
  'store' | 'clock' | 'config' | 'passwords' | 'meter' | 'spraying' | 'log' | 'notebook'
>;

/** Where a password leads to. */
export interface WayIn<T> {
  /** who is let in, of those whose password was right */
  gate(account: Account): Outcome<unknown, GateRefusals>;
  /**
   * Opens the session, if the account still is what was checked: begins with `admit`. `upgraded`: a hash that takes the
   * place of the stored one. Crossed, when `admit` says no.
   */
  open(account: Account, upgraded: string | undefined): Promise<Done<T> | 'crossed'>;
}

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
 * Takes a login name and a password, and lets who proves himself in by one of the ways there are.
 *
 * An unknown name, a wrong password and an account that the gate does not let in are one refusal, `no_active_account`, and cost
 * the same password work, or work that could be that of another account (docs/decisions/django-hashes.md). A hash of another
 * format or cost than ours is replaced. `new_password_required` and `email_not_verified` are told only after the right password (`mayTell`), `server_busy` when too many passwords are being checked, `throttled` after too
 * many wrong ones for the name or from the network.
 */
export async function logInWith<T>(
  app: Needs,
  credentials: Credentials,
  origin: Origin,
  way: WayIn<T>,
): Promise<Outcome<T, LoginRefusals>> {
  // In a flood whoever is turned away should cost next to nothing: he is neither counted nor looked up.
  if (app.passwords.isBusy()) {
    // As the queue itself tells of one: he has come, and has gone.
    app.meter.hashQueued();
    app.meter.hashRefused();
    app.meter.loginTried('busy');
    return refuse('server_busy');
  }
  const counted = await countLoginAttempt(app, credentials.login.slice(0, LONGEST_LOGIN), origin);
  if (!counted.ok) {
    app.meter.loginTried('throttled');
    return counted;
  }
  const outcome = await logIn(app, credentials, way);
  if (!outcome.ok && outcome.reason === 'no_active_account')
    app.notebook.failedLogins.failed(outcome.inside?.userId, app.clock.now(), origin);
  if (outcome.ok) await counted.value.succeeded();
  else if (outcome.reason !== 'no_active_account') await counted.value.wasNotMade();
  else await noteWrongPassword(app, credentials, origin);
  app.meter.loginTried(outcome.ok ? 'ok' : outcome.reason === 'server_busy' ? 'busy' : 'failed');
  return outcome;
}

/** Anew when the stored password changed while it was being checked: an upgrade by another login may have done it. */
async function logIn<T>(
  app: Needs,
  credentials: Credentials,
  way: WayIn<T>,
): Promise<Outcome<T, Exclude<LoginRefusals, 'throttled'>>> {
  const first = await tryToLogIn(app, credentials, way);
  const last = first === 'crossed' ? await tryToLogIn(app, credentials, way) : first;
  return last === 'crossed' ? refuse('no_active_account') : last;
}

/**
 * May somebody whose password was right be told why he is not let in? With REGISTRATION_TELLS_TAKEN_EMAIL=off not that an e-mail is not
 * verified, unless he gave the user name: who has just registered with the e-mail of somebody else has an account without it, and
 * would see that from the difference.
 */
function mayTell(
  { config }: Needs,
  reason: GateRefusals,
  { login, by }: Credentials,
  { username }: Account,
): boolean {
  if (reason !== 'email_not_verified') return reason !== 'no_active_account';
  const isByName = by === 'name' && loginKey(login) === loginKey(username);
  return isByName || config.registrationTellsTakenEmail === 'on';
}

async function tryToLogIn<T>(
  app: Needs,
  credentials: Credentials,
  { gate, open }: WayIn<T>,
): Promise<Outcome<T, Exclude<LoginRefusals, 'throttled'>> | 'crossed'> {
  const { login, password } = credentials;
  const { account, isHis } = await findAccount(app.store, credentials);
  const checked = await app.passwords.check(password, account?.password, login);
  if (!checked.ok) return checked;
  const failed = refuse('no_active_account', { inside: { userId: account?.id } });
  if (account === undefined || !checked.value || !isHis) return failed;
  const passed = gate(account);
  if (!passed.ok) return mayTell(app, passed.reason, credentials, account) ? passed : failed;
  return open(account, await app.passwords.upgrade(password, account.password));
}
