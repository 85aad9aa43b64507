import { type Credentials, type LoginRefusals, logInWith } from '../accounts/log-in.ts';
import { wayIn } from '../accounts/login-gate.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { done, type Outcome, refuse } from '../outcome.ts';
import type { Account } from '../store.ts';
import { type AdminView, keyOfAdminSession, newAdminSessionId, viewOf } from './admin-session.ts';
import { asStaff } from './staff.ts';

type Needs = Parameters<typeof logInWith>[0] & Pick<App, 'random'>;

/** The id goes to the browser, and nowhere else. */
export interface SignedIn {
  readonly id: string;
  readonly view: AdminView;
}

/** Staff alone, and then the gate of every login. Who is none is told what a wrong password is told. */
function staffGate(config: App['config'], account: Account): ReturnType<typeof wayIn> {
  return account.isStaff ? wayIn(config, account) : refuse('no_active_account');
}

/**
 * Signs in to the admin site: the same proof, limits and gate as `obtainTokens`, for staff alone; the same work for somebody who
 * is none. Opens a session of its own, which opens nothing else. `planted`: the id of a session that the browser came
 * with, which ends (ASVS 7.2.4). Refuses as `obtainTokens` does.
 */
export async function signIn(
  app: Needs,
  credentials: Credentials,
  planted: string | undefined,
  origin: Origin,
): Promise<Outcome<SignedIn, LoginRefusals>> {
  const opened = await logInWith(app, credentials, origin, {
    gate: (account) => staffGate(app.config, account),
    async open(account, upgraded) {
      const { id: userId, username, isStaff, isSuperuser } = account;
      const now = app.clock.now();
      const id = newAdminSessionId(app.random);
      const key = keyOfAdminSession(id);
      const admitted = await app.store.transaction(async (store) => {
        if (!(await store.accounts.admit(userId, account.password, now, upgraded))) return false;
        if (planted !== undefined) await store.adminSessions.end(keyOfAdminSession(planted));
        await store.adminSessions.open({ key, userId, createdAt: now, origin });
        await store.audit.record({ event: 'admin_signed_in', userId, actorId: userId }, now, origin);
        return true;
      });
      const adminSession = { key, createdAt: now, usedAt: now };
      const actor = { id: userId, username, isStaff, isSuperuser, sessionId: undefined, adminSession };
      return admitted ? done({ id, actor }) : 'crossed';
    },
  });
  if (!opened.ok) return opened;
  const { id, actor } = opened.value;
  const staff = await asStaff(app, actor, 'any');
  // Demoted in between: the session opens nothing.
  return staff.ok ? done({ id, view: await viewOf(app, staff.value) }) : refuse('no_active_account');
}
