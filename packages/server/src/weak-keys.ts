const KNOWN_KEYS =
  /^django-insecure-|change-?me|^(?:a[-_ ]string[-_ ])?secret|example|^your[-_ ]|^-----BEGIN /i;

/** Does the text repeat one piece of up to half its length, cut off or not? */
function isPeriodic(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) {
    if (text.slice(period) === text.slice(0, -period)) return true;
  }
  return false;
}

/** Is most of the text a row as `0123456789` or `abcdef` is one? */
function isCounted(text: string): boolean {
  const codes = [...text].map((one) => one.codePointAt(0) ?? 0);
  const steps = codes.filter((code, i) => i > 0 && Math.abs(code - (codes[i - 1] ?? 0)) === 1);
  return steps.length > codes.length / 2;
}

/** Refuses keys that can be guessed: RFC 7518 section 3.2 wants at least 256 bits for HS256. */
export function weaknessOfKey(text: string): string | undefined {
  if (Buffer.byteLength(text) < 32) return 'must be at least 32 bytes long';
  if (KNOWN_KEYS.test(text)) return 'looks like an example, not like a random key';
  if (new Set(text).size < 8 || isPeriodic(text) || isCounted(text))
    return 'repeats itself too much to be random';
  return undefined;
}
