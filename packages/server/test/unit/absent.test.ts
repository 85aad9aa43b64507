import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { warnOfOldNode } from '../../src/cli/greet.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name: name.replaceAll('\\', '/'), text: readFileSync(SRC + name, 'utf8') }));

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8'));

/** Where a pattern stands that should stand nowhere, or in the named files alone. */
const placesOf = (pattern: RegExp, but: readonly string[] = []) =>
  FILES.filter(({ name, text }) => pattern.test(text) && !but.includes(name)).map(({ name }) => name);

test.each<[string, RegExp, (readonly string[])?]>([
  ['the code has no commands of a shell [ASVS 1.2.5]', /child_process/],
  ['the code has no code made at run time [ASVS 1.3.2]', /(?<!\bredis\.)\beval\(|\bnew Function\b|node:vm/],
  ['the code has no weak dice [K-09]', /Math\.random/],
  [
    'the code has no certificates that are not looked at [ASVS 12.3.2]',
    /rejectUnauthorized|NODE_TLS_REJECT|checkServerIdentity/,
  ],
  [
    'the code has no old or chosen versions and ciphers of TLS [ASVS 12.1.2]',
    /minVersion|maxVersion|\bciphers\b|secureProtocol/,
  ],
  ['the code has no parser of HTTP that looks away [H-01]', /insecureHTTPParser/],
  [
    'the code has no cipher other than AES-256-GCM [ASVS 11.3.2]',
    /create(De)?[Cc]ipheriv\((?!'aes-256-gcm')/,
  ],
  [
    'the code has no XML, LDAP, GraphQL, WebSocket or WebRTC [ASVS 1.5.1]',
    /\b(xml2js|ldapjs|graphql|WebSocket|RTCPeerConnection)\b/,
  ],
  [
    'the code has no SHA-1 but for imported hashes and lists of breaches [ASVS 11.4.1]',
    /'sha1'/,
    [
      'adapters/breached/breached.ts',
      'domain/passwords/formats/digest.ts',
      'domain/passwords/formats/pbkdf2.ts',
      'domain/passwords/kind.ts',
    ],
  ],
  [
    'the code has no MD5 but for imported hashes [ASVS 11.4.1]',
    /'md5'/,
    ['domain/passwords/formats/digest.ts', 'domain/passwords/kind.ts'],
  ],
])('%s', (_, pattern, but) => {
  expect(placesOf(pattern, but)).toEqual([]);
});

test('requests to others follow no redirect [ASVS 15.3.2]', () => {
  const calls = FILES.flatMap(({ text }) =>
    [...text.matchAll(/\bawait fetch\([^;]*?\}\)/gs)].map(([call]) => call),
  );
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.filter((call) => !call.includes("redirect: 'error'"))).toEqual([]);
});

test('signatures, digests and tokens are compared in constant time [K-10]', () => {
  const compared =
    /\b(digest|signature|mac|hmac|token|secret)\w*\s*[!=]==\s*(?!undefined|null|'|"|typeof)\w*(digest|signature|mac|hmac|expected|token|secret)/i;
  expect(placesOf(compared)).toEqual([]);
});

test('no package runs a script when it is installed, and each has a checksum [K-07, ASVS 15.2.1]', () => {
  const packages: Record<string, { integrity?: string; hasInstallScript?: boolean; link?: boolean }> =
    read('package-lock.json').packages;
  const others = Object.entries(packages).filter(
    ([path, { link }]) => path.startsWith('node_modules/') && !link,
  );
  expect(others.length).toBeGreaterThan(100);
  expect(
    others.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path),
  ).toEqual([]);
  const { allowScripts, optionalDependencies } = read('package.json');
  const known = [...Object.keys(allowScripts), ...Object.keys(optionalDependencies)];
  const scripted = others.filter(([, one]) => one.hasInstallScript).map(([path]) => path.slice(13));
  expect(scripted.filter((name) => !known.includes(name))).toEqual([]);
  expect(Object.values(allowScripts)).not.toContain(true);
});

test('the versions of Node that run it are named, and one past its end of life is told of [K-08]', () => {
  expect([read('package.json').engines.node, read('packages/server/package.json').engines.node]).toEqual([
    '>=20.19',
    '>=20.19',
  ]);
  const told: string[] = [];
  const note = (_: object, text: string) => void told.push(text);
  warnOfOldNode({ info: note, warn: note, error: note, request: () => {} });
  expect(told.length).toBe(Number(process.versions.node.split('.')[0]) < 22 ? 1 : 0);
});

test('the SQLite inside has the repair of its write-ahead log, 3.51.3 [K-12]', () => {
  const database = new DatabaseSync(':memory:');
  const { version } = database.prepare('select sqlite_version() as version').get() as { version: string };
  database.close();
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  expect(major * 1e6 + minor * 1e3 + patch, version).toBeGreaterThanOrEqual(3_051_003);
});

test('what is published is the program alone: no sources, tests or history [ASVS 13.4.1]', () => {
  expect(read('packages/server/package.json').files).toEqual(['bin', 'dist']);
});
