import { QueryClient, queryOptions } from '@tanstack/react-query';
import {
  bearerSession,
  cookieSession,
  createClient,
  inLocalStorage,
  Refused,
  type Session,
} from 'latchkey-client';
import { facts } from '../shared/facts.ts';
import { entryPath, serverRoot } from '../shared/page.ts';

const baseUrl = serverRoot.replace(/\/$/, '');

/** Two servers below different paths of one origin have a storage in common. */
const REFRESH_KEY = `latchkey.refresh ${entryPath}`;

/** Who uses this page: in bearer mode the refresh token is in localStorage, in cookie mode no script sees it. */
export const session: Session =
  facts.tokens === 'bearer'
    ? bearerSession({ baseUrl, storage: inLocalStorage(REFRESH_KEY) })
    : cookieSession({ baseUrl });

export const client = createClient({ baseUrl, auth: session });

/** The same server, asked as nobody: links in mails are good whoever is logged in. */
export const stranger = createClient({ baseUrl });

/** An answer that says no will not change by asking again at once. */
const isWorthAnotherTry = (count: number, error: unknown) => count < 2 && !(error instanceof Refused);

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: isWorthAnotherTry, staleTime: 10_000 } },
});

const isOfPerson = ({ queryKey }: { readonly queryKey: readonly unknown[] }) => queryKey[0] !== 'start';

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

/** Takes up what another tab put into the storage: perhaps the login of somebody else. */
async function followLogin(): Promise<void> {
  await session.renew(session.headersFor('GET'));
  await queryClient.resetQueries({ predicate: isOfPerson });
}

/**
 * Another tab logged in or out: this one follows. Gives a function that stops that. It is told late, perhaps of a logout after which
 * there was a login: what counts is what is in the storage now.
 */
export function followOtherTabs(): () => void {
  const follow = ({ key, oldValue, newValue }: StorageEvent) => {
    if (key !== REFRESH_KEY && key !== null) return;
    if (localStorage.getItem(REFRESH_KEY) === null) session.forget();
    else if (oldValue === null || newValue === null) followLogin().catch(() => {});
  };
  window.addEventListener('storage', follow);
  return () => window.removeEventListener('storage', follow);
}

/** Nothing of one person is left for the next. */
session.onChange((isLoggedIn) => {
  if (!isLoggedIn) queryClient.removeQueries({ predicate: isOfPerson });
});
