import { bearerSession, cookieSession, createClient, inLocalStorage, type Session } from 'latchkey-client';
import { facts } from '../shared/facts.ts';
import { serverRoot } from '../shared/page.ts';
import { REFRESH_KEY } from './kept-session.ts';

export const baseUrl = serverRoot.replace(/\/$/, '');

/** Who uses this page: in bearer mode the refresh token is in localStorage, in cookie mode no script sees it. */
export const session: Session =
  facts.tokens === 'bearer'
    ? bearerSession({ baseUrl, storage: inLocalStorage(REFRESH_KEY) })
    : cookieSession({ baseUrl });

/** The same server, asked as nobody: links in mails are good whoever is logged in. */
export const stranger = createClient({ baseUrl });

/**
 * Another tab logged in or out: this one follows, and `after` says what comes when it took another login up. Gives a function that
 * stops that. It is told late, perhaps of a logout after which there was a login: what counts is what is in the storage now.
 */
export function followOtherTabs(after: () => unknown = () => {}): () => void {
  const follow = ({ key, oldValue, newValue }: StorageEvent) => {
    if (key !== REFRESH_KEY && key !== null) return;
    if (localStorage.getItem(REFRESH_KEY) === null) session.forget();
    else if (oldValue === null || newValue === null)
      session
        .renew(session.headersFor('GET'))
        .then(after)
        .catch(() => {});
  };
  window.addEventListener('storage', follow);
  return () => window.removeEventListener('storage', follow);
}
