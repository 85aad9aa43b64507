import type { Origin } from '../audit/event.ts';
import type { Account, Store } from '../store.ts';
import type { Message } from './message.ts';

/**
 * Does somebody log in with a browser or program that he has no session of yet? The first login of all is no news, and
 * whose address is not verified gets no notices: anybody can register with the address of another.
 */
export async function isNewDevice(
  store: Pick<Store, 'sessions'>,
  { id, email, profile, lastLoginAt }: Account,
  { userAgent }: Origin,
): Promise<boolean> {
  if (lastLoginAt === undefined || email === '' || !profile.verified) return false;
  return !(await store.sessions.hasOneFrom(id, userAgent));
}

/** The notice of it. It names no user agent: that is a text of whoever logged in. */
export function noticeOf({ id: userId, email }: Account, { ip, language = 'en' }: Origin): Message {
  return { to: email, kind: 'new_device', language, values: { userId, ip } };
}
