import { fileURLToPath } from 'node:url';

/** The other side of the login figures: argon2id hashes a second, as many at once as there are cores. */
export const rawHashes = {
  name: 'raw',
  title: 'limit: raw argon2id',
  can: ['login'],
  program: fileURLToPath(new URL('../servers/raw-hashes.mjs', import.meta.url)),
};
