import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Client } from 'pg';
import { inject, onTestFinished } from 'vitest';
import { openDjangoTarget } from '../../src/adapters/django/open.ts';
import type { App } from '../../src/domain/app.ts';
import { type Exported, exportTo, type OpenTarget } from '../../src/domain/export/export.ts';
import type { ExportReport } from '../../src/domain/export/report.ts';
import { samplePath, sampleText, testFolder } from './django-files.ts';
import { createDatabase } from './postgres.ts';

type Row = Readonly<Record<string, unknown>>;

/** Every row of every table by its id, as JSON. */
export type Dump = Readonly<Record<string, Readonly<Record<string, Row>>>>;

/** A copy of a sample that can be written to, for as long as the test takes. */
export interface DjangoCopy {
  readonly url: string;
  /** the table of the accounts */
  readonly users: string;
  sql(text: string): Promise<readonly Row[]>;
  dump(): Promise<Dump>;
}

const dumped = async (
  sql: (text: string) => Promise<readonly Row[]>,
  tables: readonly Row[],
): Promise<Dump> => {
  const dump: Record<string, Record<string, Row>> = {};
  for (const { name } of tables) {
    const rows = await sql(`select * from "${name}"`);
    dump[String(name)] = Object.fromEntries(
      rows.map((row) => [String(row.id ?? row.session_key), JSON.parse(JSON.stringify(row))]),
    );
  }
  return dump;
};

function sqliteCopy(sample: string): Omit<DjangoCopy, 'users'> {
  const path = join(testFolder(), 'django.sqlite3');
  copyFileSync(samplePath(`${sample}.sqlite3`), path);
  const sql = async (text: string) => {
    const database = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: false });
    try {
      if (/^select/i.test(text)) return database.prepare(text).all() as Row[];
      database.exec(text);
      return [];
    } finally {
      database.close();
    }
  };
  const dump = async () =>
    dumped(
      sql,
      await sql("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"),
    );
  return { url: `sqlite:${path}`, sql, dump };
}

/** Copies of a database are made faster than a sample is read. They stay for all files, and go with the server. */
const templates = new Map<string, Promise<string>>();

async function postgresTemplate(sample: string): Promise<string> {
  const { name, url } = await createDatabase(inject('postgresAdminUrl'));
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sampleText(`${sample}.sql`));
  await client.end();
  return name;
}

async function postgresCopy(sample: string): Promise<Omit<DjangoCopy, 'users'>> {
  templates.set(sample, templates.get(sample) ?? postgresTemplate(sample));
  const { url, drop } = await createDatabase(inject('postgresAdminUrl'), await templates.get(sample));
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await drop();
  });
  const sql = async (text: string) => (await client.query(text)).rows ?? [];
  const dump = async () =>
    dumped(sql, await sql("select tablename as name from pg_tables where schemaname = 'public'"));
  return { url, sql, dump };
}

export async function djangoCopy(sample: string): Promise<DjangoCopy> {
  const copy = sample.startsWith('pg') ? await postgresCopy(sample) : sqliteCopy(sample);
  return { ...copy, users: sample.endsWith('default') ? 'auth_user' : 'api_user' };
}

/** What differs: `table id` with the columns that changed, `added`, or `removed`. */
export function differences(before: Dump, after: Dump): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const table of Object.keys({ ...before, ...after })) {
    const [old = {}, now = {}] = [before[table], after[table]];
    for (const id of Object.keys({ ...old, ...now })) {
      const [was, is] = [old[id], now[id]];
      if (was === undefined) found[`${table} ${id}`] = 'added';
      else if (is === undefined) found[`${table} ${id}`] = 'removed';
      else {
        const columns = Object.keys(is).filter(
          (name) => JSON.stringify(is[name]) !== JSON.stringify(was[name]),
        );
        if (columns.length > 0) found[`${table} ${id}`] = columns;
      }
    }
  }
  return found;
}

/** Opens as the command does. */
export const opener =
  (url: string): OpenTarget =>
  (mode) =>
    openDjangoTarget(url, mode);

export function tryExport(
  app: Pick<App, 'store' | 'clock'>,
  open: OpenTarget,
  isDryRun = false,
): Promise<Exported> {
  return exportTo(app, open, { isDryRun }, () => {});
}

/** Exports as the command does; throws when it is refused. */
export async function exportDjango(app: App, url: string, isDryRun = false): Promise<ExportReport> {
  const exported = await tryExport(app, opener(url), isDryRun);
  if ('refused' in exported) throw new Error(exported.refused);
  return exported.report;
}
