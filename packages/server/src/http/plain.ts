/** A text that anybody may have written, for a terminal: to that, control characters are orders. */
export function plain(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (odd) => `\\u${(odd.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
