import type { Fault } from './fault.ts';

/** Why a use case said no. The one closed list: `http/refusals.ts` has an answer for each. */
export type Reason =
  | 'faulty_fields'
  | 'no_active_account'
  | 'no_active_account_for_token'
  | 'server_busy'
  | 'email_not_verified'
  | 'new_password_required'
  | 'link_refused'
  | 'throttled'
  | 'not_authenticated'
  | 'bad_authorization_header'
  | 'access_token_refused'
  | 'no_user_in_token'
  | 'user_not_found'
  | 'user_inactive'
  | 'blacklisted_at_verify'
  | 'session_not_found'
  | 'account_not_found'
  | 'not_permitted'
  | 'permission_denied'
  | 'step_up_required'
  | 'own_account'
  | 'token_not_found'
  | 'import_not_found'
  | 'last_superuser'
  | 'group_not_found'
  | 'changed_meanwhile'
  | 'token_without_session'
  | 'rotation_under_way'
  | 'key_unknown'
  | 'key_is_signing'
  | 'key_is_next'
  | 'key_is_retired'
  | TokenReason;

/** Why a token was refused, whatever it was presented for. */
export type TokenReason =
  | 'token_invalid'
  | 'token_expired'
  | 'token_without_exp'
  | 'token_without_id'
  | 'token_without_type'
  | 'token_of_wrong_type'
  | 'token_blacklisted';

/** What was found wrong, by field name, in the order of the fields. */
export type FieldFaults = Readonly<Record<string, readonly Fault[]>>;

/** A refusal: the reason and what the reason needs to be told. */
export interface Refusal<R extends Reason = Reason> {
  readonly ok: false;
  readonly reason: R;
  /** with `faulty_fields` */
  readonly faults?: FieldFaults;
  /** with `access_token_refused`: what was wrong with the token */
  readonly token?: TokenReason;
  /** with `throttled`: whole seconds */
  readonly waitSeconds?: number;
  /** with `changed_meanwhile` */
  readonly meanwhile?: Meanwhile;
  readonly inside?: Inside;
}

/** What became of a thing after somebody had read it. */
export interface Meanwhile {
  /** the fields that are others, as they are now */
  readonly changed: Readonly<Record<string, unknown>>;
  /** of what it is now */
  readonly version: string;
}

/** What the operator may know of a refusal; no answer is made from it. */
export interface Inside {
  /** whose password was tried */
  readonly userId?: number | undefined;
  /** with `throttled`: the name of the limit */
  readonly limit?: string;
}

export interface Done<T> {
  readonly ok: true;
  readonly value: T;
}

/** What a use case returns. Refusals are returned, bugs are thrown. */
export type Outcome<T, R extends Reason> = Done<T> | Refusal<R>;

export function done<T>(value: T): Done<T> {
  return { ok: true, value };
}

export function refuse<R extends Reason>(reason: R, more?: Omit<Refusal, 'ok' | 'reason'>): Refusal<R> {
  return { ok: false, reason, ...more };
}
