// Stands in the page itself and runs before anything is shown.
import { keptScheme, showScheme } from './kept-scheme.ts';

showScheme(keptScheme());

let isSent = false;
let isLost = false;

/**
 * A form may be sent before its script is there: then it looks busy, and is sent when `enlivenForm` comes. A form that lives has
 * prevented the default itself.
 */
document.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const button = event.target instanceof HTMLFormElement && event.target.querySelector('[type=submit]');
  if (button) button.ariaBusy = 'true';
  isSent = true;
  if (isLost) window.location.reload();
});

// A script that does not come may do so when the page is loaded anew; if not, the browser says why.
window.addEventListener(
  'error',
  ({ target }) => {
    if (!(target instanceof HTMLScriptElement)) return;
    isLost = true;
    if (isSent) window.location.reload();
  },
  true,
);
