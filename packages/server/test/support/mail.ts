import type { App } from '../../src/domain/app.ts';
import { deliverMail } from '../../src/domain/email/deliver.ts';
import type { Letter } from '../../src/domain/email/message.ts';

/** A way out that keeps what it is given. */
export interface Box {
  readonly letters: Letter[];
  /** sends what is due, and gives the letters that came of it */
  collect(): Promise<readonly Letter[]>;
}

/** Delivers the mails of a server into a box. */
export function boxOf(app: App): Box {
  const letters: Letter[] = [];
  const mail: App['mail'] = {
    ...app.mail,
    async send(letter) {
      letters.push(letter);
      return { kind: 'sent' };
    },
  };
  return {
    letters,
    async collect() {
      const before = letters.length;
      await deliverMail({ ...app, mail });
      return letters.slice(before);
    },
  };
}

export interface LinkOfLetter {
  readonly uid: string;
  readonly token: string;
}

/** The uid and the token of the link in a letter, if there is one. */
export function optionalLinkIn({ plain }: Letter): LinkOfLetter | undefined {
  const [, uid, token] = /https?:\/\/\S+\/([\w-]+)\/([\w-]{43})\s/.exec(plain) ?? [];
  return uid === undefined || token === undefined ? undefined : { uid, token };
}

/** The same of a letter that has to have one. */
export function linkIn(letter: Letter | undefined): LinkOfLetter {
  const link = letter && optionalLinkIn(letter);
  if (link === undefined) throw new Error(letter === undefined ? 'there is no letter' : 'no link is in it');
  return link;
}
