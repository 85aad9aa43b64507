import { domainToASCII } from 'node:url';
import { isEmailAddress } from '../email/address.ts';

const toAsciiLowerCase = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Signs that NFC would turn into ASCII: the Kelvin sign, the Greek question mark and varia. */
const BECOMES_ASCII = /([\u212a\u037e\u1fef])/;

function normalize(local: string): string {
  const parts = local.split(BECOMES_ASCII);
  return parts.map((part) => (BECOMES_ASCII.test(part) ? part : part.normalize('NFC'))).join('');
}

/**
 * The one spelling under which a user name or e-mail is somebody's alone, and is looked up at login.
 *
 * User names are compared without regard to case and to compatibility forms (`ＡＤＭＩＮ` is `admin`). E-mails
 * are not folded by Unicode rules, which would send one person's mail to another (CVE-2019-19844): the part
 * before the @ is lowered in ASCII only, the domain as DNS has it.
 */
export function loginKey(name: string): string {
  if (!isEmailAddress(name)) return name.normalize('NFKC').toLowerCase();
  const at = name.lastIndexOf('@');
  const domain = name.slice(at + 1);
  const local = toAsciiLowerCase(normalize(name.slice(0, at)));
  return `${local}@${domainToASCII(domain) || toAsciiLowerCase(domain)}`;
}

/** So many accounts of one name are looked at. */
export const MOST_CLAIMANTS = 20;

type Named = { readonly username: string; readonly email: string };

/** What only looks like an e-mail (a full-width @) is folded into one, but is nobody's. */
function isSameEmail(email: string, login: string, key: string): boolean {
  return email !== '' && isEmailAddress(email) === isEmailAddress(login) && loginKey(email) === key;
}

/**
 * Whose a login is, of the accounts that have the name: the exact user name goes before the exact e-mail, before the
 * folded user name, before the folded e-mail. Where two are equal at one step, it is neither's by that step. By `email`
 * only e-mails count. Undefined when it is nobody's, or not one person's.
 */
export function ownerOfLogin<A extends Named>(
  login: string,
  by: 'name' | 'email',
  claimants: readonly A[],
): A | undefined {
  const key = loginKey(login);
  const isExactName = ({ username }: A) => by === 'name' && username === login;
  const isExactEmail = ({ email }: A) => email !== '' && email === login;
  const isName = ({ username }: A) => by === 'name' && loginKey(username) === key;
  const isEmail = ({ email }: A) => isSameEmail(email, login, key);
  const exact = [isExactName, isExactEmail];
  // Exact spellings come first; of others some may be missing here.
  for (const fits of claimants.length < MOST_CLAIMANTS ? [...exact, isName, isEmail] : exact) {
    const found = claimants.filter(fits);
    if (found.length === 1) return found[0];
  }
  return undefined;
}
