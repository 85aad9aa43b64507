import '../shared/plain/plain.css';
import './frame.css';
import '../shared/scheme.ts';
import { element } from '../shared/element.ts';
import { entryPath } from '../shared/page.ts';
import { type PlainPage, plainFault, plainLoader, showPage } from '../shared/plain/page.ts';
import { whenIdle } from '../shared/plain/when-idle.ts';
import { frameIn } from './frame.ts';
import { logInPage } from './pages/log-in.ts';
import { signUpPage } from './pages/sign-up.ts';
import { OWN_PLACES } from './places.ts';
import { sentenceFor } from './sentence.ts';
import { followOtherTabs, session } from './session.ts';
import { texts } from './texts.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
const place = frameIn(root);
const path = window.location.pathname.slice(entryPath.length - 1);

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

function greetStranger(): void {
  const main = element('main', { tabindex: '-1' });
  place.replaceChildren(main);
  const show = (page: PlainPage) => showPage(main, page);
  const strangers = { loggedIn: open, show };
  show(path === '/sign-up' ? signUpPage(strangers) : logInPage(strangers));
  // Another tab may log in, too.
  const stopFollowing = followOtherTabs();
  const stopListening = session.onChange(() => {
    stopFollowing();
    stopListening();
    void open();
  });
  whenIdle(load);
}

const FORMS_FIRST: readonly string[] = ['/log-in', '/sign-up', ...OWN_PLACES.map(({ to }) => to)];

/** Takes an earlier login up again before anything is shown. */
async function begin(): Promise<void> {
  place.replaceChildren(plainLoader(texts.loading));
  try {
    const isLoggedIn = await session.restore();
    if (!isLoggedIn && FORMS_FIRST.includes(path)) greetStranger();
    else (await load()).openSite(place);
  } catch (error) {
    place.replaceChildren(plainFault(sentenceFor(error), texts.retry));
  }
}

void begin();
