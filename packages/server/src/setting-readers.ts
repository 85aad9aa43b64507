import { isIP } from 'node:net';
import type { Config } from './config.ts';
import { Secret } from './secret.ts';
import { fault, type Reader } from './setting.ts';
import { weaknessOfKey } from './weak-keys.ts';

export const readSecretKey: Reader<Secret> = (text) => {
  const weakness = weaknessOfKey(text);
  return weakness === undefined
    ? new Secret(text)
    : fault(`${weakness}. Make one with: openssl rand -base64 48`);
};

/** Keys between commas or, as they may have commas themselves, in a JSON list. */
function keysIn(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return text.split(',').map((one) => one.trim());
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Keys as SECRET_KEY takes them, or `none`. */
export const readFallbacks: Reader<readonly Secret[]> = (text) => {
  if (text === 'none') return [];
  const keys = keysIn(text);
  if (keys === undefined) return fault('must be keys, separated by commas, or a JSON list of them');
  const weaknesses = keys.map((key, i) => ({ i, weakness: weaknessOfKey(key) }));
  const weak = weaknesses.find(({ weakness }) => weakness !== undefined);
  return weak === undefined
    ? keys.map((key) => new Secret(key))
    : fault(`has a key that does not fit: number ${weak.i + 1} ${weak.weakness}`);
};

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

/** Is this a day, as YYYY-MM-DD? */
export function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** In milliseconds: long enough to change every server, too short for a year that is misspelt. */
const LATEST_CLAIMS_SINCE = 7 * 86_400_000;

/** `always`, or a day that has come or does soon: until then nothing is asked of a token. */
export const readClaimsSince: Reader<string> = (text) => {
  if (text === 'always') return text;
  if (!isDay(text)) return fault(`must be always, or a day such as 2026-03-31, not "${text}"`);
  return Date.parse(text) - Date.now() <= LATEST_CLAIMS_SINCE
    ? text
    : fault(
        `must be at most a week ahead, not "${text}": until then tokens of every issuer, for every audience, are good`,
      );
};

/** So long that the claims about a person still fit into a cookie beside them. */
const isShort = (text: string) => /^[ -~]{1,500}$/.test(text);

/** A text that is compared sign by sign, or `none`. */
export const readIssuer: Reader<string | undefined> = (text) => {
  if (text === 'none') return undefined;
  return isShort(text) ? text : fault('must be a text of at most 500 signs of ASCII, or none');
};

/** Texts between commas, or `none`. */
export const readAudience: Reader<readonly string[]> = (text) => {
  if (text === 'none') return [];
  const audiences = text.split(',').map((one) => one.trim());
  return isShort(text) && !audiences.includes('')
    ? audiences
    : fault('must be texts separated by commas, of at most 500 signs of ASCII in all, or none');
};
