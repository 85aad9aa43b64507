import type { SourceGroup } from '../../domain/import/source.ts';
import type { DjangoDatabase } from './database.ts';
import type { Layout, Tie } from './layout.ts';
import { pages, rowsBetween, spanOf } from './rows.ts';
import { or, text, WHOLE } from './values.ts';

/** Longer than Django's own limits of 150, 100 and 100 characters, which projects have raised. */
const NAME = text(320);

/** What ties and names stand for: the names of permissions, and which groups there are. Small; read once. */
export interface Directory {
  /** `app_label.codename` by id */
  readonly permissions: ReadonlyMap<number, string>;
  readonly groups: ReadonlySet<number>;
}

async function permissionNames(db: DjangoDatabase, layout: Layout): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  const { permissions, contentTypes } = layout;
  if (permissions === undefined || contentTypes === undefined) return names;
  const selection = {
    table: permissions,
    key: 'id',
    shape: { codename: NAME, app_label: or(NAME, undefined) },
    expressions: { app_label: 'c."app_label"' },
    join: `left join ${db.nameOf(contentTypes)} c on c."id" = t."content_type_id"`,
  };
  for await (const rows of pages(db, selection)) {
    for (const { key, codename, app_label } of rows) {
      if (app_label !== undefined) names.set(key, `${app_label}.${codename}`);
    }
  }
  return names;
}

export async function readDirectory(db: DjangoDatabase, layout: Layout): Promise<Directory> {
  const groups = new Set<number>();
  if (layout.groups !== undefined) {
    for await (const rows of pages(db, { table: layout.groups, key: 'id', shape: {} })) {
      for (const { key } of rows) groups.add(key);
    }
  }
  return { permissions: await permissionNames(db, layout), groups };
}

/** What a batch is tied to, by owner, in ascending order of the members' ids. Ties to nothing are left out. */
export async function membersOf<T>(
  db: DjangoDatabase,
  tie: Tie | undefined,
  span: readonly [number, number],
  known: (id: number) => T | undefined,
): Promise<ReadonlyMap<number, readonly T[]>> {
  const ids = new Map<number, Set<number>>();
  const { table, owner = '', member = '' } = tie ?? {};
  if (table === undefined) return new Map();
  const selection = { table, key: 'id', shape: { [owner]: WHOLE, [member]: or(WHOLE, undefined) } };
  for (const row of await rowsBetween(db, selection, owner, span)) {
    const id = row[member];
    const of = Number(row[owner]);
    if (id !== undefined) ids.set(of, (ids.get(of) ?? new Set()).add(id));
  }
  const resolve = (all: Set<number>) =>
    [...all].sort((a, b) => a - b).flatMap((id) => known(id) ?? []) as T[];
  return new Map([...ids].map(([of, all]) => [of, resolve(all)]));
}

/** All groups, with the names of their permissions. */
export async function* readGroups(
  db: DjangoDatabase,
  { groups, groupPermissions }: Layout,
  directory: () => Promise<Directory>,
): AsyncGenerator<readonly SourceGroup[]> {
  if (groups === undefined) return;
  const { permissions } = await directory();
  for await (const rows of pages(db, { table: groups, key: 'id', shape: { name: NAME } })) {
    const held = await membersOf(db, groupPermissions, spanOf(rows), (id) => permissions.get(id));
    yield rows.map(({ key, name }) => ({ id: key, name, permissions: held.get(key) ?? [] }));
  }
}
