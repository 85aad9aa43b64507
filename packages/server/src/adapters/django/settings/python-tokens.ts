import { type PythonString, readPythonString } from './python-strings.ts';

/** A token of Python. `odd` is what no Python has, such as a string without its end. */
export interface Token {
  readonly type: 'name' | 'number' | 'string' | 'operator' | 'odd';
  readonly text: string;
  readonly line: number;
  /** of a string */
  readonly string?: PythonString;
  /** of an opening bracket: the index of the closing one, or of the end when it never closes */
  close?: number;
}

/** A statement's tokens: from, to (exclusive), and how far it is indented. A line of brackets is one. */
export interface LogicalLine {
  readonly indent: number;
  readonly from: number;
  readonly to: number;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  readonly lines: readonly LogicalLine[];
  /** the line of a bracket that never closes: everything behind it belongs to one statement */
  readonly unclosed: number | undefined;
}

const SPACE = /[ \t\f]*(?:\\\n[ \t\f]*)*(?:#[^\n]*)?/y;
const STRING_START = /([a-z]{0,2})("""|'''|"|')/iy;
const NUMBER = /(?:0[xob][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d[\d_]*)?)[\p{L}\p{N}_]*/iuy;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const OPERATOR =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|[-+*/%@&|^=<>!:]=|->|\*\*|\/\/|<<|>>|[-+*/%@&|^~<>=.,:;()[\]{}]/y;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** What a token costs, beside looking at an expression. */
const TOKEN_WORK = 60;

interface Reader {
  readonly source: string;
  readonly tokens: Token[];
  readonly open: Token[];
  at: number;
  line: number;
}

function match(pattern: RegExp, reader: Reader): RegExpExecArray | null {
  pattern.lastIndex = reader.at;
  return pattern.exec(reader.source);
}

function countLines(source: string, from: number, to: number): number {
  let lines = 0;
  // Not indexOf: without a line break in sight it would look through the whole rest, each time.
  for (let at = from; at < to; at += 1) if (source[at] === '\n') lines += 1;
  return lines;
}

/** Where the string that has begun ends: the index of its closing quotes, or undefined. */
function endOfString(source: string, from: number, quotes: string): number | undefined {
  for (let at = from; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === '\\') at += 1;
    else if (letter === quotes[0] && source.startsWith(quotes, at)) return at;
    else if (letter === '\n' && quotes.length === 1) return undefined;
  }
  return undefined;
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end;
}

/** Takes what has been read up to `end` as one token. */
function take(reader: Reader, end: number, token: Omit<Token, 'line' | 'text'>): void {
  const { source, at, line } = reader;
  reader.tokens.push({ ...token, text: source.slice(at, end), line });
  if (token.type === 'string' || token.type === 'odd') reader.line += countLines(source, at, end);
  reader.at = end;
}

function takeString(reader: Reader, [start, prefix = '', quotes = '']: RegExpExecArray): void {
  const from = reader.at + start.length;
  const end = endOfString(reader.source, from, quotes);
  // A string without its end: with three quotes it swallows the rest, otherwise the line.
  if (end === undefined) {
    const swallowed = quotes.length === 3 ? reader.source.length : endOfLine(reader.source, from);
    return void take(reader, swallowed, { type: 'odd' });
  }
  const string = /^(?:[rbuft]|r[bft]|[bft]r)?$/i.test(prefix)
    ? readPythonString(prefix, reader.source.slice(from, end))
    : { why: 'a string has an odd prefix' };
  take(reader, end + quotes.length, { type: 'string', string });
}

function takeOperator(reader: Reader, operator: string): void {
  const { open, tokens } = reader;
  const opened = open.at(-1);
  if (opened !== undefined && CLOSING[opened.text] === operator) {
    opened.close = tokens.length;
    open.pop();
  }
  take(reader, reader.at + operator.length, { type: 'operator' });
  const token = tokens.at(-1);
  if (token !== undefined && operator in CLOSING) open.push(token);
}

function takeToken(reader: Reader): void {
  const string = match(STRING_START, reader);
  if (string !== null) return void takeString(reader, string);
  const number = match(NUMBER, reader);
  if (number !== null && number[0] !== '')
    return void take(reader, reader.at + number[0].length, { type: 'number' });
  const name = match(NAME, reader);
  if (name !== null) return void take(reader, reader.at + name[0].length, { type: 'name' });
  const operator = match(OPERATOR, reader);
  if (operator !== null) return void takeOperator(reader, operator[0]);
  take(reader, reader.at + 1, { type: 'odd' });
}

function indentOf(source: string, at: number): number {
  const start = source.lastIndexOf('\n', at - 1) + 1;
  let width = 0;
  for (const letter of source.slice(start, at)) width = letter === '\t' ? width - (width % 8) + 8 : width + 1;
  return width;
}

/**
 * Cuts a Python module into tokens and statements. It takes every text, and the time it takes grows with its length;
 * `spend` is told of each token and may throw.
 */
export function tokenize(module: string, spend: (work: number) => void): Tokens {
  const reader: Reader = {
    source: module.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'),
    tokens: [],
    open: [],
    at: 0,
    line: 1,
  };
  const { source, tokens, open } = reader;
  const lines: LogicalLine[] = [];
  let from = 0;
  let indent = 0;
  const endLine = () => {
    if (tokens.length > from) lines.push({ indent, from, to: tokens.length });
    from = tokens.length;
  };
  while (reader.at < source.length) {
    const space = match(SPACE, reader)?.[0] ?? '';
    reader.line += countLines(source, reader.at, reader.at + space.length);
    reader.at += space.length;
    if (reader.at >= source.length) break;
    if (source[reader.at] === '\n') {
      if (open.length === 0) endLine();
      reader.line += 1;
      reader.at += 1;
      continue;
    }
    if (tokens.length === from) indent = indentOf(source, reader.at);
    spend(TOKEN_WORK);
    takeToken(reader);
  }
  endLine();
  for (const token of open) token.close = tokens.length;
  return { tokens, lines, unclosed: open[0]?.line };
}
