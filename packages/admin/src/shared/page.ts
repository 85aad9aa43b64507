/** What the page itself says: where it is mounted, and the nonce of its Content-Security-Policy. */
import { entryPath } from './entry-path.ts';

/** The server's own root, with a slash at its end: the entry points lie one level below it. */
export const serverRoot: string = new URL('..', new URL(entryPath, document.baseURI)).href;

/** What style elements made at run time must carry; empty where the page has no policy (`vite dev`). */
export const nonce: string = document.querySelector<HTMLElement>('meta[property=csp-nonce]')?.nonce ?? '';

// The scroll lock of Mantine's dialogs makes a style element of its own, and asks for the nonce under this name.
Object.assign(globalThis, { __webpack_nonce__: nonce });
