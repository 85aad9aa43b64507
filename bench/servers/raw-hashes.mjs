// argon2id hashes a second at m=19456, t=2, p=1, as many at once as there are cores. Prints the rate.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { hash } from '@node-rs/argon2';

const seconds = Number(process.argv[2] ?? 2);
const cost = { memoryCost: 19456, timeCost: 2, parallelism: 1 };
const password = 'Correct-horse-7-battery';

/** @param {number} until */
async function keepHashing(until) {
  let count = 0;
  for (; performance.now() < until; count++) await hash(password, { ...cost, salt: randomBytes(16) });
  return count;
}

/** @param {number} length seconds */
async function rate(length) {
  const from = performance.now();
  const workers = Array.from({ length: availableParallelism() }, () => keepHashing(from + length * 1000));
  const counts = await Promise.all(workers);
  return (counts.reduce((sum, count) => sum + count, 0) * 1000) / (performance.now() - from);
}

await rate(0.3);
console.log(await rate(seconds));
