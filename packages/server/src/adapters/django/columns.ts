import type { DjangoDatabase, Table } from './database.ts';

/** What a column asks of a value. */
export interface ColumnRule {
  readonly isNullable: boolean;
  /** the database has a value for it when none is given */
  readonly isFilled: boolean;
  /** characters; undefined for none */
  readonly limit: number | undefined;
}

export type Rules = ReadonlyMap<string, ColumnRule>;

// An integer that is the whole key is the row's number, which SQLite gives.
const OF_SQLITE = `select name, "notnull" = 0 and pk = 0 as nullable,
  dflt_value is not null or hidden > 0
    or (pk = 1 and lower(type) = 'integer' and (select max(pk) from pragma_table_xinfo(?)) = 1) as filled,
  type
  from pragma_table_xinfo(?)`;

const OF_POSTGRES = `select attname as name, not attnotnull as nullable,
  atthasdef or attidentity <> '' or attgenerated <> '' as filled,
  format_type(atttypid, atttypmod) as type
  from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`;

/** `varchar(150)` takes 150 characters. */
function limitIn(type: string): number | undefined {
  const limit = /char[a-z ]*\((\d+)\)/i.exec(type)?.[1];
  return limit === undefined ? undefined : Number(limit);
}

/** The rules of a table's columns, by their names. */
export async function rulesOf(db: DjangoDatabase, table: Table): Promise<Rules> {
  const rows =
    db.dialect === 'sqlite'
      ? await db.rows(OF_SQLITE, [table.name, table.name])
      : await db.rows(OF_POSTGRES, [db.nameOf(table)]);
  return new Map(
    rows.map(({ name, nullable, filled, type }) => [
      String(name),
      { isNullable: Boolean(nullable), isFilled: Boolean(filled), limit: limitIn(String(type)) },
    ]),
  );
}
