import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { latchkeyWire, SECRET_KEY } from './wire.mjs';

const PROGRAM = fileURLToPath(new URL('../../packages/server/bin/latchkey.js', import.meta.url));
const BUILT = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url));

/** @param {string} command */
function latchkeyCommand(command) {
  return (/** @type {import('./wire.mjs').Place} */ { folder, port, databaseUrl }) => ({
    command: process.execPath,
    parameters: [PROGRAM, command],
    cwd: folder,
    environment: {
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      SECRET_KEY,
      // All clients have one address.
      LIMITS: 'off',
      DATABASE_URL: databaseUrl ?? `sqlite:${join(folder, 'latchkey.sqlite3')}`,
    },
  });
}

const migrate = latchkeyCommand('migrate');

/** The product with its usual settings but for limits: SQLite, synchronous=FULL, LOG_LEVEL=info. @type {import('./wire.mjs').Peer} */
export const latchkey = {
  name: 'latchkey',
  title: 'Latchkey',
  can: ['get', 'refresh', 'login', 'register', 'neighbour', 'flood', 'start', 'memory'],
  missing: () => (existsSync(BUILT) ? undefined : 'it is not built: npm run build'),
  prepare: (place) => [migrate(place)],
  serve: latchkeyCommand('serve'),
  wire: latchkeyWire,
};
