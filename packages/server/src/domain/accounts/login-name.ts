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
