import type { Fault } from '../fault.ts';

/** Code points. */
export const MINIMUM_LENGTH = 8;
/** Code points, and bytes of UTF-8: what is longer is refused, never cut. */
const MAXIMUM = { length: 256, bytes: 1_024 } as const;
const MAXIMUM_SIMILARITY = 0.7;

let common: Set<string> | undefined;

/** Some 49,000 passwords that are tried first, in lower case. Loaded when first asked for. */
async function commonPasswords(): Promise<Set<string>> {
  if (common === undefined) {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    common = new Set((dictionary['passwords-common'] ?? []).map(String));
  }
  return common;
}

/** `123`, `cba`: ASCII letters or digits of which each follows the one before it, up or down. */
function isRun(text: string): boolean {
  if (!/^(\d+|[a-z]+)$/.test(text)) return false;
  const points = [...text].map((letter) => letter.codePointAt(0) ?? 0);
  const step = (points[1] ?? 0) - (points[0] ?? 0);
  return Math.abs(step) === 1 && points.every((point, i) => i === 0 || point - (points[i - 1] ?? 0) === step);
}

/** On the list, a run, or one of these or up to three characters again and again. */
function isCommon(text: string, list: Set<string>): boolean {
  if (list.has(text) || isRun(text)) return true;
  const unit = /^(.{1,12}?)\1+$/su.exec(text)?.[1];
  return unit !== undefined && ([...unit].length <= 3 || isCommon(unit, list));
}

/**
 * What Django's validators for length, common passwords and digits say, in their order, and that it is too long, which
 * Django does not say. Length is counted in code points; digits of every script count. Empty when there is nothing to say.
 */
export async function passwordFaults(password: string): Promise<Fault[]> {
  const faults: Fault[] = [];
  if ([...password].length < MINIMUM_LENGTH)
    faults.push({ code: 'password_too_short', minimum: MINIMUM_LENGTH });
  if ([...password].length > MAXIMUM.length || Buffer.byteLength(password) > MAXIMUM.bytes)
    faults.push({ code: 'password_too_long' });
  if (isCommon(password.trim().toLowerCase(), await commonPasswords()))
    faults.push({ code: 'password_too_common' });
  if (/^\p{Nd}+$/u.test(password)) faults.push({ code: 'password_entirely_numeric' });
  return faults;
}

function letterCounts(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return counts;
}

/** Python's `SequenceMatcher.quick_ratio`: the letters two texts share, whatever their order, of all letters. */
function similarity(a: string, b: string): number {
  const counts = letterCounts(b);
  let shared = 0;
  for (const [letter, count] of letterCounts(a)) shared += Math.min(count, counts.get(letter) ?? 0);
  return (2 * shared) / ([...a].length + [...b].length || 1);
}

/** Ten times longer texts cannot be alike; saves the comparison (Django's `exceeds_maximum_length_ratio`). */
function isTooLongToCompare(password: string, value: string): boolean {
  return password.length >= 10 * value.length && value.length < (MAXIMUM_SIMILARITY / 2) * password.length;
}

/**
 * Django's UserAttributeSimilarityValidator: the password against each attribute and against its words.
 * `attributes` maps the name that the message uses to the value. At most one fault.
 */
export function similarityFaults(password: string, attributes: Readonly<Record<string, string>>): Fault[] {
  const lower = password.toLowerCase();
  for (const [name, value] of Object.entries(attributes)) {
    const whole = value.toLowerCase();
    const parts = [...whole.split(/[^\p{L}\p{N}_]+/u), whole].filter((part) => part !== '');
    const alike = parts.some(
      (part) => !isTooLongToCompare(lower, part) && similarity(lower, part) >= MAXIMUM_SIMILARITY,
    );
    if (alike) return [{ code: 'password_too_similar', to: name }];
  }
  return [];
}
