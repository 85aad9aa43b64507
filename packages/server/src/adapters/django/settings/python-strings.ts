const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const HEX = '[\\da-fA-F]';
const ESCAPE = new RegExp(`\\\\(?:([0-7]{1,3})|x(${HEX}{2})|u(${HEX}{4})|U(${HEX}{8})|([\\s\\S]))`, 'g');

/** The text between the quotes with its escapes undone; undefined where Python would look a name up, or raise. */
function undoEscapes(body: string, isBytes: boolean): string | undefined {
  let isClear = true;
  const undone = body.replace(ESCAPE, (whole, octal, byte, short, long, letter?: string) => {
    if (isBytes && /^\\[uUN]/.test(whole)) return whole;
    if (letter !== undefined) {
      if ('xuUN'.includes(letter)) isClear = false;
      return SIMPLE[letter] ?? whole;
    }
    const code = octal === undefined ? Number.parseInt(byte ?? short ?? long, 16) : Number.parseInt(octal, 8);
    if (code <= 0x10_ff_ff) return String.fromCodePoint(code);
    isClear = false;
    return whole;
  });
  return isClear ? undone : undefined;
}

/** A Python string: its text and whether it is bytes, or why it cannot be told. */
export type PythonString = { readonly value: string; readonly isBytes: boolean } | { readonly why: string };

/**
 * Reads what stands between the quotes of a Python string. `prefix` are the letters before them (r, b, u, f, in any
 * order and case). A formatted string with something to fill in is not told.
 */
export function readPythonString(prefix: string, body: string): PythonString {
  const letters = prefix.toLowerCase();
  const isBytes = letters.includes('b');
  if (/[ft]/.test(letters) && /[{}]/.test(body)) return { why: 'a formatted string is filled in' };
  const value = letters.includes('r') ? body : undoEscapes(body, isBytes);
  if (value === undefined) return { why: 'a string has an escape that is not understood' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant
  if (isBytes && /[^\x00-\x7f]/.test(value)) return { why: 'bytes beyond ASCII' };
  return { value, isBytes };
}
