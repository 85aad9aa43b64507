// npm run test:attacks [file…]: the tests that name a case of the catalogue or a requirement, and whether what
// docs/security.md says is tested did run and pass.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './steps.mjs';

const NAMED = '\\[([A-Z]-[0-9][0-9]|ASVS )';
const ID = /[A-Z]-\d\d|ASVS \d+\.\d+\.\d+/g;

const parameters = process.argv.slice(2);
const isWhole = parameters.length === 0;
const file = join(tmpdir(), `latchkey-attacks-${process.pid}.json`);
const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
let passed = run(['vitest', 'run', '-t', NAMED, ...reports, ...parameters]);

const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testResults : [];
rmSync(file, { force: true });
const idsOf = (name) => [...name.matchAll(/\[[^\]]*\]/g)].flatMap(([list]) => list.match(ID) ?? []);
const counts = new Map();
for (const { fullName, status } of results.flatMap(({ assertionResults }) => assertionResults)) {
  for (const id of idsOf(fullName)) {
    const count = counts.get(id) ?? { passed: 0, failed: 0 };
    if (status === 'passed' || status === 'failed') count[status] += 1;
    counts.set(id, count);
  }
}

/** What the page says is tested by a test of its own: cases, and requirements that tests name. */
const page = readFileSync(new URL('../docs/security.md', import.meta.url), 'utf8');
const promised = [...page.matchAll(/^\| ([A-Z]-\d\d) \| .* \| tested(?: in part)? \| /gm)].map(
  ([, id]) => id,
);
const failed = [...counts].filter(([, count]) => count.failed > 0).map(([id]) => id);
const missing = isWhole ? promised.filter((id) => (counts.get(id)?.passed ?? 0) === 0) : [];
const whole = promised.filter((id) => (counts.get(id)?.passed ?? 0) > 0 && !failed.includes(id));
console.log(`${whole.length} of the ${promised.length} cases that docs/security.md calls tested passed.`);
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
if (missing.length > 0) console.log(`did not run: ${missing.join(', ')}`);
passed &&= missing.length === 0;
process.exit(passed ? 0 : 1);
