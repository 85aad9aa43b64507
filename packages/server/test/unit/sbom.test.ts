import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly unknown[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

interface Locked {
  readonly version: string;
  readonly integrity: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

function billOfMaterials() {
  const file = join(tmpdir(), `latchkey-${process.pid}.cdx.json`);
  try {
    execFileSync(process.execPath, ['scripts/sbom.mjs', file], { cwd: ROOT });
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    rmSync(file, { force: true });
  }
}

/** What `npm ci --omit=dev` may install, by the lock file. The databases of the tests are optional, and ours alone. */
function runtimePackages(): Map<string, Locked> {
  const locked: Record<string, Locked> = JSON.parse(
    readFileSync(`${ROOT}package-lock.json`, 'utf8'),
  ).packages;
  const others = Object.entries(locked).filter(
    ([path, { dev, link }]) =>
      path.includes('node_modules/') && !dev && !link && !path.includes('@embedded-'),
  );
  return new Map(
    others.map(([path, one]) => [`${path.replace(/^.*node_modules\//, '')}@${one.version}`, one]),
  );
}

const hexOf = (integrity: string) => Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');

test('the bill of materials has each package that is installed, with version, licence and hash [K-07, ASVS 15.1.2]', {
  timeout: 60_000,
}, () => {
  const bill = billOfMaterials();
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'latchkey' } } });
  expect(bill.serialNumber).toMatch(/^urn:uuid:/);
  const components: readonly Component[] = bill.components;
  const hashes = new Map(components.map((one) => [`${one.name}@${one.version}`, one.hashes[0]?.content]));
  const installed = runtimePackages();
  expect(installed.size).toBeGreaterThan(150);
  for (const [name, { integrity }] of installed) expect(hashes.get(name), name).toBe(hexOf(integrity));
  for (const one of components) {
    expect(one.purl).toMatch(/^pkg:npm\//);
    expect(one.licenses.length, one.name).toBeGreaterThan(0);
  }
  // Beyond what is installed there is what was built in, and nothing else: no compiler, no tests.
  const more = components.filter((one) => !installed.has(`${one.name}@${one.version}`));
  expect(more.filter(({ properties }) => properties.length === 0).map(({ name }) => name)).toEqual([]);
});

test('what is built in is marked in it, and its licences are in what is published', () => {
  const notice = (what: string) => readFileSync(`${ROOT}packages/server/dist/THIRD-PARTY-${what}.md`, 'utf8');
  for (const name of ['fastify', 'kysely', 'pino', 'commander', 'ajv'])
    expect(notice('program')).toMatch(new RegExp(`^## ${name} \\d`, 'm'));
  for (const name of ['react', 'react-dom', '@mantine/core', '@tanstack/react-query'])
    expect(notice('pages')).toMatch(new RegExp(`^## ${name} \\d`, 'm'));
  const sections = ['program', 'pages'].flatMap((what) => notice(what).split(/^## /m).slice(1));
  expect(sections.filter((text) => !/copyright/i.test(text)).map((text) => text.split('\n')[0])).toEqual([]);
  expect(readFileSync(`${ROOT}packages/server/dist/LICENSE`, 'utf8')).toContain('MIT License');
});
