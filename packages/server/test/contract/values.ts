import { dollarKey, isList, isObject, type Json, type JsonObject, show } from './json.ts';
import { fill, isPlaceholder, type Scene, secondsOf } from './placeholders.ts';
import { decodeToken } from './tokens.ts';

/** One thing that was not as expected, at such places as `status`, `header Vary`, `body.access.payload.sid`. */
export interface Difference {
  readonly at: string;
  readonly expected: string;
  readonly got: string;
}

/** What is wrong with the value; `want` may hold placeholders and patterns. The order of keys counts. */
export function compareValue(want: Json, got: Json | undefined, at: string, scene: Scene): Difference[] {
  if (isList(want)) return compareList(want, got, at, scene);
  if (isObject(want)) {
    const key = dollarKey(want);
    if (key === undefined) return compareObject(want, got, at, scene);
    const pattern = PATTERNS[key];
    if (pattern) return pattern(want, got, at, scene);
    if (!isPlaceholder(want)) throw new Error(`unknown pattern ${show(want)}`);
    return compareValue(fill(want, scene), got, at, scene);
  }
  return want === got ? [] : [differ(want, got, at)];
}

function differ(want: Json | undefined, got: Json | undefined, at: string): Difference {
  return { at, expected: show(want), got: show(got) };
}

function compareList(want: readonly Json[], got: Json | undefined, at: string, scene: Scene): Difference[] {
  if (!isList(got) || got.length !== want.length) return [differ(want, got, at)];
  return want.flatMap((item, index) => compareValue(item, got[index], `${at}[${index}]`, scene));
}

function compareObject(want: JsonObject, got: Json | undefined, at: string, scene: Scene): Difference[] {
  if (!isObject(got)) return [differ(want, got, at)];
  const extra = Object.keys(got).filter((key) => !Object.hasOwn(want, key));
  return [
    ...compareOrder(want, got, at),
    ...compareMembers(want, got, at, scene),
    ...extra.map((key) => differ(undefined, got[key], `${at}.${key}`)),
  ];
}

/** The keys that both have must come in the same order. */
function compareOrder(want: JsonObject, got: JsonObject, at: string): Difference[] {
  const expected = Object.keys(want).filter((key) => Object.hasOwn(got, key));
  const found = Object.keys(got).filter((key) => Object.hasOwn(want, key));
  if (expected.every((key, index) => key === found[index])) return [];
  return [{ at, expected: `keys in the order ${expected.join(', ')}`, got: found.join(', ') }];
}

function compareMembers(want: JsonObject, got: JsonObject, at: string, scene: Scene): Difference[] {
  return Object.entries(want).flatMap(([key, member]) => {
    if (!Object.hasOwn(got, key)) return [differ(member, undefined, `${at}.${key}`)];
    return compareValue(member, got[key], `${at}.${key}`, scene);
  });
}

type Pattern = (want: JsonObject, got: Json | undefined, at: string, scene: Scene) => Difference[];

const PATTERNS: Readonly<Record<string, Pattern>> = {
  $any: compareAny,
  $match: (want, got, at) => (matches(want, got) ? [] : [differ(want, got, at)]),
  $contains: compareContains,
  // ours, not the recordings': an object with at least these members
  $has: (want, got, at, scene) => {
    const members = want.$has;
    if (!isObject(members) || !isObject(got)) return [differ(want, got, at)];
    return compareMembers(members, got, at, scene);
  },
};

/** Whether the text matches the `$match` pattern. */
export function matches(pattern: { readonly $match?: Json }, text: Json | undefined): boolean {
  return typeof text === 'string' && new RegExp(String(pattern.$match), 'us').test(text);
}

function compareAny(want: JsonObject, got: Json | undefined, at: string, scene: Scene): Difference[] {
  const kind = String(want.$any);
  if (kind.startsWith('jwt:')) return compareToken(kind.slice('jwt:'.length), want, got, at, scene);
  return isOfKind(kind, want, got, scene) ? [] : [differ(want, got, at)];
}

function isOfKind(kind: string, want: JsonObject, got: Json | undefined, scene: Scene): boolean {
  switch (kind) {
    case 'int':
      return Number.isInteger(got);
    case 'string':
      return typeof got === 'string';
    case 'hex32':
      return typeof got === 'string' && /^[0-9a-f]{32}$/.test(got);
    case 'time':
      return isNear(want, got, scene);
    case 'anything':
      return got !== undefined;
    default:
      throw new Error(`unknown pattern ${show(want)}`);
  }
}

const SECONDS_EITHER_WAY = 5;

/** The server read its clock some time between sending and answering, so both ends of that count as now. */
function isNear(want: JsonObject, got: Json | undefined, scene: Scene): boolean {
  const [earliest, latest] = [secondsOf(want.near, scene.sentAt), secondsOf(want.near, scene.answeredAt)];
  if (earliest === undefined || latest === undefined) throw new Error(`not a time: ${show(want)}`);
  const within = Number(want.within ?? SECONDS_EITHER_WAY);
  return (
    typeof got === 'number' && Number.isInteger(got) && got >= earliest - within && got <= latest + within
  );
}

function compareToken(
  type: string,
  want: JsonObject,
  got: Json | undefined,
  at: string,
  scene: Scene,
): Difference[] {
  const token = typeof got === 'string' ? decodeToken(got) : undefined;
  if (!token) return [{ at, expected: `a JWT of the type ${type}`, got: show(got) }];
  const { header, payload } = want;
  const typed = payload ?? { $has: { token_type: type } };
  return [
    ...(header === undefined ? [] : compareValue(header, token.header, `${at}.header`, scene)),
    ...compareValue(typed, token.payload, `${at}.payload`, scene),
  ];
}

function compareContains(want: JsonObject, got: Json | undefined, at: string, scene: Scene): Difference[] {
  if (!isList(want.$contains) || !isList(got)) return [differ(want, got, at)];
  const found: Difference[] = [];
  let from = 0;
  for (const item of want.$contains) {
    const index = got.findIndex((one, i) => i >= from && compareValue(item, one, at, scene).length === 0);
    if (index < 0) found.push({ at, expected: `${show(item)} in its place in the list`, got: show(got) });
    else from = index + 1;
  }
  return found;
}
