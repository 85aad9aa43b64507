import { expect } from 'vitest';
import { JOBS } from '../src/jobs/jobs.ts';
import { test } from './support/world.ts';

test('tokens of Django are forgotten when they have expired, and no sooner, blacklisted or not', async ({
  world,
}) => {
  const { db } = world.lent.database;
  const now = world.app.clock.now();
  const token = (jti: string, expires_at: number, blacklisted_at: number | null) => ({
    jti,
    user_id: null,
    expires_at,
    blacklisted_at,
    session_id: null,
  });
  const tokens = [token('dead', now - 1, null), token('black', now - 1, 1), token('live', now + 1_000, 1)];
  await db.insertInto('django_tokens').values(tokens).execute();
  const purge = JOBS.find(({ name }) => name === 'purge expired tokens of Django');
  expect(await purge?.run(world.app)).toBe(2);
  expect(await db.selectFrom('django_tokens').select('jti').execute()).toEqual([{ jti: 'live' }]);
  world.pass(2);
  expect(await purge?.run(world.app)).toBe(1);
});
