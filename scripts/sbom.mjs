// npm run sbom [file]: lists every package that Latchkey installs or has inside, from the lock file, as CycloneDX.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packagesOfNotice } from './third-party.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = new URL('../packages/server/dist/', import.meta.url);

/** What npm says of the lock file, tools for development and all. It asks nobody. */
function everything() {
  const command = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26, shell: process.platform === 'win32' };
  return JSON.parse(execFileSync('npm', command, options));
}

/** The package with what it needs, and what that needs. @param {Map<string, string[]>} needs @param {string} first */
function reach(needs, first) {
  const found = new Set([first]);
  for (const ref of found) for (const next of needs.get(ref) ?? []) found.add(next);
  return found;
}

/** What is taken in, as the build has noted it: a fix of such a package needs a build of ours. @param {string} what */
function takenInto(what) {
  const notice = new URL(`THIRD-PARTY-${what}.md`, DIST);
  if (!existsSync(notice)) throw new Error('Run npm run build first: it notes which packages are taken in.');
  return new Set(packagesOfNotice(readFileSync(notice, 'utf8')));
}

/** Says where a package is taken in. npm calls it optional when only a build needs it. */
function withPlace(component, inside) {
  const places = Object.keys(inside).filter((what) => inside[what].has(component['bom-ref']));
  const properties = places.map((value) => ({ name: 'latchkey:taken-in', value }));
  return { ...component, scope: places.length > 0 ? 'required' : component.scope, properties };
}

/** @returns {object} the document. Paths on this machine, and marks of development, are not in it. */
function billOfMaterials() {
  const npm = everything();
  const inside = { program: takenInto('program'), pages: takenInto('pages') };
  const own = npm.components.find((one) => one['bom-ref'].startsWith('latchkey@'));
  const kept = reach(new Map(npm.dependencies.map((one) => [one.ref, one.dependsOn])), own['bom-ref']);
  for (const ref of [...inside.program, ...inside.pages]) kept.add(ref);
  const once = new Map(npm.components.map((one) => [one['bom-ref'], one]));
  const components = [...once.values()].filter((one) => one !== own && kept.has(one['bom-ref']));
  return {
    ...npm,
    metadata: {
      ...npm.metadata,
      component: { ...own, name: 'latchkey', type: 'application', properties: [] },
    },
    components: components.map((one) => withPlace(one, inside)),
    dependencies: npm.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map((one) => ({ ...one, dependsOn: one.dependsOn.filter((ref) => kept.has(ref)) })),
  };
}

const [target = 'latchkey.cdx.json'] = process.argv.slice(2);
writeFileSync(target, `${JSON.stringify(billOfMaterials(), null, 2)}\n`);
