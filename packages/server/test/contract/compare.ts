import type { ContractCase, ExpectedResponse, HeaderPattern } from './case.ts';
import type { Json } from './json.ts';
import { show } from './json.ts';
import type { WireAnswer } from './send.ts';
import { compareValue, type Difference, matches } from './values.ts';

/** Everything in which the answer is not the one the case expects; nothing when it is. */
export function differencesOf(item: ContractCase, answer: WireAnswer): Difference[] {
  return compareAnswer(item.response, answer);
}

/** Status, watched headers, text and parsed body, in this order. */
export function compareAnswer(expected: ExpectedResponse, answer: WireAnswer): Difference[] {
  return [
    ...compareStatus(expected.status, answer.status),
    ...compareHeaders(expected, answer.headers),
    ...compareText(expected.bodyText, answer.body),
    ...compareBody(expected.body, answer),
    ...compareMails(expected.mail, answer.mailedTo),
  ];
}

/** The differences as lines for a failed test. */
export function describeDifferences(differences: readonly Difference[]): string {
  return differences.map(({ at, expected, got }) => `${at}: expected ${expected}, got ${got}`).join('\n');
}

function compareStatus(want: ExpectedResponse['status'], got: number): Difference[] {
  const same = typeof want === 'number' ? want === got : matches(want, String(got));
  return same ? [] : [{ at: 'status', expected: show(want), got: String(got) }];
}

function compareMails(want: ExpectedResponse['mail'], got: WireAnswer['mailedTo'] = []): Difference[] {
  if (want === undefined) return [];
  const count = got.filter((to) => want.to.includes(to)).length;
  const isSame = count === want.subjects.length && count === got.length;
  return isSame
    ? []
    : [{ at: 'mail', expected: `${want.subjects.length} to ${want.to.join(', ')}`, got: got.join(', ') }];
}

function compareText(want: ExpectedResponse['bodyText'], got: string): Difference[] {
  if (want === undefined) return [];
  const same = typeof want === 'string' ? want === got : matches(want, got);
  return same ? [] : [{ at: 'bodyText', expected: show(want), got: show(got) }];
}

function compareBody(want: Json | undefined, answer: WireAnswer): Difference[] {
  const text = answer.body;
  if (want === undefined) return [];
  if (want === '') return text === '' ? [] : [{ at: 'body', expected: 'no body', got: show(text) }];
  if (want === '<html>') {
    return /<html|<!doctype html/i.test(text)
      ? []
      : [{ at: 'body', expected: 'an HTML page', got: show(text) }];
  }
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    return [{ at: 'body', expected: `JSON ${show(want)}`, got: show(text) }];
  }
  return compareValue(want, body, 'body', answer.scene);
}

/** Of these headers, one that is not listed was not sent; all others are nobody's business. */
const WATCHED =
  /^(content-type|www-authenticate|allow|location|vary|set-cookie|retry-after|access-control-.*)$/;
/** Lists in which neither order nor letter case matter. */
const LISTS = /^(vary|access-control-(allow-methods|allow-headers|expose-headers))$/;

function compareHeaders(expected: ExpectedResponse, sent: WireAnswer['headers']): Difference[] {
  const wanted = new Map(
    Object.entries(expected.headers ?? {}).map(([name, want]) => [name.toLowerCase(), want]),
  );
  const got = watchedHeaders(sent);
  const names = expected.otherHeaders === 'any' ? wanted.keys() : new Set([...wanted.keys(), ...got.keys()]);
  return [...names].sort().flatMap((name) => {
    const [want, found] = [wanted.get(name) ?? undefined, got.get(name)];
    if (isSameHeader(name, want, found)) return [];
    return [{ at: `header ${titleOf(name)}`, expected: show(want), got: show(found?.join(', ')) }];
  });
}

/** Lower-case names with all their values, in the order they were sent. */
function watchedHeaders(sent: WireAnswer['headers']): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of sent) {
    const lower = name.toLowerCase();
    if (WATCHED.test(lower)) found.set(lower, [...(found.get(lower) ?? []), value]);
  }
  return found;
}

function isSameHeader(name: string, want: HeaderPattern | undefined, found: string[] | undefined): boolean {
  if (want === undefined || want === null || found === undefined) return want === found;
  const got = found.join(', ');
  if (typeof want !== 'string' && '$match' in want) return matches(want, got);
  if (name === 'set-cookie')
    return sameList(
      [want].flat(),
      found.map((cookie) => cookie.split('=', 1)[0] ?? ''),
    );
  if (name === 'allow') return sameList([want].flat().join().split(','), got.split(','));
  if (typeof want !== 'string') return sameList(want, found);
  if (LISTS.test(name)) return sameList(want.toLowerCase().split(','), got.toLowerCase().split(','));
  if (name === 'content-type') return withoutBlanks(want) === withoutBlanks(got);
  return want === got;
}

function sameList(want: readonly string[], got: readonly string[]): boolean {
  const sorted = (list: readonly string[]) => JSON.stringify(list.map((item) => item.trim()).sort());
  return sorted(want) === sorted(got);
}

function withoutBlanks(text: string): string {
  return text.toLowerCase().replace(/\s+/g, '');
}

function titleOf(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()).replace('Www', 'WWW');
}
