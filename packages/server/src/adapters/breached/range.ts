/** Milliseconds that the whole answer may take. */
const PATIENCE = 1_000;

/** Characters; an answer has some 40,000. */
const LONGEST = 1_000_000;

/** Is a password of this SHA-1 (40 hex digits, upper case) on the list? Throws when the list cannot tell. */
export type Lookup = (sha1: string) => Promise<boolean>;

/**
 * Looks for the rest of a SHA-1 in the lines of one range, `SUFFIX:COUNT`. A count of 0 is padding. Throws when that is not
 * what the text is.
 */
export function isInRange(text: string, suffix: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  if (lines.length === 0 || !lines.every((line) => /^[0-9A-F]{35}:\d{1,15}$/i.test(line)))
    throw new Error('what it gave is no range of hashes');
  return lines.some((line) => line.slice(0, 35).toUpperCase() === suffix && !/:0+$/.test(line));
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST) throw new Error('it answers without an end');
  }
  return text;
}

/**
 * The range API of Pwned Passwords (https://haveibeenpwned.com/API/v3#PwnedPasswords): it is told the first five digits of
 * the hash and answers all that begin so. Padding keeps the length of the answer from telling which range it was.
 */
export function rangeLookup(address: string): Lookup {
  return async (sha1) => {
    const response = await fetch(`${address.replace(/\/+$/, '')}/range/${sha1.slice(0, 5)}`, {
      headers: { 'Add-Padding': 'true', 'User-Agent': 'latchkey' },
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`it answers ${response.status}`);
    }
    return isInRange(await textOf(response), sha1.slice(5));
  };
}
