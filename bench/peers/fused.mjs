import { nodeServer } from './node-server.mjs';
import { latchkeyWire } from './wire.mjs';

/**
 * A limit: by hand, only what cannot be left out. HS256 and expiry, one prepared read that joins session and user, or
 * one conditional UPDATE in its own transaction at synchronous=FULL. No cache.
 * @type {import('./wire.mjs').Peer}
 */
export const fused = {
  name: 'fused',
  title: 'limit: fused',
  can: ['get', 'refresh', 'login', 'neighbour', 'start', 'memory'],
  missing: () => undefined,
  prepare: () => [],
  serve: nodeServer('fused.mjs'),
  wire: latchkeyWire,
};

/** The same, but requests that arrive together share one transaction. @type {import('./wire.mjs').Peer} */
export const fusedGrouped = {
  ...fused,
  name: 'fused-grouped',
  title: 'limit: fused, group commit',
  can: ['refresh'],
  serve: nodeServer('fused.mjs', { GROUP_COMMIT: '1' }),
};
