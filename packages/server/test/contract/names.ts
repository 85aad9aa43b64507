import type { ContractCase } from './case.ts';

/** Pairs of a text and what it becomes, the first match winning. */
export type Renaming = readonly (readonly [from: string, to: string])[];

/** Names of this length and more keep it: they stand for a limit. */
const KEEPS_ITS_LENGTH = 12;

/** Every name with the ending, as written, Capitalized and UPPER CASE; longer names first. */
function renamingOf(names: readonly string[], ending: string): Renaming {
  if (ending.length >= KEEPS_ITS_LENGTH) throw new Error(`the ending ${ending} is too long`);
  return [...names]
    .sort((one, other) => other.length - one.length)
    .flatMap((name) => {
      const kept = name.length >= KEEPS_ITS_LENGTH ? name.slice(0, -ending.length) : name;
      const unique = kept + ending;
      return [
        [name, unique],
        [capitalized(name), capitalized(unique)],
        [name.toUpperCase(), unique.toUpperCase()],
      ] as const;
    });
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** In one pass, so that a piece that was replaced is not replaced again. */
function renameText(text: string, renaming: Renaming): string {
  const pieces = new RegExp(renaming.map(([from]) => escapedForRegExp(from)).join('|'), 'g');
  return text.replace(pieces, (piece) => renaming.find(([from]) => from === piece)?.[1] ?? piece);
}

/** The text as a regular expression that matches just it. */
export function escapedForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** The same value with the names replaced in every text of it (not in the keys). */
export function renameIn<T>(value: T, renaming: Renaming): T {
  if (renaming.length === 0) return value;
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return renameText(node, renaming);
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, member]) => [key, walk(member)]));
  };
  return walk(value) as T;
}

/**
 * The case with every name of `given.names` made unique by the ending (under 12 characters, lower-case letters and
 * digits), so that many cases can share a database. Its own name stays: the list of differences knows it by that.
 */
export function renameCase(item: ContractCase, ending: string): ContractCase {
  const renaming = renamingOf(item.given?.names ?? [], ending);
  if (renaming.length === 0) return item;
  return { ...renameIn(item, renaming), name: item.name, renaming };
}
