import type { HeaderPattern } from './case.ts';
import type { Json } from './json.ts';

/** A row of docs/differences.md: what Latchkey answers, on purpose, where the original answers something else. */
export interface ListedDifference {
  /** names of cases; `*` stands for any text */
  readonly cases: readonly string[];
  readonly original: string;
  /** absent: the row is about headers or steps only */
  readonly status?: number;
  /** a pattern; absent: not compared (when a status is given) */
  readonly body?: Json;
  /** null: must not be sent */
  readonly headers: { readonly [name: string]: HeaderPattern };
  /** how many mails are sent; undefined: as recorded */
  readonly mails?: number;
  /** number of a step of the set-up, from 1: the status it has here */
  readonly steps: { readonly [number: string]: number };
  readonly reason: string;
}

/** The rows of all tables whose first column is called "case", or as given. Throws for a row it does not understand. */
export function readDifferences(markdown: string, about = 'case'): ListedDifference[] {
  return tablesIn(markdown)
    .filter(({ head }) => head[0] === about)
    .flatMap(({ rows }) => rows.map(readRow));
}

/** The ids of the rules in the table "Everywhere": its rows start with E1, E2, … */
export function readRuleIds(markdown: string): string[] {
  const firstCells = tablesIn(markdown).flatMap(({ rows }) => rows.map(([first = '']) => first));
  return firstCells.filter((cell) => /^E\d+$/.test(cell));
}

interface Table {
  readonly head: readonly string[];
  readonly rows: string[][];
}

function tablesIn(markdown: string): Table[] {
  const lines = markdown.split(/\r?\n/);
  const tables: Table[] = [];
  let current: Table | undefined;
  for (const [index, line] of lines.entries()) {
    if (!line.trimStart().startsWith('|')) current = undefined;
    else if (isSeparator(lines[index + 1])) {
      current = { head: cellsIn(line), rows: [] };
      tables.push(current);
    } else if (!isSeparator(line)) current?.rows.push(cellsIn(line));
  }
  return tables;
}

function isSeparator(line: string | undefined): boolean {
  return line !== undefined && /^\s*\|(\s*:?-+:?\s*\|)+\s*$/.test(line);
}

/** The cells of a row; `\|` does not end one. */
function cellsIn(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function codeSpansIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function readRow(cells: readonly string[]): ListedDifference {
  const row = `docs/differences.md: | ${cells.join(' | ')} |`;
  const [names = '', original = '', latchkey = '', reason = ''] = cells;
  const cases = codeSpansIn(names);
  if (cells.length !== 4 || reason === '')
    throw new Error(`${row}: expected case, the original, Latchkey, reason`);
  if (cases.length === 0) throw new Error(`${row}: the name of the case is not in backticks`);
  const spans = codeSpansIn(latchkey);
  if (spans.length === 0) throw new Error(`${row}: what Latchkey answers is not in backticks`);
  const said = spans.map((span) => readSpan(span, row));
  const answers = said.filter(({ status }) => status !== undefined);
  if (answers.length > 1) throw new Error(`${row}: two statuses`);
  const headers = Object.fromEntries(said.flatMap((part) => Object.entries(part.headers ?? {})));
  const steps = Object.fromEntries(said.flatMap((part) => Object.entries(part.steps ?? {})));
  const mails = said.find((part) => part.mails !== undefined);
  return { ...answers[0], ...mails, cases, original, headers, steps, reason };
}

type Said = Partial<Pick<ListedDifference, 'status' | 'body' | 'headers' | 'steps' | 'mails'>>;

/** `401`, `400 {"a":["b"]}`, `no Set-Cookie`, `Vary: Accept`, `step 3: 200` or `1 mail`. */
function readSpan(span: string, row: string): Said {
  const [, step, instead] = /^step (\d+): (\d{3})$/.exec(span) ?? [];
  if (step !== undefined) return { steps: { [step]: Number(instead) } };
  const [, mails] = /^(\d+) mails?$/.exec(span) ?? [];
  if (mails !== undefined) return { mails: Number(mails) };
  const absent = /^no ([A-Za-z-]+)$/.exec(span)?.[1];
  if (absent !== undefined) return { headers: { [absent]: null } };
  const [, name, value] = /^([A-Za-z-]+): (.+)$/.exec(span) ?? [];
  if (name !== undefined && value !== undefined) return { headers: { [name]: value } };
  const [, status, body] = /^(\d{3})(?:\s+(.+))?$/s.exec(span) ?? [];
  if (status === undefined) throw new Error(`${row}: not understood: ${span}`);
  if (body === undefined) return { status: Number(status) };
  try {
    return { status: Number(status), body: JSON.parse(body) as Json };
  } catch {
    throw new Error(`${row}: not JSON: ${body}`);
  }
}
