import { parseArgs } from 'node:util';

const USAGE = `npm run bench -- [options]

  --only latchkey,fused     these systems alone
  --scenarios get,refresh   of get, refresh, login, register, neighbour, flood, start, memory
  --rounds N                how often each system takes its turn (default 3)
  --seconds N               how long one measurement lasts (default 1.5)
  --quick                   one round of half a second: to see that it works
  --long                    a million sessions and five million rotations (some minutes), and nothing else
  --postgres                one instance and two on PostgreSQL, and nothing else
  --overload                1, 2, 5 and 10 times the clients there is capacity for, 5 s each, and nothing else;
                            --scenarios: of login, refresh, mixed; writes no document
  --folder PATH             where the databases lie (default: a new folder in the temporary one)
  --no-write                leave docs/performance.md and bench/results/reference.json as they are`;

/** @param {string | undefined} text */
const list = (text) => text?.split(',').map((name) => name.trim());

/** @param {string[]} words */
export function readOptions(words) {
  const { values } = parseArgs({
    args: words,
    options: {
      only: { type: 'string' },
      scenarios: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      folder: { type: 'string' },
      quick: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      postgres: { type: 'boolean', default: false },
      overload: { type: 'boolean', default: false },
      'no-write': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const { quick, only, overload } = values;
  const seconds = Number(values.seconds ?? (quick ? 0.5 : overload ? 5 : 1.5));
  return {
    only: list(only),
    scenarios: list(values.scenarios),
    rounds: Number(values.rounds ?? (quick ? 1 : 3)),
    seconds,
    warmup: Math.min(0.5, seconds / 2),
    starts: quick ? 2 : 7,
    quick,
    long: values.long,
    postgres: values.postgres,
    overload,
    folder: values.folder,
    /** A part of the systems, or a glance, is no result to keep. */
    write: !values['no-write'] && !quick && !overload && only === undefined,
  };
}

/** @typedef {ReturnType<typeof readOptions>} Options */
