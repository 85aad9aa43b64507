import { SourceFault } from '../../domain/import/source-fault.ts';
import { type DjangoDatabase, quote, type Row, type Table } from './database.ts';
import { type Kind, WHOLE } from './values.ts';

/** Rows that are read at a time. */
const BATCH = 1_000;

type Shape = Readonly<Record<string, Kind<unknown>>>;

/** A row as its shape says, and the number that names it. */
export type Read<S extends Shape> = { readonly [K in keyof S]: S[K] extends Kind<infer T> ? T : never } & {
  readonly key: number;
};

export interface Selection<S extends Shape> {
  readonly table: Table;
  /** the column that names a row, and orders them */
  readonly key: string;
  /** by name of the column */
  readonly shape: S;
  /** for entries of the shape that are called otherwise than their columns */
  readonly columns?: Readonly<Record<string, string>>;
  /** for entries of the shape that are no columns of the table, which is `t` */
  readonly expressions?: Readonly<Record<string, string>>;
  readonly join?: string | undefined;
  readonly where?: string | undefined;
}

const column = (name: string) => `t.${quote(name)}`;

function selectOf<S extends Shape>(
  db: DjangoDatabase,
  selection: Selection<S>,
  conditions: readonly string[],
) {
  const { table, key, shape, columns = {}, expressions = {}, join = '', where } = selection;
  const values = Object.entries({ ...shape, key: WHOLE }).flatMap(([name, { fetch }]) => {
    if (fetch === undefined) return [];
    const own = name === 'key' ? key : (columns[name] ?? name);
    const source = expressions[name] ?? column(own);
    return [`${db.fetch(source, fetch)} as ${quote(name)}`];
  });
  const all = [...conditions, ...(where === undefined ? [] : [where])];
  const condition = all.length === 0 ? '' : `where ${all.join(' and ')}`;
  return `select ${values.join(', ')} from ${db.nameOf(table)} t ${join} ${condition} order by ${column(key)}`;
}

function decoderOf<S extends Shape>({
  table,
  key,
  shape,
  columns = {},
}: Selection<S>): (row: Row) => Read<S> {
  const kinds = Object.entries(shape);
  const labelOf = (name: string) => columns[name] ?? name;
  return (row) => {
    const id = WHOLE.decode(row.key, (what) => new SourceFault(table.name, undefined, key, what));
    const decoded: Record<string, unknown> = { key: id };
    for (const [name, kind] of kinds) {
      decoded[name] = kind.decode(row[name], (what) => new SourceFault(table.name, id, labelOf(name), what));
    }
    return decoded as Read<S>;
  };
}

/**
 * All rows in batches, by the key, after the given one. However large the table is, one batch is in memory.
 * Throws a `SourceFault` for the first row that is not as the shape says.
 */
export async function* pages<S extends Shape>(
  db: DjangoDatabase,
  selection: Selection<S>,
  after?: number,
): AsyncGenerator<readonly Read<S>[]> {
  const decode = decoderOf(selection);
  for (let last = after; ; ) {
    const conditions = last === undefined ? [] : [`${column(selection.key)} > ${db.parameter(1)}`];
    const values = last === undefined ? [] : [last];
    const raw = await db.rows(`${selectOf(db, selection, conditions)} limit ${BATCH}`, values);
    const rows: Read<S>[] = [];
    for (const row of raw) {
      const read = decode(row);
      // A damaged tree could lead round in circles for ever.
      if (last !== undefined && read.key <= last)
        throw new SourceFault(
          selection.table.name,
          read.key,
          selection.key,
          'is out of order: the table is damaged',
        );
      last = read.key;
      rows.push(read);
    }
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) return;
  }
}

/** The rows whose column is within the two numbers: what belongs to a batch. */
export async function rowsBetween<S extends Shape>(
  db: DjangoDatabase,
  selection: Selection<S>,
  owner: string,
  span: readonly [number, number],
): Promise<readonly Read<S>[]> {
  const within = `${column(owner)} between ${db.parameter(1)} and ${db.parameter(2)}`;
  return (await db.rows(selectOf(db, selection, [within]), span)).map(decoderOf(selection));
}

/** First and last key of a batch. */
export function spanOf(rows: readonly { readonly key: number }[]): readonly [number, number] {
  return [rows[0]?.key ?? 0, rows.at(-1)?.key ?? 0];
}
