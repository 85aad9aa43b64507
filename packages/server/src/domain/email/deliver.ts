import type { App } from '../app.ts';
import type { Origin } from '../audit/event.ts';
import { writeLetter } from './letter.ts';
import type { ClaimedMessage } from './message.ts';

type Needs = Pick<App, 'store' | 'clock' | 'config' | 'random' | 'mail' | 'log'>;

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** Longer than any attempt takes; after that another server may think that we are dead. */
const LEASE = 180 * SECOND;

/** After so long a mail is given up: nobody waits for it any more. */
const GIVE_UP = 3 * 24 * HOUR;

/** In one run, so that a server that stops does not wait for long. */
const MOST = 50;

/** Milliseconds until the next attempt: half a minute, doubling, at most an hour. */
function pauseAfter(attempts: number): number {
  return Math.min(HOUR, 30 * SECOND * 2 ** Math.min(attempts - 1, 10));
}

/** The origin of what is done about mails when nobody asks. */
const DELIVERY: Origin = { ip: '', userAgent: 'latchkey mail delivery', requestId: '' };

async function giveUp(app: Needs, claimed: ClaimedMessage, why: string): Promise<void> {
  const { message, attempts } = claimed;
  const { kind, values } = message;
  app.log.error({ kind, attempts, why }, 'a mail was given up');
  const event = { event: 'mail_given_up', userId: values.userId, kind, attempts } as const;
  await app.store.transaction(async (store) => {
    await store.outbox.remove(claimed);
    await store.audit.record(event, app.clock.now(), DELIVERY);
  });
}

async function deliver(app: Needs, claimed: ClaimedMessage): Promise<'dealt_with' | 'postponed' | 'away'> {
  const { id, message, createdAt, attempts } = claimed;
  const letter = await writeLetter(app, message);
  if (letter === undefined) {
    await app.store.outbox.remove(claimed);
    return 'dealt_with';
  }
  const sent = await app.mail.send(letter, `${createdAt}.${id}`);
  const now = app.clock.now();
  if (sent.kind === 'sent') {
    if (app.mail.keepsDelivered) await app.store.outbox.keep(claimed, letter, now);
    else await app.store.outbox.remove(claimed);
    return 'dealt_with';
  }
  const isGivenUp = sent.kind === 'refused' || now - createdAt > GIVE_UP;
  if (isGivenUp) await giveUp(app, claimed, sent.why);
  else {
    app.log.warn(
      { kind: message.kind, attempts, why: sent.why },
      'a mail could not be sent; it is tried again',
    );
    await app.store.outbox.postpone(claimed, now + pauseAfter(attempts));
  }
  if (sent.kind === 'unavailable') return 'away';
  return isGivenUp ? 'dealt_with' : 'postponed';
}

/**
 * Sends the mails that are due, each on one server only: whoever claims it has it for a while. What cannot be sent is tried
 * again after half a minute, a minute, and so on up to an hour, for three days. The run ends when the mail server is away, and
 * goes on with the next mail where it does not take this one. How many were dealt with.
 */
export async function deliverMail(app: Needs): Promise<number> {
  let count = 0;
  for (let claims = 0; claims < MOST; claims += 1) {
    const now = app.clock.now();
    const claimed = await app.store.outbox.claim(now, now + LEASE);
    if (claimed === undefined) break;
    const became = await deliver(app, claimed);
    if (became === 'away') break;
    if (became === 'dealt_with') count += 1;
  }
  return count;
}
