import '../shared/plain/plain.css';
import '../shared/scheme.ts';
import { facts } from '../shared/facts.ts';
import { plainFault, plainLoader, showPage } from '../shared/plain/page.ts';
import { whenIdle } from '../shared/plain/when-idle.ts';
import { signInPage } from './session/sign-in.ts';
import { texts } from './texts.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');

/** Everything but signing in: React, Mantine and the pages. */
const load = () => import('./site.tsx');

/** Who comes without a session is known for that, and need not wait for the site to be told so. */
function greetStranger(place: HTMLElement): void {
  // What was not fetched may come when the page is loaded anew, and who is signed in stays so.
  const enter = () =>
    load().then(
      ({ openSite }) => openSite(place),
      () => window.location.reload(),
    );
  showPage(place, signInPage(enter));
  whenIdle(load);
}

async function letIn(place: HTMLElement): Promise<void> {
  place.replaceChildren(plainLoader(texts.common.loading));
  try {
    (await load()).openSite(place);
  } catch {
    place.replaceChildren(plainFault(texts.common.serverAway, texts.common.tryAgain));
  }
}

if (facts.stranger) greetStranger(root);
else void letIn(root);
