import { useQuery } from '@tanstack/react-query';
import { client } from './call.ts';
import type { AuditEvent, User } from './types.ts';

/** By the name of a field in the API: the newest event that changed it. */
export type LastChanges = Readonly<Record<string, AuditEvent>>;

const ADDRESS: Readonly<Partial<Record<AuditEvent['event'], readonly string[]>>> = {
  email_verified: ['verified'],
  email_changed: ['email', 'verified'],
  email_change_reverted: ['email', 'verified'],
};

const isSome = (names: unknown) => Array.isArray(names) && names.length > 0;
/** Events have the domain's names: `fullName`. */
const nameInApi = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function fieldsOf({ event, detail }: AuditEvent): readonly string[] {
  const { fields, joined, left, granted, taken, oldName } = detail;
  return [
    ...(Array.isArray(fields) ? fields.map((name) => nameInApi(String(name))) : []),
    ...(isSome(joined) || isSome(left) ? ['groups'] : []),
    ...(isSome(granted) || isSome(taken) ? ['permissions'] : []),
    ...(oldName === undefined ? [] : ['name']),
    ...(ADDRESS[event] ?? []),
  ];
}

function lastOf(newestFirst: readonly AuditEvent[]): LastChanges {
  const all = newestFirst.flatMap((event) => fieldsOf(event).map((field) => [field, event] as const));
  return Object.fromEntries(all.toReversed());
}

/** An account or a group, as it was read. */
type Thing = Pick<User, 'id' | 'version'>;

/** Who changed what of an account last. Asked once for each version, and only while `isAsked`. */
export function useLastChangesOfUser({ id, version }: Thing, isAsked: boolean): LastChanges {
  const { data } = useQuery({
    queryKey: ['last changes of a user', id, version],
    queryFn: () => client.get('/api/admin/users/{id}/history/', { path: { id } }),
    enabled: isAsked,
  });
  return lastOf(data?.results ?? []);
}

/** The same of a group. It has no history of its own: the trail tells, to who may read it. */
export function useLastChangesOfGroup({ id, version }: Thing, isAsked: boolean): LastChanges {
  const { data } = useQuery({
    queryKey: ['last changes of a group', id, version],
    queryFn: () => client.get('/api/admin/audit/', { query: { event: 'group_changed', page_size: 200 } }),
    enabled: isAsked,
  });
  return lastOf(data?.results.filter(({ detail }) => detail.groupId === id) ?? []);
}
