import type { Compilable, CompiledQuery, Kysely, QueryResult } from 'kysely';
import type { Tables } from './tables.ts';

/** An adapter of a database that can be asked without the way through Kysely, which takes longer than the query. */
export interface DirectExecution {
  /** Runs a query outside any transaction. */
  executeDirectly(query: CompiledQuery): Promise<QueryResult<unknown>>;
}

function isDirect(adapter: object): adapter is DirectExecution {
  return 'executeDirectly' in adapter;
}

/** Stands where an argument goes until the query is run. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Gives the place of an argument while a query is built. */
type Place<A> = <K extends keyof A & string>(name: K) => A[K];

/**
 * A query that is built and compiled once for each database and then only filled in: building one costs more
 * than running it. For the queries of hot paths. The first call names the arguments, the second builds; `build`
 * may depend on nothing else.
 */
export function hotQuery<A extends Record<string, string | number>>() {
  return <R>(build: (db: Kysely<Tables>, place: Place<A>) => Compilable<R>) => {
    const compiled = new WeakMap<object, CompiledQuery<R>>();
    const place = ((name: string) => new Slot(name)) as unknown as Place<A>;
    return (db: Kysely<Tables>, values: A): Promise<QueryResult<R>> => {
      // One adapter serves a database and all its transactions.
      const { adapter } = db.getExecutor();
      let query = compiled.get(adapter);
      if (query === undefined) {
        query = build(db, place).compile();
        compiled.set(adapter, query);
      }
      const parameters = query.parameters.map((one) => (one instanceof Slot ? values[one.name] : one));
      const filled = { query: query.query, queryId: query.queryId, sql: query.sql, parameters };
      if (isDirect(adapter) && !db.isTransaction)
        return adapter.executeDirectly(filled) as Promise<QueryResult<R>>;
      return db.executeQuery(filled);
    };
  };
}
