import {
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import fc from 'fast-check';
import { calculateJwkThumbprint, compactVerify, importJWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { newKey, usableKey } from '../../src/domain/keys/key-material.ts';
import { readKey } from '../../src/domain/keys/read-key.ts';
import { seal, unseal } from '../../src/domain/keys/seal.ts';
import { readToken, signToken } from '../../src/domain/tokens/jwt.ts';
import { hmacKey, keyRing, type SigningKey, type VerifyingKey } from '../../src/domain/tokens/keys.ts';

const random = { bytes: (count: number) => randomBytes(count) };
const at = Date.UTC(2026, 10, 22, 12) / 1000;
const claims = { token_type: 'access', exp: at + 300, iat: at, jti: 'a'.repeat(32), user_id: 1 };
const PUBLIC = ['ES256', 'EdDSA'] as const;

function made(algorithm: (typeof PUBLIC)[number]) {
  const material = newKey(algorithm, random);
  const key = usableKey(material) as SigningKey;
  return { material, key, jwk: JSON.parse(material.publicJwk ?? '') as JsonWebKey };
}

const secretRing = (...older: VerifyingKey[]) => keyRing(hmacKey(randomBytes(32)), older);
const isAccepted = (text: string, ring: ReturnType<typeof secretRing>) => readToken(text, ring, at * 1000).ok;

describe.each(PUBLIC)('%s before jose', (algorithm) => {
  const { material, key, jwk } = made(algorithm);

  test('what we sign jose verifies, and what jose signs we verify', async () => {
    const theirs = await importJWK({ ...jwk, alg: algorithm });
    const text = signToken(claims, key);
    const { payload, protectedHeader } = await compactVerify(text, theirs, { algorithms: [algorithm] });
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual(claims);
    expect(protectedHeader).toEqual({ alg: algorithm, typ: 'JWT', kid: material.kid });
    const secret = createPrivateKey({ key: material.secret ?? '', format: 'der', type: 'pkcs8' });
    const header = { alg: algorithm, kid: material.kid };
    const signed = await new SignJWT(claims).setProtectedHeader(header).sign(secret);
    expect(isAccepted(signed, secretRing(key))).toBe(true);
  });

  test('a kid is the thumbprint of RFC 7638', async () => {
    expect(material.kid).toBe(await calculateJwkThumbprint(jwk as never));
  });

  test('of signatures with changed bytes we accept what jose accepts, which is none', async () => {
    const theirs = await importJWK({ ...jwk, alg: algorithm });
    const [head, body, end = ''] = signToken(claims, key).split('.');
    const good = Buffer.from(end, 'base64url');
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (edits) => {
        const bytes = Buffer.from(good);
        for (const [place, bits] of edits) bytes[place] = (bytes[place] ?? 0) ^ bits;
        const text = `${head}.${body}.${bytes.toString('base64url')}`;
        const byJose = await compactVerify(text, theirs).then(
          () => true,
          () => false,
        );
        expect(isAccepted(text, secretRing(key))).toBe(byJose);
        expect(byJose).toBe(bytes.equals(good));
      }),
      { numRuns: 100 },
    );
  });
});

test('signatures of ES256 in other forms are refused: r or s of zero or n, DER, wrong lengths [J-09]', () => {
  const { key } = made('ES256');
  const signed = signToken(claims, key).split('.').slice(0, 2).join('.');
  const good = Buffer.from(key.sign(signed), 'base64url');
  const [r, s] = [good.subarray(0, 32), good.subarray(32)];
  const zero = Buffer.alloc(32);
  const n = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  const integer = (part: Buffer) => Buffer.concat([Buffer.from([2, 33, 0]), part]);
  const der = Buffer.concat([Buffer.from([48, 70]), integer(r), integer(s)]);
  const bad = [
    [zero, zero],
    [zero, s],
    [r, zero],
    [n, s],
    [r, n],
    [n, n],
    [r, s, Buffer.alloc(1)],
    [good.subarray(1)],
    [der],
    [],
  ];
  const ring = secretRing(key);
  const accepts = (parts: readonly Uint8Array[]) =>
    isAccepted(`${signed}.${Buffer.concat(parts).toString('base64url')}`, ring);
  expect(bad.map(accepts)).toEqual(bad.map(() => false));
  expect(accepts([r, s])).toBe(true);
});

test('signatures of Ed25519 that are empty, cut, long, all zeros or have a great S are refused', () => {
  const { key } = made('EdDSA');
  const signed = signToken(claims, key).split('.').slice(0, 2).join('.');
  const good = Buffer.from(key.sign(signed), 'base64url');
  // S + L is the same scalar (RFC 8032 section 5.1.7 wants S < L)
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const littleEndian = (bytes: Buffer) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const great = (littleEndian(good.subarray(32)) + order).toString(16).padStart(64, '0');
  const malleable = Buffer.concat([good.subarray(0, 32), Buffer.from(great, 'hex').reverse()]);
  const bad = [Buffer.alloc(0), Buffer.alloc(64), good.subarray(1), Buffer.concat([good, good]), malleable];
  const accepts = (bytes: Buffer) => isAccepted(`${signed}.${bytes.toString('base64url')}`, secretRing(key));
  expect(bad.map(accepts)).toEqual(bad.map(() => false));
  expect(accepts(good)).toBe(true);
});

test('a public key is no secret: tokens signed with its text by HMAC are refused [J-04]', () => {
  for (const algorithm of PUBLIC) {
    const { material, key, jwk } = made(algorithm);
    const pem = [1, 2].map((lines) =>
      Buffer.from(`-----BEGIN PUBLIC KEY-----\n${JSON.stringify(jwk)}${'\n'.repeat(lines)}`),
    );
    const secrets = [...pem, Buffer.from(material.publicJwk ?? ''), Buffer.from(jwk.x ?? '', 'base64url')];
    for (const secret of secrets)
      for (const hmac of ['HS256', 'HS384', 'HS512'] as const) {
        const forged = signToken(claims, hmacKey(secret, hmac, material.kid));
        expect(isAccepted(forged, secretRing(key))).toBe(false);
      }
    // and a header that claims the other algorithm over a signature that is good
    for (const alg of ['none', 'HS256', 'RS256', algorithm === 'EdDSA' ? 'ES256' : 'EdDSA']) {
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = `${encode({ alg, kid: material.kid })}.${encode(claims)}`;
      expect(isAccepted(`${signed}.${key.sign(signed)}`, secretRing(key))).toBe(false);
    }
  }
});

test('an RSA key verifies RS256 and is never one that signs', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const material = readKey(privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, random);
  if ('fault' in material) throw new Error(material.fault);
  expect(material.secret).toBeUndefined();
  const key = usableKey(material);
  expect('sign' in key).toBe(false);
  const sign = (alg: string) =>
    new SignJWT(claims).setProtectedHeader({ alg, kid: material.kid }).sign(privateKey);
  expect(isAccepted(await sign('RS256'), secretRing(key))).toBe(true);
  for (const alg of ['RS384', 'RS512', 'PS256'])
    expect(isAccepted(await sign(alg), secretRing(key))).toBe(false);
});

describe('reading a key of a file', () => {
  const pem = ({ privateKey }: { privateKey: KeyObject }) =>
    privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  const oct = (bytes: Uint8Array, alg?: string) =>
    JSON.stringify({ kty: 'oct', k: Buffer.from(bytes).toString('base64url'), alg });
  const ec = { crv: 'P-256', kty: 'EC', x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' };
  const published = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';

  test.each([
    ['RSA of 1024 bits', () => pem(generateKeyPairSync('rsa', { modulusLength: 1024 })), /2048 bits/],
    ['P-192', () => pem(generateKeyPairSync('ec', { namedCurve: 'prime192v1' })), /curve prime256v1/],
    ['P-384', () => pem(generateKeyPairSync('ec', { namedCurve: 'P-384' })), /curve prime256v1/],
    ['Ed448', () => pem(generateKeyPairSync('ed448')), /Ed25519, P-256 or RSA/],
    ['a secret without alg', () => oct(randomBytes(32)), /must say its alg/],
    ['a secret for ES256', () => oct(randomBytes(32), 'ES256'), /must say its alg/],
    ['31 bytes for HS256', () => oct(randomBytes(31), 'HS256'), /at least 32 bytes/],
    ['32 bytes for HS512', () => oct(randomBytes(32), 'HS512'), /at least 64 bytes/],
    ['nothing but zeros', () => oct(Buffer.alloc(32), 'HS256'), /repeats itself/],
    [
      'the text of a public key',
      () => oct(Buffer.from(`-----BEGIN PUBLIC KEY-----\n${'x7Ab'.repeat(9)}z`), 'HS256'),
      /example/,
    ],
    ['the secret of RFC 7515', () => JSON.stringify({ kty: 'oct', alg: 'HS512', k: published }), /standard/],
    [
      'the key of RFC 7515',
      () => JSON.stringify({ ...ec, y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }),
      /standard/,
    ],
    ['a point off the curve', () => JSON.stringify({ ...ec, y: ec.x }), /not a readable/],
    ['nothing', () => '', /not a readable/],
    ['half a JWK', () => '{"kty":"EC"', /not a readable/],
    ['an encrypted key', () => '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=', /encrypted/],
    ['a certificate', () => '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----', /not a readable/],
  ])('%s is refused [J-39]', (_name, text, why) => {
    expect(readKey(text(), random)).toEqual({ fault: expect.stringMatching(why) });
  });

  test('a JWK for another algorithm than its kind is refused', () => {
    const jwk = { ...JSON.parse(newKey('ES256', random).publicJwk ?? ''), alg: 'EdDSA' };
    expect(readKey(JSON.stringify(jwk), random)).toEqual({ fault: expect.stringMatching(/is for "EdDSA"/) });
  });

  test('PEM and JWK, private and public, give the same kid', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const texts = [
      privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      publicKey.export({ format: 'pem', type: 'spki' }) as string,
      JSON.stringify(privateKey.export({ format: 'jwk' })),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ];
    const read = texts.map((text) => readKey(text, random));
    expect(new Set(read.map((one) => ('kid' in one ? one.kid : one.fault))).size).toBe(1);
    expect(read.map((one) => 'secret' in one && one.secret !== undefined)).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

test('what was sealed opens with its key, in its place, unchanged, and not otherwise [ASVS 11.3.1, ASVS 11.3.2, ASVS 11.3.3]', () => {
  const key = randomBytes(32);
  const sealed = seal(Buffer.from('the private part'), key, 'signing_keys.sealed.k1', random);
  expect(unseal(sealed, key, 'signing_keys.sealed.k1')?.toString()).toBe('the private part');
  expect(unseal(sealed, randomBytes(32), 'signing_keys.sealed.k1')).toBeUndefined();
  expect(unseal(sealed, key, 'signing_keys.sealed.k2')).toBeUndefined();
  expect(unseal('', key, 'signing_keys.sealed.k1')).toBeUndefined();
  for (let bit = 0; bit < sealed.length; bit += 5) {
    const bytes = Buffer.from(sealed, 'base64url');
    bytes[bit % bytes.length] = (bytes[bit % bytes.length] ?? 0) ^ 1;
    expect(unseal(bytes.toString('base64url'), key, 'signing_keys.sealed.k1')).toBeUndefined();
  }
  expect(seal(Buffer.from('x'), key, 'p', random)).not.toBe(seal(Buffer.from('x'), key, 'p', random));
});

test('HS384 and HS512 keys are as long as their hash [J-39]', () => {
  for (const [algorithm, length] of Object.entries({ HS256: 32, HS384: 48, HS512: 64 })) {
    const material = newKey(algorithm as 'HS256', random);
    expect(material).toMatchObject({ publicJwk: undefined, kid: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(material.secret?.length).toBe(length);
    const head = `sha${algorithm.slice(2)}`;
    const signature = createHmac(head, material.secret ?? '')
      .update('x')
      .digest('base64url');
    expect((usableKey(material) as SigningKey).sign('x')).toBe(signature);
  }
});
