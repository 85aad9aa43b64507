import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { faultsOfRequirements } from '../attacks/asvs.ts';
import { ANSWERS } from '../attacks/asvs-answers.ts';
import { faultsOf } from '../attacks/cases.ts';
import { securityPage } from '../attacks/page.ts';
import { PARTS_LEFT_OUT, REASONS } from '../attacks/reasons.ts';
import { allNamedTests, namedTests } from '../attacks/titles.ts';

const tests = allNamedTests();
const root = new URL('../../../../', import.meta.url);

test('every case of the catalogue has a test, or the reason why it has none', () => {
  expect(tests.length).toBeGreaterThan(200);
  expect(faultsOf(tests)).toEqual([]);
});

test('every requirement of ASVS, level 1 and 2, has a test, a place or a reason', () => {
  expect(faultsOfRequirements(tests)).toEqual([]);
});

test('docs/security.md is what the titles of the tests print (npm run attacks:page)', () => {
  expect(readFileSync(new URL('docs/security.md', root), 'utf8')).toBe(securityPage(tests));
});

test('a case that loses its last test is told of, and so is an id that is no case', () => {
  const without = tests.filter(({ ids }) => !ids.includes('J-01'));
  expect(faultsOf(without)).toContainEqual(expect.stringMatching(/^J-01 .*neither a test nor a reason$/));
  const odd = { file: 'x.test.ts', title: 'x', ids: ['J-99', 'ASVS 99.9.9'] };
  expect(faultsOf([...tests, odd])).toEqual(['J-99 is no case']);
  expect(faultsOfRequirements([...tests, odd])).toEqual(['ASVS 99.9.9 is no requirement of level 1 or 2']);
});

test('titles are read in every kind of quotes, with several ids, and nothing else is', () => {
  const source = `test('one [J-01]', f); describe("it's two [R-02, ASVS 7.4.1]", f); test(\`three [L-03] [K-04]\`, f);
    // of J-05, (J-06) and [J-07]
    expect(list[0]).toBe('J-08');`;
  expect(namedTests('a.test.ts', source).map(({ title, ids }) => [title, ...ids])).toEqual([
    ['one', 'J-01'],
    ["it's two", 'R-02', 'ASVS 7.4.1'],
    ['three', 'L-03', 'K-04'],
  ]);
});

test('every file that an answer or a reason names is there', () => {
  const texts = [
    ...Object.values(ANSWERS).map(({ words }) => words),
    ...Object.values(REASONS),
    ...Object.values(PARTS_LEFT_OUT),
  ];
  const named = texts.flatMap((text) => [...text.matchAll(/`((?:\w[\w-]*\/)[\w./-]*)`|\]\(([^)]+)\)/g)]);
  const paths = named.map(([, code = '', link]) =>
    link !== undefined
      ? `docs/${link}`
      : /^(contract|packages)\//.test(code)
        ? code
        : `packages/server/${code.startsWith('test/') ? '' : 'src/'}${code}`,
  );
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});
