import type { App } from '../app.ts';
import { explainRequest, explainToken, type RequestStory, type TokenJudgement } from '../refusals/explain.ts';
import type { Staff } from './staff.ts';

export type Explained =
  | { readonly kind: 'request'; readonly story: RequestStory }
  | { readonly kind: 'token'; readonly judgement: TokenJudgement };

/** No id of a request has a dot, and every token has two. */
const isToken = (text: string) => text.includes('.');

/** What is known of a request, by its id, or what keys and database say of a token now. Nothing is changed by it. */
export async function explainForStaff(
  app: Parameters<typeof explainToken>[0] & Pick<App, 'store'>,
  _staff: Staff,
  text: string,
): Promise<Explained> {
  return isToken(text)
    ? { kind: 'token', judgement: await explainToken(app, text) }
    : { kind: 'request', story: await explainRequest(app, text) };
}
