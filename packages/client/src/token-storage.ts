import { type InTurn, inTurn, inTurnInAllTabs } from './in-turn.ts';

/** Where the refresh token of a bearer session is kept. */
export interface TokenStorage {
  read(): string | undefined;
  write(refresh: string | undefined): void;
  /** Runs work while no other does, in this page or in another tab with this storage. */
  readonly alone: InTurn;
}

/** Until the page is closed, or the process ends. */
export function inMemory(): TokenStorage {
  let kept: string | undefined;
  return {
    read: () => kept,
    write: (refresh) => {
      kept = refresh;
    },
    alone: inTurn(),
  };
}

/**
 * In the browser's localStorage, for all tabs, and under a lock, so that two of them never use one token. Whoever can run a script
 * in a page of this origin can read it there: a server with TOKEN_TRANSPORT=cookie keeps it where no script can.
 */
export function inLocalStorage(key = 'latchkey.refresh'): TokenStorage {
  return {
    read: () => localStorage.getItem(key) ?? undefined,
    write: (refresh) => {
      if (refresh === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, refresh);
    },
    alone: inTurnInAllTabs(key),
  };
}
