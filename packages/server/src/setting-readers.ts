import { isIP } from 'node:net';
import type { Config } from './config.ts';
import { Secret } from './secret.ts';
import { fault, type Reader } from './setting.ts';

/** `off`, a port, or an address with one. */
export const readMetrics: Reader<Config['metrics']> = (text) => {
  if (text === 'off') return 'off';
  const [, host = '127.0.0.1', digits = ''] = /^(?:([\w.-]+|\[[\da-f:.]+\]):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  return digits !== '' && port <= 65_535
    ? { host: host.replace(/^\[|\]$/g, ''), port }
    : fault(
        `must be off, a port such as 9464, or an address with a port such as 0.0.0.0:9464, not "${text}"`,
      );
};

/** Is this an address or a network, as TRUSTED_PROXIES has them? */
function isAddressOrNetwork(text: string): boolean {
  const [ip = '', bits, ...more] = text.split('/');
  const version = isIP(ip);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32));
}

/** Addresses and networks, or `none`. */
export const readProxies: Reader<readonly string[]> = (text) => {
  if (text === 'none') return [];
  const proxies = text.split(',').map((one) => one.trim());
  const wrong = proxies.find((one) => !isAddressOrNetwork(one));
  return wrong === undefined
    ? proxies
    : fault(`must be addresses or networks such as 10.0.0.0/8, separated by commas, or none, not "${wrong}"`);
};

/** What MEDIA_URL has for a bucket: both keys, the host, and the bucket as the first part of the path. */
function isBucket(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hostname, pathname, searchParams, hash } = new URL(text);
  const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  const isSafe = searchParams.get('tls') !== 'off' || isHere;
  const isKnown = [...searchParams.keys()].every((name) => name === 'region' || name === 'tls');
  const isNamed = hostname !== '' && /^\/[\w.-]+(\/[\w.-]+)*\/?$/.test(pathname);
  return (
    protocol === 's3:' && username !== '' && password !== '' && isNamed && isSafe && isKnown && hash === ''
  );
}

/** `off`, a folder, or a bucket. */
export const readMediaUrl: Reader<Secret> = (text) =>
  text === 'off' || /^file:(?!\/\/)\P{Cc}+$/u.test(text) || isBucket(text)
    ? new Secret(text)
    : fault('must be off, file:<folder>, or s3://<key id>:<secret key>@<host>/<bucket>?region=<region>');
