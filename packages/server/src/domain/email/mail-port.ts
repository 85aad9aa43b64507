import type { Letter } from './message.ts';

/** What became of a letter. */
export type Sent =
  | { readonly kind: 'sent' }
  /** no mail server will ever take it: the address is refused */
  | { readonly kind: 'refused'; readonly why: string }
  /** this one not now: the mail server says to come again with it */
  | { readonly kind: 'postponed'; readonly why: string }
  /** none now: the mail server is away, or takes nothing from us */
  | { readonly kind: 'unavailable'; readonly why: string };

/** The way out for mails. */
export interface MailPort {
  /** `messageId` is the same each time the letter is tried. Ends by itself within a minute; throws nothing. */
  send(letter: Letter, messageId: string): Promise<Sent>;
  /** are delivered mails kept with their text, for the inbox of `latchkey dev`? */
  readonly keepsDelivered: boolean;
  /** own templates by file name */
  readonly templates: ReadonlyMap<string, string>;
}
