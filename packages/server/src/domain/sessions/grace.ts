import type { Session } from '../store.ts';

/**
 * Is this the jti before the current one, and was it replaced less than the grace ago? `grace` in milliseconds;
 * 0 is never, also for a request that another server's clock or speed puts before the rotation.
 */
export function isParentInGrace(session: Session, jti: string, now: number, grace: number): boolean {
  return grace > 0 && session.previousJti === jti && now - (session.rotatedAt ?? 0) < grace;
}
