import type { Left, Writing } from './judge.ts';
import type { AccountToWrite, Target, WrittenField } from './target.ts';

/** A verdict that writes. */
export interface Candidate extends Writing {
  readonly write: AccountToWrite;
}

const UNIQUE = ['username', 'email'] as const;

/** They stand in the profile, if there is a table of profiles. */
const CLAIMS = ['fullName', 'bio', 'image', 'verified'] as const;

type Holders = Readonly<Record<(typeof UNIQUE)[number], ReadonlyMap<string, readonly number[]>>>;

/** Who has the user names and e-mails there that are to be written. */
export async function holdersOf(target: Target, candidates: readonly Candidate[]): Promise<Holders> {
  const of = (field: (typeof UNIQUE)[number]) =>
    target.holders(
      field,
      candidates.flatMap(({ write }) => write.fields[field] ?? []),
    );
  return { username: await of('username'), email: await of('email') };
}

/** The fields that cannot be written, because of what else is there. */
export function hindrances(target: Target, { write }: Candidate, holders: Holders): Left[] {
  const left: Left[] = [];
  const { id, fields } = write;
  for (const field of UNIQUE) {
    const value = fields[field];
    const others = value === undefined ? [] : (holders[field].get(value) ?? []);
    const other = others.find((holder) => holder !== id);
    if (other !== undefined) left.push({ field, reason: `account ${other} has it there` });
  }
  for (const [field, value] of Object.entries(fields) as [WrittenField, string | boolean][]) {
    const limit = target.limitOf(field);
    if (typeof value === 'string' && limit !== undefined && [...value].length > limit)
      left.push({ field, reason: `longer than the ${limit} characters of its column` });
  }
  const obstacle = write.isNew || write.hasProfile ? undefined : target.obstacle('profiles');
  if (obstacle !== undefined)
    for (const field of CLAIMS) if (field in fields) left.push({ field, reason: obstacle });
  // Who logs in there by e-mail alone has to have one.
  if (fields.email === '' && !target.fields.has('username'))
    left.push({ field: 'email', reason: 'an account cannot be without it there' });
  return left;
}

function without<T extends object>(all: T, fields: readonly WrittenField[]): T {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !fields.some((one) => one === name))) as T;
}

/** Takes out what cannot be written: of a new account that is all of it. */
export function hindered(candidate: Candidate, hindering: readonly Left[]): Writing {
  if (hindering.length === 0) return candidate;
  const { kind, write, agreed } = candidate;
  const left = [...candidate.left, ...hindering];
  if (kind === 'new') return { ...candidate, write: undefined, agreed: undefined, left };
  const names = hindering.map(({ field }) => field);
  const fields = without(write.fields, names);
  const isEmpty = Object.keys(fields).length === 0 && write.lastLoginAt === undefined;
  return {
    ...candidate,
    left,
    write: isEmpty ? undefined : { ...write, fields },
    agreed: agreed && { ...agreed, fields: without(agreed.fields, names) },
  };
}
