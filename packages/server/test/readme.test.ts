import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { test, type World } from './support/world.ts';

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

interface Example {
  readonly command: string;
  readonly printed: string;
}

/** The pairs of a command and its printed answer below "Five requests". */
function examples(): Example[] {
  const chapter = README.split('## Five requests')[1]?.split('\n## ')[0] ?? '';
  return [...chapter.matchAll(/```sh\n([\s\S]*?)```\n```json\n([\s\S]*?)\n```/g)].map(
    ([, command = '', printed = '']) => ({
      command: command.replaceAll('\\\n', ' '),
      printed,
    }),
  );
}

/** What the curl of an example sends, with the shell's variables filled in. */
async function send(world: World, command: string, variables: Record<string, string>) {
  const fill = (text = '') => text.replace(/\$(\w+)/g, (_, name) => variables[name] ?? '');
  const path = /http:\/\/127\.0\.0\.1:8000(\S+)/.exec(command)?.[1] ?? '';
  const token = fill(/Bearer (\$\w+)/.exec(command)?.[1]);
  const body = /-d '([^']*)'|-d "(.*)"/.exec(command);
  const text = fill(body?.[1] ?? body?.[2]?.replaceAll('\\"', '"'));
  const about = token === '' ? {} : { token };
  return body === null ? world.get(path, about) : world.post(path, JSON.parse(text), about);
}

/** The printed answer as a pattern: `…` stands for anything. */
function pattern(printed: string): RegExp {
  const parts = printed.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\w.-]+')}$`);
}

test('the five requests of the README give the answers printed there', async ({ open }) => {
  const world = await open({}, 'dev');
  expect(examples()).toHaveLength(5);
  let variables: Record<string, string> = {};
  for (const { command, printed } of examples()) {
    const reply = await send(world, command, variables);
    expect(reply.text).toMatch(pattern(printed));
    if (command.includes('tee tokens.json'))
      variables = { ACCESS: reply.json.access, REFRESH: reply.json.refresh };
  }
});

test('the claims of the access token are those the README lists', async ({ world }) => {
  await world.post('/api/register/', { username: 'nina', password: 'Sup3rSecret!x' });
  const { json } = await world.post('/api/token/', { username: 'nina', password: 'Sup3rSecret!x' });
  const claims = JSON.parse(Buffer.from(json.access.split('.')[1], 'base64url').toString());
  const listed = /carries `([^`]+)`/.exec(README)?.[1]?.split(', ');
  expect(Object.keys(claims)).toEqual(listed);
});
