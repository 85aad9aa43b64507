import { isUtf8 } from 'node:buffer';
import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';
import type { SqliteDatabase } from '../sql/sqlite-file.ts';
import {
  type DjangoDatabase,
  type Fetch,
  type Mode,
  NO_UTF8,
  quote,
  type Row,
  type Table,
  type Tables,
  type Value,
} from './database.ts';
import { copyPrivately, type PrivateCopy } from './private-copy.ts';

/** How long to wait for a writer, which locks readers out while it commits. Milliseconds. */
const PATIENCE = 5_000;

const SETTINGS = ['query_only = ON', 'trusted_schema = OFF', 'cell_size_check = ON'];
const WRITE_SETTINGS = ['foreign_keys = ON', 'trusted_schema = OFF', 'cell_size_check = ON'];

/** What SQLite says when a database has to be repaired before it can be read. */
const isReadOnly = (error: unknown) => error instanceof Error && /readonly database/.test(error.message);

const SENTENCES: readonly (readonly [RegExp, (path: string, message: string) => string])[] = [
  [
    /readonly database/,
    (path) => `${path} may not be written to: check the rights of the file and of its folder.`,
  ],
  [/is locked/, (path) => `${path} is locked by another program that writes to it. Run it again.`],
  [/not a database/, (path) => `${path} is no SQLite database.`],
  [
    /malformed|is damaged/,
    (path, message) =>
      `${path} is damaged: ${message}. Restore it, or repair it with sqlite3's .recover, first.`,
  ],
];

/** An error of SQLite as a sentence about the file. Others are left as they are. */
function about(path: string, error: unknown, deed = 'read'): unknown {
  if (!(error instanceof Error)) return error;
  const { message } = error;
  const [, say] = SENTENCES.find(([pattern]) => pattern.test(message)) ?? [];
  if (say !== undefined) return new Error(say(path, message), { cause: error });
  const isOfSqlite = 'code' in error && error.code === 'ERR_SQLITE_ERROR';
  return isOfSqlite ? new Error(`${path} cannot be ${deed}: ${message}.`, { cause: error }) : error;
}

/** First a plain look at the file, because SQLite says the same of everything that it cannot open. */
function headerOf(path: string): Buffer {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`There is no file ${path}.`);
  if (!found.isFile()) throw new Error(`${path} is no file.`);
  if (found.size === 0) throw new Error(`${path} is empty.`);
  const header = Buffer.alloc(20);
  const file = openSync(path, 'r');
  try {
    readSync(file, header);
  } finally {
    closeSync(file);
  }
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0')
    throw new Error(`${path} is no SQLite database.`);
  return header;
}

/** Begins the one transaction. It is the first read that takes the snapshot. */
function openAt(path: string, readOnly: boolean): SqliteDatabase {
  const database = new DatabaseSync(path, { readOnly, timeout: PATIENCE });
  try {
    for (const setting of SETTINGS) database.exec(`PRAGMA ${setting}`);
    database.exec('BEGIN');
    database.prepare('select count(*) from sqlite_schema').get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function openCopy(path: string): { database: SqliteDatabase; copy: PrivateCopy } {
  const copy = copyPrivately(path);
  try {
    return { database: openAt(copy.path, false), copy };
  } catch (error) {
    copy.remove();
    throw error;
  }
}

/**
 * Opens the file where it is, or, where SQLite would first have to write to it or beside it, a private copy: a write-ahead
 * database without its two companions has nobody who uses it, and neither has one with a journal that is to be rolled back.
 */
function openUnchanged(path: string): { database: SqliteDatabase; copy?: PrivateCopy } {
  const isWriteAhead = headerOf(path)[18] === 2;
  if (isWriteAhead && !(existsSync(`${path}-wal`) && existsSync(`${path}-shm`))) return openCopy(path);
  try {
    return { database: openAt(path, true) };
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return openCopy(path);
  }
}

/** Begins the one transaction, in which nobody else writes. */
function openToWrite(path: string): { database: SqliteDatabase; copy?: PrivateCopy } {
  headerOf(path);
  const database = new DatabaseSync(path, { timeout: PATIENCE });
  try {
    for (const setting of WRITE_SETTINGS) database.exec(`PRAGMA ${setting}`);
    database.exec('BEGIN IMMEDIATE');
    return { database };
  } catch (error) {
    database.close();
    throw error;
  }
}

function fetch(column: string, { limit, mayBeCut }: Fetch): string {
  // The driver would cut a text at a NUL, and say nothing. Blobs say what is wrong without being fetched.
  const long = mayBeCut ? `substr(${column}, 1, ${limit})` : `printf('%.*c', ${limit + 1}, 'x')`;
  return `case typeof(${column}) when 'text' then case
    when octet_length(${column}) > ${limit * 4} then ${long}
    when instr(${column}, char(0)) > 0 then x'00'
    else ${mayBeCut ? long : column} end
    when 'blob' then x'' else ${column} end`;
}

const REPLACEMENT = '\uFFFD';

/** Marks the texts that are no UTF-8 as what they are. The driver gives them with replacement characters instead. */
function markDamagedTexts(rows: Record<string, unknown>[], bytesOf: (name: string) => readonly Row[]): void {
  const isSuspect = (value: unknown) => typeof value === 'string' && value.includes(REPLACEMENT);
  const suspects = new Set(rows.flatMap((row) => Object.keys(row).filter((name) => isSuspect(row[name]))));
  for (const name of suspects) {
    const found = bytesOf(name);
    rows.forEach((row, index) => {
      if (isSuspect(row[name]) && !isUtf8(Buffer.from(String(found[index]?.bytes), 'hex')))
        row[name] = NO_UTF8;
    });
  }
}

type Read = (sql: string, values?: readonly (number | string)[]) => readonly Row[];

/** Ways to read and to write, with every statement prepared once: the driver frees none before the database is closed. */
function accessTo(database: SqliteDatabase) {
  const prepared = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    prepared.set(sql, statement);
    return statement;
  };
  const statementOf = (sql: string) => prepared.get(sql) ?? prepare(sql);
  const read: Read = (sql, values = []) => {
    const run = (text: string) => statementOf(text).all(...values);
    const rows: Record<string, unknown>[] = run(sql);
    markDamagedTexts(rows, (name) => run(`select hex(${quote(name)}) as bytes from (${sql})`));
    return rows;
  };
  const write = (sql: string, values: readonly Value[]) => {
    const bound = values.map((value) => (typeof value === 'boolean' ? Number(value) : value));
    return Number(statementOf(sql).run(...bound).changes);
  };
  return { read, write };
}

function tablesOf(all: Read): Tables {
  const found = all(
    "select name, type from pragma_table_list where schema = 'main' and name not like 'sqlite\\_%' escape '\\'",
  );
  return new Map(
    found.map(({ name, type }) => {
      const quoted = `'${String(name).replaceAll("'", "''")}'`;
      const columns = all(`select name, type, pk from pragma_table_xinfo(${quoted})`);
      const keys = columns.filter(({ pk }) => Number(pk) > 0);
      const unique = all(`select c.name from pragma_index_list(${quoted}) i, pragma_index_info(i.name) c
        where i."unique" and not i.partial and (select count(*) from pragma_index_info(i.name)) = 1`);
      const foreign = all(`select "from", "table" from pragma_foreign_key_list(${quoted}) f
        where (select count(*) from pragma_foreign_key_list(${quoted}) g where g.id = f.id) = 1`);
      const table: Table = {
        name: String(name),
        isView: type !== 'table',
        columns: columns.map((one) => ({ name: String(one.name), type: String(one.type).toLowerCase() })),
        foreignKeys: foreign.map((one) => ({ column: String(one.from), table: String(one.table) })),
        unique: [...unique, ...(keys.length === 1 ? keys : [])].map((one) => String(one.name)),
      };
      return [table.name, table] as const;
    }),
  );
}

/**
 * Opens a SQLite file in one transaction. To read, it never writes to it, nor makes a file beside it. Works on the file
 * of a running Django; that one cannot write while it is open to write, and without write-ahead logging it cannot commit
 * while it is open to read.
 * Throws a sentence when there is no such file, or when it is no database.
 */
export function openSqlite(given: string, mode: Mode = 'read'): DjangoDatabase {
  const path = existsSync(given) ? realpathSync(given) : given;
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw about(given, error, mode === 'write' ? 'written to' : 'read');
    }
  };
  const { database, copy } = guarded(() => (mode === 'write' ? openToWrite(path) : openUnchanged(path)));
  const { read, write } = accessTo(database);
  const all: Read = (sql, values) => guarded(() => read(sql, values));
  const close = () => {
    // The driver keeps a connection whose statements are not collected yet, and with it the lock.
    if (database.isTransaction) database.exec('ROLLBACK');
    database.close();
    copy?.remove();
  };
  let tables: Tables;
  try {
    tables = tablesOf(all);
  } catch (error) {
    close();
    throw error;
  }
  return {
    dialect: 'sqlite',
    name: given,
    tables,
    rows: async (sql, values) => all(sql, values),
    parameter: () => '?',
    nameOf: ({ name }) => `main.${quote(name)}`,
    fetch,
    async lastGivenId({ name }) {
      const quoted = name.replaceAll("'", "''");
      const hasSequences = all("select 1 from sqlite_schema where name = 'sqlite_sequence'").length > 0;
      const [row] = hasSequences ? all(`select seq from sqlite_sequence where name = '${quoted}'`) : [];
      return typeof row?.seq === 'bigint' ? Number(row.seq) : undefined;
    },
    async verify(checked) {
      for (const { name } of checked) {
        const [row] = all(`pragma integrity_check(${quote(name)})`);
        const finding = String(Object.values(row ?? {})[0] ?? 'ok');
        if (finding !== 'ok')
          throw about(given, new Error(`${name} is damaged, ${finding.split('\n').at(-1)}`));
      }
    },
    run: async (sql, values) => guarded(() => write(sql, values)),
    commit: async () => guarded(() => database.exec('COMMIT')),
    close: async () => close(),
  };
}
