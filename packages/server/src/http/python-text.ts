/**
 * The text without white space at either end: Python's str.strip(), which knows more white space than trim() in one
 * place (U+001C to U+001F, U+0085) and less in another (U+FEFF stays).
 */
export function strip(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isPythonSpace(text.charCodeAt(from))) from += 1;
  while (to > from && isPythonSpace(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/** Python's str.isspace() for one character; none is beyond U+FFFF. */
function isPythonSpace(code: number): boolean {
  if (code < 0x80) return (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x20);
  if (code >= 0x2000 && code <= 0x200a) return true;
  switch (code) {
    case 0x85:
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
      return true;
    default:
      return false;
  }
}

/** Python's len(): the number of code points, a surrogate pair counting once and a lone surrogate once. */
export function codePointLength(text: string): number {
  let pairs = 0;
  for (let at = 1; at < text.length; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00 || (text.charCodeAt(at - 1) & 0xfc00) !== 0xd800) continue;
    pairs += 1;
    at += 1;
  }
  return text.length - pairs;
}

/**
 * The first surrogate that is not half of a pair, in the form `U+D800` that REST framework's
 * ProhibitSurrogateCharactersValidator prints; undefined when there is none.
 */
export function firstLoneSurrogate(text: string): string | undefined {
  const found = /\p{Surrogate}/u.exec(text);
  return found === null ? undefined : `U+${found[0].charCodeAt(0).toString(16).toUpperCase()}`;
}
