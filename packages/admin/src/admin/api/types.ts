import type { AnswerOf, PathOf } from 'latchkey-client';

/** Names for what `contract/openapi.json` says of the admin API. */
type Answer<P extends PathOf<'GET'>> = AnswerOf<'GET', P>;

/** One page of a list, whatever it is of. */
export interface Page<Row> {
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Row[];
}

export type Session = Answer<'/api/admin/session/'>;
export type Codename = Session['user']['permissions'][number];
export type Token = Answer<'/api/admin/tokens/'>['results'][number];
export type Key = Answer<'/api/admin/keys/'>[number];
export type AuditEvent = Answer<'/api/admin/audit/'>['results'][number];
export type Person = NonNullable<AuditEvent['actor']>;
export type ImportReport = Answer<'/api/admin/imports/'>['results'][number];
export type Setting = Answer<'/api/admin/settings/'>['settings'][number];
export type Finding = Answer<'/api/admin/settings/'>['findings'][number];
export type Overview = Answer<'/api/admin/overview/'>;
export type Day = Overview['days'][number];
export type Explanation = AnswerOf<'POST', '/api/admin/explain/'>;

export type UserRow = Answer<'/api/admin/users/'>['results'][number];
export type User = Answer<'/api/admin/users/{id}/'>;
export type LiveSession = Answer<'/api/admin/users/{id}/sessions/'>[number];
export type Group = Answer<'/api/admin/groups/'>['results'][number];
