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
  | { readonly event: 'refresh_token_reused'; readonly userId: number; readonly sessionId: string }
  | DjangoAdminAction
  | ImportFinished
  | ExportFinished;

/** An entry of a Django admin site's log, with the time it had there. */
export interface DjangoAdminAction {
  readonly event: 'django_admin_action';
  /** the account it is about, when it is about one */
  readonly userId: number | undefined;
  /** its id there */
  readonly id: number;
  /** who did it */
  readonly actorId: number;
  readonly action: 'addition' | 'change' | 'deletion';
  readonly objectType: string;
  readonly objectId: string;
  readonly object: string;
  readonly message: string;
}

/** How many rows a run wrote. */
export interface ImportFinished {
  readonly event: 'import_finished';
  readonly userId: undefined;
  readonly accountsAdded: number;
  readonly accountsChanged: number;
  readonly tokens: number;
  readonly adminLog: number;
}

/** How many accounts were written back. */
export interface ExportFinished {
  readonly event: 'export_finished';
  readonly userId: undefined;
  readonly accountsAdded: number;
  readonly accountsChanged: number;
}

export interface RecordedEvent {
  readonly at: number;
  readonly origin: Origin;
  readonly event: AuditEvent;
}

/** The origin of what an import brought. */
export const IMPORT: Origin = { ip: '', userAgent: 'latchkey import', requestId: '' };

/** The origin of what an export notes. */
export const EXPORT: Origin = { ip: '', userAgent: 'latchkey export', requestId: '' };

/** The origin of what an operator does at the command line. */
export const COMMAND_LINE: Origin = { ip: '', userAgent: 'latchkey command line', requestId: '' };
