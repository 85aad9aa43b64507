import { domainToASCII } from 'node:url';

const toAsciiLowerCase = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/**
 * The one spelling under which a user name or e-mail is somebody's alone, and is looked up at login.
 *
 * User names are compared without regard to case and to compatibility forms (`ＡＤＭＩＮ` is `admin`). E-mails
 * are not folded by Unicode rules, which would send one person's mail to another (CVE-2019-19844): the part
 * before the @ is lowered in ASCII only, the domain as DNS has it.
 */
export function loginKey(name: string): string {
  const at = name.lastIndexOf('@');
  if (at < 0) return name.normalize('NFKC').toLowerCase();
  const domain = name.slice(at + 1);
  const local = toAsciiLowerCase(name.slice(0, at).normalize('NFC'));
  return `${local}@${domainToASCII(domain) || toAsciiLowerCase(domain)}`;
}
