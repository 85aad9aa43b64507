import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongFirst } from './packages/server/test/support/long-first.ts';

const FRONT_DOOR = ['packages/server/test/*.test.ts', 'packages/server/test/faults/*.test.ts'];
/** No database can change what it does. */
const CLIENT = 'packages/client/test/client.test.ts';

/**
 * They go through the front door, but there is nothing for them to look at on the other database, or the same. (A file
 * without a test would be a failure.)
 */
const ONLY_ON = {
  sqlite: [
    'django-live',
    'faults/disk-full',
    'faults/flush-fails',
    'audit-command',
    'audit-config',
    'backup-files',
    'browser-account',
    'browser-admin',
    'browser-admin-deeds',
    'browser-admin-list',
    'browser-admin-session',
    'browser-cookie-mode',
    'browser-first-page',
    'data-page',
    'dev-examples',
    'dev-inbox',
    'embedding',
    'http-bodies',
    'http-cors',
    'http-framing',
    'http-hosts',
    'http-in-clear',
    'http-hygiene',
    'http-paths',
    'http-secrets',
    'http-slow-inputs',
    'limits-everything',
    'picture-attacks',
    'redis',
    'site',
    'workers-metrics',
  ].map((name) => `packages/server/test/${name}.test.ts`),
  postgres: ['faults/database-away', 'faults/standby', 'least-privilege'].map(
    (name) => `packages/server/test/${name}.test.ts`,
  ),
};

/** The tests that go through the front door run twice, once on each database; the others know no database. */
const onDatabase = (database: 'sqlite' | 'postgres', groupOrder: number) => ({
  extends: true as const,
  test: {
    name: database,
    include: database === 'sqlite' ? [...FRONT_DOOR, CLIENT] : FRONT_DOOR,
    exclude: ONLY_ON[database === 'sqlite' ? 'postgres' : 'sqlite'],
    env: { TEST_DATABASE: database },
    // One after the other: a worker that changes between them loads everything anew.
    sequence: { groupOrder },
  },
});

export default defineConfig({
  test: {
    pool: 'threads',
    isolate: false,
    // Not one less than there are cores: much of the work is waiting for servers.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { shuffle: true, sequencer: LongFirst },
    testTimeout: 20_000,
    hookTimeout: 30_000,
    chaiConfig: { truncateThreshold: 0 },
    globalSetup: ['packages/server/test/support/postgres-global.ts'],
    reporters: ['default', './packages/server/test/support/count-reporter.ts'],
    projects: [
      onDatabase('sqlite', 1),
      onDatabase('postgres', 2),
      {
        extends: true as const,
        test: {
          name: 'unit',
          include: ['packages/server/test/unit/**/*.test.ts', 'packages/{client,admin}/test/**/*.test.ts'],
          exclude: [CLIENT],
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
