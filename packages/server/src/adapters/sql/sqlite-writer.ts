import type { CompiledQuery, QueryResult } from 'kysely';
import { type Deed, groupCommit } from './group-commit.ts';
import { patiently, runOn, type SqliteDatabase } from './sqlite-file.ts';

/** A transaction that has the connection to itself until it ends. */
export interface OpenTransaction {
  run(query: CompiledQuery): QueryResult<unknown>;
  /** resolves when it is on the disk; rejects when it is not and never will be */
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** The one connection that writes. */
export interface Writer {
  /** one statement, atomic by itself; answers when it is on the disk */
  run(query: CompiledQuery): Promise<QueryResult<unknown>>;
  /** waits for its turn */
  begin(): Promise<OpenTransaction>;
}

/** How long a group waits for writers of other processes, and how what was committed gets on the disk. */
export interface WriterOptions {
  /** milliseconds; undefined for the usual ones */
  readonly patience: number | undefined;
  flush(): Promise<void>;
  /** called once, when a flush has failed */
  onFailed(error: Error): void;
}

/** Groups of writes on the connection. After a flush that failed nobody knows what the disk has, and nothing more is written. */
function groupsOn(
  database: SqliteDatabase,
  { patience, flush, onFailed }: WriterOptions,
): (deed: Deed) => void {
  let broken: Error | undefined;
  return groupCommit({
    async begin() {
      if (broken !== undefined) throw broken;
      await patiently(() => database.exec('BEGIN IMMEDIATE'), patience);
    },
    commit: () => database.exec('COMMIT'),
    async flush() {
      try {
        await flush();
      } catch (cause) {
        broken = new Error('disk I/O error: the log of SQLite could not be flushed', { cause });
        onFailed(broken);
        throw broken;
      }
    },
    rollback: () => {
      // A full disk has rolled back by itself; a second ROLLBACK would hide why.
      if (database.isTransaction) database.exec('ROLLBACK');
    },
  });
}

/**
 * Writes in groups that share one transaction of SQLite and its wait for the disk (`groupCommit`).
 * BEGIN IMMEDIATE, so that a second process waits instead of failing half-way.
 */
export function openWriter(database: SqliteDatabase, options: WriterOptions): Writer {
  const run = runOn(database);
  const enlist = groupsOn(database, options);

  /** The error, if SQLite has given up the transaction of the whole group because of it. */
  const fatal = (error: unknown) => (database.isTransaction ? undefined : error);

  /** A transaction of ours is a savepoint in that of the group. */
  function openSavepoint(leave: (fatal?: unknown) => void, settled: Promise<void>): OpenTransaction {
    let failure: unknown;
    const end = (statements: string) => {
      const reason = fatal(failure ?? new Error('the transaction was given up'));
      if (reason === undefined) database.exec(statements);
      leave(reason);
      return settled;
    };
    return {
      run(query) {
        try {
          return run(query);
        } catch (error) {
          failure = error;
          throw error;
        }
      },
      commit: () => end('RELEASE deed'),
      // Why it was rolled back is what its caller has to hear, not what became of the group.
      rollback: () => end('ROLLBACK TO deed; RELEASE deed').catch(() => {}),
    };
  }

  return {
    run: (query) =>
      new Promise((resolve, reject) => {
        let answer = () => {};
        const perform = () => {
          try {
            const result = run(query);
            answer = () => resolve(result);
          } catch (error) {
            // SQLite has undone this statement alone, or everything.
            answer = () => reject(error);
            return fatal(error);
          }
        };
        enlist({ perform, committed: () => answer(), undone: reject });
      }),
    begin: () =>
      new Promise((begun, refused) => {
        let committed = () => {};
        let undone: (error: unknown) => void = refused;
        const settled = new Promise<void>((resolve, reject) => {
          committed = resolve;
          undone = reject;
        });
        settled.catch(refused);
        const perform = () =>
          new Promise((leave) => {
            database.exec('SAVEPOINT deed');
            begun(openSavepoint(leave, settled));
          });
        enlist({ perform, committed, undone });
      }),
  };
}
