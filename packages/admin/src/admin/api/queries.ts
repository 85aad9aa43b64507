import { keepPreviousData, QueryClient, queryOptions, useQuery } from '@tanstack/react-query';
import {
  type AnswerOf,
  type Arguments,
  type Operations,
  type PathOf,
  type QueryOf,
  Refused,
} from 'latchkey-client';
import type { Search } from '../search.ts';
import { client, isSignedOut, keepCsrfToken } from './call.ts';
import type { Group, Page, Session } from './types.ts';

const SESSION_KEY = ['session'];

/** Who is signed in; or was, until his session ended: his pages wait, hidden, until he signs in again. */
type Person = Session & { readonly hasEnded?: boolean };

const isOfPerson = ({ queryKey }: { readonly queryKey: readonly unknown[] }) =>
  queryKey[0] !== SESSION_KEY[0];

/** What was seen belongs to who saw it. Who comes back sees it while it is asked for anew. */
async function handOver(before: Person | null | undefined, now: Session): Promise<void> {
  if (before?.user.id !== now.user.id) queryClient.removeQueries({ predicate: isOfPerson });
  else if (before.hasEnded)
    await queryClient.invalidateQueries({ predicate: isOfPerson, refetchType: 'none' });
}

/** Who is signed in. Null: nobody, and nobody is waited for. */
export const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async (): Promise<Person | null> => {
    const before = queryClient.getQueryData<Person | null>(SESSION_KEY);
    try {
      const session = await client.get('/api/admin/session/');
      keepCsrfToken(session.csrf_token);
      await handOver(before, session);
      return session;
    } catch (error) {
      if (isSignedOut(error)) return before ? { ...before, hasEnded: true } : null;
      throw error;
    }
  },
});

/** What the server has said, for as long as it is believed: lists for moments, and never after a change. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A form may wait for a sign-in for a quarter of an hour, and with it what it is about.
      gcTime: 20 * 60_000,
      // What is refused stays refused; a server that is away is asked once more.
      retry: (failures, error) => !(error instanceof Refused) && failures < 1,
    },
  },
});

/** The session has ended, perhaps in the middle of something. */
export function noticeEndOfSession(): void {
  queryClient.setQueryData(sessionQuery.queryKey, (person) => person && { ...person, hasEnded: true });
}

// A session that has ended shows itself in whatever is asked next.
const noticeEnd = (error: unknown) => {
  if (isSignedOut(error)) noticeEndOfSession();
  // Perhaps another tab signed in to a session with another CSRF token, or the rights are others by now.
  if (error instanceof Refused && error.status === 403)
    return queryClient.invalidateQueries({ queryKey: SESSION_KEY });
};
// The session itself is asked for whatever was refused: to ask again because of it would never end.
queryClient.getQueryCache().config.onError = (error, { queryKey }) =>
  queryKey[0] === SESSION_KEY[0] ? undefined : noticeEnd(error);
queryClient.getMutationCache().config.onError = noticeEnd;

/** Nobody is signed in any more, and nothing of one person is left for the next. */
export function forgetPerson(): void {
  queryClient.setQueryData(SESSION_KEY, null);
  queryClient.removeQueries({ predicate: isOfPerson });
}

/** Forgets what is not on the screen: what was deleted shall not be shown again. */
export const forgetUnseen = (): void => queryClient.removeQueries({ type: 'inactive' });

type Gets = Operations['GET'];

/** What a path says. */
export const useThing = <P extends PathOf<'GET'>>(path: P, ...needs: Arguments<Gets[P]>) =>
  useQuery({ queryKey: [path, ...needs], queryFn: () => client.get(path, ...needs) });

/** Keeps what was answered to a save: who goes on typing at once types into that. */
export const keepThing = <P extends PathOf<'GET'>>(path: P, id: number, answer: AnswerOf<'GET', P>) =>
  queryClient.setQueryData([path, { path: { id: String(id) } }], answer);

/** One page of a list; while the next one is on its way the last one stays. */
export const usePage = <P extends PathOf<'GET'>>(path: P, ...needs: Arguments<Gets[P]>) =>
  useQuery({
    queryKey: [path, ...needs],
    queryFn: () => client.get(path, ...needs),
    placeholderData: keepPreviousData,
  });

/** The cursor in a link to another page. */
export const cursorOf = (link: string | null | undefined): string | undefined =>
  (link && new URL(link, document.baseURI).searchParams.get('cursor')) || undefined;

/** The most that the API gives at once. */
export const LARGEST_PAGE = 200;

/** A whole list, one page after the other; `ask` gets the page at a cursor. */
export async function* pagesOf<Row>(ask: (cursor: string | undefined) => Promise<Page<Row>>) {
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    yield page.results;
    cursor = cursorOf(page.next);
  } while (cursor !== undefined);
}

/** All groups, however many pages those are. */
export const useGroups = () =>
  useQuery({
    queryKey: ['all groups'],
    queryFn: async ({ signal }) => {
      const all: Group[] = [];
      const ask = (cursor: string | undefined) =>
        client.get('/api/admin/groups/', { query: { page_size: LARGEST_PAGE, cursor }, signal });
      for await (const groups of pagesOf(ask)) all.push(...groups);
      return all;
    },
  });

/** What an address says, as parameters of a path. It may say anything: what the API does not understand it refuses by name. */
export const asQuery = <P extends PathOf<'GET'>>(search: Search<string & keyof QueryOf<'GET', P>>) =>
  search as QueryOf<'GET', P>;
