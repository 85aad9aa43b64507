import type { Outcome, Reason } from '../../outcome.ts';
import type { Store } from '../../store.ts';

/** Carries a refusal out of a transaction, which is undone by it. */
class Undone<R extends Reason> extends Error {
  readonly refusal: Outcome<never, R>;
  constructor(refusal: Outcome<never, R>) {
    super('undone');
    this.refusal = refusal;
  }
}

/** A transaction in which several things may refuse one after the other: a refusal undoes what was written before it. */
export async function allOrNothing<T, R extends Reason>(
  outer: Pick<Store, 'transaction'>,
  work: (store: Store) => Promise<Outcome<T, R>>,
): Promise<Outcome<T, R>> {
  try {
    return await outer.transaction(async (store) => {
      const outcome = await work(store);
      if (!outcome.ok) throw new Undone(outcome);
      return outcome;
    });
  } catch (error) {
    if (error instanceof Undone) return error.refusal as Outcome<never, R>;
    throw error;
  }
}
