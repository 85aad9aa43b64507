import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { client, isSignedOut } from '../api/call.ts';
import { tellFault } from '../api/deed.ts';
import { asQuery, LARGEST_PAGE, pagesOf } from '../api/queries.ts';
import type { UserRow } from '../api/types.ts';
import type { UserSearch } from './filters.tsx';
import { filtersOf } from './matching.ts';

/** What a deed, and the question before it, need to know of somebody. */
export type Chosen = Pick<UserRow, 'id' | 'username'>;

/** A choice, and what was looked for then. */
interface Choice {
  readonly at: string;
  readonly users: readonly Chosen[];
}

/** Everybody who matches, as it is now, page by page. `found` is told how many those are so far. */
async function walk(search: UserSearch, signal: AbortSignal, found: (count: number) => void) {
  const users: Chosen[] = [];
  const query = { ...asQuery<'/api/admin/users/'>(filtersOf(search)), page_size: LARGEST_PAGE };
  const ask = (cursor: string | undefined) =>
    client.get('/api/admin/users/', { query: { ...query, cursor }, signal });
  for await (const rows of pagesOf(ask)) {
    users.push(...rows.map(({ id, username }) => ({ id, username })));
    found(users.length);
  }
  signal.throwIfAborted();
  return users;
}

/** The choice of all who match, on whichever page. It holds for as long as the list shows what it showed then. */
export function useEveryone(search: UserSearch) {
  const at = JSON.stringify(search);
  const [choice, setChoice] = useState<Choice>();
  const [found, setFound] = useState(0);
  const running = useRef<AbortController>(undefined);
  const stop = () => running.current?.abort();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list stops it, and so does another page
  useEffect(() => stop, [at]);
  const { mutate, isPending } = useMutation({
    mutationFn: async (signal: AbortSignal) => ({ at, users: await walk(search, signal, setFound) }),
    onSuccess: setChoice,
    onError: (error, signal) => {
      if (!signal.aborted && !isSignedOut(error)) tellFault(error);
    },
  });
  return {
    /** undefined: not everybody is chosen */
    chosen: choice?.at === at ? choice.users : undefined,
    /** how many were found yet, while they are looked for */
    found: isPending ? found : undefined,
    choose: () => {
      setFound(0);
      running.current = new AbortController();
      mutate(running.current.signal);
    },
    stop,
    /** these alone are chosen from now on */
    keep: (users: readonly Chosen[]) => {
      stop();
      setChoice(users.length === 0 ? undefined : { at, users });
    },
  };
}
