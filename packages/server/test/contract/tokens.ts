import { createHmac } from 'node:crypto';
import { isObject, type Json, type JsonObject } from './json.ts';

interface DecodedToken {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/** Header and payload of a JWT, unverified; undefined when it is none. */
export function decodeToken(token: string): DecodedToken | undefined {
  const pieces = token.split('.');
  if (pieces.length !== 3) return undefined;
  try {
    const [header, payload] = pieces.slice(0, 2).map((piece) => {
      return JSON.parse(Buffer.from(piece, 'base64url').toString('utf8')) as Json;
    });
    return isObject(header) && isObject(payload) ? { header, payload } : undefined;
  } catch {
    return undefined;
  }
}

const HASHES: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/** A compact JWS over exactly these bytes. The algorithm is what signs, whatever the header says; 'none' signs nothing. */
export function signToken(header: Json, payload: Buffer, algorithm: string, key: string): string {
  const signed = `${base64url(JSON.stringify(header))}.${payload.toString('base64url')}`;
  if (algorithm === 'none') return `${signed}.`;
  const hash = HASHES[algorithm];
  if (hash === undefined) throw new Error(`cannot sign with ${algorithm}`);
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

const PARTS = ['header', 'payload', 'signature'];

/** The token with one part of it changed, or the whole text when the part is 'all'. */
export function changePart(token: string, part: string, change: (text: string) => string): string {
  if (part === 'all') return change(token);
  const index = PARTS.indexOf(part);
  const pieces = token.split('.');
  const piece = pieces[index];
  if (piece === undefined) throw new Error(`no ${part} in ${token}`);
  return pieces.with(index, change(piece)).join('.');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The text with bits of its last base64url character flipped. */
export function flipLast(text: string, bits: number): string {
  return text.slice(0, -1) + ALPHABET.charAt(ALPHABET.indexOf(text.slice(-1)) ^ bits);
}
