import { createClient, pathWith, Refused, staffSession } from 'latchkey-client';
import { serverRoot } from '../../shared/page.ts';

/** Who shows the dialog that asks for the password again; nobody, and the refusal stands. */
const asking = { forPassword: async (): Promise<boolean> => false };

/** `ask` resolves to false when the person thinks better of it. Gives back how to stop. */
export function whenPasswordIsNeeded(ask: () => Promise<boolean>): () => void {
  asking.forPassword = ask;
  return () => {
    asking.forPassword = async () => false;
  };
}

const session = staffSession(() => asking.forPassword());

/** Every change carries this (`X-CSRFToken`). */
export const keepCsrfToken = (token: string | null): void => session.keep(token ?? undefined);

/** The admin API, typed by the contract. A refusal is thrown as `Refused`; one that wants the password asks the person first. */
export const client = createClient({ baseUrl: serverRoot.replace(/\/$/, ''), auth: session });

/** Where something of the API is that a link downloads; what is not set is left out. */
export const apiUrl = (path: string, query: Readonly<Record<string, string | undefined>>): string =>
  new URL(pathWith(path, { query }).slice(1), serverRoot).href;

/** Was this refused because nobody is signed in any more? */
export const isSignedOut = (error: unknown): boolean => error instanceof Refused && error.status === 401;

/** The sentences for the fields of a form after a refusal. */
export function fieldFaults(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Refused)) return {};
  return Object.fromEntries(Object.entries(error.fields).map(([name, texts]) => [name, texts.join(' ')]));
}
