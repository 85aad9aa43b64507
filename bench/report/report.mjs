// Writes what was measured: a file of its own, and for a whole run the committed reference and the documents.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { tables } from './table.mjs';

const file = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const RESULTS = file('../results/');
const REFERENCE = file('../results/reference.json');
const DOCUMENT = file('../../docs/performance.md');

/** The figures stand between these two lines. */
const BEGIN = '<!-- figures: written by npm run bench -->';
const END = '<!-- end of the figures -->';

/** @param {import('../options.mjs').Options} options */
function machine({ rounds, seconds }) {
  return {
    cores: availableParallelism(),
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    rounds,
    seconds,
  };
}

/** Four digits are more than these figures are worth. @param {string} _key @param {unknown} value */
const short = (_key, value) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

/** @param {string} path @param {import('./figures.mjs').Results} results */
function save(path, results) {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, short, 1)}\n`);
}

/** @param {string} text */
function writeDocument(text) {
  const document = readFileSync(DOCUMENT, 'utf8');
  const [before, after] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (before < 0 || after < 0) throw new Error('docs/performance.md has lost the marks of its figures');
  writeFileSync(DOCUMENT, `${document.slice(0, before)}${BEGIN}\n\n${text}\n\n${document.slice(after)}`);
}

/** @param {import('../run.mjs').Cases} measured @param {import('../options.mjs').Options} options @param {boolean} isWhole false: it broke off */
export function report(measured, options, isWhole = true) {
  const date = new Date().toISOString();
  const about = { date, machine: machine(options) };
  const cases = Object.fromEntries(
    Object.entries(measured).map(([id, systems]) => [id, { ...about, systems }]),
  );
  console.log(`\n${tables({ cases })}\n`);
  const path = `${RESULTS}${date.replaceAll(':', '-').slice(0, 19)}.json`;
  save(path, { cases });
  console.log(`written to ${path}`);
  if (!options.write || !isWhole) return;
  // Cases that were not measured now stay as they were.
  const kept = existsSync(REFERENCE) ? JSON.parse(readFileSync(REFERENCE, 'utf8')).cases : {};
  const whole = { cases: { ...kept, ...cases } };
  save(REFERENCE, whole);
  writeDocument(tables(whole));
}
