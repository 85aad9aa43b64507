import { BlockList, isIP } from 'node:net';

const familyOf = (ip: string) => (isIP(ip) === 6 ? 'ipv6' : 'ipv4');

function listOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of proxies) {
    const [ip = '', bits] = text.split('/');
    if (bits === undefined) list.addAddress(ip, familyOf(ip));
    else list.addSubnet(ip, Number(bits), familyOf(ip));
  }
  return list;
}

/** An IPv4 address is the same one when a socket that listens on both calls it `::ffff:…`. */
const plain = (ip: string) => ip.replace(/^::ffff:(?=\d+\.)/i, '');

/** Tells whether an address is one of TRUSTED_PROXIES. */
export function trustedAddresses(proxies: readonly string[]): (ip: string) => boolean {
  if (proxies.length === 0) return () => false;
  const trusted = listOf(proxies);
  return (given) => {
    const ip = plain(given);
    return isIP(ip) !== 0 && trusted.check(ip, familyOf(ip));
  };
}

/**
 * Tells the address of a caller, given TRUSTED_PROXIES: the socket's peer, and where that is a trusted proxy, the rightmost address of
 * X-Forwarded-For that is none. What is further left anybody may have written. A hop that is no address, or a header
 * of proxies alone, leaves the peer.
 */
export function callerAddress(
  proxies: readonly string[],
): (peer: string, forwardedFor: string | undefined) => string {
  if (proxies.length === 0) return (peer) => plain(peer);
  const isTrusted = trustedAddresses(proxies);
  return (given, forwardedFor) => {
    const peer = plain(given);
    if (forwardedFor === undefined || !isTrusted(peer)) return peer;
    const hops = forwardedFor.split(',').map((hop) => plain(hop.trim()));
    for (const hop of hops.reverse()) {
      if (isIP(hop) === 0) return peer;
      if (!isTrusted(hop)) return hop;
    }
    return peer;
  };
}
