import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { signUpLook } from '../src/account/looks.ts';
import { htmlOf } from '../src/shared/markup.ts';
import { LONGEST } from '../src/shared/plain/form-markup.ts';

interface Body {
  readonly properties?: Readonly<Record<string, { readonly maxLength?: number }>>;
}
interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Body }>> };
}

const CONTRACT = new URL('../../../contract/openapi.json', import.meta.url);
const { paths } = JSON.parse(readFileSync(CONTRACT, 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

/** Comes with a link or a thing that was read. */
const NEVER_TYPED = ['token', 'version'];

test('a field takes as much as the server does, and no more', () => {
  const fields = Object.entries(paths)
    // The pages call none of djoser's routes.
    .filter(([path]) => path.startsWith('/api/'))
    .flatMap(([, operations]) => Object.values(operations))
    .flatMap(({ requestBody }) => Object.values(requestBody?.content ?? {}))
    .flatMap(({ schema }) => Object.entries(schema.properties ?? {}))
    .flatMap(([name, { maxLength = 0 }]) => (maxLength > 0 ? [`${name}: ${maxLength}`] : []))
    .filter((field) => !NEVER_TYPED.includes(field.split(':')[0] ?? ''));
  const ours = Object.entries(LONGEST).map(([name, length]) => `${name}: ${length}`);
  expect([...new Set(fields)].toSorted()).toEqual(ours.toSorted());
  expect(htmlOf(signUpLook().content)).toMatch(/<input id="plain-username"[^>]* maxlength="100"/);
});
