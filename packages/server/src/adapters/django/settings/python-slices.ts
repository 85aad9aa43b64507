import type { Token } from './python-tokens.ts';

/** A run of tokens: from, to (exclusive). */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** The index behind a token, or behind the whole bracket it opens. Never beyond `to`. */
export function behind(tokens: readonly Token[], index: number, to: number): number {
  const close = tokens[index]?.close;
  return Math.min(close === undefined ? index + 1 : close + 1, to);
}

/** The first of the words outside all brackets, or undefined. */
export function findOutside(
  tokens: readonly Token[],
  { from, to }: Slice,
  ...words: readonly string[]
): number | undefined {
  for (let at = from; at < to; at = behind(tokens, at, to)) {
    const token = tokens[at];
    if (token !== undefined && token.type !== 'string' && words.includes(token.text)) return at;
  }
  return undefined;
}

/** The parts between the separators that stand outside all brackets; an empty last part is left out. */
export function splitOutside(tokens: readonly Token[], { from, to }: Slice, separator: string): Slice[] {
  const parts: Slice[] = [];
  let start = from;
  for (let at = from; at < to; at = behind(tokens, at, to)) {
    if (tokens[at]?.type !== 'operator' || tokens[at]?.text !== separator) continue;
    parts.push({ from: start, to: at });
    start = at + 1;
  }
  if (start < to) parts.push({ from: start, to });
  return parts;
}
