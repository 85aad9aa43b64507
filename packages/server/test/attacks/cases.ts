import { readFileSync } from 'node:fs';
import { PARTS_LEFT_OUT, REASONS, SECTION_REASONS } from './reasons.ts';
import type { NamedTest } from './titles.ts';

/** A case of the catalogue: what is tried, in a line. */
export interface AttackCase {
  readonly id: string;
  readonly section: string;
  readonly title: string;
}

interface Catalogue {
  readonly sections: Readonly<Record<string, string>>;
  readonly cases: readonly AttackCase[];
}

/** The catalogue of attacks that Latchkey is held to. */
export const CATALOGUE: Catalogue = JSON.parse(
  readFileSync(new URL('../fixtures/attacks/cases.json', import.meta.url), 'utf8'),
);

/** A case with its tests, or with the reason why it has none. */
export interface JudgedCase extends AttackCase {
  readonly tests: readonly NamedTest[];
  /** why there is no test, or what of the case none is about */
  readonly reason: string | undefined;
}

/** Each case with the tests that name it and what is to be said of it. */
export function judgedCases(tests: readonly NamedTest[]): JudgedCase[] {
  return CATALOGUE.cases.map((one) => {
    const own = tests.filter(({ ids }) => ids.includes(one.id));
    const reason =
      own.length > 0 ? PARTS_LEFT_OUT[one.id] : (REASONS[one.id] ?? SECTION_REASONS[one.section]);
    return { ...one, tests: own, reason };
  });
}

/** What is wrong with tests and reasons, a sentence each; nothing when every case is tested or has its reason. */
export function faultsOf(tests: readonly NamedTest[]): string[] {
  const known = new Set(CATALOGUE.cases.map(({ id }) => id));
  const tested = new Set(tests.flatMap(({ ids }) => ids));
  const reasons = [...Object.keys(REASONS), ...Object.keys(PARTS_LEFT_OUT)];
  return [
    // T is for the tests of reliability, which docs/reliability.md lists; ASVS for requirements.
    ...[...tested].filter((id) => !known.has(id) && !/^(T-|ASVS )/.test(id)).map((id) => `${id} is no case`),
    ...reasons.filter((id) => !known.has(id)).map((id) => `${id} has a reason and is no case`),
    ...Object.keys(REASONS)
      .filter((id) => tested.has(id))
      .map((id) => `${id} is tested: take its reason out of reasons.ts`),
    ...Object.keys(PARTS_LEFT_OUT)
      .filter((id) => !tested.has(id))
      .map((id) => `${id} is not tested at all: its reason belongs to REASONS`),
    ...judgedCases(tests)
      .filter((one) => one.tests.length === 0 && one.reason === undefined)
      .map(({ id, title }) => `${id} (${title}) has neither a test nor a reason`),
  ];
}
