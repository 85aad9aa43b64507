import { element } from '../shared/element.ts';
import { facts } from '../shared/facts.ts';
import { serverRoot } from '../shared/page.ts';
import { chooseScheme, onScheme, schemeInForce } from '../shared/scheme.ts';
import { session } from './session.ts';
import { texts } from './texts.ts';

function schemeSwitch(): HTMLElement {
  const sign = element('span', { 'aria-hidden': 'true' });
  const button = element(
    'button',
    { type: 'button', class: 'plain-button plain-default plain-square' },
    sign,
  );
  const other = () => (schemeInForce() === 'dark' ? 'light' : 'dark');
  const tell = () => {
    sign.textContent = other() === 'light' ? '☀' : '☾';
    button.ariaLabel = texts[other()];
  };
  button.addEventListener('click', () => chooseScheme(other()));
  onScheme(tell);
  tell();
  return button;
}

function logOut(): HTMLElement {
  const button = element('button', { type: 'button', class: 'plain-button plain-default' }, texts.logOut);
  // Whatever the server says: here it is over.
  button.addEventListener('click', () => session.logOut().catch(() => {}));
  return button;
}

/** For a newcomer. Where it is no development server, people have no business there. */
const adminSite = () =>
  facts.dev && facts.pages.includes('admin')
    ? [element('a', { class: 'plain-anchor', href: `${serverRoot}admin/` }, texts.nav.admin)]
    : [];

/** Everything around a page. Gives back the place for that. */
export function frameIn(root: HTMLElement): HTMLElement {
  const place = element('div');
  // No link to #main: in a page with a base that would be another page.
  const skip = element('button', { type: 'button', class: 'skip-link' }, texts.skip);
  skip.addEventListener('click', () => place.querySelector('main')?.focus());
  const out = logOut();
  const buttons = element('div', { class: 'frame-buttons' }, ...adminSite(), schemeSwitch(), out);
  const header = element('header', {}, element('strong', {}, texts.brand), buttons);
  const frame = element('div', { class: 'frame' }, header, place);
  const follow = (isLoggedIn: boolean) => {
    out.hidden = !isLoggedIn;
    frame.classList.toggle('frame-wide', isLoggedIn);
  };
  session.onChange(follow);
  follow(session.isLoggedIn());
  root.replaceChildren(skip, frame);
  return place;
}
