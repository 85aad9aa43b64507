import { decodeToken, signToken } from '../contract/tokens.ts';
import { SECRET_KEY } from './world.ts';

/** The claims of a token, unverified. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into tokens freely
export function claimsIn(token: string): Record<string, any> {
  const decoded = decodeToken(token);
  if (decoded === undefined) throw new Error(`no token: ${token}`);
  return decoded.payload as Record<string, unknown>;
}

/** A token with any payload (a value, or JSON text as it is), correctly signed with the key of the tests or another. */
export function forge(
  payload: object | string,
  header: object = { alg: 'HS256', typ: 'JWT' },
  key: string = SECRET_KEY,
): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return signToken(header as never, Buffer.from(text), 'HS256', key);
}

/** The token with some of its claims changed, correctly signed again. */
export function reforge(token: string, changes: Readonly<Record<string, unknown>>): string {
  return forge({ ...claimsIn(token), ...changes });
}
