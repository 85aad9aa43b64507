import { QueryClient, queryOptions } from '@tanstack/react-query';
import { createClient, Refused } from 'latchkey-client';
import { serverRoot } from '../shared/page.ts';
import { baseUrl, session } from './session.ts';

export const client = createClient({ baseUrl, auth: session });

/** An answer that says no will not change by asking again at once. */
const isWorthAnotherTry = (count: number, error: unknown) => count < 2 && !(error instanceof Refused);

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: isWorthAnotherTry, staleTime: 10_000 } },
});

export const profileQuery = queryOptions({
  queryKey: ['profile'],
  queryFn: ({ signal }) => client.get('/api/profile/', { signal }),
});

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => client.get('/api/sessions/', { signal }),
});

export const greetingQuery = queryOptions({
  queryKey: ['greeting'],
  queryFn: ({ signal }) => client.get('/api/dashboard/', { signal }),
});

/** Where a picture of a profile is served. Not `image_url`: that has PUBLIC_URL, and a page may be open at another address. */
export function pictureAt(image: string): string {
  return `${serverRoot}media/${image.split('/').map(encodeURIComponent).join('/')}`;
}

/** Nothing of one person is left for the next. */
session.onChange((isLoggedIn) => {
  if (!isLoggedIn) queryClient.removeQueries();
});
