import '../shared/scheme.ts';
import { part } from '../shared/part.ts';
import { plainFault, plainLoader, takeUpPage } from '../shared/plain/page.ts';
import { whenIdle } from '../shared/plain/when-idle.ts';
import { signInPage } from './session/sign-in.ts';
import { texts } from './texts.ts';

const root = part(document, '#root');

/** Everything but signing in: React, Mantine and the pages. */
const load = () => import('./site.tsx');

/** Who came without a session was sent the form, and need not wait for the site to be told that there is none. */
function greetStranger(): void {
  // What was not fetched may come when the page is loaded anew, and who is signed in stays so.
  const enter = () =>
    load().then(
      ({ openSite }) => openSite(root),
      () => window.location.reload(),
    );
  takeUpPage(root, signInPage(enter));
  whenIdle(load);
}

async function letIn(): Promise<void> {
  root.replaceChildren(plainLoader(texts.common.loading));
  try {
    await (await load()).openSite(root);
  } catch {
    root.replaceChildren(plainFault(texts.common.serverAway, texts.common.tryAgain));
  }
}

if (root.childElementCount > 0) greetStranger();
else void letIn();
