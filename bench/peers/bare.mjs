import { nodeServer } from './node-server.mjs';
import { latchkeyWire } from './wire.mjs';

/** A limit: node:http with one fixed answer. It looks at nothing. @type {import('./wire.mjs').Peer} */
export const bare = {
  name: 'bare',
  title: 'limit: bare node:http',
  can: ['get', 'start', 'memory'],
  missing: () => undefined,
  prepare: () => [],
  serve: nodeServer('bare.mjs'),
  wire: latchkeyWire,
};
