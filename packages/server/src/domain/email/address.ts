/** RFC 3696, section 3, as Django reads it: in code points. */
const LONGEST_ADDRESS = 320;
const LONGEST_LITERAL_IPV6 = 39;

// Python's re.IGNORECASE lets [A-Z] match four letters outside ASCII as well: İ, ı, ſ and the Kelvin sign.
const LETTERS = 'A-Za-z\\u0130\\u0131\\u017f\\u212a';
const ATOM = `[-!#$%&'*+/=?^_\`{}|~0-9${LETTERS}]+`;
const dotAtom = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`, 'u');
/** A plain character of a quoted string is not white space, a quote or a backslash; no character is U+0000. */
const quotedString =
  /^"(?:[^\0\t\n\r "\\\u0080-\u{10ffff}]|[İıſ\u212a]|\\(?:[^\0\n\r\u0080-\u{10ffff}]|[İıſ\u212a]))*"$/u;

const label = /^(?!-)[A-Za-z0-9\u00a1-\uffff-]{1,63}(?<!-)$/u;
const topLabel =
  /^(?!-)(?:[A-Za-z\u00a1-\uffff-]{2,63}|[Xx][Nn]--[A-Za-z0-9\u0130\u0131\u017f\u212a]{1,59})(?<!-)$/u;
const octet = /^(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$/;
const hextet = /^[0-9A-Fa-f]{1,4}$/;

/**
 * Whether Django 5.2's EmailValidator accepts the text as an e-mail address, the text as it is (Django trims before).
 * Only the shape counts: nothing is looked up, and nothing about lengths but the whole (320) and each label (63).
 */
export function isEmailAddress(text: string): boolean {
  if (text.length > LONGEST_ADDRESS && !hasAtMost(text, LONGEST_ADDRESS)) return false;
  const at = text.lastIndexOf('@');
  if (at < 0) return false;
  const user = text.slice(0, at);
  const domain = text.slice(at + 1);
  return (dotAtom.test(user) || quotedString.test(user)) && isMailDomain(domain);
}

function hasAtMost(text: string, codePoints: number): boolean {
  return text.length <= codePoints * 2 && Array.from(text).length <= codePoints;
}

/** A host name of at least two labels, `localhost` (and no other spelling of it), or an address in brackets. */
function isMailDomain(domain: string): boolean {
  if (domain === 'localhost') return true;
  if (domain.startsWith('[') && domain.endsWith(']')) {
    const literal = domain.slice(1, -1);
    return isIpv4(literal) || isIpv6(literal);
  }
  const labels = domain.split('.');
  const top = labels.pop() ?? '';
  return labels.length > 0 && labels.every((part) => label.test(part)) && topLabel.test(top);
}

/** Python's ipaddress.IPv4Address: four decimal numbers up to 255 without leading zeros. */
function isIpv4(text: string): boolean {
  const octets = text.split('.');
  return octets.length === 4 && octets.every((part) => octet.test(part));
}

/** Python's ipaddress.IPv6Address without scope, and at most 39 characters, which is Django's limit. */
function isIpv6(text: string): boolean {
  if (text.length > LONGEST_LITERAL_IPV6) return false;
  const lastColon = text.lastIndexOf(':');
  const tail = text.slice(lastColon + 1);
  // A dotted end stands for the last two groups.
  const groups = isIpv4(tail) ? `${text.slice(0, lastColon + 1)}0:0` : text;
  const [head = '', rest, more] = groups.split('::');
  if (more !== undefined) return false;
  const left = head === '' ? [] : head.split(':');
  if (rest === undefined) return left.length === 8 && left.every((part) => hextet.test(part));
  const right = rest === '' ? [] : rest.split(':');
  return left.length + right.length <= 7 && [...left, ...right].every((part) => hextet.test(part));
}

/** An address with its domain in lower case, as Django's `normalize_email` stores it. */
export function withLowerDomain(address: string): string {
  const at = address.lastIndexOf('@');
  return address.slice(0, at + 1) + address.slice(at + 1).toLowerCase();
}
