import { dict, type Place, type PythonValue, text, unknown } from './python-value.ts';

const ENGINES: Readonly<Record<string, string>> = {
  postgres: 'postgresql',
  postgresql: 'postgresql',
  pgsql: 'postgresql',
  postgis: 'postgresql',
  sqlite: 'sqlite3',
  spatialite: 'sqlite3',
  mysql: 'mysql',
  mysql2: 'mysql',
  oracle: 'oracle',
};

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * A database as DATABASES has it, from an address as dj-database-url and django-environ read it: `sqlite:///file` is
 * beside the project, `sqlite:////folder/file` is absolute.
 */
export function databaseFromUrl(url: string, at: Place): PythonValue {
  const [, scheme = '', rest = ''] = /^([a-z\d+]+):\/\/(.*)$/is.exec(url) ?? [];
  const engine = Object.hasOwn(ENGINES, scheme.toLowerCase()) ? ENGINES[scheme.toLowerCase()] : undefined;
  if (engine === undefined || !URL.canParse(url))
    return unknown('the address of the database is not understood', at);
  const entries: [string, string][] = [['ENGINE', `django.db.backends.${engine}`]];
  if (engine === 'sqlite3')
    entries.push(['NAME', decoded(rest.replace(/^\//, '').replace(/\?.*$/, '')) || ':memory:']);
  else {
    const { hostname, port, username, password, pathname } = new URL(url);
    entries.push(['NAME', decoded(pathname.slice(1))], ['USER', decoded(username)]);
    entries.push(['PASSWORD', decoded(password)], ['HOST', decoded(hostname)], ['PORT', port]);
  }
  return dict(new Map(entries.map(([key, value]) => [key, text(value, at)])), at);
}
