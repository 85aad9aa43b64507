import type { Target } from '../../domain/export/target.ts';
import type { Source } from '../../domain/import/source.ts';
import { sqlitePath } from '../sql/open.ts';
import { readAccounts } from './accounts.ts';
import { readAdminLog } from './admin-log.ts';
import { readDangling } from './dangling.ts';
import type { DjangoDatabase, Mode } from './database.ts';
import { describe, type FindOptions, findLayout } from './find.ts';
import { type Directory, readDirectory, readGroups } from './groups.ts';
import { type Layout, namesOf, tablesOf } from './layout.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import { readTokenOddities } from './token-oddities.ts';
import { readTokens } from './tokens.ts';
import { writerOn } from './write.ts';

export interface DjangoOptions extends FindOptions {
  /** of PostgreSQL; the search path decides otherwise */
  readonly schema?: string | undefined;
}

export interface DjangoSource extends Source {
  close(): Promise<void>;
}

async function openDatabase(url: string, schema: string | undefined, mode: Mode): Promise<DjangoDatabase> {
  if (/^postgres(ql)?:/.test(url)) return openPostgres(url, schema, mode);
  const scheme = /^([a-z][a-z0-9+.-]+):/.exec(url)?.[1];
  if (scheme !== undefined && scheme !== 'sqlite') {
    throw new Error(
      `A Django database at ${scheme}: cannot be read. SQLite files and postgres: addresses can.`,
    );
  }
  return openSqlite(sqlitePath(url) ?? url, mode);
}

/** The work once; whoever asks later gets the same answer. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= work();
    return answer;
  };
}

async function countsOf(db: DjangoDatabase, layout: Layout): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tablesOf(layout)) {
    const [row] = await db.rows(`select count(*) as rows from ${db.nameOf(table)}`);
    counts[table.name] = Number(row?.rows);
  }
  return counts;
}

async function highestOf(db: DjangoDatabase, { users }: Layout): Promise<number> {
  const [row] = await db.rows(`select max("id") as highest from ${db.nameOf(users)}`);
  const given = (await db.lastGivenId(users)) ?? 0;
  return Math.max(Number(row?.highest ?? 0), given);
}

function sourceOn(db: DjangoDatabase, layout: Layout): DjangoSource {
  const directory = once<Directory>(() => readDirectory(db, layout));
  return {
    found: describe(layout),
    tables: namesOf(layout),
    counts: () => countsOf(db, layout),
    highestAccountId: () => highestOf(db, layout),
    groups: () => readGroups(db, layout, directory),
    accounts: () => readAccounts(db, layout, directory),
    tokens: () => readTokens(db, layout),
    adminLog: (afterId) => readAdminLog(db, layout, afterId),
    dangling: () => readDangling(db, layout),
    oddities: (isGenuine) => readTokenOddities(db, layout, isGenuine),
    close: () => db.close(),
  };
}

async function openWith<T>(
  url: string,
  options: DjangoOptions,
  mode: Mode,
  make: (db: DjangoDatabase, layout: Layout) => T | Promise<T>,
): Promise<T> {
  const db = await openDatabase(url, options.schema, mode);
  try {
    const layout = findLayout(db, options);
    // It is read before it is written to.
    if (mode === 'read') await db.verify(tablesOf(layout));
    return await make(db, layout);
  } catch (error) {
    await db.close();
    throw error;
  }
}

/**
 * Opens a Django database for reading: `sqlite:` and a path, a plain path, or a `postgres://` address. It is never written to.
 * Everything is read from one snapshot, which is held until `close`. Throws a sentence when it cannot be opened, when it
 * is damaged, or when it cannot be told which tables hold what; reading throws a `SourceFault` for a row that
 * cannot be understood.
 */
export function openDjango(url: string, options: DjangoOptions = {}): Promise<DjangoSource> {
  return openWith(url, options, 'read', sourceOn);
}

/** The same to write accounts back into: in one transaction, when it is opened to write. */
export function openDjangoTarget(url: string, mode: Mode, options: DjangoOptions = {}): Promise<Target> {
  return openWith(url, options, mode, async (db, layout) => ({
    ...sourceOn(db, layout),
    ...(await writerOn(db, layout)),
  }));
}
