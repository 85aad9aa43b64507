/** A column as the database declares it. */
export interface Column {
  readonly name: string;
  /** the declared type, in lower case */
  readonly type: string;
}

/** A foreign key of one column. */
export interface ForeignKey {
  readonly column: string;
  /** the table it refers to */
  readonly table: string;
}

export interface Table {
  readonly name: string;
  /** a view, a virtual or a foreign table: looks like a table, and is none */
  readonly isView: boolean;
  readonly columns: readonly Column[];
  readonly foreignKeys: readonly ForeignKey[];
  /** columns whose values are unique by themselves */
  readonly unique: readonly string[];
}

export type Tables = ReadonlyMap<string, Table>;

export type Row = Readonly<Record<string, unknown>>;

/** How a value is fetched so that a huge one never is: as it is, up to a limit of characters. */
export interface Fetch {
  readonly as: 'text' | 'plain';
  /** characters; of a longer text come `limit + 1` of any kind, or, when it may be cut, its first `limit` */
  readonly limit: number;
  readonly mayBeCut: boolean;
}

/** Stands for a text that is not UTF-8. A blob comes as an empty one, and a text with a NUL as a zero. */
export const NO_UTF8 = new Uint8Array([0xff]);

/** To read, or to read and write. */
export type Mode = 'read' | 'write';

/** What can be bound in SQL; instants and truth values are written as each database has them. */
export type Value = string | number | boolean | null;

/** A Django database that is open: one snapshot, until it is closed. Open to write, it is one transaction as well. */
export interface DjangoDatabase {
  readonly dialect: 'sqlite' | 'postgres';
  /** for a person; without the password */
  readonly name: string;
  readonly tables: Tables;
  /** Throws a sentence when the database is away or damaged. 64-bit integers come as bigint. */
  rows(sql: string, values?: readonly (number | string)[]): Promise<readonly Row[]>;
  /** the n-th of the values in SQL, from 1, in this order */
  parameter(n: number): string;
  /** the table's name, quoted and with its schema */
  nameOf(table: Table): string;
  /** an SQL expression for the value of a column */
  fetch(column: string, how: Fetch): string;
  /** the highest id that the table's sequence gave out; undefined when it has none */
  lastGivenId(table: Table): Promise<number | undefined>;
  /** Throws a sentence when the stored form of one of the tables is damaged, where that can be told. */
  verify(tables: readonly Table[]): Promise<void>;
  /** Writes, and tells how many rows. Only when it is open to write; throws a sentence when the database refuses. */
  run(sql: string, values: readonly Value[]): Promise<number>;
  /** Keeps what was written: without it, closing takes everything back. Throws an `OutcomeUnknown` when it cannot be told. */
  commit(): Promise<void>;
  close(): Promise<void>;
}

/** The connection broke while the database was told to keep what was written. */
export class OutcomeUnknown extends Error {}

/** An identifier in SQL, in both databases. */
export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

export const has = (table: Table, column: string) => table.columns.some(({ name }) => name === column);
