import type { HeaderValues } from './send.ts';

/** Tells a client how to say who asks. */
export interface Auth {
  /** cookies go along with `include` and, to the server of the page, with `same-origin` */
  readonly credentials?: RequestCredentials | undefined;
  /** the headers of a request of this method */
  headersFor(method: string): HeaderValues;
  /** After a 401 to a request with these headers: true when it is worth sending it again with new ones. */
  renew(sent: HeaderValues): Promise<boolean>;
  /** After a refusal with `step_up_required`: has the password given again; false when the person thinks better of it. */
  stepUp?(): Promise<boolean>;
}

export interface Credentials {
  /** a user name or an e-mail */
  readonly username: string;
  readonly password: string;
}

/** A login of one person, kept up by refreshing. */
export interface Session extends Auth {
  /** Throws a `Refused` when the password is wrong. */
  logIn(credentials: Credentials): Promise<void>;
  /** Ends the session, and forgets it whatever the server says. */
  logOut(): Promise<void>;
  /** Takes an earlier login up again; false when there is none. Throws what `fetch` throws: then nothing is known. */
  restore(): Promise<boolean>;
  /** Forgets the session without telling the server, which ended it already. */
  forget(): void;
  isLoggedIn(): boolean;
  /** Tells of each login and each end; gives a function that stops that. */
  onChange(listener: (isLoggedIn: boolean) => void): () => void;
}

/** Milliseconds a request may take while others, in other tabs too, wait for their turn. */
export const LONGEST_TURN = 15_000;

/** Whoever asks while the work is under way gets its result: one refresh however many requests need it. */
export function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let flight: Promise<T> | undefined;
  return () => {
    flight ??= work().finally(() => {
      flight = undefined;
    });
    return flight;
  };
}

/** Listeners, told only when something changed. */
export function changes() {
  const listeners = new Set<(isLoggedIn: boolean) => void>();
  let last = false;
  return {
    tell(isLoggedIn: boolean): void {
      if (isLoggedIn === last) return;
      last = isLoggedIn;
      for (const listener of listeners) listener(isLoggedIn);
    },
    listen(listener: (isLoggedIn: boolean) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
