import { entryPath } from '../shared/entry-path.ts';

/** Two servers below different paths of one origin have a storage in common. */
export const REFRESH_KEY = `latchkey.refresh ${entryPath}`;

/** Is a refresh token kept here? A browser may forbid the storage. */
export function hasKeptSession(): boolean {
  try {
    return localStorage.getItem(REFRESH_KEY) !== null;
  } catch {
    return false;
  }
}
