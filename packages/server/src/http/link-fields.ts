import { type PresentedLink, readUid } from '../domain/email/link.ts';
import { MAIL } from '../domain/limits/limit.ts';
import { done } from '../domain/outcome.ts';
import { type Call, type Operation, operation } from './route.ts';

/** What a front end sends of a link in a mail: its token and, where the link has it, the uid. */
export const LINK_FIELDS = {
  uid: { kind: 'string', label: 'Uid', required: false },
  token: { kind: 'string', label: 'Token', required: true, maxLength: 100 },
} as const;

/** The link of these values. A uid that is none fits no account. */
export function presentedLink({ uid, token }: { uid?: string | undefined; token: string }): PresentedLink {
  return { token, userId: uid === undefined ? undefined : (readUid(uid) ?? 0) };
}

/** The same whoever has the address. */
export const MAIL_ON_ITS_WAY = {
  status: 200,
  schema: { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
  example: { detail: 'If there is an account for this, a mail is on its way.' },
} as const;

export const DONE = {
  status: 200,
  schema: { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
} as const;

/** Something that is mailed to whoever has the address. The answer is the same when nobody has it. */
export function mailing(
  summary: string,
  success: typeof MAIL_ON_ITS_WAY | { readonly status: 204 },
  request: (app: Call['app'], email: string, origin: Call['origin']) => Promise<unknown>,
): Operation {
  return operation({
    summary,
    fields: { email: { kind: 'email', label: 'Email', required: true, maxLength: 254 } },
    example: { email: 'alice@example.com' },
    success,
    refusals: [],
    limits: MAIL,
    handle: async ({ app, values, origin }) => {
      await request(app, values.email, origin);
      return done('example' in success ? success.example : undefined);
    },
  });
}
