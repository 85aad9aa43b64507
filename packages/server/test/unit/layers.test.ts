import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { percentile, sizesOf } from '../support/sizes.ts';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name: name.replaceAll('\\', '/'), text: readFileSync(join(SRC, name), 'utf8') }));

type Layer = 'config' | 'domain' | 'adapters' | 'http' | 'jobs' | 'roots';

/** The arrow of ARCHITECTURE.md: who may import whom. The roots are where all meet. */
const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[]>> = {
  config: ['config'],
  domain: ['domain', 'config'],
  adapters: ['adapters', 'domain', 'config'],
  http: ['http', 'domain', 'config'],
  jobs: ['jobs', 'domain', 'config'],
  roots: ['roots', 'adapters', 'http', 'jobs', 'domain', 'config'],
};

function layerOf(name: string): Layer {
  const [folder = ''] = name.split('/');
  const files = [
    'config.ts',
    'settings.ts',
    'setting.ts',
    'setting-files.ts',
    'setting-readers.ts',
    'database-settings.ts',
    'mail-settings.ts',
    'secret.ts',
    'weak-keys.ts',
  ];
  if (files.includes(name)) return 'config';
  return folder === 'domain' || folder === 'adapters' || folder === 'http' || folder === 'jobs'
    ? folder
    : 'roots';
}

/** Packages that compute and nothing else, which the domain may use. */
const PURE = [
  '@node-rs/argon2',
  '@zxcvbn-ts/language-common',
  'bcrypt',
  'bowser',
  'node:buffer',
  'node:crypto',
  'node:url',
];

function importsOf(text: string): string[] {
  return ts.preProcessFile(text).importedFiles.map((file) => file.fileName);
}

const target = (name: string, specifier: string) =>
  relative(SRC, normalize(join(SRC, dirname(name), specifier))).replaceAll('\\', '/');

describe('SQL', () => {
  test('is never put together from texts outside the migrations [S-05]', () => {
    const raw = FILES.filter(({ name, text }) => !name.includes('/migrations/') && /\bsql\.raw\(/.test(text));
    expect(raw.map(({ name }) => name)).toEqual([]);
  });
});

describe('the arrow', () => {
  test.each(FILES)('$name imports only what its layer may', ({ name, text }) => {
    const imports = importsOf(text).filter((specifier) => specifier.startsWith('.'));
    const layers = imports.map((specifier) => layerOf(target(name, specifier)));
    expect(MAY_IMPORT[layerOf(name)]).toEqual(expect.arrayContaining([...new Set(layers)]));
  });

  test('the domain uses pure packages alone [ASVS 11.2.1]', () => {
    const domain = FILES.filter(({ name }) => layerOf(name) === 'domain');
    const packages = domain
      .flatMap(({ text }) => importsOf(text))
      .filter((specifier) => !specifier.startsWith('.'));
    expect(PURE).toEqual(expect.arrayContaining([...new Set(packages)]));
  });
});

test('prom-client is loaded by adapters/metrics alone, and that only when metrics are on', () => {
  const isMetrics = (name: string) => name.startsWith('adapters/metrics/');
  // A type is not loaded.
  const others = FILES.filter(({ name }) => !isMetrics(name)).map(({ name, text }) => ({
    name,
    text: text.replaceAll(/^import type .*$/gm, ''),
  }));
  const early = others.filter(({ text }) =>
    /\bfrom '(prom-client|[^']*adapters\/metrics\/[^']*)'/.test(text),
  );
  expect(early.map(({ name }) => name)).toEqual([]);
  const late = others.filter(({ name, text }) => importsOf(text).some((one) => isMetrics(target(name, one))));
  expect(late.map(({ name }) => name).sort()).toEqual(['cli/workers.ts', 'metrics.ts']);
});

test('ioredis is loaded by adapters/redis alone, and that only with REDIS_URL', () => {
  const isRedis = (name: string) => name.startsWith('adapters/redis/');
  const others = FILES.filter(({ name }) => !isRedis(name));
  const early = others.filter(({ text }) =>
    /^import (?!type\b).*from '(ioredis|[^']*adapters\/redis\/[^']*)'/m.test(text),
  );
  expect(early.map(({ name }) => name)).toEqual([]);
});

describe('the domain', () => {
  const domain = FILES.filter(({ name }) => layerOf(name) === 'domain');

  test('reads no clock, throws no dice and waits for no timer by itself [K-09]', () => {
    const forbidden =
      /Date\.now|new Date\(|setTimeout|setInterval|Math\.random|randomBytes|randomUUID|process\.env/;
    expect(domain.filter(({ text }) => forbidden.test(text)).map(({ name }) => name)).toEqual([]);
  });

  test('shadows the outer store in every transaction, so that nothing can slip out of it', () => {
    const calls = domain.flatMap(({ name, text }) =>
      [...text.matchAll(/\.transaction\(([^)]*)\)/g)].map((call) => `${name}: ${call[1]}`),
    );
    expect(calls.length).toBeGreaterThan(4);
    expect(calls.filter((call) => !/: async \(store$/.test(call))).toEqual([]);
  });

  test('does no slow work inside a transaction', () => {
    const inside = domain.flatMap(({ name, text }) =>
      [...text.matchAll(/\.transaction\(async \(store\) => \{([\s\S]*?)\n {2}\}\)/g)].map(
        (body) => `${name}${body[1]}`,
      ),
    );
    expect(inside.length).toBeGreaterThan(4);
    expect(inside.filter((body) => /passwords\.|hash\(|\bapp\.store|\bouter\b/.test(body))).toEqual([]);
  });
});

test('statuses of refusals are chosen in http/refusals.ts alone', () => {
  const statusOfRefusal = /\b(answer|status)\((40\d|41\d|42\d|50\d)\b/;
  const others = FILES.filter(({ name }) => name !== 'http/refusals.ts').filter(({ text }) =>
    statusOfRefusal.test(text),
  );
  expect(others.map(({ name }) => name)).toEqual([]);
});

describe('sizes', () => {
  const { files, functions } = sizesOf(FILES);

  test('files stay small', () => {
    expect(percentile(files, 0.5)).toBeLessThanOrEqual(80);
    expect(percentile(files, 0.9)).toBeLessThanOrEqual(250);
    expect(Math.max(...files)).toBeLessThanOrEqual(400);
  });

  test('functions stay small', () => {
    const lengths = functions.map(({ lines }) => lines);
    expect(percentile(lengths, 0.5)).toBeLessThanOrEqual(10);
    expect(percentile(lengths, 0.9)).toBeLessThanOrEqual(40);
    expect(functions.filter(({ lines }) => lines > 80)).toEqual([]);
  });
});
