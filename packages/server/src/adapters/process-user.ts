import type { Finding } from '../domain/settings/rules.ts';

/** Is this process root? Windows has no such user. */
export function isRoot(uid = process.getuid?.()): boolean {
  return uid === 0;
}

/** What is to be said of the user that the process runs as. A container may have its reasons: it is advice. */
export function findingsOfUser(uid?: number): Finding[] {
  const finding = {
    setting: 'user',
    breaks: 'ASVS 13.2.2',
    what: 'it runs as root, so whoever breaks into the server has all of the machine or the container',
    todo: 'Start it as a user of its own: User= of systemd, USER of a container',
    isAdvice: true,
  };
  return isRoot(uid) ? [finding] : [];
}
