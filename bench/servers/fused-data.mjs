// The data of the fused handler: two tables, a handful of prepared statements.
import { DatabaseSync } from '@photostructure/sqlite';

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS users (
    id integer primary key, username text not null unique, email text not null, password text not null,
    is_active integer not null, full_name text not null, bio text not null, image text not null, verified integer not null);
  CREATE TABLE IF NOT EXISTS sessions (
    id text primary key, user_id integer not null, current_jti text not null, issued_at integer not null,
    expires_at integer not null, previous_jti text, rotated_at integer, created_at integer not null, ended_at integer);
  CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id, created_at);
  CREATE INDEX IF NOT EXISTS sessions_live ON sessions (user_id) WHERE ended_at IS NULL;
  CREATE INDEX IF NOT EXISTS sessions_by_start ON sessions (created_at, id);
`;

const HOLDER = `
  SELECT u.id, u.username, u.email, u.is_active, u.full_name, u.bio, u.image, u.verified, s.current_jti, s.ended_at
  FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ? AND s.user_id = ?`;

const ROTATE = `
  UPDATE sessions SET previous_jti = current_jti, current_jti = ?, issued_at = ?, expires_at = ?, rotated_at = ?
  WHERE id = ? AND current_jti = ? AND ended_at IS NULL`;

/** @param {string} path */
export function openData(path) {
  const database = new DatabaseSync(path);
  database.exec(SCHEMA);
  return {
    database,
    holder: database.prepare(HOLDER),
    rotate: database.prepare(ROTATE),
    byName: database.prepare('SELECT * FROM users WHERE username = ?'),
    addUser: database.prepare(
      `INSERT INTO users (username, email, password, is_active, full_name, bio, image, verified)
       VALUES (?, ?, ?, 1, '', '', 'default.jpg', 0)`,
    ),
    addSession: database.prepare(
      `INSERT INTO sessions (id, user_id, current_jti, issued_at, expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
    ),
  };
}
