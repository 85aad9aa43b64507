import { deliverMail } from '../domain/email/deliver.ts';
import type { Job } from './jobs.ts';

/** Sends the mails that are due. A look at an empty outbox is one indexed read. */
export const DELIVER_MAIL: Job = { name: 'deliver mail', everySeconds: 2, run: deliverMail };
