// What cannot be left out, and nothing else: the least a protected GET, a refresh and a login can cost on this stack.
import { createServer } from 'node:http';
import { hash, verify } from '@node-rs/argon2';
import { openData } from './fused-data.mjs';
import { freshId, readToken, refreshExpiry, signPair } from './fused-tokens.mjs';

/** @typedef {import('node:http').IncomingMessage} Incoming */
/** @typedef {import('node:http').ServerResponse} Outgoing */

const COST = { memoryCost: 19456, timeCost: 2, parallelism: 1 };
const data = openData('fused.sqlite3');

/** @param {Outgoing} response @param {number} status @param {object} value */
function answer(response, status, value) {
  const text = JSON.stringify(value);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

/** @param {Incoming} request @param {(body: any) => void} done */
function withBody(request, done) {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (part) => {
    text += part;
  });
  request.on('end', () => done(JSON.parse(text)));
}

/** @param {Incoming} request @param {Outgoing} response */
function dashboard(request, response) {
  const claims = readToken(request.headers.authorization?.slice(7) ?? '', 'access');
  const row = claims && /** @type {any} */ (data.holder.get(claims.sid, claims.user_id));
  if (row === undefined || row.is_active !== 1 || row.ended_at !== null)
    return answer(response, 401, { detail: 'no' });
  answer(response, 200, { response: `Hey ${row.username}, You are seeing a GET response` });
}

/** One conditional UPDATE; the answer goes out after its transaction. @param {string} text */
function rotate(text) {
  const claims = readToken(text, 'refresh');
  if (claims === undefined) return undefined;
  const now = Date.now();
  const iat = Math.floor(now / 1000);
  const jti = freshId();
  const { changes } = data.rotate.run(jti, iat * 1000, refreshExpiry(iat), now, claims.sid, claims.jti);
  return Number(changes) === 1 ? signPair(claims, claims.user_id, claims.sid, jti, iat) : undefined;
}

/** @param {Outgoing} response @param {object | undefined} pair */
function answerPair(response, pair) {
  answer(response, pair === undefined ? 401 : 200, pair ?? { detail: 'no' });
}

/** @type {{ text: string, response: Outgoing }[]} */
let together = [];

/** All that arrived in this turn of the event loop: one transaction, one flush to the disk. */
function commitTogether() {
  const batch = together;
  together = [];
  data.database.exec('BEGIN IMMEDIATE');
  const pairs = batch.map(({ text }) => rotate(text));
  data.database.exec('COMMIT');
  batch.forEach(({ response }, index) => {
    answerPair(response, pairs[index]);
  });
}

/** @param {string} text @param {Outgoing} response */
function refreshGrouped(text, response) {
  if (together.length === 0) setImmediate(commitTogether);
  together.push({ text, response });
}

/** @param {{ username: string, password: string }} body @param {Outgoing} response */
async function login({ username, password }, response) {
  const user = /** @type {any} */ (data.byName.get(username));
  if (user === undefined || !(await verify(user.password, password)))
    return answer(response, 401, { detail: 'no' });
  const now = Date.now();
  const iat = Math.floor(now / 1000);
  const [sid, jti] = [freshId(), freshId()];
  data.addSession.run(sid, user.id, jti, iat * 1000, refreshExpiry(iat), now);
  answer(response, 200, signPair(user, user.id, sid, jti, iat));
}

/** @param {{ username: string, password: string }} body @param {Outgoing} response */
async function register({ username, password }, response) {
  data.addUser.run(username, '', await hash(password, COST));
  answer(response, 201, { username });
}

const grouped = process.env.GROUP_COMMIT === '1';

createServer((request, response) => {
  switch (request.url) {
    case '/api/dashboard/':
      return dashboard(request, response);
    case '/api/token/refresh/':
      return withBody(request, ({ refresh }) =>
        grouped ? refreshGrouped(refresh, response) : answerPair(response, rotate(refresh)),
      );
    case '/api/token/':
      return withBody(request, (body) => login(body, response));
    case '/api/register/':
      return withBody(request, (body) => register(body, response));
    default:
      return answer(response, 200, { status: 'ok' });
  }
}).listen(Number(process.env.PORT), '127.0.0.1');
