import { expect } from 'vitest';
import { longestToken } from '../src/domain/tokens/jwt.ts';
import { loggedIn, test } from './support/world.ts';

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

test('a profile that is too long for a token is cut in the token, and the token is accepted', async ({
  world,
}) => {
  await loggedIn(world, 'alice');
  const rocket = '\u{1f680}';
  const profile = { fullName: rocket.repeat(300), bio: rocket.repeat(300) };
  await world.app.store.transaction((store) => store.accounts.change(1, { profile }));
  const { json } = await world.post('/api/token/', { username: 'alice', password: 'Sup3rSecret!x' });
  expect(Math.max(json.access.length, json.refresh.length)).toBeLessThanOrEqual(longestToken);
  const claims = claimsOf(json.access);
  const cut = rocket.repeat(150);
  expect([claims.full_name, claims.bio].sort()).toEqual([cut, rocket.repeat(300)].sort());
  expect((await world.get('/api/dashboard/', { token: json.access })).status).toBe(200);
  const next = await world.post('/api/token/refresh/', { refresh: json.refresh });
  expect(next.status).toBe(200);
  expect((await world.get('/api/dashboard/', { token: next.json.access })).status).toBe(200);
});

test('a profile that just fits is not cut', async ({ world }) => {
  await loggedIn(world, 'alice');
  const profile = { fullName: 'x'.repeat(300), bio: 'y'.repeat(3_000) };
  await world.app.store.transaction((store) => store.accounts.change(1, { profile }));
  const { json } = await world.post('/api/token/', { username: 'alice', password: 'Sup3rSecret!x' });
  expect(claimsOf(json.refresh)).toMatchObject({ full_name: profile.fullName, bio: profile.bio });
});
