import { element, elementOf } from '../shared/element.ts';
import { facts } from '../shared/facts.ts';
import { serverRoot } from '../shared/page.ts';
import { part } from '../shared/part.ts';
import { chooseScheme, onScheme, schemeInForce } from '../shared/scheme.ts';
import { frameLook } from './looks.ts';
import { session } from './session.ts';
import { texts } from './texts.ts';

function enlivenScheme(button: HTMLElement): void {
  const other = () => (schemeInForce() === 'dark' ? 'light' : 'dark');
  const tell = () => {
    button.ariaLabel = texts[other()];
  };
  button.addEventListener('click', () => chooseScheme(other()));
  onScheme(tell);
  tell();
}

/** For a newcomer. Where it is no development server, people have no business there. */
const adminSite = () =>
  facts.dev && facts.pages.includes('admin')
    ? [element('a', { class: 'plain-anchor', href: `${serverRoot}admin/` }, texts.nav.admin)]
    : [];

/** Everything around a page, made here or sent by the server. Gives back the place for that. */
export function frameIn(root: HTMLElement): HTMLElement {
  if (root.childElementCount === 0) root.append(...frameLook().map(elementOf));
  const place = part(root, '.frame-place');
  part(root, '.skip-link').addEventListener('click', () => place.querySelector('main')?.focus());
  part(root, '.frame-buttons').prepend(...adminSite());
  enlivenScheme(part(root, '.frame-scheme'));
  const out = part(root, '.frame-log-out');
  // Whatever the server says: here it is over.
  out.addEventListener('click', () => session.logOut().catch(() => {}));
  const follow = (isLoggedIn: boolean) => {
    out.hidden = !isLoggedIn;
    part(root, '.frame').classList.toggle('frame-wide', isLoggedIn);
  };
  session.onChange(follow);
  follow(session.isLoggedIn());
  return place;
}
