import type { Kysely } from 'kysely';
import type { LimitStore, Store } from '../../domain/store.ts';
import { accountStore } from './accounts.ts';
import { adminSessionStore } from './admin-sessions.ts';
import { auditStore } from './audit.ts';
import { djangoTokenStore } from './django-tokens.ts';
import { importStore } from './imports.ts';
import { keyStore } from './keys.ts';
import { limitStore } from './limits.ts';
import { linkStore } from './links.ts';
import type { Database } from './open.ts';
import { outboxStore } from './outbox.ts';
import { overviewStore } from './overview.ts';
import { personalDataStore } from './personal-data.ts';
import { refusalStore } from './refusals.ts';
import { rightsStore } from './rights.ts';
import { sessionStore } from './sessions.ts';
import type { Tables } from './tables.ts';
import { tokenListStore } from './token-list.ts';
import { userListStore } from './user-list.ts';
import { userStore } from './users.ts';

/** Puts another place to count in before the database's. */
export type LimitsOver = (database: LimitStore) => LimitStore;

/** The domain's store on an open database, SQLite or PostgreSQL: one set of queries. */
export function sqlStore(
  { db, isUnavailable }: Pick<Database, 'db' | 'isUnavailable'>,
  limitsOver: LimitsOver = (database) => database,
): Store {
  return storeOn(db, isUnavailable, limitsOver);
}

function storeOn(db: Kysely<Tables>, isUnavailable: Store['isUnavailable'], limitsOver: LimitsOver): Store {
  return {
    accounts: accountStore(db),
    userList: userListStore(db),
    users: userStore(db),
    sessions: sessionStore(db),
    djangoTokens: djangoTokenStore(db),
    audit: auditStore(db),
    imports: importStore(db),
    limits: limitsOver(limitStore(db)),
    keys: keyStore(db),
    refusals: refusalStore(db),
    links: linkStore(db),
    outbox: outboxStore(db),
    adminSessions: adminSessionStore(db),
    rights: rightsStore(db),
    personalData: personalDataStore(db),
    overview: overviewStore(db),
    tokens: tokenListStore(db),
    isUnavailable,
    transaction: (work) =>
      db.transaction().execute((transaction) => work(storeOn(transaction, isUnavailable, limitsOver))),
    async ping() {
      await db.selectNoFrom((eb) => eb.lit(1).as('one')).execute();
    },
  };
}
