import { expect, test } from 'vitest';
import { claimOf, readToken, requireType, signToken } from '../../src/domain/tokens/jwt.ts';
import { hmacKey, keyRing } from '../../src/domain/tokens/keys.ts';
import { readUserId } from '../../src/domain/tokens/user-id.ts';
import { quickestOf } from '../support/timing.ts';

// The J numbers are those of the attack cases in security/attacks.md, section 2.1.
const now = Date.UTC(2026, 10, 22, 12);
const at = now / 1000;
const secret = 'steering-sample-key-0123456789-abcdefghijklmnopqrstuvwxyz';
const key = hmacKey(secret);
const ring = keyRing(key);
const jti = '4cd073de67fd42af9cb13166a867d4fe';
const claims = { token_type: 'access', exp: at + 300, iat: at, jti, user_id: 1 };
const token = signToken(claims, key);
const [header = '', payload = '', signature = ''] = token.split('.');

const encode = (data: string | Buffer) => Buffer.from(data).toString('base64url');
const decode = (segment = '') => Buffer.from(segment, 'base64url').toString();
const resign = (signed: string, by = key) => `${signed}.${by.sign(signed)}`;

/** A token made by hand: any header and payload text, signed correctly. */
function forge(head: string, body: string | Buffer = JSON.stringify(claims), by = key): string {
  return resign(`${encode(head)}.${encode(body)}`, by);
}

/** The good claims with one replaced by a JSON text such as 1e999, or left out, correctly signed. */
function withClaim(name: string, text: string): string {
  const { [name]: _gone, ...others } = claims as Record<string, unknown>;
  const rest = JSON.stringify(others).slice(1);
  return forge('{"alg":"HS256","typ":"JWT"}', text === 'absent' ? `{${rest}` : `{"${name}":${text},${rest}`);
}

function verdict(text: string, keys = ring, when = now, limits = {}): string {
  const outcome = readToken(text, keys, when, limits);
  return outcome.ok ? 'accepted' : outcome.reason;
}

test('a token carries its claims there and back', () => {
  expect(readToken(token, ring, now)).toEqual({ ok: true, value: claims });
  expect(decode(header)).toBe('{"alg":"HS256","typ":"JWT"}');
});

test('a token is byte for byte what SimpleJWT makes of the same claims, non-ASCII included', () => {
  const id = { jti: 'af0cc4e8e1bb4b02b19a53f78eb05142', user_id: 7, full_name: 'Zoë 😀', username: 'zoe' };
  const profile = { email: 'zoe@example.org', bio: '', image: 'default.jpg', verified: true };
  const bySimpleJwt =
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6Mjk3Njg2ODgwMCwiaWF0IjoxNzE0NTY0ODAwLCJqdGkiOiJhZjBjYzRlOGUxYmI0YjAyYjE5YTUzZjc4ZWIwNTE0MiIsInVzZXJfaWQiOjcsImZ1bGxfbmFtZSI6IlpvXHUwMGViIFx1ZDgzZFx1ZGUwMCIsInVzZXJuYW1lIjoiem9lIiwiZW1haWwiOiJ6b2VAZXhhbXBsZS5vcmciLCJiaW8iOiIiLCJpbWFnZSI6ImRlZmF1bHQuanBnIiwidmVyaWZpZWQiOnRydWV9.hGQWCOe44CHzZxFIF8MXZluNJjcsyuuwxMoxfab4QYA';
  const times = { token_type: 'refresh', exp: 2976868800, iat: 1714564800 };
  expect(signToken({ ...times, ...id, ...profile }, key)).toBe(bySimpleJwt);
  expect(verdict(bySimpleJwt)).toBe('accepted');
});

test('aud and iss stand where SimpleJWT puts them, and are asked for sign by sign', () => {
  const bySimpleJwt =
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCIsImV4cCI6Mjk3Njg2ODgwMCwiaWF0IjoxNzE0NTY0ODAwLCJqdGkiOiJhZjBjYzRlOGUxYmI0YjAyYjE5YTUzZjc4ZWIwNTE0MiIsInVzZXJfaWQiOjcsImZ1bGxfbmFtZSI6IlpvXHUwMGViIiwidXNlcm5hbWUiOiJ6b2UiLCJlbWFpbCI6InpvZUBleGFtcGxlLm9yZyIsImJpbyI6IiIsImltYWdlIjoiZGVmYXVsdC5qcGciLCJ2ZXJpZmllZCI6dHJ1ZSwiYXVkIjpbIndlYiIsImFwcCJdLCJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUub3JnIn0.H1T7mojcs89_HQtCZcEbJiSLuFFMc3bA7H4YOl3S-es';
  const parties = { jwtIssuer: 'https://id.example.org', jwtAudience: ['app'], jwtClaimsSince: 'always' };
  const judged = (changes: object) =>
    verdict(bySimpleJwt, ring, now, { parties: { ...parties, ...changes } });
  expect(judged({})).toBe('accepted');
  expect(judged({ jwtAudience: [] })).toBe('accepted');
  expect(judged({ jwtIssuer: undefined })).toBe('accepted');
  expect(judged({ jwtAudience: ['App'] })).toBe('token_invalid');
  expect(judged({ jwtIssuer: 'https://id.example.org/' })).toBe('token_invalid');
  const [, body = ''] = bySimpleJwt.split('.');
  expect(signToken(JSON.parse(decode(body)), key)).toBe(bySimpleJwt);
});

test('an expired token for others has expired, as in SimpleJWT, and one that is known is asked again [J-30]', () => {
  const limits = (aud: string) => ({
    parties: { jwtIssuer: undefined, jwtAudience: [aud], jwtClaimsSince: 'always' },
  });
  const forWeb = signToken({ ...claims, aud: 'web' }, key);
  expect(verdict(forWeb, ring, now, limits('web'))).toBe('accepted');
  expect(verdict(forWeb, ring, now, limits('app'))).toBe('token_invalid');
  expect(verdict(forWeb, ring, now + 300_000, limits('app'))).toBe('token_expired');
});

test('control characters, DEL and lone surrogates are escaped as json.dumps does', () => {
  const [, body] = signToken({ exp: 1, jti: '\u0001\u007f\ud800 \u2028/"' }, key).split('.');
  expect(decode(body)).toBe('{"exp":1,"jti":"\\u0001\\u007f\\ud800 \\u2028/\\""}');
});

const wrongAlgs = '"none" "None" "nOnE" "hs256" "HS512" "HS384" "RS256" ["HS256"] null ""'.split(' ');
test.each(wrongAlgs)('a token whose header says alg %s is refused, signed or not [J-01, J-03]', (alg) => {
  const forged = forge(`{"alg":${alg},"typ":"JWT"}`);
  const [head] = forged.split('.');
  for (const mac of ['', signature]) expect(verdict(`${head}.${payload}.${mac}`)).toBe('token_invalid');
  expect(verdict(forged)).toBe('token_invalid');
});

test('a token signed with our secret under another algorithm is refused, whatever its header says [J-03]', () => {
  const wrong = hmacKey(secret, 'HS512');
  expect(verdict(signToken(claims, wrong))).toBe('token_invalid');
  expect(verdict(forge('{"alg":"HS256","typ":"JWT"}', undefined, wrong))).toBe('token_invalid');
  expect(verdict(forge('{"typ":"JWT"}'))).toBe('token_invalid');
});

test('a token has three segments, none of them missing [J-07, J-09, J-26]', () => {
  const jwe = encode('{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2147483648}');
  const shapes = ` . .. ... h h.p h.p. h..s .p.s .. h.p.s. h.p.s.s h.p.s.a.b h.p.AA ${jwe}.a.b.c.d`.split(
    ' ',
  );
  for (const shape of shapes) {
    const text = shape.replace(/\bh\b/, header).replace(/\bp\b/, payload).replace(/\bs\b/g, signature);
    expect(verdict(text), shape).toBe('token_invalid');
  }
});

const noHeaders = '[] "HS256" null { \ufeff{"alg":"HS256"} {"alg":"HS256","x":"\\x"}'.split(' ');
test.each(['', ...noHeaders])('a signed header %j is refused [J-07]', (head) => {
  expect(verdict(forge(head))).toBe('token_invalid');
});

test('a signature has one spelling: padding, line breaks and spare bits are refused [J-10]', () => {
  const spare = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1);
  expect(Buffer.from(spare, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
  expect(verdict(`${header}.${payload}.${spare}`)).toBe('token_invalid');
  for (const end of ['=', '==', '\n', ' ', 'A', '\0']) expect(verdict(token + end)).toBe('token_invalid');
  for (const start of [' ', '\n', 'Bearer ', '\ufeff']) expect(verdict(start + token)).toBe('token_invalid');
});

test('header and payload have one spelling too, even when the odd one is signed [J-10, J-11]', () => {
  const body = JSON.stringify(claims);
  const uneven = encode(body.length % 3 === 0 ? `${body} ` : body);
  const spare = uneven.slice(0, -1) + String.fromCharCode(uneven.charCodeAt(uneven.length - 1) + 1);
  expect(decode(spare)).toBe(decode(uneven));
  expect(verdict(resign(`${header}.${uneven}`))).toBe('accepted');
  for (const odd of [spare, `${payload}=`, `${payload}\n`, ` ${payload}`, `${payload}\u200d`]) {
    expect(verdict(resign(`${header}.${odd}`))).toBe('token_invalid');
  }
  for (const odd of [`${header}=`, `${header}\n`, `${header}\u00a0`]) {
    expect(verdict(resign(`${odd}.${payload}`))).toBe('token_invalid');
  }
});

test('the standard base64 alphabet and look-alike dots are refused [J-11]', () => {
  const dashed = `${header}.${encode(`{"bio":"~~~???>>>",${JSON.stringify(claims).slice(1)}`)}`;
  expect(dashed).toMatch(/[-_]/);
  expect(verdict(resign(dashed))).toBe('accepted');
  expect(verdict(resign(dashed.replaceAll('-', '+').replaceAll('_', '/')))).toBe('token_invalid');
  for (const dot of ['\uff0e', '\u3002', ' . '])
    expect(verdict(token.replaceAll('.', dot))).toBe('token_invalid');
});

const crits = '"crit":["x"] "crit":["x"],"x":1 "crit":[] "crit":"exp" "crit":null "crit":["b64"],"b64":false';
test.each([...crits.split(' '), '"b64":false', '"b64":true', '"zip":"DEF"', '"zip":null'])(
  'a correctly signed header with %s is refused [J-16, J-26]',
  (member) => expect(verdict(forge(`{"alg":"HS256","typ":"JWT",${member}}`))).toBe('token_invalid'),
);

const types = '"access" "refresh" absent null "Access" ["access"] "mfa" {} true'.split(' ');
test.each(types)(
  'a token of type %s is an access or refresh token only if it says just that [J-17]',
  (type) => {
    const outcome = readToken(withClaim('token_type', type), ring, now);
    if (!outcome.ok) throw new Error(outcome.reason);
    const refusal = type === 'absent' ? 'token_without_type' : 'token_of_wrong_type';
    expect(requireType(outcome.value, 'access')).toBe(type === '"access"' ? undefined : refusal);
    expect(requireType(outcome.value, 'refresh')).toBe(type === '"refresh"' ? undefined : refusal);
  },
);

/** One row: case, claim, JSON texts (`at` is this second), and the answer to each. */
const rows = `
  J-18 exp  null "1999999999" true [] {} ""                                    token_invalid
  J-18 exp  -1 0 -0 at-1 at                                                    token_expired
  J-18 exp  absent                                                             token_without_exp
  J-18 exp  at+1 253402300799                                                  accepted
  J-19 exp  1e308 1e999 -1e999 9007199254740991 at+300.5 253402300800          token_invalid
  J-21 nbf  absent -1 0 1.5 at                                                 accepted
  J-21 nbf  at+600 at+0.5 "x" "0" 1e999 -1e999 null true []                    token_invalid
  J-21 iat  absent -1 0 at at+120                                              accepted
  J-21 iat  at+121 at+600 at-1.5 "x" "0" 1e999 -1e999 null true []             token_invalid
  sub  sub  absent "" "alice"                                                  accepted
  sub  sub  1 null ["1"]                                                       token_invalid
  jti  jti  absent                                                             token_without_id
  jti  jti  "x" "__proto__" "😀"                                               accepted
  jti  jti  "" 5 null ["x"] "\\u0000" "\\ud800"                                token_invalid`;
const cells = rows.split(/\n +/).map((row) => row.split(/ +/));
const cases = cells.flatMap(([id = '', name = '', ...rest]) =>
  rest.slice(0, -1).map((text): [string, string, string, string] => [id, name, text, rest.at(-1) ?? '']),
);
test.each(cases)('%s: with %s %s a token is %s', (_id, name, text, answer) => {
  const json = text.replace(/^at([+-][\d.]+)?$/, (_, offset = '0') => String(at + Number(offset)));
  expect(verdict(withClaim(name, json))).toBe(answer);
});

test('a jti has at most 255 characters', () => {
  expect(verdict(withClaim('jti', `"${'x'.repeat(255)}"`))).toBe('accepted');
  expect(verdict(withClaim('jti', `"${'x'.repeat(256)}"`))).toBe('token_invalid');
});

test('exp is judged first, then the other claims, then what is missing', () => {
  const of = (body: object) => verdict(forge('{"alg":"HS256"}', JSON.stringify(body)));
  expect(of({ exp: at, nbf: 'x' })).toBe('token_expired');
  expect(of({ nbf: 'x' })).toBe('token_invalid');
  expect(of({})).toBe('token_without_exp');
  expect(verdict(`${withClaim('exp', '0')}A`)).toBe('token_invalid');
});

test('a token expires with the millisecond of its exp, no sooner [J-18]', () => {
  expect(verdict(token, ring, (at + 300) * 1000 - 1)).toBe('accepted');
  expect(verdict(token, ring, (at + 300) * 1000)).toBe('token_expired');
});

test('a life that ends before it begins, or is longer than we give, is refused [J-20]', () => {
  expect(verdict(signToken({ ...claims, iat: at + 100, exp: at + 100 }, key))).toBe('token_invalid');
  const limited = (exp: number, iat?: number) =>
    verdict(signToken({ exp: at + exp, iat, jti }, key), ring, now, { maxLifetimeSeconds: 300 });
  expect([limited(300, at), limited(299), limited(200, at - 100)]).toEqual(Array(3).fill('accepted'));
  const tooLong = [limited(301, at), limited(315_360_000, at), limited(301), limited(201, at - 100)];
  expect(tooLong).toEqual(Array(4).fill('token_invalid'));
});

test('of duplicate members the last counts, in the header and in the claims [J-22]', () => {
  expect(verdict(forge('{"alg":"none","alg":"HS256"}'))).toBe('accepted');
  expect(verdict(forge('{"alg":"HS256","alg":"none"}'))).toBe('token_invalid');
  const body = (first: number, last: number) =>
    `{"exp":${first},"user_id":1,"jti":"j","user_id":2,"exp":${last}}`;
  expect(verdict(forge('{"alg":"HS256"}', body(at + 9, at - 9)))).toBe('token_expired');
  expect(readToken(forge('{"alg":"HS256"}', body(0, at + 9)), ring, now)).toMatchObject({
    value: { user_id: 2 },
  });
});

test('a signed payload that is not an object in strict UTF-8 is refused', () => {
  const bodies = [
    '',
    ...'[] "x" null 1 { {"exp":NaN} \ufeff{}'.split(' '),
    Buffer.from('7b22ff223a317d', 'hex'),
  ];
  for (const body of bodies)
    expect(verdict(forge('{"alg":"HS256","typ":"JWT"}', body))).toBe('token_invalid');
});

test('claims called __proto__ and constructor are ordinary claims [J-24]', () => {
  const odd = '{"__proto__":{"is_staff":true,"exp":1},"constructor":{"prototype":{"is_staff":true}},';
  const outcome = readToken(forge('{"alg":"HS256"}', odd + JSON.stringify(claims).slice(1)), ring, now);
  if (!outcome.ok) throw new Error(outcome.reason);
  for (const name of ['is_staff', 'toString']) expect(claimOf(outcome.value, name)).toBeUndefined();
  expect(claimOf(outcome.value, '__proto__')).toEqual({ is_staff: true, exp: 1 });
  expect(Object.hasOwn(Object.prototype, 'is_staff')).toBe(false);
  expect(verdict(forge('{"alg":"HS256"}', `{"__proto__":{"exp":${at + 9},"jti":"j"}}`))).toBe(
    'token_without_exp',
  );
  expect(verdict(forge('{"__proto__":{"alg":"HS256"}}'))).toBe('token_invalid');
});

test('a text of more than 8 KB is refused at once, even if signed [J-25]', () => {
  const padded = (length: number) => signToken({ ...claims, bio: 'x'.repeat(length) }, key);
  expect([padded(5900).length <= 8192, verdict(padded(5900))]).toEqual([true, 'accepted']);
  expect(verdict(padded(6100))).toBe('token_invalid');
  const long = [15_000, 64_000, 1_000_000].map((size) => '.'.repeat(size));
  for (const text of [...long, token + 'A'.repeat(1_000_000)]) {
    expect(verdict(text)).toBe('token_invalid');
    expect(quickestOf(() => verdict(text))).toBeLessThan(10);
  }
});

test('a user id is a safe positive integer or its one decimal string [J-27]', () => {
  for (const id of [1, 12, Number.MAX_SAFE_INTEGER]) expect([id, `${id}`].map(readUserId)).toEqual([id, id]);
  const texts =
    '|0|01|1.0| 1|1 |1\n|+1|-1|1e3|0x1|1_0|１|١|1 OR 1=1|9007199254740993|99999999999999999'.split('|');
  const numbers = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53];
  const others: unknown[] = [1n, true, null, undefined, [1], ['1'], { $gt: 0 }, { valueOf: () => 1 }];
  for (const claim of [...texts, ...numbers, ...others]) expect(readUserId(claim)).toBeUndefined();
});

test('the tokens of two users verified in turn never cross [J-33]', () => {
  const texts = [1, 2].map((id) => signToken({ ...claims, user_id: id }, key));
  for (let turn = 0; turn < 2000; turn++) {
    const outcome = readToken(texts[turn % 2] ?? '', ring, now);
    expect(outcome.ok && outcome.value.user_id).toBe((turn % 2) + 1);
  }
});
