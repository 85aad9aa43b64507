import { type DayOverview, overview } from '../../../domain/admin/overview/overview.ts';
import { done } from '../../../domain/outcome.ts';
import { ISO_OR_NULL, iso } from '../../iso.ts';
import { wholeNumber } from '../../query.ts';
import { operation, type Route, staffOf } from '../../route.ts';

const DAY_EXAMPLE = {
  day: '2026-01-05',
  sign_ups: 12,
  logins_ok: 340,
  logins_failed: 25,
  refreshes: 5200,
  reuse: 1,
  users: 4021,
  active_sessions: 1800,
};

const EXAMPLE = {
  totals: { users: 4021, active_sessions: 1800, counted_at: '2026-01-05T09:00:00.000Z' },
  hash_queue: { running: 1, waiting: 0 },
  days: [DAY_EXAMPLE],
};

const number = { type: 'integer' };
const level = { type: ['integer', 'null'], description: 'When it was counted last that day' };

const SCHEMA = {
  type: 'object',
  required: Object.keys(EXAMPLE),
  properties: {
    totals: {
      type: 'object',
      required: Object.keys(EXAMPLE.totals),
      properties: {
        users: number,
        active_sessions: { ...number, description: 'Neither ended nor expired' },
        counted_at: {
          ...ISO_OR_NULL,
          description: 'Now, unless there is too much to count at once; null before the first count of that',
        },
      },
    },
    hash_queue: {
      type: 'object',
      required: Object.keys(EXAMPLE.hash_queue),
      properties: { running: number, waiting: number },
      description: 'Passwords that are being hashed, in the process that answers',
    },
    days: {
      type: 'array',
      description: 'The oldest first; the last is today, UTC',
      items: {
        type: 'object',
        required: Object.keys(DAY_EXAMPLE),
        properties: {
          day: { type: 'string', format: 'date' },
          sign_ups: number,
          logins_ok: number,
          logins_failed: number,
          refreshes: number,
          reuse: { ...number, description: 'Refresh tokens that came again; their sessions were ended' },
          users: level,
          active_sessions: level,
        },
      },
    },
  },
};

function toDay({ at, users, active_sessions, ...counts }: DayOverview) {
  const day = iso(at)?.slice(0, 10);
  return { day, ...counts, users: users ?? null, active_sessions: active_sessions ?? null };
}

const USUAL_DAYS = 30;

/** GET /api/admin/overview/: what happened lately, in numbers. */
export const adminOverviewRoute: Route = {
  path: '/api/admin/overview/',
  chapter: 'Admin',
  name: 'Admin Overview',
  description: 'What happened lately, in numbers by day.',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'Show how much happened on each of the last days, and what there is now',
      staff: 'view_user',
      query: { days: wholeNumber(`How many days, today included; ${USUAL_DAYS} when not given`, 1, 366) },
      success: { status: 200, schema: SCHEMA, example: EXAMPLE },
      refusals: [],
      handle: async (call) => {
        const found = await overview(call.app, staffOf(call), call.query.days ?? USUAL_DAYS);
        const { countedAt, ...totals } = found.totals;
        return done({
          totals: { ...totals, counted_at: iso(countedAt) },
          hash_queue: found.hashQueue,
          days: found.days.map(toDay),
        });
      },
    }),
  },
};
