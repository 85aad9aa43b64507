import type { FieldFaults, Meanwhile, Reason, Refusal } from '../domain/outcome.ts';
import { type Answer, answer } from './answer.ts';
import { faultWords, TOKEN_WORDS } from './words.ts';

/** Refusals that HTTP itself has reasons for; the domain never hears of them. */
export type HttpReason =
  | 'bad_host'
  | 'not_https'
  | 'not_found'
  | 'unknown_format'
  | 'not_acceptable'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'unsupported_encoding'
  | 'too_many_headers'
  | 'unreadable_body'
  | 'body_too_large'
  | 'wrong_fields'
  | 'csrf_failed'
  | 'bad_request'
  | 'metrics_token_refused'
  | 'store_unavailable'
  | 'media_unavailable'
  | 'no_inbox'
  | 'server_error';

export interface HttpRefusal {
  readonly ok: false;
  readonly reason: HttpReason;
  /** for the sentence: the method, what is wrong with the origin, the media type, what the parser said, the request id */
  readonly text?: string;
  /** with `wrong_fields`: messages by field */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

export function refuseHttp(reason: HttpReason, more?: Omit<HttpRefusal, 'ok' | 'reason'>): HttpRefusal {
  return { ok: false, reason, ...more };
}

type AnswerTo<R> = (refusal: R) => Answer;

const detail = (status: number, text: string, code?: string): Answer =>
  answer(status, code === undefined ? { detail: text } : { detail: text, code });

const RETRY_SOON = { 'Retry-After': '1' };

function inWords(faults: FieldFaults = {}): Record<string, string[]> {
  return Object.fromEntries(Object.entries(faults).map(([field, list]) => [field, list.map(faultWords)]));
}

const token: AnswerTo<Refusal> = ({ reason }) =>
  detail(401, TOKEN_WORDS[reason as keyof typeof TOKEN_WORDS], 'token_not_valid');

/** As REST framework's Throttled: without a wait there is nothing to say about it. */
const throttled: AnswerTo<Refusal> = ({ waitSeconds: wait }) =>
  wait === undefined
    ? detail(429, 'Request was throttled.')
    : answer(
        429,
        {
          detail: `Request was throttled. Expected available in ${wait} second${wait === 1 ? '' : 's'}.`,
        },
        { 'Retry-After': String(wait) },
      );

/** For OpenAPI, which knows the reason alone. */
const SOMETHING_ELSE: Meanwhile = {
  changed: { full_name: 'Alice Liddell' },
  version: 'u8Xq0c2mTz.fW1nY7Lk3d',
};

const changed_meanwhile: AnswerTo<Refusal> = ({ reason, meanwhile: { changed, version } = SOMETHING_ELSE }) =>
  answer(409, {
    detail: `This was changed after you read it: ${Object.keys(changed).join(', ')}. Nothing was saved.`,
    code: reason,
    changed,
    version,
  });

/** The one place where a status is chosen for a refusal of the domain. The compiler keeps it complete. */
const DOMAIN: Readonly<Record<Reason, AnswerTo<Refusal>>> = {
  faulty_fields: ({ faults }) => answer(400, inWords(faults)),
  no_active_account: () => detail(401, 'No active account found with the given credentials'),
  no_active_account_for_token: () => detail(401, 'No active account found for the given token.'),
  new_password_required: () =>
    detail(401, 'A new password has to be set by a link before you can log in.', 'new_password_required'),
  email_not_verified: () => detail(401, 'The e-mail address is not verified.', 'email_not_verified'),
  link_refused: () => detail(400, 'The link is not valid, was used, or is too old.', 'link_refused'),
  server_busy: () => answer(503, { detail: 'The server is busy. Try again in a moment.' }, RETRY_SOON),
  throttled,
  not_authenticated: () => detail(401, 'Authentication credentials were not provided.'),
  bad_authorization_header: () =>
    detail(401, 'Authorization header must contain two space-delimited values', 'bad_authorization_header'),
  access_token_refused: (refusal) =>
    answer(401, {
      detail: 'Given token not valid for any token type',
      code: 'token_not_valid',
      messages: [
        {
          token_class: 'AccessToken',
          token_type: 'access',
          message: TOKEN_WORDS[refusal.token ?? 'token_invalid'],
        },
      ],
    }),
  no_user_in_token: () =>
    detail(401, 'Token contained no recognizable user identification', 'token_not_valid'),
  user_not_found: () => detail(401, 'User not found', 'user_not_found'),
  user_inactive: () => detail(401, 'User is inactive', 'user_inactive'),
  blacklisted_at_verify: () => answer(400, { non_field_errors: [TOKEN_WORDS.token_blacklisted] }),
  session_not_found: () => detail(404, 'Not found.'),
  account_not_found: () => detail(404, 'Not found.'),
  permission_denied: () =>
    detail(403, 'You do not have permission to perform this action.', 'permission_denied'),
  step_up_required: () => detail(403, 'Give your password again to do this.', 'step_up_required'),
  own_account: () =>
    detail(400, 'This is your own account: another superuser has to do this.', 'own_account'),
  last_superuser: () =>
    detail(
      400,
      'This is the last active superuser: make another one before you deactivate, demote or delete this one.',
      'last_superuser',
    ),
  group_not_found: () => detail(404, 'Not found.'),
  changed_meanwhile,
  not_permitted: () => detail(403, 'You do not have permission to perform this action.'),
  token_not_found: () => detail(404, 'Not found.'),
  token_without_session: () =>
    detail(
      400,
      'This access token belongs to no session. Blacklist its refresh token, or log out everywhere.',
      'no_session',
    ),
  key_unknown: () => detail(404, 'Not found.'),
  key_is_signing: () =>
    detail(400, 'This is the key that signs. Another has to take over first.', 'key_is_signing'),
  key_is_next: () => detail(400, 'This key is about to sign. Let another sign at once first.', 'key_is_next'),
  key_is_retired: () => detail(400, 'This key is retired.', 'key_is_retired'),
  rotation_under_way: () =>
    detail(400, 'A rotation is under way. Only one that signs at once can replace it.', 'rotation_under_way'),
  import_not_found: () => detail(404, 'Not found.'),
  token_invalid: token,
  token_expired: token,
  token_without_exp: token,
  token_without_id: token,
  token_without_type: token,
  token_of_wrong_type: token,
  token_blacklisted: token,
};

/** The same for the refusals of HTTP. */
const HTTP: Readonly<Record<HttpReason, AnswerTo<HttpRefusal>>> = {
  bad_host: () => detail(400, 'This server does not answer for the host in the Host header.'),
  not_https: () => detail(403, 'This server is asked by https alone.'),
  not_found: () => detail(404, 'Not found.'),
  unknown_format: () => detail(404, 'Not found.'),
  not_acceptable: () => detail(406, 'Could not satisfy the request Accept header.'),
  method_not_allowed: ({ text }) => detail(405, `Method "${text}" not allowed.`),
  unsupported_media_type: ({ text }) => detail(415, `Unsupported media type "${text}" in request.`),
  unsupported_encoding: ({ text }) => detail(415, `Unsupported content encoding "${text}" in request.`),
  too_many_headers: () => detail(431, 'The request has too many headers.'),
  unreadable_body: ({ text = '' }) => detail(400, text),
  body_too_large: ({ text }) => detail(413, `The body is larger than ${text} bytes.`),
  wrong_fields: ({ fields = {} }) => answer(400, fields),
  csrf_failed: ({ text }) => detail(403, `CSRF Failed: ${text}`),
  bad_request: () => detail(400, 'Bad request.'),
  metrics_token_refused: () => detail(401, 'The metrics are for who has METRICS_TOKEN.'),
  store_unavailable: () =>
    answer(503, { detail: 'The database does not answer. Try again in a moment.' }, RETRY_SOON),
  media_unavailable: () =>
    answer(503, { detail: 'The pictures are out of reach. Try again in a moment.' }, RETRY_SOON),
  no_inbox: () => detail(404, 'Mails are sent to MAIL_URL. Without it they are kept here.'),
  server_error: ({ text }) =>
    answer(500, { detail: 'Something went wrong on the server.', request_id: text }),
};

/** One object: by it the writer knows a head that it has written before. */
export const CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="api"' };

/** The answer to a refusal. Every 401 says which scheme is wanted, and nothing else does. */
export function toAnswer(refusal: Refusal | HttpRefusal): Answer {
  const made =
    refusal.reason in DOMAIN
      ? DOMAIN[refusal.reason as Reason](refusal as Refusal)
      : HTTP[refusal.reason as HttpReason](refusal as HttpRefusal);
  if (made.status !== 401) return { ...made, refusal };
  const headers = made.headers === undefined ? CHALLENGE : { ...made.headers, ...CHALLENGE };
  return { ...made, refusal, headers };
}

/** The status a reason is answered with, for OpenAPI. */
export function statusOf(reason: Reason): number {
  return DOMAIN[reason]({ ok: false, reason }).status;
}
