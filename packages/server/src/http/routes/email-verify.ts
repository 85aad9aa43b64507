import { confirmEmail, requestVerification } from '../../domain/email/verify.ts';
import { LINKS } from '../../domain/limits/limit.ts';
import { done } from '../../domain/outcome.ts';
import { DONE, LINK_FIELDS, MAIL_ON_ITS_WAY, mailing, presentedLink } from '../link-fields.ts';
import { operation, type Route } from '../route.ts';

const VERIFIED = { detail: 'The e-mail address is verified.' };

/** POST /api/email/verify/ asks for the mail, POST /api/email/verify/confirm/ uses its link. */
export const verifyRoutes: readonly Route[] = [
  {
    path: '/api/email/verify/',
    chapter: 'E-mail',
    name: 'Email Verification',
    description: '',
    identify: 'never',
    operations: {
      POST: mailing('Ask for a mail that verifies an address', MAIL_ON_ITS_WAY, requestVerification),
    },
  },
  {
    path: '/api/email/verify/confirm/',
    chapter: 'E-mail',
    name: 'Email Verification Confirm',
    description: '',
    identify: 'never',
    operations: {
      POST: operation({
        summary: 'Verify an address with the link of a mail',
        fields: LINK_FIELDS,
        example: { uid: 'MQ', token: 'q7Wv0m…' },
        success: { ...DONE, example: VERIFIED },
        refusals: ['link_refused'],
        limits: LINKS,
        handle: async ({ app, values, origin }) => {
          const outcome = await confirmEmail(app, presentedLink(values), origin);
          return outcome.ok ? done(VERIFIED) : outcome;
        },
      }),
    },
  },
];
