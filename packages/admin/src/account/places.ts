import { texts } from './texts.ts';

/** The pages of somebody who is logged in. */
export const OWN_PLACES = [
  { to: '/', label: texts.nav.home },
  { to: '/profile', label: texts.nav.profile },
  { to: '/email', label: texts.nav.email },
  { to: '/password', label: texts.nav.password },
  { to: '/sessions', label: texts.nav.sessions },
  { to: '/data', label: texts.nav.data },
] as const;

export const SIGN_UP = 'sign-up';

/** Where a stranger finds a form that needs neither React nor Mantine: what follows the path of these pages. */
export const FORM_PATHS: readonly string[] = [SIGN_UP, 'log-in', ...OWN_PLACES.map(({ to }) => to.slice(1))];
