import type { AccountToWrite, Target, Written, WrittenField } from '../../domain/export/target.ts';
import { TargetFault } from '../../domain/export/target-fault.ts';
import { parts } from '../sql/bulk.ts';
import { type Rules, rulesOf } from './columns.ts';
import { type DjangoDatabase, has, OutcomeUnknown, quote, type Table, type Value } from './database.ts';
import type { Claim, Layout } from './layout.ts';
import { WHOLE } from './values.ts';

type Writer = Pick<Target, 'fields' | 'obstacle' | 'limitOf' | 'holders' | 'write' | 'commit'>;
type Values = Readonly<Record<string, Value>>;

const USER_COLUMNS = {
  username: 'username',
  email: 'email',
  password: 'password',
  isActive: 'is_active',
  isStaff: 'is_staff',
  isSuperuser: 'is_superuser',
} as const;

const CLAIMS: Readonly<Record<Exclude<WrittenField, keyof typeof USER_COLUMNS>, Claim>> = {
  fullName: 'full_name',
  bio: 'bio',
  image: 'image',
  verified: 'verified',
};

/** Of a profile that is made. */
const NEW_PROFILE = { fullName: '', bio: '', image: 'default.jpg', verified: false };

interface Place {
  readonly of: 'users' | 'profiles';
  readonly column: string;
}

/** Where each field is written. */
function placesOf({ users, claims }: Layout): ReadonlyMap<WrittenField, Place> {
  const places = new Map<WrittenField, Place>();
  for (const [field, column] of Object.entries(USER_COLUMNS))
    if (has(users, column)) places.set(field as WrittenField, { of: 'users', column });
  for (const [field, claim] of Object.entries(CLAIMS)) {
    const place = claims[claim];
    if (place !== undefined) places.set(field as WrittenField, place);
  }
  return places;
}

interface Context {
  readonly db: DjangoDatabase;
  readonly layout: Layout;
  readonly places: ReadonlyMap<WrittenField, Place>;
  readonly userRules: Rules;
  readonly profileRules: Rules;
}

/** Columns of a new account besides the fields. */
const OTHERS = ['id', 'first_name', 'last_name', 'date_joined', 'last_login'];

const columnsOf = ({ places }: Context, of: Place['of']) =>
  [...places.values()].filter((place) => place.of === of).map(({ column }) => column);

function obstacle(context: Context, to: 'accounts' | 'profiles'): string | undefined {
  const { users, profiles } = context.layout;
  const [table, rules, own] =
    to === 'accounts'
      ? [users, context.userRules, OTHERS]
      : [profiles?.table ?? users, context.profileRules, [profiles?.column ?? '']];
  const known = new Set([...columnsOf(context, to === 'accounts' ? 'users' : 'profiles'), ...own]);
  const open = [...rules].filter(([name, rule]) => !rule.isNullable && !rule.isFilled && !known.has(name));
  if (open.length === 0) return undefined;
  const names = open.map(([name]) => name).join(', ');
  return `${table.name} has columns that may not be empty and have no default, and nothing here belongs into them: ${names}`;
}

/** Django's own form: in SQLite a text without a zone, which is UTC. */
function instantText(db: DjangoDatabase, at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  if (db.dialect === 'postgres') return `${day} ${time.replace('Z', '+00')}`;
  return `${day} ${time.endsWith('.000Z') ? time.slice(0, 8) : `${time.slice(0, -1)}000`}`;
}

/** The values of the fields that stand in one of the tables. An e-mail that may be missing is, lest two have the same. */
function valuesFor({ places, layout, userRules }: Context, fields: Partial<Written>, of: Place['of']) {
  const values: Record<string, Value> = {};
  for (const [field, place] of places) {
    const value = fields[field];
    if (place.of !== of || value === undefined) continue;
    const { isNullable = false } = userRules.get(place.column) ?? {};
    const isMissing =
      field === 'email' && value === '' && isNullable && layout.users.unique.includes('email');
    values[place.column] = isMissing ? null : value;
  }
  return values;
}

async function insert(db: DjangoDatabase, table: Table, values: Values): Promise<void> {
  const names = Object.keys(values);
  const marks = names.map((_, index) => db.parameter(index + 1));
  await db.run(
    `insert into ${db.nameOf(table)} (${names.map(quote).join(', ')}) values (${marks.join(', ')})`,
    Object.values(values),
  );
}

/** How many rows. */
function update(db: DjangoDatabase, table: Table, values: Values, key: string, id: number): Promise<number> {
  const names = Object.keys(values);
  const settings = names.map((name, index) => `${quote(name)} = ${db.parameter(index + 1)}`);
  return db.run(
    `update ${db.nameOf(table)} set ${settings.join(', ')} where ${quote(key)} = ${db.parameter(names.length + 1)}`,
    [...Object.values(values), id],
  );
}

/** What a new account has besides its fields. */
function otherValues({ db, layout, userRules }: Context, account: AccountToWrite): Values {
  const { id, createdAt, lastLoginAt } = account;
  const isAskedFor = userRules.get('last_login')?.isNullable === false;
  const login = lastLoginAt ?? (isAskedFor ? createdAt : undefined);
  const all: Values = {
    id,
    first_name: '',
    last_name: '',
    date_joined: instantText(db, createdAt),
    last_login: login === undefined ? null : instantText(db, login),
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => has(layout.users, name)));
}

async function writeUser(context: Context, account: AccountToWrite): Promise<void> {
  const { db, layout } = context;
  const values = valuesFor(context, account.fields, 'users');
  if (account.isNew) return insert(db, layout.users, { ...otherValues(context, account), ...values });
  const { lastLoginAt } = account;
  const login =
    lastLoginAt !== undefined && has(layout.users, 'last_login')
      ? { last_login: instantText(db, lastLoginAt) }
      : {};
  const changes = { ...values, ...login };
  if (Object.keys(changes).length === 0) return;
  if ((await update(db, layout.users, changes, 'id', account.id)) !== 1)
    throw new Error('it is not there any more');
}

async function writeProfile(context: Context, { id, isNew, fields }: AccountToWrite): Promise<void> {
  const { db, layout } = context;
  if (layout.profiles === undefined) return;
  const { table, column } = layout.profiles;
  const changes = valuesFor(context, fields, 'profiles');
  if (!isNew && Object.keys(changes).length === 0) return;
  if (!isNew && (await update(db, table, changes, column, id)) > 0) return;
  await insert(db, table, { ...valuesFor(context, { ...NEW_PROFILE, ...fields }, 'profiles'), [column]: id });
}

/** Ids that were given here are not given there any more. SQLite sees to that by itself. */
async function moveSequence({ db, layout }: Context, accounts: readonly AccountToWrite[]): Promise<void> {
  const highest = accounts.reduce((most, { id, isNew }) => (isNew ? Math.max(most, id) : most), 0);
  if (db.dialect === 'sqlite' || highest === 0) return;
  const last = await db.lastGivenId(layout.users);
  const name = db.nameOf(layout.users);
  if ((last ?? 0) < highest)
    await db.run(
      `select setval(sequence, $1::bigint) from (select pg_get_serial_sequence($2, 'id')::regclass as sequence) s
        where sequence is not null`,
      [highest, name],
    );
}

/** What the database says against it, as a fault after which nothing has been written. */
function refusal(what: string, error: unknown): TargetFault {
  const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  return new TargetFault(`${what}: ${why}. Nothing was written.`, { cause: error });
}

async function write(
  context: Context,
  accounts: readonly AccountToWrite[],
  tell: (done: number) => void,
): Promise<void> {
  for (const [index, account] of accounts.entries()) {
    try {
      await writeUser(context, account);
      await writeProfile(context, account);
    } catch (error) {
      throw refusal(`Account ${account.id} could not be written`, error);
    }
    if (index % 100 === 99) tell(index + 1);
  }
  tell(accounts.length);
}

/** Writes them with the table to ourselves, where there are new ones: nobody may be given an id while the sequence is moved. */
async function writeAlone(
  context: Context,
  accounts: readonly AccountToWrite[],
  tell: (done: number) => void,
): Promise<void> {
  const { db, layout } = context;
  const users = db.nameOf(layout.users);
  if (db.dialect === 'postgres' && accounts.some(({ isNew }) => isNew))
    await db.run(`lock table ${users} in share row exclusive mode`, []).catch((error: unknown) => {
      throw refusal(`${users} could not be locked`, error);
    });
  await write(context, accounts, tell);
  await moveSequence(context, accounts).catch((error: unknown) => {
    throw refusal(`The ids of ${users} could not be moved on`, error);
  });
}

async function holders(
  { db, layout, places }: Context,
  field: 'username' | 'email',
  values: readonly string[],
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  const column = places.get(field)?.column;
  if (column === undefined || !layout.users.unique.includes(column)) return found;
  for (const part of parts(values, 10)) {
    const marks = part.map((_, index) => db.parameter(index + 1)).join(', ');
    const rows = await db.rows(
      `select "id" as id, ${quote(column)} as value from ${db.nameOf(layout.users)} where ${quote(column)} in (${marks})`,
      part,
    );
    for (const { id, value } of rows) {
      const holder = WHOLE.decode(id, (what) => new TargetFault(`An id of ${layout.users.name} ${what}.`));
      found.set(String(value), [...(found.get(String(value)) ?? []), holder]);
    }
  }
  return found;
}

async function commit(db: DjangoDatabase): Promise<void> {
  await db.commit().catch((error: unknown) => {
    if (!(error instanceof Error)) throw error;
    const outcome =
      error instanceof OutcomeUnknown
        ? 'It is not known whether it has been written: run it again, which does no harm.'
        : 'Nothing was written.';
    throw new TargetFault(`${error.message} ${outcome}`, { cause: error });
  });
}

/** Writing accounts back into the tables of a Django database. */
export async function writerOn(db: DjangoDatabase, layout: Layout): Promise<Writer> {
  const places = placesOf(layout);
  const userRules = await rulesOf(db, layout.users);
  const profileRules: Rules =
    layout.profiles === undefined ? new Map() : await rulesOf(db, layout.profiles.table);
  const context: Context = { db, layout, places, userRules, profileRules };
  return {
    fields: new Set(places.keys()),
    obstacle: (to) => obstacle(context, to),
    limitOf(field) {
      const place = places.get(field);
      const rules = place?.of === 'users' ? userRules : profileRules;
      return rules.get(place?.column ?? '')?.limit;
    },
    holders: (field, values) => holders(context, field, values),
    write: (accounts, tell) => writeAlone(context, accounts, tell),
    commit: () => commit(db),
  };
}
