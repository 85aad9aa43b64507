import { bare } from './bare.mjs';
import { betterAuth } from './better-auth.mjs';
import { fused, fusedGrouped } from './fused.mjs';
import { latchkey } from './latchkey.mjs';
import { original } from './original.mjs';
import { tutorial } from './tutorial.mjs';

/** Every system, in the order of the table. */
export const PEERS = [latchkey, original, betterAuth, tutorial, fused, fusedGrouped, bare];

/** @param {string} name @returns {import('./wire.mjs').Peer} */
export function peerNamed(name) {
  const peer = PEERS.find((candidate) => candidate.name === name);
  if (peer === undefined) throw new Error(`no such system: ${name} (${PEERS.map((p) => p.name).join(', ')})`);
  return peer;
}
