import { type Explained, explainForStaff } from '../../../domain/admin/explain.ts';
import { done } from '../../../domain/outcome.ts';
import type { Standing } from '../../../domain/refusals/explain.ts';
import { judgementLines, NOTHING_KNOWN, requestLines } from '../../explanation.ts';
import { iso } from '../../iso.ts';
import { operation, type Route, staffOf } from '../../route.ts';

/** Of the account nothing but who it is and whether it is active. */
function standingBody({ account, session }: Standing) {
  return {
    user: account ? { id: account.id, username: account.username, is_active: account.isActive } : null,
    session: session
      ? { id: session.id, created_at: iso(session.createdAt), ended_at: iso(session.endedAt) }
      : null,
  };
}

function factsOf(explained: Explained) {
  if (explained.kind === 'token') {
    const { reason, reading, standing } = explained.judgement;
    return {
      kind: 'token',
      reason: reason ?? null,
      token: reading,
      ...(standing ? standingBody(standing) : { user: null, session: null }),
    };
  }
  const refusals = explained.story.refusals.map(({ note, standing }) => ({
    at: iso(note.at),
    method: note.method,
    route: note.route,
    reason: note.reason,
    ip: note.ip,
    detail: note.detail,
    ...(standing ? standingBody(standing) : { user: null, session: null }),
  }));
  return { kind: 'request', refusals, events: explained.story.events.map(({ id }) => id) };
}

function linesOf(explained: Explained): readonly string[] {
  if (explained.kind === 'token') return judgementLines(explained.judgement);
  const lines = requestLines(explained.story);
  return lines.length === 0 ? [NOTHING_KNOWN] : lines;
}

const EXAMPLE = {
  lines: [
    'refused  access_token_refused',
    'request  2026-01-05T09:10:00.000Z GET /api/dashboard/ from 203.0.113.7',
    'because  token_expired',
  ],
  facts: { kind: 'request', refusals: [], events: [] },
};

/** POST /api/admin/explain/: why a request was refused, or what is wrong with a token. */
export const adminExplainRoute: Route = {
  path: '/api/admin/explain/',
  chapter: 'Admin',
  name: 'Admin Explain',
  description: 'Why a request was refused, or what is wrong with a token. Neither is kept.',
  identify: 'required',
  operations: {
    POST: operation({
      summary: 'Explain a request by its X-Request-Id, or a token',
      staff: 'view_auditevent',
      fields: {
        query: { kind: 'string', label: 'Request id or token', required: true, isSecret: true },
      },
      example: { query: 'f9d9ac16e41518a7cfbf' },
      success: {
        status: 200,
        schema: {
          type: 'object',
          required: ['lines', 'facts'],
          properties: {
            lines: { type: 'array', items: { type: 'string' }, description: 'For a person' },
            facts: {
              type: 'object',
              required: ['kind'],
              properties: { kind: { type: 'string', enum: ['request', 'token'] } },
              description: 'The same for programs; of events the ids',
            },
          },
        },
        example: EXAMPLE,
      },
      refusals: [],
      handle: async (call) => {
        const explained = await explainForStaff(call.app, staffOf(call), call.values.query);
        return done({ lines: linesOf(explained), facts: factsOf(explained) });
      },
    }),
  },
};
