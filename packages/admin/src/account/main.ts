import '../shared/scheme.ts';
import { element } from '../shared/element.ts';
import { entryPath } from '../shared/entry-path.ts';
import { part } from '../shared/part.ts';
import { type PlainPage, plainFault, plainLoader, showPage, takeUpPage } from '../shared/plain/page.ts';
import { whenIdle } from '../shared/plain/when-idle.ts';
import { frameIn } from './frame.ts';
import { logInPage } from './pages/log-in.ts';
import { signUpPage } from './pages/sign-up.ts';
import type { Strangers } from './pages/strangers.ts';
import { FORM_PATHS, SIGN_UP } from './places.ts';
import { sentenceFor } from './sentence.ts';
import { followOtherTabs, session } from './session.ts';
import { texts } from './texts.ts';

const place = frameIn(part(document, '#root'));
const path = window.location.pathname.slice(entryPath.length);
const isForForm = FORM_PATHS.includes(path);
const { returning } = document.documentElement.dataset;

/** Everything that is no form for strangers: React, Mantine and the pages. */
const load = () => import('./site.tsx');

let opening: Promise<void> | undefined;

/** What was not fetched may come when the page is loaded anew, and who is logged in stays so. */
function open(): Promise<void> {
  opening ??= load().then(
    ({ openSite }) => openSite(place),
    () => window.location.reload(),
  );
  return opening;
}

/** The form of this path. `present` is what becomes of it, in which place. */
function greetStranger(main: HTMLElement, present: typeof showPage): void {
  const show = (page: PlainPage) => showPage(main, page);
  const strangers: Strangers = { loggedIn: open, show };
  present(main, path === SIGN_UP ? signUpPage(strangers) : logInPage(strangers));
  // Another tab may log in, too.
  const stopFollowing = followOtherTabs();
  const stopListening = session.onChange(() => {
    stopFollowing();
    stopListening();
    void open();
  });
  whenIdle(load);
}

/** Takes an earlier login up again before anything is shown. */
async function begin(): Promise<void> {
  place.replaceChildren(plainLoader(texts.loading));
  delete document.documentElement.dataset.returning;
  try {
    const isLoggedIn = await session.restore();
    if (!isLoggedIn && isForForm) {
      const main = element('main', { tabindex: '-1' });
      place.replaceChildren(main);
      greetStranger(main, showPage);
    } else (await load()).openSite(place);
  } catch (error) {
    place.replaceChildren(plainFault(sentenceFor(error), texts.retry));
  }
}

const sent = place.querySelector('main');
if (sent !== null && isForForm && returning === undefined) greetStranger(sent, takeUpPage);
else void begin();
