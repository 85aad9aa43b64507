import type { MessageKind } from '../message.ts';

/** The words of one mail. `{{site}}`, `{{email}}`, `{{ip}}` and `{{date}}` stand for values. */
export interface Words {
  readonly subject: string;
  readonly text: string;
  /** what the link is called, in a mail that has one */
  readonly button?: string;
  /** in small print, at the end */
  readonly after: string;
}

/** All mails in one language. */
export type Texts = Readonly<Record<MessageKind, Words>>;
