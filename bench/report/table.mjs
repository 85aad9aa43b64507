// Results as Markdown tables.

import { PEERS } from '../peers/all.mjs';
import { rawHashes } from '../peers/raw.mjs';
import { LOAD_CASES } from '../scenarios/load.mjs';
import { medianOf, megabytes, rateRatio, rounded } from './figures.mjs';
import { verdictsOf } from './targets.mjs';

/** @typedef {import('./figures.mjs').Results} Results */

/** @param {string[][]} rows the first is the head @returns {string} */
export function markdown([head = [], ...rows]) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** The systems these results have, in the order of the table. @param {Results} results @param {readonly string[]} ids */
function columnsOf(results, ids) {
  const present = ids.flatMap((id) => Object.keys(results.cases[id]?.systems ?? {}));
  return [...PEERS, rawHashes].filter(({ name }) => present.includes(name));
}

const loadIds = LOAD_CASES.map(({ id }) => id);
const isLoad = (/** @type {string} */ id) => loadIds.includes(id);

/**
 * A row a case, a column a system.
 * @param {Results} results
 * @param {(systems: import('./figures.mjs').Systems, name: string) => string} cell
 */
function loadTable(results, cell) {
  const columns = columnsOf(results, loadIds);
  const measured = LOAD_CASES.filter(({ id }) => results.cases[id] !== undefined);
  const rows = measured.map(({ id, title }) => {
    const systems = results.cases[id]?.systems ?? {};
    return [title, ...columns.map(({ name }) => (systems[name] === undefined ? '' : cell(systems, name)))];
  });
  return markdown([['', ...columns.map(({ title }) => title)], ...rows]);
}

/** @param {import('./figures.mjs').Systems} systems @param {string} name */
function rateCell(systems, name) {
  const rate = rounded(medianOf(systems[name], (round) => round.perSecond));
  const failed = (systems[name] ?? []).reduce((sum, round) => sum + (round.refused?.count ?? 0), 0);
  const note = failed > 0 ? `, ${failed} failed` : '';
  if (name === 'latchkey') return `**${rate}**${note}`;
  return `${rate} (${rounded(rateRatio(systems, name, 'latchkey'))}x)${note}`;
}

/** @param {import('./figures.mjs').Systems} systems @param {string} name */
function latencyCell(systems, name) {
  const of = (/** @type {'p50' | 'p99'} */ which) =>
    rounded(medianOf(systems[name], (round) => round.good?.[which]));
  return name === rawHashes.name ? '' : `${of('p50')} / ${of('p99')}`;
}

/** @param {import('./figures.mjs').Systems} systems @param {string} name */
const cpuCell = (systems, name) =>
  name === rawHashes.name ? '' : rounded(medianOf(systems[name], (round) => round.cpuMilliseconds));

/** A row a system. @param {Results} results @param {string} id @param {string[]} head @param {(rounds: any[]) => string[]} cells */
function systemTable(results, id, head, cells) {
  const systems = results.cases[id]?.systems;
  if (systems === undefined) return 'Not measured.';
  const rows = columnsOf(results, [id]).map(({ name, title }) => [title, ...cells(systems[name] ?? [])]);
  return markdown([['', ...head], ...rows]);
}

/** @param {any[]} rounds */
function neighbourCells(rounds) {
  const of = (/** @type {(round: any) => number} */ read) => rounded(medianOf(rounds, read));
  return [
    of((round) => round.quiet.p99),
    of((round) => round.loud.p99),
    `${of((round) => round.ratio)}x`,
    of((round) => round.loginsPerSecond),
  ];
}

/** @param {'clients40' | 'tenfold'} which */
function floodCells(which) {
  return (/** @type {any[]} */ rounds) => {
    const of = (/** @type {(flood: any) => number} */ read) =>
      rounded(medianOf(rounds, (round) => read(round[which])));
    const statuses = Object.entries(rounds[0]?.[which].statuses ?? {});
    const print = (/** @type {[string, number]} */ [status, count]) => `${count} × ${status}`;
    const unsent = rounds[0]?.[which].unsent ?? 0;
    return [
      `${of((flood) => flood.goodput)} (${of((flood) => flood.ofPeak)}x)`,
      of((flood) => flood.good.p50),
      `${of((flood) => flood.surplus.p50)} / ${of((flood) => flood.surplus.p99)}`,
      [...statuses.map(print), ...(unsent > 0 ? [`${unsent} never sent`] : [])].join(', '),
      `${of((flood) => flood.health.p50)} / ${of((flood) => flood.health.p99)}`,
      `${of((flood) => flood.recoveredSeconds)} s`,
    ];
  };
}

const NEIGHBOUR_HEAD = ['quiet', 'while 8 clients log in', 'ratio', 'logins/s'];

const FLOOD_HEAD = [
  'logins/s (of the peak)',
  'login p50',
  'refusal p50 / p99',
  'answers by status, first round',
  'health page p50 / p99',
  'normal again after',
];

/** @param {Results} results */
function footprint(results) {
  const starts = results.cases.start?.systems ?? {};
  const memory = results.cases.memory?.systems ?? {};
  const columns = columnsOf(results, ['start', 'memory']);
  const rows = columns.map(({ name, title }) => [
    title,
    `${rounded(medianOf(starts[name], (round) => round.milliseconds))} ms`,
    megabytes(medianOf(memory[name], (round) => round.idle)),
    megabytes(medianOf(memory[name], (round) => round.loaded)),
  ]);
  return markdown([['', 'start to first 200', 'memory idle', 'memory after the run'], ...rows]);
}

/** @param {Results} results */
function targets(results) {
  const word = (/** @type {boolean | undefined} */ reached) =>
    reached === undefined ? '–' : reached ? 'reached' : '**not reached**';
  const rows = verdictsOf(results).map(({ what, needed, measured, reached }) => [
    what,
    needed,
    measured,
    word(reached),
  ]);
  return markdown([['target', 'needed', 'measured', ''], ...rows]);
}

/** @param {Results} results */
function machines(results) {
  const seen = new Map();
  for (const [id, { date, machine }] of Object.entries(results.cases)) {
    const key = `${date.slice(0, 10)}: ${Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`;
    seen.set(key, [...(seen.get(key) ?? []), id]);
  }
  return [...seen].map(([key, ids]) => `- ${key} (${ids.join(', ')})`).join('\n');
}

const POSTGRES = 'postgres-';

/** @param {Results} results */
function postgresTable(results) {
  const rows = Object.entries(results.cases)
    .filter(([id]) => id.startsWith(POSTGRES))
    .map(([id, { systems }]) => {
      const rate = (/** @type {string} */ name) =>
        rounded(medianOf(systems[name], (round) => round.perSecond));
      const cpu = (/** @type {string} */ name) =>
        rounded(medianOf(systems[name], (round) => round.cpuMilliseconds));
      const ratio = `${rateRatio(systems, 'two', 'one').toFixed(2)}x`;
      return [id.slice(POSTGRES.length), rate('one'), rate('two'), ratio, `${cpu('one')} / ${cpu('two')}`];
    });
  return markdown([['', 'one instance', 'two', 'ratio', 'CPU ms an answer, one / two'], ...rows]);
}

/** @param {Results} results */
function longTable(results) {
  const rounds = results.cases.long?.systems.latchkey ?? [];
  const of = (/** @type {(round: any) => number} */ read) => rounded(medianOf(rounds, read));
  const size = (/** @type {(round: any) => number} */ read) => megabytes(medianOf(rounds, read));
  const [{ sessions = 0, rotations = 0, overHttp = 0 } = {}] = rounds;
  const count = (/** @type {number} */ value) => value.toLocaleString('en-US');
  return markdown([
    ['', 'p50, empty database', 'p50, this one', 'ratio', 'file'],
    [
      `${count(sessions)} sessions`,
      of((round) => round.before.empty.p50),
      of((round) => round.before.full.p50),
      `${of((round) => round.before.slower)}x`,
      size((round) => round.bytesBefore),
    ],
    [
      `after ${count(rotations)} rotations, ${count(overHttp)} of them over HTTP`,
      of((round) => round.empty.p50),
      of((round) => round.full.p50),
      `${of((round) => round.slower)}x`,
      size((round) => round.bytesAfter),
    ],
  ]);
}

/** A heading, the cases it is about, its text. @type {[string, (id: string) => boolean, (results: Results) => string][]} */
const SECTIONS = [
  ['Targets', () => true, targets],
  [
    'Good answers a second (and how many times Latchkey’s)',
    isLoad,
    (results) => loadTable(results, rateCell),
  ],
  ['Latency in milliseconds, p50 / p99', isLoad, (results) => loadTable(results, latencyCell)],
  ['CPU time of the server in milliseconds, a good answer', isLoad, (results) => loadTable(results, cpuCell)],
  [
    'Noisy neighbour: a GET 100 times a second, p99 in milliseconds',
    (id) => id === 'neighbour',
    (results) => systemTable(results, 'neighbour', NEIGHBOUR_HEAD, neighbourCells),
  ],
  [
    'Login flood, 40 clients without pause (milliseconds)',
    (id) => id === 'flood',
    (results) => systemTable(results, 'flood', FLOOD_HEAD, floodCells('clients40')),
  ],
  [
    'Login flood, ten times the peak rate whatever comes back (milliseconds)',
    (id) => id === 'flood',
    (results) => systemTable(results, 'flood', FLOOD_HEAD, floodCells('tenfold')),
  ],
  ['Start and memory', (id) => id === 'start' || id === 'memory', footprint],
  ['A big table: refresh, 1 connection (milliseconds)', (id) => id === 'long', longTable],
  ['PostgreSQL, good answers a second', (id) => id.startsWith(POSTGRES), postgresTable],
  ['Measured', () => true, machines],
];

/** All that is printed and written into the documents. @param {Results} results */
export function tables(results) {
  const ids = Object.keys(results.cases);
  return SECTIONS.filter(([, isAbout]) => ids.some(isAbout))
    .map(([heading, , text]) => `### ${heading}\n\n${text(results)}`)
    .join('\n\n');
}
