// A system that is one file of servers/, run by this very Node.
import { fileURLToPath } from 'node:url';
import { SECRET_KEY } from './wire.mjs';

/** @param {string} file @param {Record<string, string>} [settings] */
export function nodeServer(file, settings = {}) {
  const path = fileURLToPath(new URL(`../servers/${file}`, import.meta.url));
  return (/** @type {import('./wire.mjs').Place} */ { folder, port }) => ({
    command: process.execPath,
    parameters: [path],
    cwd: folder,
    environment: { NODE_ENV: 'production', PORT: String(port), SECRET_KEY, ...settings },
  });
}
