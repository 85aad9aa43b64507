import type { ContractCase, ExpectedResponse } from './case.ts';
import { compareAnswer, describeDifferences, differencesOf } from './compare.ts';
import type { ListedDifference } from './differences.ts';
import { escapedForRegExp, renameIn } from './names.ts';
import type { WireAnswer } from './send.ts';

/** The row about the case: one that names it, otherwise the longest pattern that fits. */
export function listedFor(name: string, rows: readonly ListedDifference[]): ListedDifference | undefined {
  const fitting = rows.flatMap((row) => {
    return row.cases.filter((pattern) => fits(pattern, name)).map((pattern) => ({ row, pattern }));
  });
  const rank = (pattern: string) => (pattern === name ? Number.POSITIVE_INFINITY : pattern.length);
  // written so that of two equals the first wins
  const best = fitting.reduce<(typeof fitting)[number] | undefined>((one, other) => {
    return one && rank(one.pattern) >= rank(other.pattern) ? one : other;
  }, undefined);
  return best?.row;
}

function fits(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.split('*').map(escapedForRegExp).join('.*')}$`, 's').test(name);
}

/** Names and patterns of the list that no case is looked up by: misspelt, doubled, or their case is gone. */
export function unusedNames(rows: readonly ListedDifference[], cases: readonly ContractCase[]): string[] {
  const used = new Set(cases.map(({ name }) => listedFor(name, rows)));
  return rows.flatMap((row) => {
    if (!used.has(row)) return row.cases;
    return row.cases.filter((pattern) => !cases.some(({ name }) => fits(pattern, name)));
  });
}

/** The case with the statuses that the row says the steps of its set-up have here. */
export function withListedSteps(item: ContractCase, row: ListedDifference): ContractCase {
  const steps = item.given?.steps?.map((step, index) => {
    const status = row.steps[String(index + 1)];
    return status === undefined ? step : { ...step, status };
  });
  return steps ? { ...item, given: { ...item.given, steps } } : item;
}

/**
 * What is wrong with the row: the answer is not the one it promises, or no longer differs from the expected one (give
 * the case after `applyRules`). Undefined when the row is right.
 */
export function checkListed(
  item: ContractCase,
  answer: WireAnswer,
  row: ListedDifference,
): string | undefined {
  // a step that answers otherwise than recorded is a difference too: playing the case has seen it
  if (differencesOf(item, answer).length === 0 && Object.keys(row.steps).length === 0) {
    return `${item.name} is listed in docs/differences.md (${row.reason}), but answers as the original does: remove it`;
  }
  const wrong = compareAnswer(listedResponse(item, row), answer);
  if (wrong.length === 0) return undefined;
  return `${item.name} does not answer as docs/differences.md says (${row.reason}):\n${describeDifferences(wrong)}`;
}

/**
 * What the row promises. A row without a status is about its headers or mails only, all else is as recorded. A row with one
 * replaces the body; the headers stay unless another status, or JSON for a page, changes what they should be.
 */
function listedResponse(item: ContractCase, row: ListedDifference): ExpectedResponse {
  const expected = listedAnswer(item, row);
  const { mail } = item.response;
  if (mail === undefined) return expected;
  const { mails = mail.subjects.length } = row;
  return { ...expected, mail: { ...mail, subjects: Array.from({ length: mails }, () => '') } };
}

function listedAnswer(item: ContractCase, row: ListedDifference): ExpectedResponse {
  const recorded = item.response;
  if (row.status === undefined) return { ...recorded, headers: { ...recorded.headers, ...row.headers } };
  const body = row.body === undefined ? {} : { body: renameIn(row.body, item.renaming ?? []) };
  const { status } = row;
  if (status === recorded.status && recorded.body !== '<html>') {
    return { status, headers: { ...recorded.headers, ...row.headers }, ...body };
  }
  return { status, headers: { ...headersOf(row), ...row.headers }, otherHeaders: 'any', ...body };
}

/** What holds for every answer: a challenge on each 401 and nowhere else, and JSON is called JSON. */
function headersOf({ status, body }: ListedDifference): ListedDifference['headers'] {
  const challenge = { 'WWW-Authenticate': status === 401 ? 'Bearer realm="api"' : null };
  const isJson = body !== undefined && body !== '' && body !== '<html>';
  return isJson ? { ...challenge, 'Content-Type': 'application/json' } : challenge;
}
