import { type JudgedRequirement, judgedRequirements } from './asvs.ts';
import { CATALOGUE, type JudgedCase, judgedCases } from './cases.ts';
import type { NamedTest } from './titles.ts';

const INTRODUCTION = `# Attacks and requirements

This page is printed by \`npm run attacks:page\` from the titles of the tests; a test fails when it is out of date. What
Latchkey does and does not have is told in [SECURITY.md](../SECURITY.md).

- **Cases** are those of a catalogue of attacks. A test says in its title which cases it is about, \`[J-01]\`. A case without
  a test has the reason here, and so has what a test leaves out.
- **Requirements** are those of OWASP ASVS 5.0, levels 1 and 2.

\`npm run test:attacks\` runs the tests that name a case or a requirement, and compares what ran and passed with this page.
\`latchkey audit-config\` says what in the settings of a server breaks which requirement.

## What holds for every case

The tests of the server run in a world that holds every exchange to these (\`test/support/oracles.ts\`):

| | |
|---|---|
| O1 | no answer is a 5xx, but for a 503 in our own words |
| O2 | afterwards the server answers \`/healthz\` within 100 ms |
| O3 | no answer has a stack, SQL, a path or a stored hash |
| O4 | a body is what its Content-Type says |
| O5 | the log has none of the passwords and tokens that were used, and no stored hash |
| O6 | an exchange does not hold the event loop up: 50 ms where a test is about cost, a second everywhere |
| O7 | where nothing may happen, no row of any table changes (\`expectNothingHappened\`) |
`;

/** A cell of a table. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\\n', '\\\\n');

const where = ({ file, title }: NamedTest) => `[${file}](../packages/server/test/${file}): ${title}`;

function stateOf({ tests, reason }: JudgedCase): string {
  if (tests.length === 0) return 'not applicable yet';
  return reason === undefined ? 'tested' : 'tested in part';
}

function caseRow(one: JudgedCase): string {
  const words = one.reason === undefined ? [] : [one.reason];
  return `| ${one.id} | ${cell(one.title)} | ${stateOf(one)} | ${cell([...one.tests.map(where), ...words].join('<br>'))} |`;
}

function sectionOf(id: string, name: string, cases: readonly JudgedCase[]): string {
  const own = cases.filter(({ section }) => section === id);
  const rows = own.some(({ tests }) => tests.length > 0)
    ? [
        '| id | what is tried | state | tests, and what is left out |',
        '|---|---|---|---|',
        ...own.map(caseRow),
      ]
    : [`${own[0]?.reason} Its cases: ${own.map((one) => one.id).join(', ')}.`];
  return [`### ${name}`, '', ...rows, ''].join('\n');
}

function requirementState({ tested, tests, answer }: JudgedRequirement): string {
  if (answer?.state === 'open') return 'open';
  if (tested.length + tests.length > 0) return 'tested';
  return answer?.state === 'place' ? 'in place' : 'not applicable';
}

function requirementRow(one: JudgedRequirement): string {
  const words = one.answer === undefined ? [] : [one.answer.words];
  const cases = one.tested.length === 0 ? [] : [one.tested.join(', ')];
  const proof = [...cases, ...one.tests.map(where), ...words].join('<br>');
  return `| ${one.id} | ${one.level} | ${cell(one.title)} | ${requirementState(one)} | ${cell(proof)} |`;
}

/** How many there are of each, as a sentence has it. */
function counted(states: readonly string[]): string {
  const names = [...new Set(states)].sort();
  return names.map((name) => `${name} ${states.filter((one) => one === name).length}`).join(', ');
}

/** docs/security.md, as it follows from the titles of the tests. */
export function securityPage(tests: readonly NamedTest[]): string {
  const cases = judgedCases(tests);
  const requirements = judgedRequirements(tests);
  return [
    INTRODUCTION,
    '## Cases',
    '',
    `${cases.length} cases: ${counted(cases.map(stateOf))}.`,
    '',
    ...Object.entries(CATALOGUE.sections).map(([id, name]) => sectionOf(id, name, cases)),
    '## ASVS 5.0',
    '',
    `${requirements.length} requirements: ${counted(requirements.map(requirementState))}. Files without a folder are below`,
    '`packages/server/src`.',
    '',
    '| id | level | requirement, in brief | state | cases, tests, or where |',
    '|---|---|---|---|---|',
    ...requirements.map(requirementRow),
    '',
  ].join('\n');
}
