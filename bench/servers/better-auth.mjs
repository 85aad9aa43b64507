// better-auth with e-mail and password, on node:http by its own adapter.
import { createServer } from 'node:http';
import { DatabaseSync } from '@photostructure/sqlite';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { SqliteDialect } from 'kysely';

const port = Number(process.env.PORT);
const sqlite = new DatabaseSync('better-auth.sqlite3');
sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');

/** @type {Map<string, any>} */
const prepared = new Map();

/**
 * What Kysely's dialect asks of better-sqlite3, which does not install without a compiler. Statements are kept, which
 * is more than better-sqlite3 does.
 * @type {any}
 */
const database = {
  close: () => sqlite.close(),
  prepare(/** @type {string} */ sql) {
    let kept = prepared.get(sql);
    if (kept === undefined) {
      const statement = sqlite.prepare(sql);
      kept = {
        reader: statement.columns().length > 0,
        all: (/** @type {any[]} */ parameters) => statement.all(...parameters),
        run: (/** @type {any[]} */ parameters) => statement.run(...parameters),
        iterate: (/** @type {any[]} */ parameters) => statement.iterate(...parameters),
      };
      prepared.set(sql, kept);
    }
    return kept;
  },
};

/** @param {string} basePath @param {object} session */
function configured(basePath, session) {
  return betterAuth({
    basePath,
    session,
    baseURL: `http://127.0.0.1:${port}`,
    secret: process.env.SECRET_KEY,
    database: { dialect: new SqliteDialect({ database }), type: 'sqlite' },
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' },
  });
}

const usual = configured('/api/auth', {});
/** The same sessions, but each check extends them: the write of a refresh. */
const extending = configured('/api/extending', { updateAge: 0 });

const { runMigrations } = await getMigrations(usual.options);
await runMigrations();

const [answer, answerExtending] = [usual, extending].map((auth) => toNodeHandler(auth));
createServer((request, response) => {
  const handle = request.url?.startsWith('/api/extending/') ? answerExtending : answer;
  handle?.(request, response);
}).listen(port, '127.0.0.1');
