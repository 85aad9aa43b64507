import { readFileSync } from 'node:fs';
import { ANSWERS, type Answer } from './asvs-answers.ts';
import type { NamedTest } from './titles.ts';

/** A requirement of OWASP ASVS 5.0, level 1 or 2, in brief, with the cases of the catalogue that are about it. */
export interface Requirement {
  readonly id: string;
  readonly level: 1 | 2;
  readonly title: string;
  readonly cases: readonly string[];
}

/** All 253 of the levels 1 and 2. */
export const REQUIREMENTS: readonly Requirement[] = JSON.parse(
  readFileSync(new URL('../fixtures/attacks/asvs.json', import.meta.url), 'utf8'),
);

export interface JudgedRequirement extends Requirement {
  /** the cases that are tested */
  readonly tested: readonly string[];
  /** tests that name the requirement itself */
  readonly tests: readonly NamedTest[];
  readonly answer: Answer | undefined;
}

/** Each requirement with its tests, and with the answer that is written down for it. */
export function judgedRequirements(tests: readonly NamedTest[]): JudgedRequirement[] {
  const tested = new Set(tests.flatMap(({ ids }) => ids));
  return REQUIREMENTS.map((one) => ({
    ...one,
    tested: one.cases.filter((id) => tested.has(id)),
    tests: tests.filter(({ ids }) => ids.includes(`ASVS ${one.id}`)),
    answer: ANSWERS[one.id],
  }));
}

/** What is wrong, a sentence each; nothing when every requirement has a test or an answer. */
export function faultsOfRequirements(tests: readonly NamedTest[]): string[] {
  const known = new Set(REQUIREMENTS.map(({ id }) => id));
  const named = tests.flatMap(({ ids }) => ids).filter((id) => id.startsWith('ASVS '));
  return [
    ...[...Object.keys(ANSWERS), ...named.map((id) => id.slice(5))]
      .filter((id) => !known.has(id))
      .map((id) => `ASVS ${id} is no requirement of level 1 or 2`),
    ...judgedRequirements(tests)
      .filter((one) => one.tested.length + one.tests.length === 0 && one.answer === undefined)
      .map(({ id, title }) => `ASVS ${id} (${title}) has neither a test nor an answer`),
  ];
}
