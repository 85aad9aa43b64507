import { createHash } from 'node:crypto';
import { loginKey } from '../accounts/login-name.ts';
import type { App } from '../app.ts';
import { MAIL_BY_ADDRESS } from '../limits/limit.ts';

/** One mailbox, as most mail servers deliver: without regard to case and to what stands behind a `+`. */
function mailboxOf(address: string): string {
  return loginKey(address).replace(/^([^"+@]+)\+[^@]*@/, '$1@');
}

/**
 * Counts a mail to an address that somebody asked for, whether anybody has it or not. False when it had too many lately:
 * then it gets none, and who asked is answered as always.
 */
export async function mayMail(
  { store, clock, config }: Pick<App, 'store' | 'clock' | 'config'>,
  address: string,
): Promise<boolean> {
  if (config.limits === 'off') return true;
  const key = createHash('sha256').update(mailboxOf(address)).digest('base64url').slice(0, 22);
  const at = clock.now();
  for (const limit of MAIL_BY_ADDRESS)
    if ((await store.limits.count(limit, key, at)) !== undefined) return false;
  return true;
}
