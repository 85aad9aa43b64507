// HS256 by hand, with the claims Latchkey puts into its tokens.
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';

const KEY = createSecretKey(Buffer.from(process.env.SECRET_KEY ?? ''));
const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

const ACCESS_SECONDS = 300;
const REFRESH_SECONDS = 4_320_000;

export const freshId = () => randomBytes(16).toString('hex');

/** @param {object} claims */
function sign(claims) {
  const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${signed}.${createHmac('sha256', KEY).update(signed).digest('base64url')}`;
}

/** The claims of a token that is rightly signed and has not expired. @param {string} text @param {string} type */
export function readToken(text, type) {
  const second = text.lastIndexOf('.');
  const expected = createHmac('sha256', KEY).update(text.slice(0, second)).digest();
  const signature = Buffer.from(text.slice(second + 1), 'base64url');
  if (signature.length !== 32 || !timingSafeEqual(signature, expected)) return undefined;
  const payload = text.slice(text.indexOf('.') + 1, second);
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return claims.token_type === type && claims.exp * 1000 > Date.now() ? claims : undefined;
}

/**
 * Both tokens of a session, from a user's row or from the claims of an older token: they have the same names.
 * @param {any} about @param {number} userId @param {string} sid @param {string} jti @param {number} iat
 */
export function signPair(about, userId, sid, jti, iat) {
  const { full_name, username, email, bio, image } = about;
  const profile = {
    user_id: userId,
    full_name,
    username,
    email,
    bio,
    image,
    verified: Boolean(about.verified),
    sid,
  };
  return {
    access: sign({ token_type: 'access', exp: iat + ACCESS_SECONDS, iat, jti: freshId(), ...profile }),
    refresh: sign({ token_type: 'refresh', exp: iat + REFRESH_SECONDS, iat, jti, ...profile }),
  };
}

/** @param {number} iat */
export const refreshExpiry = (iat) => (iat + REFRESH_SECONDS) * 1000;
