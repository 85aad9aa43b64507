import { nodeServer } from './node-server.mjs';
import { latchkeyWire } from './wire.mjs';

/**
 * What a tutorial builds: fastify, @fastify/jwt, SQLite, argon2; refresh tokens in a table, rotated; the user read on
 * every protected request.
 * @type {import('./wire.mjs').Peer}
 */
export const tutorial = {
  name: 'tutorial',
  title: 'fastify + @fastify/jwt',
  can: ['get', 'refresh', 'login', 'register', 'neighbour', 'flood', 'start', 'memory'],
  missing: () => undefined,
  prepare: () => [],
  serve: nodeServer('tutorial.mjs'),
  wire: latchkeyWire,
};
