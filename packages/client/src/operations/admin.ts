// Printed from contract/openapi.json by scripts/client-types.mjs (npm run openapi). Not to be edited.

/** What can be asked of a server, the chapter "Admin". */
export interface AdminOperations {
  GET: {
    /** Show who is signed in to the admin, and what he may */
    '/api/admin/session/': {
      answer: { user: { id: number; username: string; email: string; is_superuser: boolean; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[] }; csrf_token: string | null; expires_at: string | null; idle_expires_at: string | null; stepped_up_until: string | null };
    };
    /** List accounts */
    '/api/admin/users/': {
      query: { search?: string | undefined; is_active?: boolean | undefined; is_staff?: boolean | undefined; is_superuser?: boolean | undefined; verified?: boolean | undefined; has_usable_password?: boolean | undefined; hash?: "pbkdf2_sha256" | "pbkdf2_sha1" | "argon2" | "bcrypt_sha256" | "bcrypt" | "scrypt" | "sha1" | "md5" | "unsalted_md5" | "unsalted_sha1" | "crypt" | undefined; last_login?: "never" | undefined; last_login_after?: string | undefined; last_login_before?: string | undefined; joined_after?: string | undefined; joined_before?: string | undefined; group?: number | undefined; cursor?: string | undefined; page_size?: number | undefined; ordering?: "id" | "-id" | "username" | "-username" | "email" | "-email" | "date_joined" | "-date_joined" | "last_login" | "-last_login" | undefined };
      answer: { next: string | null; previous: string | null; results: readonly ({ id: number; username: string; email: string; full_name: string; image: string; image_url: string | null; is_active: boolean; is_staff: boolean; is_superuser: boolean; verified: boolean; has_usable_password: boolean; hash: "pbkdf2_sha256" | "pbkdf2_sha1" | "argon2" | "bcrypt_sha256" | "bcrypt" | "scrypt" | "sha1" | "md5" | "unsalted_md5" | "unsalted_sha1" | "crypt" | "unknown" | null; date_joined: string; last_login: string | null })[] };
    };
    /** Count accounts */
    '/api/admin/users/count/': {
      query: { search?: string | undefined; is_active?: boolean | undefined; is_staff?: boolean | undefined; is_superuser?: boolean | undefined; verified?: boolean | undefined; has_usable_password?: boolean | undefined; hash?: "pbkdf2_sha256" | "pbkdf2_sha1" | "argon2" | "bcrypt_sha256" | "bcrypt" | "scrypt" | "sha1" | "md5" | "unsalted_md5" | "unsalted_sha1" | "crypt" | undefined; last_login?: "never" | undefined; last_login_after?: string | undefined; last_login_before?: string | undefined; joined_after?: string | undefined; joined_before?: string | undefined; group?: number | undefined };
      answer: { count: number };
    };
    /** Download accounts as CSV, in order of id; what would be a formula has a quote before it */
    '/api/admin/users/export/': {
      query: { search?: string | undefined; is_active?: boolean | undefined; is_staff?: boolean | undefined; is_superuser?: boolean | undefined; verified?: boolean | undefined; has_usable_password?: boolean | undefined; hash?: "pbkdf2_sha256" | "pbkdf2_sha1" | "argon2" | "bcrypt_sha256" | "bcrypt" | "scrypt" | "sha1" | "md5" | "unsalted_md5" | "unsalted_sha1" | "crypt" | undefined; last_login?: "never" | undefined; last_login_after?: string | undefined; last_login_before?: string | undefined; joined_after?: string | undefined; joined_before?: string | undefined; group?: number | undefined };
      answer: string;
    };
    /** Show an account */
    '/api/admin/users/{id}/': {
      path: { id: string | number };
      answer: { id: number; username: string; email: string; full_name: string; image: string; image_url: string | null; is_active: boolean; is_staff: boolean; is_superuser: boolean; verified: boolean; has_usable_password: boolean; hash: "pbkdf2_sha256" | "pbkdf2_sha1" | "argon2" | "bcrypt_sha256" | "bcrypt" | "scrypt" | "sha1" | "md5" | "unsalted_md5" | "unsalted_sha1" | "crypt" | "unknown" | null; date_joined: string; last_login: string | null; bio: string; first_name: string; last_name: string; groups: readonly ({ id: number; name: string })[]; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[]; requires_new_password: boolean; sessions_live: number; version: string };
    };
    /** Show what would go with an account */
    '/api/admin/users/{id}/deletion/': {
      path: { id: string | number };
      answer: { username: string; sessions: number; tokens: number; groups: number; permissions: number; picture: boolean };
    };
    /** List the live sessions of an account */
    '/api/admin/users/{id}/sessions/': {
      path: { id: string | number };
      answer: readonly ({ id: string; device: string; ip: string; created_at: string; last_used_at: string; is_current: boolean })[];
    };
    /** List the refresh tokens of an account, those that expire last first */
    '/api/admin/users/{id}/tokens/': {
      path: { id: string | number };
      query: { cursor?: string | undefined; page_size?: number | undefined };
      answer: { next: string | null; previous: string | null; results: readonly ({ jti: string; user: { id: number; username: string | null } | null; kind: "session" | "django"; created_at: string | null; expires_at: string; blacklisted_at: string | null; session_id: string | null })[] };
    };
    /** List what the audit trail has about an account */
    '/api/admin/users/{id}/events/': {
      path: { id: string | number };
      query: { cursor?: string | undefined; page_size?: number | undefined };
      answer: { next: string | null; previous: string | null; results: readonly ({ id: number; at: string; event: "account_changed" | "account_created" | "account_deletion_asked" | "account_exported" | "account_registered" | "account_removed" | "account_taken_back" | "admin_signed_in" | "admin_signed_out" | "admin_stepped_up" | "audit_exported" | "database_restored" | "django_admin_action" | "django_token_adopted" | "django_token_revoked" | "email_change_reverted" | "email_changed" | "email_verified" | "export_finished" | "group_added" | "group_changed" | "group_removed" | "import_finished" | "key_added" | "key_retired" | "key_rotated" | "keys_resealed" | "limit_hit" | "logged_in" | "logged_out_everywhere" | "login_failed" | "mail_asked_for" | "mail_given_up" | "password_changed" | "password_reset" | "refresh_token_reused" | "rights_changed" | "server_started" | "session_ended" | "sessions_ended" | "settings_changed" | "spraying_seen" | "superuser_created" | "users_exported"; actor: { id: number; username: string | null } | null; user: { id: number; username: string | null } | null; ip: string; user_agent: string; request_id: string; detail: Record<string, unknown> })[] };
    };
    /** List the changes of an account, and who made them */
    '/api/admin/users/{id}/history/': {
      path: { id: string | number };
      query: { cursor?: string | undefined; page_size?: number | undefined };
      answer: { next: string | null; previous: string | null; results: readonly ({ id: number; at: string; event: "account_changed" | "account_created" | "account_deletion_asked" | "account_exported" | "account_registered" | "account_removed" | "account_taken_back" | "admin_signed_in" | "admin_signed_out" | "admin_stepped_up" | "audit_exported" | "database_restored" | "django_admin_action" | "django_token_adopted" | "django_token_revoked" | "email_change_reverted" | "email_changed" | "email_verified" | "export_finished" | "group_added" | "group_changed" | "group_removed" | "import_finished" | "key_added" | "key_retired" | "key_rotated" | "keys_resealed" | "limit_hit" | "logged_in" | "logged_out_everywhere" | "login_failed" | "mail_asked_for" | "mail_given_up" | "password_changed" | "password_reset" | "refresh_token_reused" | "rights_changed" | "server_started" | "session_ended" | "sessions_ended" | "settings_changed" | "spraying_seen" | "superuser_created" | "users_exported"; actor: { id: number; username: string | null } | null; user: { id: number; username: string | null } | null; ip: string; user_agent: string; request_id: string; detail: Record<string, unknown> })[] };
    };
    /** List refresh tokens, those that expire last first; blacklisted ones the last blacklisted first */
    '/api/admin/tokens/': {
      query: { cursor?: string | undefined; page_size?: number | undefined; search?: string | undefined; state?: "outstanding" | "blacklisted" | undefined };
      answer: { next: string | null; previous: string | null; results: readonly ({ jti: string; user: { id: number; username: string | null } | null; kind: "session" | "django"; created_at: string | null; expires_at: string; blacklisted_at: string | null; session_id: string | null })[] };
    };
    /** List the signing keys and what each does, the newest first */
    '/api/admin/keys/': {
      answer: readonly ({ kid: string; algorithm: string; state: "signing" | "next" | "standby" | "verifying" | "old" | "retired"; created_at: string | null; signs_from: string | null; signs_until: string | null; verifies_until: string | null })[];
    };
    /** List audit events, the newest first */
    '/api/admin/audit/': {
      query: { cursor?: string | undefined; page_size?: number | undefined; actor?: string | undefined; user?: string | undefined; event?: "account_changed" | "account_created" | "account_deletion_asked" | "account_exported" | "account_registered" | "account_removed" | "account_taken_back" | "admin_signed_in" | "admin_signed_out" | "admin_stepped_up" | "audit_exported" | "database_restored" | "django_admin_action" | "django_token_adopted" | "django_token_revoked" | "email_change_reverted" | "email_changed" | "email_verified" | "export_finished" | "group_added" | "group_changed" | "group_removed" | "import_finished" | "key_added" | "key_retired" | "key_rotated" | "keys_resealed" | "limit_hit" | "logged_in" | "logged_out_everywhere" | "login_failed" | "mail_asked_for" | "mail_given_up" | "password_changed" | "password_reset" | "refresh_token_reused" | "rights_changed" | "server_started" | "session_ended" | "sessions_ended" | "settings_changed" | "spraying_seen" | "superuser_created" | "users_exported" | undefined; since?: string | undefined; until?: string | undefined; request_id?: string | undefined; ordering?: "id" | "-id" | undefined; after?: number | undefined };
      answer: { next: string | null; previous: string | null; results: readonly ({ id: number; at: string; event: "account_changed" | "account_created" | "account_deletion_asked" | "account_exported" | "account_registered" | "account_removed" | "account_taken_back" | "admin_signed_in" | "admin_signed_out" | "admin_stepped_up" | "audit_exported" | "database_restored" | "django_admin_action" | "django_token_adopted" | "django_token_revoked" | "email_change_reverted" | "email_changed" | "email_verified" | "export_finished" | "group_added" | "group_changed" | "group_removed" | "import_finished" | "key_added" | "key_retired" | "key_rotated" | "keys_resealed" | "limit_hit" | "logged_in" | "logged_out_everywhere" | "login_failed" | "mail_asked_for" | "mail_given_up" | "password_changed" | "password_reset" | "refresh_token_reused" | "rights_changed" | "server_started" | "session_ended" | "sessions_ended" | "settings_changed" | "spraying_seen" | "superuser_created" | "users_exported"; actor: { id: number; username: string | null } | null; user: { id: number; username: string | null } | null; ip: string; user_agent: string; request_id: string; detail: Record<string, unknown> })[] };
    };
    /** Download audit events, a line of JSON each, the oldest first */
    '/api/admin/audit/export/': {
      query: { actor?: string | undefined; user?: string | undefined; event?: "account_changed" | "account_created" | "account_deletion_asked" | "account_exported" | "account_registered" | "account_removed" | "account_taken_back" | "admin_signed_in" | "admin_signed_out" | "admin_stepped_up" | "audit_exported" | "database_restored" | "django_admin_action" | "django_token_adopted" | "django_token_revoked" | "email_change_reverted" | "email_changed" | "email_verified" | "export_finished" | "group_added" | "group_changed" | "group_removed" | "import_finished" | "key_added" | "key_retired" | "key_rotated" | "keys_resealed" | "limit_hit" | "logged_in" | "logged_out_everywhere" | "login_failed" | "mail_asked_for" | "mail_given_up" | "password_changed" | "password_reset" | "refresh_token_reused" | "rights_changed" | "server_started" | "session_ended" | "sessions_ended" | "settings_changed" | "spraying_seen" | "superuser_created" | "users_exported" | undefined; since?: string | undefined; until?: string | undefined; request_id?: string | undefined };
      answer: string;
    };
    /** List the reports of imports, the newest first */
    '/api/admin/imports/': {
      query: { cursor?: string | undefined; page_size?: number | undefined };
      answer: { next: string | null; previous: string | null; results: readonly ({ id: number; at: string; summary: string })[] };
    };
    /** Show the report of an import; of its long lists the first 1,000 */
    '/api/admin/imports/{id}/': {
      path: { id: string | number };
      answer: { id: number; at: string; summary: string; report: Record<string, unknown> };
    };
    /** Show the settings in force, secrets masked, and which of them break a requirement */
    '/api/admin/settings/': {
      answer: { settings: readonly ({ name: string; value: string; source: "set" | "default"; about: string })[]; findings: readonly ({ requirement: string; setting: string; text: string; todo: string; severity: "breach" | "advice" })[] };
    };
    /** Show how much happened on each of the last days, and what there is now */
    '/api/admin/overview/': {
      query: { days?: number | undefined };
      answer: { totals: { users: number; active_sessions: number; counted_at: string | null }; hash_queue: { running: number; waiting: number }; days: readonly ({ day: string; sign_ups: number; logins_ok: number; logins_failed: number; refreshes: number; reuse: number; users: number | null; active_sessions: number | null })[] };
    };
    /** List groups */
    '/api/admin/groups/': {
      query: { cursor?: string | undefined; page_size?: number | undefined; search?: string | undefined };
      answer: { next: string | null; previous: string | null; results: readonly ({ id: number; name: string; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[]; version: string })[] };
    };
    /** Show a group */
    '/api/admin/groups/{id}/': {
      path: { id: string | number };
      answer: { id: number; name: string; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[]; version: string };
    };
    /** List the permissions there are */
    '/api/admin/permissions/': {
      answer: { permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[] };
    };
  };
  POST: {
    /** Sign in to the admin site: the session becomes a cookie */
    '/api/admin/session/': {
      body: { username: string; password: string };
      answer: { user: { id: number; username: string; email: string; is_superuser: boolean; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[] }; csrf_token: string | null; expires_at: string | null; idle_expires_at: string | null; stepped_up_until: string | null };
    };
    /** Give the password again: dangerous operations are open for five minutes, in this session alone */
    '/api/admin/session/step-up/': {
      body: { password: string };
      answer: { stepped_up_until: string };
    };
    /** Create an account, whose password is set by a link; rights want the password again */
    '/api/admin/users/': {
      body: { username: string; email?: string | undefined; full_name?: string | undefined; verified?: boolean | undefined; send_set_up_link?: boolean | undefined; is_staff?: boolean | undefined; is_superuser?: boolean | undefined; groups?: readonly (number)[] | undefined; permissions?: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[] | undefined };
      answer: { id: number; username: string; email: string; full_name: string; image: string; image_url: string | null; is_active: boolean; is_staff: boolean; is_superuser: boolean; verified: boolean; has_usable_password: boolean; hash: "pbkdf2_sha256" | "pbkdf2_sha1" | "argon2" | "bcrypt_sha256" | "bcrypt" | "scrypt" | "sha1" | "md5" | "unsalted_md5" | "unsalted_sha1" | "crypt" | "unknown" | null; date_joined: string; last_login: string | null; bio: string; first_name: string; last_name: string; groups: readonly ({ id: number; name: string })[]; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[]; requires_new_password: boolean; sessions_live: number; version: string; set_up_link: string | null };
    };
    /** Do one of activate, deactivate, verify, end_sessions, delete to at most 1,000 accounts; deleting wants the password again */
    '/api/admin/users/bulk/': {
      body: { action: string; ids: readonly (number)[] };
      answer: { changed: number; skipped: readonly ({ id: number; reason: string })[] };
    };
    /** End all sessions of an account, and refuse what Django issued to it until now */
    '/api/admin/users/{id}/sessions/end/': {
      path: { id: string | number };
      answer: { ended: number };
    };
    /** Set the password of an account; its sessions end */
    '/api/admin/users/{id}/set-password/': {
      path: { id: string | number };
      body: { password: string };
      answer: { ended: number };
    };
    /** Send an account a link to set a new password */
    '/api/admin/users/{id}/send-reset/': {
      path: { id: string | number };
      answer: { sent_to: string };
    };
    /** Send an account a link to verify its e-mail */
    '/api/admin/users/{id}/send-verification/': {
      path: { id: string | number };
      answer: { sent_to: string };
    };
    /** Require a new password before anybody logs in to an account, or no more. Its sessions stay */
    '/api/admin/users/{id}/require-new-password/': {
      path: { id: string | number };
      body: { required: boolean };
      answer: { id: number; username: string; email: string; full_name: string; image: string; image_url: string | null; is_active: boolean; is_staff: boolean; is_superuser: boolean; verified: boolean; has_usable_password: boolean; hash: "pbkdf2_sha256" | "pbkdf2_sha1" | "argon2" | "bcrypt_sha256" | "bcrypt" | "scrypt" | "sha1" | "md5" | "unsalted_md5" | "unsalted_sha1" | "crypt" | "unknown" | null; date_joined: string; last_login: string | null; bio: string; first_name: string; last_name: string; groups: readonly ({ id: number; name: string })[]; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[]; requires_new_password: boolean; sessions_live: number; version: string };
    };
    /** Have a new key sign, as soon as all servers and readers have it, or at once */
    '/api/admin/keys/rotate/': {
      body: { algorithm?: "HS256" | "HS384" | "HS512" | "ES256" | "EdDSA" | undefined; now?: boolean | undefined };
      answer: { kid: string; algorithm: string; state: "signing" | "next" | "standby" | "verifying" | "old" | "retired"; created_at: string | null; signs_from: string | null; signs_until: string | null; verifies_until: string | null };
    };
    /** Accept nothing any more that a key has signed */
    '/api/admin/keys/{kid}/retire/': {
      path: { kid: string | number };
      answer: { kid: string; algorithm: string; state: "signing" | "next" | "standby" | "verifying" | "old" | "retired"; created_at: string | null; signs_from: string | null; signs_until: string | null; verifies_until: string | null };
    };
    /** Explain a request by its X-Request-Id, or a token */
    '/api/admin/explain/': {
      body: { query: string };
      answer: { lines: readonly (string)[]; facts: { kind: "request" | "token" } };
    };
    /** Make a group */
    '/api/admin/groups/': {
      body: { name: string; permissions?: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[] | undefined };
      answer: { id: number; name: string; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[]; version: string };
    };
  };
  PATCH: {
    /** Change an account; rights and another e-mail want the password again */
    '/api/admin/users/{id}/': {
      path: { id: string | number };
      body: { username?: string | undefined; email?: string | undefined; full_name?: string | undefined; bio?: string | undefined; is_active?: boolean | undefined; verified?: boolean | undefined; is_staff?: boolean | undefined; is_superuser?: boolean | undefined; groups?: readonly (number)[] | undefined; permissions?: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[] | undefined; version?: string | undefined };
      answer: { id: number; username: string; email: string; full_name: string; image: string; image_url: string | null; is_active: boolean; is_staff: boolean; is_superuser: boolean; verified: boolean; has_usable_password: boolean; hash: "pbkdf2_sha256" | "pbkdf2_sha1" | "argon2" | "bcrypt_sha256" | "bcrypt" | "scrypt" | "sha1" | "md5" | "unsalted_md5" | "unsalted_sha1" | "crypt" | "unknown" | null; date_joined: string; last_login: string | null; bio: string; first_name: string; last_name: string; groups: readonly ({ id: number; name: string })[]; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[]; requires_new_password: boolean; sessions_live: number; version: string };
    };
    /** Rename a group, or say anew what its members may */
    '/api/admin/groups/{id}/': {
      path: { id: string | number };
      body: { name?: string | undefined; permissions?: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[] | undefined; version?: string | undefined };
      answer: { id: number; name: string; permissions: readonly ("view_user" | "add_user" | "change_user" | "delete_user" | "view_group" | "add_group" | "change_group" | "delete_group" | "view_session" | "delete_session" | "view_outstandingtoken" | "delete_outstandingtoken" | "view_key" | "change_key" | "view_auditevent" | "view_import" | "view_setting")[]; version: string };
    };
  };
  DELETE: {
    /** Sign out of the admin site */
    '/api/admin/session/': {
      answer: undefined;
    };
    /** Delete an account with all that is its own */
    '/api/admin/users/{id}/': {
      path: { id: string | number };
      answer: undefined;
    };
    /** End a session of an account */
    '/api/admin/users/{id}/sessions/{sid}/': {
      path: { id: string | number; sid: string | number };
      answer: undefined;
    };
    /** Revoke a refresh token: its session ends, or Django's is blacklisted */
    '/api/admin/tokens/{jti}/': {
      path: { jti: string | number };
      answer: undefined;
    };
    /** Delete a group; its members lose what they had by it */
    '/api/admin/groups/{id}/': {
      path: { id: string | number };
      answer: undefined;
    };
  };
}
