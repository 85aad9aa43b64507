import type { Actor } from '../../domain/actor.ts';
import { done } from '../../domain/outcome.ts';
import type { Data } from '../body.ts';
import { isJsonNumber } from '../python-json.ts';
import { operation, type Route } from '../route.ts';

const SAYS = {
  type: 'object',
  required: ['response'],
  properties: { response: { type: 'string' } },
};

/** The text of the body as Python would print it; `None` when there is none. */
function textOf(data: Data): string {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || isJsonNumber(data)) return 'None';
  const text = Object.hasOwn(data, 'text') ? data.text : undefined;
  if (typeof text === 'string') return text;
  if (typeof text === 'boolean') return text ? 'True' : 'False';
  return text !== undefined && isJsonNumber(text) ? text.number : 'None';
}

const nameOf = (actor: Actor | undefined) => actor?.username ?? '';

/** /api/dashboard/: what only somebody who is logged in can see. */
export const dashboardRoute: Route = {
  path: '/api/dashboard/',
  chapter: 'Dashboard',
  name: 'Dashboard',
  description: '',
  identify: 'required',
  operations: {
    GET: operation({
      summary: 'A protected page',
      success: {
        status: 200,
        schema: SAYS,
        example: { response: 'Hey admin, You are seeing a GET response' },
      },
      refusals: [],
      handle: async ({ actor }) => done({ response: `Hey ${nameOf(actor)}, You are seeing a GET response` }),
    }),
    POST: operation({
      summary: 'Echo a text',
      bodySchema: { type: 'object', properties: { text: { type: 'string' } } },
      example: { text: 'This is my Text' },
      success: {
        status: 200,
        schema: SAYS,
        example: { response: 'Hey admin, your text is This is my Text' },
      },
      refusals: [],
      handle: async ({ actor, data }) =>
        done({ response: `Hey ${nameOf(actor)}, your text is ${textOf(data)}` }),
    }),
  },
};
