/** Every mail there is. */
export type MessageKind =
  | 'verify_email'
  | 'reset_password'
  | 'set_up'
  | 'change_email'
  | 'revert_email'
  | 'email_changed'
  | 'password_changed'
  | 'new_device'
  | 'already_registered'
  | 'reset_email'
  | 'reset_username'
  | 'take_back_account';

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'ar'] as const;

export type Language = (typeof LANGUAGES)[number];

/**
 * A mail before it is written. It never holds a token: the link is made when the mail is, so that it is stored nowhere
 * and good for its whole time however long the mail server was away.
 */
export interface Message {
  /**
   * As it was asked for. Most mails go to the address that is stored with the account; those to a new one, or one that the account
   * had, and notices go here.
   */
  readonly to: string;
  readonly kind: MessageKind;
  readonly language: Language;
  readonly values: {
    /** the account; without it, the one that has the address, if there is one */
    readonly userId?: number;
    /** what has to be true of the account still (`stateOf`) */
    readonly state?: string;
    /** where a login came from */
    readonly ip?: string;
    /** when the account is erased, milliseconds */
    readonly eraseAt?: number;
  };
}

/** A message whose turn it is. */
export interface ClaimedMessage {
  readonly id: number;
  readonly message: Message;
  readonly createdAt: number;
  /** this one counted */
  readonly attempts: number;
  /** until when nobody else tries it */
  readonly leasedUntil: number;
}

/** A mail as it is read. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly plain: string;
  readonly html: string;
}

/** A mail that was delivered to the inbox of `latchkey dev`. */
export interface DeliveredMail extends Letter {
  readonly id: number;
  readonly kind: MessageKind;
  readonly language: Language;
  readonly createdAt: number;
  readonly deliveredAt: number;
}

/** Mails that wait to be sent. Written in the transaction of the deed. */
export interface OutboxStore {
  add(message: Message, at: number): Promise<void>;
  /** The one that has been due for longest, which is then nobody else's until the lease ends. Atomic across processes. */
  claim(at: number, leasedUntil: number): Promise<ClaimedMessage | undefined>;
  /** It was sent, or need not be. */
  remove(claimed: ClaimedMessage): Promise<void>;
  /** It was delivered to the inbox, and stays there. */
  keep(claimed: ClaimedMessage, letter: Letter, at: number): Promise<void>;
  /** It is tried again, unless somebody else has it by now. */
  postpone(claimed: ClaimedMessage, dueAt: number): Promise<void>;
  /** How many wait. */
  count(): Promise<number>;
  /** The inbox, newest first. */
  delivered(limit: number): Promise<readonly DeliveredMail[]>;
}
