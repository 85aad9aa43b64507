/** A row of another system's database that cannot be understood, in one sentence: which row, which column, what is wrong. */
export class SourceFault extends Error {
  /** `row` is the row's id, undefined when that is what is wrong. */
  constructor(table: string, row: number | undefined, column: string, what: string) {
    super(`${row === undefined ? `A row of ${table}` : `Row ${row} of ${table}`}: ${column} ${what}.`);
  }
}
