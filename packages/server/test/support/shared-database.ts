import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { migrate } from '../../src/adapters/sql/migrate.ts';
import { type Database, openDatabase } from '../../src/adapters/sql/open.ts';
import { assemble } from '../../src/assemble.ts';
import { readConfig } from '../../src/config.ts';
import type { App } from '../../src/domain/app.ts';
import { DATABASE, migratedPostgres, PATIENT } from './database.ts';
import { createDatabase } from './postgres.ts';
import { CHEAP_HASH, SECRET_KEY } from './world.ts';

const SETTINGS = {
  SECRET_KEY,
  PUBLIC_URL: 'http://127.0.0.1',
  SQLITE_SYNCHRONOUS: 'normal',
  DATABASE_WAIT_SECONDS: String(PATIENT),
};

/** An empty database, not migrated, that several processes can open by its address. */
export interface SharedDatabase {
  readonly url: string;
  /** Opens it in this process too; `remove` closes what is still open. */
  open(options?: Parameters<typeof openDatabase>[1]): Database;
  remove(): Promise<void>;
}

interface Place {
  readonly url: string;
  remove(): Promise<void>;
}

async function newPlace(): Promise<Place> {
  if (DATABASE === 'postgres') {
    const { url, drop } = await createDatabase(inject('postgresAdminUrl'));
    return { url, remove: drop };
  }
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-database-'));
  const url = `sqlite:${join(folder, 'latchkey.sqlite3')}`;
  return { url, remove: () => rm(folder, { recursive: true, force: true }) };
}

function sharedAt({ url, remove }: Place): SharedDatabase {
  const opened: Database[] = [];
  return {
    url,
    open(options) {
      const database = openDatabase(readConfig('serve', { ...SETTINGS, DATABASE_URL: url }), options);
      opened.push(database);
      return database;
    },
    async remove() {
      await Promise.all(opened.map((database) => database.close()));
      await remove();
    },
  };
}

/** Makes an empty database of the kind that this run is on. */
export async function emptySharedDatabase(): Promise<SharedDatabase> {
  return sharedAt(await newPlace());
}

/** The same with its tables. */
export async function migratedSharedDatabase(): Promise<SharedDatabase> {
  if (DATABASE === 'postgres') {
    const { url, drop } = await migratedPostgres();
    return sharedAt({ url, remove: drop });
  }
  const shared = await emptySharedDatabase();
  const database = shared.open();
  await migrate(database);
  await database.close();
  return shared;
}

export const SILENT = { info() {}, warn() {}, error() {}, request() {} };

/** What a trusted proxy asks for itself is not counted in the limit for everything: a test asks for more in ten seconds. */
export const NOT_TOO_OFTEN = { TRUSTED_PROXIES: '127.0.0.1' };

/** An application in this process that hashes cheaply and signs as the servers of the tests do. */
export function appOn(database: Database): App {
  return assemble(readConfig('serve', SETTINGS), database, { hashCost: CHEAP_HASH, log: SILENT });
}
