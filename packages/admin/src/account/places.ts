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
