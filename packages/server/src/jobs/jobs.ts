import { eraseDueAccounts, forgetRemovedInEvents } from '../domain/accounts/erase.ts';
import { purgeAdminSessions } from '../domain/admin/admin-session.ts';
import { countLevels } from '../domain/admin/overview/count-levels.ts';
import type { App } from '../domain/app.ts';
import { purgeAuditEvents } from '../domain/audit/purge.ts';
import { purgeExpiredLinks } from '../domain/email/purge.ts';
import { purgeRetiredKeys } from '../domain/keys/purge.ts';
import { purgeStaleCounts } from '../domain/limits/purge.ts';
import { purgeRefusals } from '../domain/refusals/purge.ts';
import { purgeDjangoTokens, purgeExpiredSessions } from '../domain/tokens/purge.ts';
import { DELIVER_MAIL } from './deliver-mail.ts';

/** Work that a server does by itself from time to time, and the command line on demand. */
export interface Job {
  readonly name: string;
  readonly everySeconds: number;
  /** gives a number for the log: how many things were done. Safe on several servers at once. */
  run(app: App): Promise<number>;
}

export const JOBS: readonly Job[] = [
  { name: 'purge expired sessions', everySeconds: 3_600, run: purgeExpiredSessions },
  { name: 'purge expired tokens of Django', everySeconds: 3_600, run: purgeDjangoTokens },
  { name: 'erase deleted accounts', everySeconds: 3_600, run: eraseDueAccounts },
  { name: 'forget removed accounts in audit events', everySeconds: 3_600, run: forgetRemovedInEvents },
  { name: 'purge links of mails', everySeconds: 3_600, run: purgeExpiredLinks },
  { name: 'purge counts of limits', everySeconds: 3_600, run: purgeStaleCounts },
  { name: 'purge old audit events', everySeconds: 3_600, run: purgeAuditEvents },
  { name: 'purge retired keys', everySeconds: 3_600, run: purgeRetiredKeys },
  { name: 'purge sessions of the admin site', everySeconds: 3_600, run: purgeAdminSessions },
  { name: 'purge old refusals', everySeconds: 3_600, run: purgeRefusals },
  DELIVER_MAIL,
  { name: 'count accounts and sessions', everySeconds: 900, run: countLevels },
];
