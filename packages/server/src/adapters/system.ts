import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '../domain/system.ts';

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

export const systemRandom: Random = { bytes: (count) => randomBytes(count) };
