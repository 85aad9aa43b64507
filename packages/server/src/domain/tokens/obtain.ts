import { type Credentials, type LoginRefusals, logInWith } from '../accounts/log-in.ts';
import { wayIn } from '../accounts/login-gate.ts';
import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { isNewDevice, noticeOf } from '../email/new-device.ts';
import type { Outcome } from '../outcome.ts';
import { done } from '../outcome.ts';
import { makeRoom } from '../sessions/make-room.ts';
import { newStamp, signPair, type TokenPair } from './issue.ts';
import { newSessionId } from './session-id.ts';

type Needs = Parameters<typeof logInWith>[0] & Pick<App, 'random' | 'keys' | 'claimsOf'>;

/**
 * Logs in with a password: opens a session and gives its first pair of tokens.
 *
 * Refuses as `logInWith` does, an inactive account in the words for a wrong password.
 */
export function obtainTokens(
  app: Needs,
  credentials: Credentials,
  origin: Origin,
): Promise<Outcome<TokenPair, LoginRefusals>> {
  return logInWith(app, credentials, origin, {
    gate: (account) => wayIn(app.config, account),
    async open(account, upgraded) {
      const { id: userId } = account;
      const now = app.clock.now();
      const sessionId = newSessionId(app.random);
      const current = newStamp(app, now, now);
      const admitted = await app.store.transaction(async (store) => {
        if (!(await store.accounts.admit(userId, account.password, now, upgraded))) return false;
        if (await isNewDevice(store, account, origin)) await store.outbox.add(noticeOf(account, origin), now);
        await store.sessions.open({ id: sessionId, userId, current, createdAt: now, origin });
        await makeRoom(store, userId, sessionId, now, origin);
        await store.audit.record({ event: 'logged_in', userId, actorId: userId, sessionId }, now, origin);
        return true;
      });
      return admitted ? done(signPair(app, account, sessionId, current, now)) : 'crossed';
    },
  });
}
