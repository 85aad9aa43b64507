import type { Config } from '../../config.ts';
import type { MailPort } from '../../domain/email/mail-port.ts';
import { smtpSender } from './smtp.ts';
import { readTemplates } from './templates.ts';

/** Writes mails out for a person, as Django's console backend does. */
const toConsole: MailPort['send'] = async ({ to, subject, plain }) => {
  process.stdout.write(`To: ${to}\nSubject: ${subject}\n\n${plain}\n${'-'.repeat(79)}\n`);
  return { kind: 'sent' };
};

const toInbox: MailPort['send'] = async () => ({ kind: 'sent' });

/**
 * The way out for mails: SMTP with MAIL_URL; without it the inbox in dev, else the console. Throws a sentence when the folder
 * of MAIL_TEMPLATES cannot be read.
 */
export function openMail(config: Config): MailPort {
  const { mailUrl, profile, publicUrl = 'http://localhost' } = config;
  const host = new URL(publicUrl).hostname;
  const from = config.mailFrom ?? `noreply@${host}`;
  const templates = readTemplates(config.mailTemplates);
  if (mailUrl !== undefined)
    return { send: smtpSender({ url: mailUrl.reveal(), from, host }), keepsDelivered: false, templates };
  const isDev = profile === 'dev';
  return { send: isDev ? toInbox : toConsole, keepsDelivered: isDev, templates };
}
