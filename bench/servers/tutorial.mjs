// What a tutorial builds: fastify, @fastify/jwt, SQLite and argon2.
import { randomUUID } from 'node:crypto';
import fastifyJwt from '@fastify/jwt';
import { hash, verify } from '@node-rs/argon2';
import { DatabaseSync } from '@photostructure/sqlite';
import Fastify from 'fastify';

const db = new DatabaseSync('tutorial.sqlite3');
db.exec(`
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL UNIQUE, password TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS refresh_tokens (
    id TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), expires_at INTEGER NOT NULL);
`);
const userById = db.prepare('SELECT id, username FROM users WHERE id = ?');
const userByName = db.prepare('SELECT * FROM users WHERE username = ?');
const addUser = db.prepare('INSERT INTO users (username, password) VALUES (?, ?)');
const findToken = db.prepare('SELECT * FROM refresh_tokens WHERE id = ?');
const addToken = db.prepare('INSERT INTO refresh_tokens (id, user_id, expires_at) VALUES (?, ?, ?)');
const deleteToken = db.prepare('DELETE FROM refresh_tokens WHERE id = ?');

const REFRESH_SECONDS = 4_320_000;
const app = Fastify({ logger: false });
await app.register(fastifyJwt, { secret: process.env.SECRET_KEY ?? '' });

/** @param {any} user */
function tokensFor(user) {
  const jti = randomUUID();
  addToken.run(jti, user.id, Date.now() + REFRESH_SECONDS * 1000);
  const claims = { sub: String(user.id), username: user.username };
  return {
    access: app.jwt.sign({ ...claims, type: 'access' }, { expiresIn: 300 }),
    refresh: app.jwt.sign({ ...claims, type: 'refresh', jti }, { expiresIn: REFRESH_SECONDS }),
  };
}

const credentials = {
  body: {
    type: 'object',
    required: ['username', 'password'],
    properties: { username: { type: 'string' }, password: { type: 'string' } },
  },
};

app.post('/api/register/', { schema: credentials }, async (request, reply) => {
  const { username, password } = /** @type {any} */ (request.body);
  addUser.run(username, await hash(password));
  return reply.code(201).send({ username });
});

app.post('/api/token/', { schema: credentials }, async (request, reply) => {
  const { username, password } = /** @type {any} */ (request.body);
  const user = /** @type {any} */ (userByName.get(username));
  if (!user || !(await verify(user.password, password))) return reply.code(401).send({ detail: 'no' });
  return tokensFor(user);
});

app.post('/api/token/refresh/', async (request, reply) => {
  const { refresh } = /** @type {any} */ (request.body);
  try {
    const claims = /** @type {any} */ (app.jwt.verify(refresh));
    const stored = /** @type {any} */ (findToken.get(claims.jti));
    if (claims.type !== 'refresh' || !stored) return reply.code(401).send({ detail: 'no' });
    db.exec('BEGIN');
    deleteToken.run(claims.jti);
    const tokens = tokensFor(userById.get(stored.user_id));
    db.exec('COMMIT');
    return tokens;
  } catch {
    return reply.code(401).send({ detail: 'no' });
  }
});

app.get(
  '/api/dashboard/',
  { onRequest: (/** @type {any} */ request) => request.jwtVerify() },
  async (request, reply) => {
    const claims = /** @type {any} */ (request.user);
    const user = /** @type {any} */ (userById.get(Number(claims.sub)));
    if (claims.type !== 'access' || !user) return reply.code(401).send({ detail: 'no' });
    return { response: `Hey ${user.username}, You are seeing a GET response` };
  },
);

app.get('/healthz', async () => ({ status: 'ok' }));

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
