import type { SentPage } from '../shared/sent-page.ts';
import { signInLook } from './session/sign-in-look.ts';

const { title, content } = signInLook();

/** What the server sends to a stranger at every path. */
export const SENT: readonly SentPage[] = [{ name: 'admin', title, parts: [content] }];
