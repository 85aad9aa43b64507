/** Where a request came from. Made once, at the edge. */
export interface Origin {
  readonly ip: string;
  /** at most 300 characters */
  readonly userAgent: string;
  readonly requestId: string;
}

/** What is remembered for good. Written in the transaction of the deed; holds no secret. */
export type AuditEvent =
  | { readonly event: 'account_registered'; readonly userId: number }
  | { readonly event: 'superuser_created'; readonly userId: number }
  | { readonly event: 'account_changed'; readonly userId: number; readonly fields: readonly string[] }
  | { readonly event: 'account_removed'; readonly userId: number }
  | { readonly event: 'password_changed'; readonly userId: number; readonly sessionsEnded: number }
  | { readonly event: 'logged_in'; readonly userId: number; readonly sessionId: string }
  | { readonly event: 'django_token_adopted'; readonly userId: number; readonly sessionId: string }
  | { readonly event: 'session_ended'; readonly userId: number; readonly sessionId: string }
  | { readonly event: 'refresh_token_reused'; readonly userId: number; readonly sessionId: string };

export interface RecordedEvent {
  readonly at: number;
  readonly origin: Origin;
  readonly event: AuditEvent;
}

/** The origin of what an operator does at the command line. */
export const COMMAND_LINE: Origin = { ip: '', userAgent: 'latchkey command line', requestId: '' };
