import { sql } from 'kysely';
import { expect } from 'vitest';
import type { AuditEvent, AuditFilter } from '../src/domain/audit/event.ts';
import { JOBS } from '../src/jobs/jobs.ts';
import { loggedIn, test, type World } from './support/world.ts';

const NOBODY = { ip: '', userAgent: '', requestId: '' };
const DAY = 86_400_000;

const names = async ({ app }: World, filter?: AuditFilter) =>
  (await app.store.audit.list(50, filter)).map(({ event }) => event.event);

const changed = (userId: number, actorId?: number): AuditEvent => ({
  event: 'account_changed',
  userId,
  actorId,
  fields: ['bio'],
});

const purge = JOBS.find(({ name }) => name === 'purge old audit events');

test('who logs in and out is actor and target of what is noted, and the reason of the end is [S-09]', async ({
  world,
}) => {
  const { refresh } = await loggedIn(world);
  await world.post('/api/token/blacklist/', { refresh });
  const [ended, opened] = await world.app.store.audit.list(2);
  expect(opened?.event).toMatchObject({ event: 'logged_in', userId: 1, actorId: 1 });
  expect(ended?.event).toMatchObject({ event: 'session_ended', userId: 1, actorId: 1, why: 'logout' });
});

test('events are read by actor, target, kind, time and request, page by page', async ({ world }) => {
  const { audit } = world.app.store;
  for (let i = 1; i <= 5; i += 1)
    await audit.record(changed(i % 2, 7), i * 1000, { ...NOBODY, requestId: `r${i}` });
  await audit.record({ event: 'account_removed', userId: 1 }, 6000, { ...NOBODY, actorId: 8 });
  const times = async (filter: AuditFilter, limit = 50) =>
    (await audit.list(limit, filter)).map(({ at }) => at / 1000);
  expect(await times({})).toEqual([6, 5, 4, 3, 2, 1]);
  expect(await times({ userId: 1 })).toEqual([6, 5, 3, 1]);
  expect(await times({ actorId: 7, userId: 0 })).toEqual([4, 2]);
  expect(await times({ actorId: 8 })).toEqual([6]);
  expect(await times({ event: 'account_removed' })).toEqual([6]);
  expect(await times({ requestId: 'r3' })).toEqual([3]);
  expect(await times({ requestId: '' })).toEqual([]);
  expect(await times({ since: 2000, until: 4000 })).toEqual([3, 2]);
  const [first] = await audit.list(1);
  expect(await times({ before: first?.id }, 2)).toEqual([5, 4]);
  const forward = await audit.listForward(2, { after: (first?.id ?? 0) - 3 });
  expect(forward.map(({ at }) => at / 1000)).toEqual([4, 5]);
});

test('no statement changes an event, and none deletes one of the last four weeks [A-17]', async ({
  world,
}) => {
  const { audit } = world.app.store;
  await audit.record(changed(1), Date.now() - 27 * DAY, NOBODY);
  const { db } = world.lent.database;
  await expect(sql`update audit_events set event = 'nothing'`.execute(db)).rejects.toThrow('never changed');
  await expect(sql`delete from audit_events`.execute(db)).rejects.toThrow('never deleted');
  await expect(audit.purge(Date.now(), 10)).rejects.toThrow('never deleted');
  expect(await names(world)).toEqual(['account_changed']);
});

test('events are purged when they are older than AUDIT_RETENTION_DAYS, and kept for good with 0', async ({
  open,
}) => {
  const world = await open({ AUDIT_RETENTION_DAYS: '30' });
  const now = world.app.clock.now();
  for (const days of [29, 31, 400])
    await world.app.store.audit.record(changed(days), now - days * DAY, NOBODY);
  const forGood = { ...world.app, config: { ...world.app.config, auditRetentionDays: 0 } };
  expect(await purge?.run(forGood)).toBe(0);
  expect(await purge?.run(world.app)).toBe(2);
  expect((await world.app.store.audit.list(9)).map(({ event }) => event.userId)).toEqual([29]);
});
