import type { HeaderValues } from './send.ts';

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** The header that a request needs which changes something and is made with a cookie. */
export function guarded(method: string, csrfToken: string | undefined): HeaderValues {
  return csrfToken === undefined || SAFE.includes(method) ? {} : { 'X-CSRFToken': csrfToken };
}
