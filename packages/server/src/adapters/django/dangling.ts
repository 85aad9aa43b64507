import type { Dangling } from '../../domain/import/source.ts';
import { type DjangoDatabase, has, quote, type Table } from './database.ts';
import type { Layout, Reference, Tie } from './layout.ts';
import { pages } from './rows.ts';
import { cutText } from './values.ts';

interface Check extends Reference {
  readonly target: Table;
}

function checksOf(layout: Layout): Check[] {
  const { users, groups, permissions, contentTypes, outstanding, blacklisted, profiles } = layout;
  const check = (table: Table | undefined, column: string, target: Table | undefined): Check[] =>
    table === undefined || target === undefined ? [] : [{ table, column, target }];
  const tie = (one: Tie | undefined, owner: Table | undefined, member: Table | undefined) =>
    one === undefined ? [] : [...check(one.table, one.owner, owner), ...check(one.table, one.member, member)];
  return [
    ...(profiles === undefined ? [] : check(profiles.table, profiles.column, users)),
    ...tie(layout.userGroups, users, groups),
    ...tie(layout.userPermissions, users, permissions),
    ...tie(layout.groupPermissions, groups, permissions),
    ...check(permissions, 'content_type_id', contentTypes),
    ...check(outstanding, 'user_id', users),
    ...check(blacklisted, 'token_id', outstanding),
  ];
}

/** Rows that refer to a row that is not there. PostgreSQL has none, where Django made the constraints. */
export async function* readDangling(db: DjangoDatabase, layout: Layout): AsyncGenerator<readonly Dangling[]> {
  for (const { table, column, target } of checksOf(layout)) {
    const value = `t.${quote(column)}`;
    const selection = {
      table,
      key: has(table, 'id') ? 'id' : column,
      shape: { value: cutText(64) },
      expressions: { value: `cast(${value} as text)` },
      where: `${value} is not null and not exists (select 1 from ${db.nameOf(target)} r where r."id" = ${value})`,
    };
    for await (const rows of pages(db, selection)) {
      yield rows.map((row) => ({ table: table.name, id: row.key, column, value: row.value }));
    }
  }
}
