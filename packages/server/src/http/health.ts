import type { App } from '../domain/app.ts';

/** What the probes look at besides the database. */
export interface Readiness {
  /** undefined while all is well; a sentence when this server should get no more requests */
  reason: string | undefined;
}

/** May requests be sent here? Undefined for yes, else why not. */
export async function notReady(
  { store }: { readonly store: Pick<App['store'], 'ping'> },
  readiness: Readiness,
): Promise<string | undefined> {
  if (readiness.reason !== undefined) return readiness.reason;
  try {
    await store.ping();
    // A server that was told to stop meanwhile says so.
    return readiness.reason;
  } catch {
    return 'the database does not answer';
  }
}
