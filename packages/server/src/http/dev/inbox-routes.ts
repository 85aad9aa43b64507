import { setTimeout as sleep } from 'node:timers/promises';
import { deliverMail } from '../../domain/email/deliver.ts';
import type { DeliveredMail } from '../../domain/email/message.ts';
import { answer } from '../answer.ts';
import type { PlainAnswer } from '../plain-routes.ts';
import { type HttpRefusal, refuseHttp } from '../refusals.ts';
import { type DevCall, type DevRoute, wrongField } from './dev-route.ts';
import { inboxPage, mailHtml, mailJson, mailPage } from './mail-view.ts';

/** As far back as the inbox shows. */
const NEWEST = 500;

/** Seconds that a request waits for mail at the most: one that takes ten is answered by the server (`under-way.ts`). */
const LONGEST_WAIT = 9;

/** Milliseconds between two looks while somebody waits. */
const PAUSE = 25;

/** What is wanted of the inbox. */
interface Wanted {
  readonly to: string;
  readonly kind: string;
  /** only mails newer than the one of this id */
  readonly after: number;
  readonly waitSeconds: number;
}

const number = (text: string | null) => (text === null || text === '' ? 0 : Number(text));

function wantedIn(query: URLSearchParams): Wanted | HttpRefusal {
  const unknown = [...query.keys()].find((name) => !['to', 'kind', 'after', 'wait', 'format'].includes(name));
  if (unknown !== undefined) return wrongField(unknown, 'Not a parameter of the inbox.');
  const after = number(query.get('after'));
  const waitSeconds = number(query.get('wait'));
  if (!(Number.isSafeInteger(after) && after >= 0)) return wrongField('after', 'Must be the id of a mail.');
  if (!(waitSeconds >= 0 && waitSeconds <= LONGEST_WAIT))
    return wrongField('wait', `Must be seconds, ${LONGEST_WAIT} at the most.`);
  return { to: (query.get('to') ?? '').trim(), kind: query.get('kind') ?? '', after, waitSeconds };
}

/** Mails that are due are delivered first: nobody waits for the job. */
async function mailsNow({ app }: DevCall, { to, kind, after }: Wanted): Promise<readonly DeliveredMail[]> {
  await deliverMail(app);
  const mails = await app.store.outbox.delivered(NEWEST);
  const address = to.toLowerCase();
  return mails.filter(
    (mail) =>
      mail.id > after &&
      (address === '' || mail.to.toLowerCase() === address) &&
      (kind === '' || mail.kind === kind),
  );
}

/** The mails that are wanted; when there are none, those that come within the time. */
async function mailsWanted(call: DevCall, wanted: Wanted): Promise<readonly DeliveredMail[]> {
  const { clock } = call.app;
  const until = clock.elapsed() + wanted.waitSeconds * 1000;
  for (;;) {
    const mails = await mailsNow(call, wanted);
    if (mails.length > 0 || clock.elapsed() >= until) return mails;
    await sleep(PAUSE);
  }
}

type Answered = ReturnType<DevRoute['answer']>;

/** With MAIL_URL mails go out, and there is no inbox. */
const ifKept =
  (answered: DevRoute['answer']): DevRoute['answer'] =>
  async (call): Answered =>
    call.app.mail.keepsDelivered ? answered(call) : refuseHttp('no_inbox');

const ID = { id: { about: 'A mail.', pattern: '[1-9]\\d{0,14}', example: '1' } };

/** Answers about one mail of the inbox. */
const aboutMail = (told: (mail: DeliveredMail, call: DevCall) => Awaited<Answered> | PlainAnswer) =>
  ifKept(async (call) => {
    const id = Number(call.parameters.id);
    const mail = (await call.app.store.outbox.delivered(NEWEST)).find((one) => one.id === id);
    return mail === undefined ? refuseHttp('not_found') : told(mail, call);
  });

/** The mails that this server has "sent". */
export const INBOX_ROUTES: readonly DevRoute[] = [
  {
    method: 'GET',
    path: '/dev/inbox/',
    about:
      'the mails, newest first; ?to=, &kind=, &after= (an id), and &wait= (seconds) for one that is to come',
    answer: ifKept(async (call) => {
      const wanted = wantedIn(call.query);
      if ('ok' in wanted) return wanted;
      const mails = await mailsWanted(call, wanted);
      return call.wantsPage
        ? inboxPage(mails, wanted.to, call.root)
        : answer(200, { mails: mails.map(mailJson) });
    }),
  },
  {
    method: 'GET',
    path: '/dev/inbox/{id}/',
    parameters: ID,
    about: 'one of them',
    answer: aboutMail((mail, { wantsPage, root }) =>
      wantsPage ? mailPage(mail, root) : answer(200, mailJson(mail)),
    ),
  },
  {
    method: 'GET',
    path: '/dev/inbox/{id}/html/',
    parameters: ID,
    about: 'its HTML as it was sent',
    answer: aboutMail(mailHtml),
  },
];
