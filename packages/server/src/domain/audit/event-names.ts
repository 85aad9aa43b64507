import type { AuditEvent } from './event.ts';

/** Each kind once: the compiler keeps it complete. */
const NAMES: Readonly<Record<AuditEvent['event'], true>> = {
  account_registered: true,
  superuser_created: true,
  account_changed: true,
  account_deletion_asked: true,
  account_taken_back: true,
  account_exported: true,
  account_removed: true,
  password_changed: true,
  password_reset: true,
  email_verified: true,
  email_changed: true,
  email_change_reverted: true,
  logged_in: true,
  admin_signed_in: true,
  admin_signed_out: true,
  admin_stepped_up: true,
  django_token_adopted: true,
  logged_out_everywhere: true,
  refresh_token_reused: true,
  key_added: true,
  key_retired: true,
  django_token_revoked: true,
  database_restored: true,
  login_failed: true,
  server_started: true,
  settings_changed: true,
  mail_given_up: true,
  session_ended: true,
  key_rotated: true,
  limit_hit: true,
  spraying_seen: true,
  django_admin_action: true,
  audit_exported: true,
  import_finished: true,
  export_finished: true,
};

/** The names of all kinds of events, in order. */
export const EVENT_NAMES = Object.keys(NAMES).sort() as readonly AuditEvent['event'][];
