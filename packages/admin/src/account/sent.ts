import { markup } from '../shared/markup.ts';
import type { SentPage } from '../shared/sent-page.ts';
import { frameLook, logInLook, signUpLook } from './looks.ts';
import { FORM_PATHS, SIGN_UP } from './places.ts';

/** What the server sends to a stranger at each path that has a form for him. */
export const SENT: readonly SentPage[] = FORM_PATHS.map((path) => {
  const { title, content } = path === SIGN_UP ? signUpLook() : logInLook();
  return {
    name: `account/${path}`,
    title,
    parts: frameLook(markup('main', { tabindex: '-1' }, content)),
  };
});
