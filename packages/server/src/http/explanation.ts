import type { RecordedEvent } from '../domain/audit/event.ts';
import type { RequestStory, Standing, TokenJudgement } from '../domain/refusals/explain.ts';
import type { RefusalDetail } from '../domain/refusals/refusal-note.ts';
import type { TokenReading } from '../domain/tokens/reading.ts';
import { eventLine } from './event-line.ts';
import { plain } from './plain.ts';

const instant = (milliseconds: number) => new Date(milliseconds).toISOString();

const named = (name: string, value: string | undefined) =>
  value === undefined ? [] : [`${name} ${plain(value)}`];

function keyLine({ signature, issuer, kid, alg }: TokenReading): string {
  const key = kid === undefined ? 'a key without kid' : `key ${JSON.stringify(plain(kid))}`;
  const whose = issuer === 'django' ? `Django's key` : key;
  switch (signature) {
    case 'good':
      return `signed with ${whose}, ${plain(alg ?? 'no alg')}`;
    case 'wrong':
      return `the signature is not that of ${key}, ${plain(alg ?? 'no alg')}: a forgery, another server's token, or SECRET_KEY has changed`;
    case 'refresh_only':
      return `${key} signs no more: of what it signed only refresh tokens are accepted`;
    case 'no_key':
      return `there is no such key here: ${key}, ${plain(alg ?? 'no alg')}`;
    case 'unreadable':
      return 'this is no token: header or payload cannot be read';
  }
}

/** Seconds between a claim and the clock, in words. */
function skew(claim: string, seconds: number | undefined, at: number): string {
  if (seconds === undefined || Math.abs(seconds) > 1e11) return `${claim} is missing or no time`;
  const difference = Math.round(at / 1000 - seconds);
  return `${claim} ${instant(seconds * 1000)} is ${Math.abs(difference)} s ${difference < 0 ? 'after' : 'before'} the request`;
}

function claimLines(token: TokenReading, at: number): string[] {
  const { faultyClaim: claim } = token;
  if (claim === undefined) return token.exp === undefined ? [] : [skew('exp', token.exp, at)];
  const isTime = claim === 'exp' || claim === 'iat' || claim === 'nbf';
  return [`at fault: ${isTime ? skew(claim, token[claim], at) : claim}`];
}

function tokenLines(token: TokenReading, at: number): string[] {
  const parts = [
    ...named('type', token.type),
    ...named('user', token.userId),
    ...named('session', token.sid),
    ...named('jti', token.jti),
  ];
  const unproven = token.signature === 'good' || parts.length === 0 ? '' : ' (it says so itself)';
  return [
    `key      ${keyLine(token)}`,
    ...(parts.length === 0 ? [] : [`token    ${parts.join(', ')}${unproven}`]),
    ...claimLines(token, at).map((line) => `claim    ${line}`),
  ];
}

function standingLines({ account, session, ending }: Standing, token: TokenReading): string[] {
  const user = account
    ? `user     ${account.id} ${JSON.stringify(plain(account.username))}, ${account.isActive ? 'active' : 'not active'}`
    : 'user     there is no such account (any more)';
  if (token.sid === undefined) return [user];
  if (session === undefined)
    return [user, 'session  not in the database: it has expired and was purged, or its account is gone'];
  const state = session.endedAt === undefined ? 'has not ended' : `ended ${instant(session.endedAt)}`;
  const isOld = token.type === 'refresh' && session.current.jti !== token.jti;
  return [
    user,
    `session  opened ${instant(session.createdAt)}, ${state}`,
    ...(isOld && session.rotatedAt !== undefined
      ? [`session  this is not its newest refresh token: the last was issued ${instant(session.rotatedAt)}`]
      : []),
    ...ending.map((event) => `ended by ${eventLine(event)}`),
  ];
}

function detailLines({ userId, limit, waitSeconds, tokenReason, fields }: RefusalDetail): string[] {
  return [
    ...(tokenReason === undefined ? [] : [`because  ${tokenReason}`]),
    ...(userId === undefined
      ? []
      : [`account  the password of user ${userId} was tried, or he is not active`]),
    ...(limit === undefined
      ? []
      : [
          `limit    ${limit}, ${waitSeconds === undefined ? 'until it is lifted' : `for ${waitSeconds} s more`}`,
        ]),
    ...Object.entries(fields ?? {}).map(([name, codes]) => `field    ${plain(name)}: ${codes.join(', ')}`),
  ];
}

/** When there are no lines. */
export const NOTHING_KNOWN =
  'Nothing is known of this request. Refusals are kept for a week, the newest 50,000, and of a flood only some; they are written a second after.';

/** What is known of a request, in lines. */
export function requestLines({ refusals, events }: RequestStory): string[] {
  const lines = refusals.flatMap(({ note, standing }) => [
    `refused  ${note.reason}`,
    `request  ${instant(note.at)} ${plain(note.method)} ${note.route || '(no route of ours)'} from ${note.ip}`,
    ...detailLines(note.detail),
    ...(note.detail.token === undefined ? [] : tokenLines(note.detail.token, note.at)),
    ...(standing === undefined || note.detail.token === undefined
      ? []
      : standingLines(standing, note.detail.token)),
  ]);
  return [...lines, ...events.map((event: RecordedEvent) => `noted    ${eventLine(event)}`)];
}

/** What is to be said of a token, in lines. */
export function judgementLines({ at, reading, standing, reason }: TokenJudgement): string[] {
  return [
    reason === undefined ? 'good     it would be accepted now' : `refused  ${reason}`,
    ...tokenLines(reading, at),
    ...(standing === undefined ? [] : standingLines(standing, reading)),
  ];
}
