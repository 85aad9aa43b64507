/** The groups of a compressed IPv6 address as URLs have it. */
function groupsOf(host: string): string[] {
  const [left = '', right] = host.split('::');
  const before = left === '' ? [] : left.split(':');
  if (right === undefined) return before;
  const after = right === '' ? [] : right.split(':');
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

/**
 * The network an address belongs to, as limits count it: an IPv4 address by itself, also when it is written as an
 * IPv6 one, and the /64 of an IPv6 address, which is what one household has. One spelling for each. What is no
 * address is its own network.
 */
export function networkOf(ip: string): string {
  const address = ip.replace(/%.*$/, '');
  if (!address.includes(':')) return address;
  const url = `http://[${address}]`;
  if (!URL.canParse(url)) return address;
  const groups = groupsOf(new URL(url).hostname.slice(1, -1));
  const isMapped = groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff';
  if (isMapped) {
    const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16));
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
