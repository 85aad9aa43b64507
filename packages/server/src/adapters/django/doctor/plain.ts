/**
 * A text of the settings in one line. They may hold anything: to a terminal control characters are orders, and a line
 * break would start a line of its own in the report or in the `.env`.
 */
export function plain(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (odd) => `\\u${(odd.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
