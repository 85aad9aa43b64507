/** Whose words are looked for: user name, e-mail, and the names of the profile. */
export interface Searchable {
  readonly username: string;
  /** `''` for none, as the names */
  readonly email: string;
  readonly fullName: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** Code points of a word that count, and words of an account, and of a search. */
const LONGEST_WORD = 64;
const MOST_WORDS = 64;
const MOST_TERMS = 8;

const fold = (text: string) => text.normalize('NFKC').toLowerCase();

/** By code points: half a character is none that PostgreSQL takes. */
const cut = (word: string) =>
  word.length <= LONGEST_WORD ? word : [...word].slice(0, LONGEST_WORD).join('');

/** What stands between white space, each with what stands behind its last `@`, the domain of an address. */
function tokensOf(text: string): { readonly name: string; readonly domain: string }[] {
  const tokens = fold(text).split(/\s+/);
  return tokens.map((token) => {
    const at = token.lastIndexOf('@');
    return at < 0 ? { name: token, domain: '' } : { name: token.slice(0, at), domain: token.slice(at + 1) };
  });
}

const partsOf = (name: string) => name.split(/[^\p{L}\p{N}\p{M}]+/u);

/**
 * The words an account is found by, each once: `Alice Smith` by alice and smith, `a.smith@example.com` by a.smith, a, smith and
 * example.com. Without regard to case and to compatibility forms; accents count.
 */
export function searchWordsOf(person: Searchable): string[] {
  const { username, email, fullName, firstName, lastName } = person;
  const tokens = [username, email, fullName, firstName, lastName].flatMap(tokensOf);
  const words = tokens.flatMap(({ name, domain }) => [name, domain, ...partsOf(name)]);
  return [...new Set(words.filter((word) => word !== '').map(cut))].slice(0, MOST_WORDS);
}

/** What words have to begin with so that a search finds their account: all of these. */
export function termsOf(search: string): string[] {
  const terms = tokensOf(search).flatMap(({ name, domain }) => [name, domain]);
  return [...new Set(terms.filter((term) => term !== '').map(cut))].slice(0, MOST_TERMS);
}
