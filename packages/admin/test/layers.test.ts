import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { percentile, sizesOf } from '../../server/test/support/sizes.ts';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name: name.replaceAll('\\', '/'), text: readFileSync(join(SRC, name), 'utf8') }));

/** The two pages know nothing of each other, and what they share knows neither. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  account: ['account', 'shared'],
  admin: ['admin', 'shared'],
  shared: ['shared'],
};

const folderOf = (name: string) => name.split('/')[0] ?? '';

const importsOf = (text: string) => ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);

test('a page imports itself, what is shared, and packages', () => {
  const wrong = FILES.flatMap(({ name, text }) =>
    importsOf(text)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => relative(SRC, normalize(join(SRC, dirname(name), specifier))).replaceAll('\\', '/'))
      .filter((target) => !MAY_IMPORT[folderOf(name)]?.includes(folderOf(target)))
      .map((target) => `${name} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

/** What a file imports as it is loaded; `import()` and types come later, or never. */
const loadedBy = (text: string) =>
  [...text.matchAll(/^(?:import|export)\s(?!type\s)(?:[^'";]*?\sfrom\s)?'([^']+)'/gm)].flatMap(
    ([statement, specifier = '']) => (/\{\s*(?:type\s[^,}]+,?\s*)+\}/.test(statement) ? [] : [specifier]),
  );

/** The packages that come with a file and all it imports. */
function packagesOf(name: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const text = FILES.find((file) => file.name === name)?.text ?? '';
  return loadedBy(text).flatMap((specifier) => {
    if (!specifier.startsWith('.')) return [specifier];
    return packagesOf(normalize(join(dirname(name), specifier)).replaceAll('\\', '/'), seen);
  });
}

test('the first page of a visitor waits for no React and no Mantine', () => {
  for (const page of ['account', 'admin'])
    expect([...new Set(packagesOf(`${page}/main.ts`))], page).toEqual(['latchkey-client']);
  expect(packagesOf('admin/site.tsx')).toContain('@mantine/core');
});

test('nothing is put into a page as HTML, and no code is made at run time', () => {
  const dangerous =
    /dangerouslySetInnerHTML|\.(inner|outer)HTML\b|insertAdjacentHTML|\beval\(|new Function\(/;
  expect(FILES.filter(({ text }) => dangerous.test(text)).map(({ name }) => name)).toEqual([]);
});

describe('sizes', () => {
  const { files, functions } = sizesOf(FILES);

  test('files stay small', () => {
    expect(percentile(files, 0.5)).toBeLessThanOrEqual(80);
    expect(percentile(files, 0.9)).toBeLessThanOrEqual(250);
    expect(Math.max(...files)).toBeLessThanOrEqual(400);
  });

  test('functions stay small', () => {
    expect(functions.filter(({ lines }) => lines > 80)).toEqual([]);
  });
});
