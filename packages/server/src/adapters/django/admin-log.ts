import type { SourceAdminEntry } from '../../domain/import/source.ts';
import { SourceFault } from '../../domain/import/source-fault.ts';
import type { DjangoDatabase } from './database.ts';
import type { Layout } from './layout.ts';
import { pages } from './rows.ts';
import { cutText, INSTANT, or, text, WHOLE } from './values.ts';

/** `action_flag` of Django's LogEntry. */
const ACTIONS: Readonly<Record<number, SourceAdminEntry['action']>> = {
  1: 'addition',
  2: 'change',
  3: 'deletion',
};

function selectionOf(db: DjangoDatabase, { adminLog, contentTypes }: Layout) {
  if (adminLog === undefined) return undefined;
  const type = (column: string) => (contentTypes === undefined ? 'null' : `c."${column}"`);
  return {
    table: adminLog,
    key: 'id',
    shape: {
      action_time: INSTANT,
      user_id: WHOLE,
      action_flag: WHOLE,
      object_id: or(cutText(255), ''),
      object_repr: or(cutText(1_000), ''),
      change_message: or(cutText(10_000), ''),
      app_label: or(text(320), undefined),
      model: or(text(320), undefined),
    },
    expressions: { app_label: type('app_label'), model: type('model') },
    join: contentTypes && `left join ${db.nameOf(contentTypes)} c on c."id" = t."content_type_id"`,
  };
}

/** An id of an account as Django writes it into a text column. */
function accountId(text: string): number | undefined {
  const id = /^[0-9]{1,16}$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(id) ? id : undefined;
}

/** The entries of the admin site's log after the given one. An entry about a model whose table is that of the accounts is about an account. */
export async function* readAdminLog(
  db: DjangoDatabase,
  layout: Layout,
  afterId: number,
): AsyncGenerator<readonly SourceAdminEntry[]> {
  const selection = selectionOf(db, layout);
  if (selection === undefined) return;
  for await (const rows of pages(db, selection, afterId)) {
    yield rows.map((row) => {
      const action = ACTIONS[row.action_flag];
      if (action === undefined) {
        throw new SourceFault(selection.table.name, row.key, 'action_flag', 'is none of 1, 2 and 3');
      }
      const hasType = row.app_label !== undefined && row.model !== undefined;
      const isAccount = `${row.app_label}_${row.model}` === layout.users.name;
      return {
        id: row.key,
        at: row.action_time,
        actorId: row.user_id,
        action,
        objectType: hasType ? `${row.app_label}.${row.model}` : '',
        objectId: row.object_id,
        object: row.object_repr,
        message: row.change_message,
        userId: isAccount ? accountId(row.object_id) : undefined,
      };
    });
  }
}
