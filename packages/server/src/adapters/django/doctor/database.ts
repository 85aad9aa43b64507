import type { Diagnosis, EnvLine } from './diagnosis.ts';
import { asBool, asNumber, asText, type Found, look, type Subject, saidUnknown, shown } from './look.ts';

const inDefault = (key: string) => ['DATABASES', 'default', key] as const;

/** A part of the address; undefined when it has to be filled in. */
interface Part {
  readonly value: string | undefined;
  readonly found: Found<string>;
}

const asWord = (value: Parameters<typeof asText>[0]) =>
  asText(value) ?? asNumber(value)?.toString() ?? (value.kind === 'none' ? '' : undefined);

function part(subject: Subject, key: string): Part {
  const found = look(subject, inDefault(key), asWord);
  if (found.state === 'missing') return { value: '', found };
  return { value: found.environment === undefined ? found.value : undefined, found };
}

/** What stands in the address for something that is not known: the variable it comes from. */
const blank = ({ value, found }: Part, word: string) =>
  value === undefined ? `<${found.environment ?? word}>` : encodeURIComponent(value);

interface PostgresAddress {
  /** a PostgreSQL address of the database, or of another one beside it */
  readonly url: (name: string | undefined, password: 'masked' | 'plain') => string;
  readonly isWhole: boolean;
}

function postgresAddress(subject: Subject): PostgresAddress {
  const [name, user, password, host, port] = ['NAME', 'USER', 'PASSWORD', 'HOST', 'PORT'].map((key) =>
    part(subject, key),
  ) as [Part, Part, Part, Part, Part];
  const sslmode = look(subject, ['DATABASES', 'default', 'OPTIONS', 'sslmode'], asText);
  const isSocket = host.value === '' || host.value?.startsWith('/') === true;
  const query = [
    ...(isSocket && host.value ? [`host=${encodeURIComponent(host.value)}`] : []),
    ...(sslmode.value === undefined ? [] : [`sslmode=${encodeURIComponent(sslmode.value)}`]),
  ].join('&');
  const where = isSocket ? (host.value === '' ? 'localhost' : '') : blank(host, 'HOST');
  const behindPort = port.value === '' ? '' : `:${blank(port, 'PORT')}`;
  return {
    url(other, show) {
      const secret = show === 'masked' ? '***' : blank(password, 'PASSWORD');
      const login = password.value === '' ? blank(user, 'USER') : `${blank(user, 'USER')}:${secret}`;
      const before = login === '' ? '' : `${login}@`;
      return `postgres://${before}${where}${behindPort}/${other ?? blank(name, 'NAME')}${query && `?${query}`}`;
    },
    isWhole: ![name, user, password, host, port].some(({ value }) => value === undefined),
  };
}

function judgePostgres(subject: Subject, engine: Found<string>, into: Diagnosis): EnvLine {
  const { url, isWhole } = postgresAddress(subject);
  into.importArguments.push('--from', url(undefined, 'masked'));
  into.mapped.push({
    django: 'DATABASES.default',
    at: engine.at,
    value: `PostgreSQL, ${url(undefined, 'masked')}`,
    latchkey: `--from of import-django; DATABASE_URL=${url('latchkey', 'masked')}`,
  });
  const password = look(subject, inDefault('PASSWORD'), asText);
  if (password.value && password.environment === undefined)
    into.faults.push({
      severity: 'advice',
      at: password.at,
      what: 'The password of the database stands in the source.',
      todo: 'Keep the .env out of version control, and give Latchkey a database user of its own.',
    });
  const address = url('latchkey', 'plain');
  const comment = 'a database of its own, beside that of Django: make it first (createdb latchkey)';
  return isWhole
    ? { name: 'DATABASE_URL', value: address, comment }
    : { name: 'DATABASE_URL', example: address, comment: `${comment}; fill in what stands in < >` };
}

function judgeSqlite(subject: Subject, engine: Found<string>, into: Diagnosis): EnvLine {
  const name = part(subject, 'NAME');
  const file = name.value ?? `<${name.found.environment ?? 'FILE'}>`;
  const from = `sqlite:${file}`;
  into.importArguments.push('--from', from);
  into.mapped.push({
    django: 'DATABASES.default',
    at: engine.at,
    value: `SQLite, ${name.value === undefined ? shownFile(name) : file}`,
    latchkey: `--from ${from} of import-django; DATABASE_URL=sqlite:./latchkey.sqlite3`,
  });
  into.faults.push({
    severity: 'warning',
    at: engine.at,
    what: 'The database is SQLite: Django answers "database is locked" when many write, and one server is all there can be.',
    todo: 'Latchkey runs on SQLite on one server. For several set DATABASE_URL to PostgreSQL.',
  });
  return {
    name: 'DATABASE_URL',
    value: 'sqlite:./latchkey.sqlite3',
    comment: 'a file of its own, not that of Django',
  };
}

const shownFile = ({ found }: Part) =>
  found.environment === undefined
    ? 'a file that is not known'
    : `the file in the environment variable ${found.environment}`;

function judgeEngine(subject: Subject, into: Diagnosis): EnvLine {
  const engine = look(subject, inDefault('ENGINE'), asText);
  const open: EnvLine = { name: 'DATABASE_URL', example: 'postgres://user:password@host/latchkey' };
  if (engine.state === 'missing') return open;
  if (saidUnknown(engine, into)) {
    into.importArguments.push('--from', '<DATABASE>');
    return open;
  }
  if (/postg|psql/i.test(engine.value ?? '')) return judgePostgres(subject, engine, into);
  if (/sqlite|spatialite/i.test(engine.value ?? '')) return judgeSqlite(subject, engine, into);
  into.notMapped.push({
    django: engine.name,
    at: engine.at,
    why: `${engine.value}: Latchkey reads SQLite and PostgreSQL. Move the tables to one of them first.`,
    isUnknown: false,
  });
  return open;
}

/** Where the whole address comes from an environment variable (dj-database-url, django-environ). */
function wholeAddress(subject: Subject, into: Diagnosis): EnvLine | undefined {
  const { environment, at, name } = look(subject, ['DATABASES', 'default'], () => undefined);
  if (environment === undefined) return undefined;
  into.notMapped.push({
    django: name,
    at,
    why: `unknown, see ${at}: the running server takes the address from the environment variable ${environment}. Give it to import-django --from.`,
    isUnknown: true,
  });
  into.importArguments.push('--from', `<${environment}>`);
  const comment = `a database of its own, beside that in ${environment} of the Django server`;
  return { name: 'DATABASE_URL', example: 'postgres://user:password@host/latchkey', comment };
}

function judgeUserModel(subject: Subject, into: Diagnosis): void {
  const model = look(subject, ['AUTH_USER_MODEL'], asText);
  if (saidUnknown(model, into)) return;
  const table = (model.value ?? 'auth.User').toLowerCase().replace('.', '_');
  if (!/^[\p{L}\p{N}_]+$/u.test(table)) return;
  if (model.state === 'known') into.importArguments.push('--user-table', table);
  into.mapped.push({
    django: 'AUTH_USER_MODEL',
    at: model.at,
    value: model.state === 'missing' ? 'not set: auth.User' : shown(model),
    latchkey: `--user-table ${table} of import-django, unless the model sets db_table`,
  });
}

function judgeTimes(subject: Subject, into: Diagnosis): void {
  const isAware = look(subject, ['USE_TZ'], asBool);
  const zone = look(subject, ['TIME_ZONE'], asText);
  if (saidUnknown(isAware, into)) return;
  const name = zone.value ?? 'America/Chicago';
  if (isAware.value === true)
    into.mapped.push({
      django: 'USE_TZ',
      at: isAware.at,
      value: 'True',
      latchkey: 'times are in UTC, the import takes them as they are',
    });
  else if (isAware.state === 'missing')
    into.notMapped.push({
      django: 'USE_TZ',
      at: undefined,
      why: `not set: times are in UTC from Django 5 on, and before in ${name} without saying so. Compare a few after the import.`,
      isUnknown: false,
    });
  else
    into.faults.push({
      severity: 'warning',
      at: isAware.at,
      what: `USE_TZ is off: the database has times of ${name} without a zone.`,
      todo: 'The import takes times without a zone as UTC: compare a few, such as date_joined, afterwards.',
    });
}

/** Where the data is, and what import-django has to be told. */
export function judgeDatabase(subject: Subject, into: Diagnosis): void {
  into.env.push(wholeAddress(subject, into) ?? judgeEngine(subject, into));
  judgeUserModel(subject, into);
  judgeTimes(subject, into);
  const media = look(subject, ['MEDIA_ROOT'], asText);
  if (saidUnknown(media, into) || !media.value) return;
  into.importArguments.push('--media', media.value);
  into.mapped.push({
    django: 'MEDIA_ROOT',
    at: media.at,
    value: shown(media),
    latchkey: `--media ${media.value} of import-django`,
  });
}
