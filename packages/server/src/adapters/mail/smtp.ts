import type { MailPort, Sent } from '../../domain/email/mail-port.ts';
import type { Letter } from '../../domain/email/message.ts';

export interface SmtpOptions {
  readonly url: string;
  readonly from: string;
  /** for Message-ID */
  readonly host: string;
}

/** Milliseconds; together shorter than the lease of a message. */
const TIMEOUTS = {
  dnsTimeout: 5_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
};
const LONGEST = 60_000;

/** RFC 5321, section 3.8: the mail server is about to close, whatever it was asked. */
const CLOSING = 421;

/**
 * What a mail server says of the recipient or the text is about this mail alone: a 5xx is final, a 4xx may pass. All else is about
 * everything that we send (no connection, a wrong login, a sender that it does not take) and may pass, too.
 */
function judge(error: unknown): Sent {
  const {
    responseCode = 0,
    code = '',
    command = '',
    message = '',
  } = error as {
    responseCode?: number;
    code?: string;
    command?: string;
    message?: string;
  };
  const why = `${code} ${responseCode || message}`.trim();
  const isOfThis = command === 'RCPT TO' || code === 'EMESSAGE';
  if (!isOfThis || responseCode < 400 || responseCode === CLOSING) return { kind: 'unavailable', why };
  return { kind: responseCode >= 500 ? 'refused' : 'postponed', why };
}

/** A connection for each letter: nothing is kept open that a mail server could close under us. */
async function connect(url: string) {
  const { createTransport } = await import('nodemailer');
  return createTransport({ url, ...TIMEOUTS, disableFileAccess: true, disableUrlAccess: true });
}

/** Sends over SMTP. nodemailer is loaded when the first mail is sent. */
export function smtpSender({ url, from, host }: SmtpOptions): MailPort['send'] {
  let transport: ReturnType<typeof connect> | undefined;
  return async ({ to, subject, plain, html }: Letter, messageId) => {
    transport ??= connect(url);
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer within a minute')), LONGEST);
    });
    try {
      const sending = (await transport).sendMail({
        from,
        // as an object: what stands in an address is never read as a list of addresses
        to: { name: '', address: to },
        envelope: { from: addressIn(from), to: [to] },
        subject,
        text: plain,
        html,
        messageId: `<${messageId}@${host}>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      });
      sending.catch(() => {});
      await Promise.race([sending, tooLong]);
      return { kind: 'sent' };
    } catch (error) {
      return judge(error);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The address of `Name <address>`. */
function addressIn(sender: string): string {
  return /<([^>]+)>$/.exec(sender)?.[1] ?? sender;
}
