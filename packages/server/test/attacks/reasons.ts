/** Why none of the cases of a section can be tried that no test names, by section. */
export const SECTION_REASONS: Readonly<Record<string, string>> = {
  '2.6': 'There is no second factor yet.',
  '2.7': 'There are no passkeys yet.',
  '2.8': 'There is no social login yet.',
  '2.9': 'The admin site has no such thing.',
};

/** Why a case has no test, by id. */
export const REASONS: Readonly<Record<string, string>> = {
  'L-30': 'There is no second factor yet.',
  'E-25': 'There are no invitations. What staff have sent are the links of a reset and of a set-up.',
  'A-12':
    'Ids in a path are digits, or there is no such page: `http/routes/admin/user.ts`; in a body, as fields are read.',
  'G-24': 'Registering cannot be switched off yet.',
  'I-12':
    'The report does not count superusers apart, and none can be left out: they come with the rights they had.',
  'S-10':
    'The log is written with blocking calls: a pipe that nobody reads holds up who logs. Drops are neither made nor counted.',
};

/** What of a case that is tested no test is about, and why, by id. */
export const PARTS_LEFT_OUT: Readonly<Record<string, string>> = {
  'E-01': 'A request with two Host headers: H-10. Behind a proxy the host is that of PUBLIC_URL.',
  'E-11':
    'No mail is sent in a request, so the mail server is never waited for: mail-smtp.test.ts has one that is away and one that is slow.',
  'E-13':
    'What the browser does with the page is tested with the account pages. The Referer goes to the own origin alone.',
  'E-15': 'There are no codes.',
  'E-17': 'There is no second factor yet: no token is issued, and the sessions end.',
  'E-18': 'There are no remembered devices and no social logins.',
  'J-17': 'There are no other tokens (second factor, OAuth) yet; links are no JWTs.',
  'J-41': 'There is no JWKS of others; the storm is one of unknown `kid`s at our own ring.',
  'R-14': 'There is no second factor and no passkey yet.',
  'R-28': 'Sessions cannot be changed at all.',
  'R-29': 'There is no instant before which all tokens are void, but rotating with `--retire-others`.',
  'L-01': 'No account is social-only yet.',
  'G-03': 'The routes that change something are those of sessions and passwords.',
  'G-14': 'Stored verbatim. No mail shows it: E-23.',
  'G-21': 'The things with an id in their path are sessions.',
  'A-16':
    'An export does not want the password again: the site downloads it by a link, which could not ask for it. Who may take one may read all of it page by page, and that it was taken is noted. There is no second factor to reset yet.',
  'A-20':
    'The answers of the API. Its pages can show no more; those are looked at by the tests of the admin site.',
  'I-04': 'A cell of 10 MB. Memory and time of large imports are measured: [performance.md](performance.md).',
  'H-17': 'Links in mails: E-01.',
  'S-09':
    'Logins, logouts, sessions, passwords, keys and limits, each in the test of its route. Single failed logins are not in the audit trail.',
  'K-06': 'A name that is misspelt cannot be told from one that is somebody else’s.',
  'K-07': '`npm audit` is not part of the suite, for it needs a network.',
  'K-11':
    'There is no image of a container yet. Files that the server makes are for their owner alone: S-12.',
};
