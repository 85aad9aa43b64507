import type { Config } from './config.ts';
import { Secret } from './secret.ts';
import { fault, inBoth, oneOf, type Reader, type SettingOf, wholeNumber } from './setting.ts';

const isDatabaseUrl = (text: string) => /^sqlite:.+|^postgres(ql)?:\/\/.+/.test(text);

const readDatabaseUrl: Reader<Secret> = (text) => {
  if (text.startsWith('sqlite://'))
    return fault('must be sqlite:./file (from here) or sqlite:/folder/file, without //');
  return isDatabaseUrl(text)
    ? new Secret(text)
    : fault('must start with sqlite: or postgres://, for example sqlite:./latchkey.sqlite3');
};

type DatabaseKey = 'databaseUrl' | 'sqliteSynchronous' | 'databasePool' | 'databaseWaitSeconds';

/** The settings about the database. */
export const DATABASE_SETTINGS: { readonly [K in DatabaseKey]: SettingOf<Config[K]> } = {
  databaseUrl: {
    name: 'DATABASE_URL',
    about:
      'Where the data is: `sqlite:./file`, `sqlite:/folder/file` or `postgres://user:password@host/name`. The TLS options of a PostgreSQL address are honoured.',
    fallback: inBoth('sqlite:./latchkey.sqlite3'),
    read: readDatabaseUrl,
    isSecret: true,
  },
  sqliteSynchronous: {
    name: 'SQLITE_SYNCHRONOUS',
    about:
      '`full` survives a power cut with every answered write; `normal` is faster and may lose the last ones.',
    fallback: inBoth('full'),
    read: oneOf('full', 'normal'),
  },
  databasePool: {
    name: 'DATABASE_POOL',
    about: 'Connections to PostgreSQL at the most, for each process: with WORKERS that many times as many.',
    fallback: inBoth('10'),
    read: wholeNumber(1, 500),
  },
  databaseWaitSeconds: {
    name: 'DATABASE_WAIT_SECONDS',
    about:
      'How long one query waits for a connection to PostgreSQL and for a lock together, 2 to 30; half of it for the connection alone, twice as long for a whole statement. Then its request is answered with 503. See [performance.md](performance.md#capacity) before you raise it.',
    fallback: inBoth('2'),
    read: wholeNumber(2, 30),
  },
};
