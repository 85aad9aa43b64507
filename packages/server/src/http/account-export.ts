import type { PersonalData } from '../domain/accounts/export.ts';
import type { App } from '../domain/app.ts';
import type { Origin, RecordedEvent } from '../domain/audit/event.ts';
import { pictureUrl } from './media.ts';

const iso = (at: number) => new Date(at).toISOString();

const isoOrNull = (at: number | undefined) => (at === undefined ? null : iso(at));

/** Where somebody of the staff is, and with which browser, is his own affair. Of a stranger the person is told. */
function placeOf({ ip, userAgent, requestId }: Origin, isByOther: boolean) {
  if (isByOther) return { ip: '', user_agent: '', request_id: '' };
  return { ip, user_agent: userAgent, request_id: requestId };
}

function eventBody({ at, origin, event }: RecordedEvent) {
  const { event: name, userId, actorId, ...detail } = event;
  const place = placeOf(origin, actorId !== undefined && actorId !== userId);
  return { at: iso(at), event: name, actor_id: actorId ?? null, ...place, detail };
}

/** The export as JSON: the names of the API, instants as ISO strings. */
export function toExport(app: Pick<App, 'config' | 'media' | 'clock'>, data: PersonalData): object {
  const { account, firstName, lastName, groups, permissions, events } = data;
  const { fullName, bio, image, verified } = account.profile;
  return {
    exported_at: iso(app.clock.now()),
    account: {
      id: account.id,
      username: account.username,
      email: account.email,
      is_active: account.isActive,
      is_staff: account.isStaff,
      is_superuser: account.isSuperuser,
      date_joined: iso(account.createdAt),
      last_login: isoOrNull(account.lastLoginAt),
      groups,
      permissions,
    },
    profile: {
      full_name: fullName,
      first_name: firstName,
      last_name: lastName,
      bio,
      image,
      image_url: pictureUrl(app, image),
      verified,
    },
    sessions: data.sessions.map(({ id, ip, userAgent, ...times }) => ({
      id,
      ip,
      user_agent: userAgent,
      created_at: iso(times.createdAt),
      last_used_at: iso(times.lastUsedAt),
      expires_at: iso(times.expiresAt),
      ended_at: isoOrNull(times.endedAt),
    })),
    admin_sessions: data.adminSessions.map(({ ip, userAgent, createdAt, usedAt }) => {
      return { ip, user_agent: userAgent, created_at: iso(createdAt), last_used_at: iso(usedAt) };
    }),
    django_tokens: data.djangoTokens.map(({ jti, expiresAt, blacklistedAt }) => {
      return { jti, expires_at: iso(expiresAt), blacklisted_at: isoOrNull(blacklistedAt) };
    }),
    mails: data.mails.map(({ to, kind, language, createdAt, deliveredAt }) => {
      return { to, kind, language, created_at: iso(createdAt), delivered_at: isoOrNull(deliveredAt) };
    }),
    links: data.links.map(({ purpose, email, expiresAt }) => {
      return { purpose, email, expires_at: iso(expiresAt) };
    }),
    events: events.map(eventBody),
  };
}

const list = { type: 'array', items: { type: 'object' } };

/** The export for OpenAPI. */
export const EXPORTED = {
  type: 'object',
  required: [
    'exported_at',
    'account',
    'profile',
    'sessions',
    'admin_sessions',
    'django_tokens',
    'mails',
    'links',
    'events',
  ],
  properties: {
    exported_at: { type: 'string', format: 'date-time' },
    account: { type: 'object' },
    profile: { type: 'object' },
    sessions: { ...list, description: 'Those that have ended too, until they are purged' },
    admin_sessions: { ...list, description: 'Of the admin site' },
    django_tokens: { ...list, description: 'Refresh tokens that Django issued, by jti' },
    mails: { ...list, description: 'Those that wait to be sent' },
    links: { ...list, description: 'Those in mails that were not used yet' },
    events: { ...list, description: 'The audit trail about the account, the newest 10,000' },
  },
};

export const EXPORT_EXAMPLE = {
  exported_at: '2026-01-05T09:00:00.000Z',
  account: { id: 1, username: 'alice', email: 'alice@example.org' },
  profile: { full_name: 'Alice Liddell', bio: '', image: 'default.jpg', verified: true },
  sessions: [],
  admin_sessions: [],
  django_tokens: [],
  mails: [],
  links: [],
  events: [],
};
