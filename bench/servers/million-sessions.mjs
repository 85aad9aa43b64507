// Works on Latchkey's SQLite file while the server is stopped:
//   fill <file> <sessions>       accounts and sessions
//   rotate <file> <rotations>    the store's own update, for sessions picked at random
//   sample <file> <sessions>     prints as many sessions as JSON, picked at random
import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from '@photostructure/sqlite';

const [command, path = '', count = '0'] = process.argv.slice(2);
const total = Number(count);
const DAY = 86_400_000;
const now = Date.now();
const ACCOUNTS = 10_000;
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const id = () => randomBytes(16).toString('hex');
const db = new DatabaseSync(path);
// Nobody else has the file open, and a crash means to begin anew: so each page is written once.
db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1500000;');

function fill() {
  const addUser = db.prepare(
    `INSERT INTO users (username, email, password, is_active, is_staff, is_superuser, created_at)
     VALUES (?, '', '!', 1, 0, 0, ?) RETURNING id`,
  );
  const addProfile = db.prepare(
    `INSERT INTO profiles (user_id, full_name, bio, image, verified) VALUES (?, '', '', 'default.jpg', 0)`,
  );
  const addName = db.prepare('INSERT INTO login_names (name, user_id) VALUES (?, ?)');
  const owners = Array.from({ length: ACCOUNTS }, (_, number) => {
    const name = `filler${number}`;
    const row = /** @type {any} */ (addUser.get(name, now));
    addProfile.run(row.id);
    addName.run(name, row.id);
    return Number(row.id);
  });
  const addSession = db.prepare(
    `INSERT INTO sessions (id, user_id, current_jti, issued_at, expires_at, previous_jti, rotated_at, created_at, ip, user_agent)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, '192.0.2.1', ?)`,
  );
  for (let made = 0; made < total; made++) {
    // Refreshed once already, at some time of the last 49 days.
    const issued = now - randomInt(49 * DAY);
    const owner = owners[made % ACCOUNTS] ?? 0;
    addSession.run(id(), owner, id(), issued, issued + 50 * DAY, id(), issued, issued - DAY, AGENT);
  }
}

function rotate() {
  const sessions = /** @type {any[]} */ (db.prepare('SELECT id, current_jti FROM sessions').all());
  const update = db.prepare(
    `UPDATE sessions SET previous_jti = current_jti, current_jti = ?, issued_at = ?, expires_at = ?, rotated_at = ?
     WHERE id = ? AND current_jti = ? AND ended_at IS NULL`,
  );
  for (let done = 0; done < total; done++) {
    const session = sessions[randomInt(sessions.length)];
    const next = id();
    // Time goes on: a day of rotations in all.
    const issued = now + Math.floor(((done - total) / total) * DAY);
    update.run(next, issued, issued + 50 * DAY, issued, session.id, session.current_jti);
    session.current_jti = next;
  }
}

function sample() {
  const rows = db
    .prepare(
      `SELECT id, user_id, current_jti AS jti, issued_at, expires_at FROM sessions
       WHERE user_agent = ? ORDER BY random() LIMIT ?`,
    )
    .all(AGENT, total);
  console.log(JSON.stringify(rows));
}

if (command === 'sample') sample();
else {
  db.exec('BEGIN');
  if (command === 'fill') fill();
  else rotate();
  db.exec('COMMIT');
}
// Latchkey finds the journal it would have made.
db.exec('PRAGMA journal_mode = WAL');
db.close();
if (command !== 'sample') {
  // Or the disk would still be at it when the server's waits for the disk are measured.
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
}
