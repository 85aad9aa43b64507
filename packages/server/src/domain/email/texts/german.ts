import type { Texts } from './words.ts';

/** The mails in German. */
export const GERMAN: Texts = {
  verify_email: {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    text: 'Bitte bestätigen Sie, dass {{email}} Ihre Adresse bei {{site}} ist.',
    button: 'Adresse bestätigen',
    after: 'Der Link gilt 24 Stunden. Wenn Sie sich nicht bei {{site}} registriert haben, ist nichts zu tun.',
  },
  reset_password: {
    subject: 'Neues Passwort setzen',
    text: 'Jemand, hoffentlich Sie, möchte für Ihr Konto bei {{site}} ein neues Passwort setzen.',
    button: 'Neues Passwort setzen',
    after:
      'Der Link gilt eine Stunde und nur einmal. Wenn Sie das nicht waren, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.',
  },
  set_up: {
    subject: 'Passwort festlegen',
    text: 'Bei {{site}} wurde ein Konto für Sie angelegt. Legen Sie ein Passwort fest, um es zu benutzen.',
    button: 'Passwort festlegen',
    after:
      'Der Link gilt 24 Stunden und nur einmal. Wenn Ihnen {{site}} nichts sagt, beachten Sie diese Mail nicht.',
  },
  change_email: {
    subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    text: 'Sie möchten diese Adresse für Ihr Konto bei {{site}} verwenden.',
    button: 'Diese Adresse verwenden',
    after: 'Der Link gilt eine Stunde. Wenn Sie das nicht waren, ist nichts zu tun.',
  },
  revert_email: {
    subject: 'Ihre E-Mail-Adresse wurde geändert',
    text: 'Ihr Konto bei {{site}} hat jetzt eine andere E-Mail-Adresse. Wenn Sie das waren, ist nichts zu tun. Wenn nicht, machen Sie die Änderung rückgängig.',
    button: 'Änderung rückgängig machen',
    after:
      'Der Link gilt 7 Tage. Er beendet alle Sitzungen, und wir senden Ihnen einen Link für ein neues Passwort.',
  },
  email_changed: {
    subject: 'Ihre E-Mail-Adresse wurde geändert',
    text: 'Ihr Konto bei {{site}} hat jetzt eine andere E-Mail-Adresse. Wenn Sie das waren, ist nichts zu tun.',
    after: 'Wenn Sie es nicht waren, wenden Sie sich an {{site}}.',
  },
  password_changed: {
    subject: 'Ihr Passwort wurde geändert',
    text: 'Das Passwort Ihres Kontos bei {{site}} wurde geändert, und alle Sitzungen wurden beendet.',
    after: 'Wenn Sie es nicht waren, setzen Sie sofort ein neues Passwort.',
  },
  new_device: {
    subject: 'Neue Anmeldung bei Ihrem Konto',
    text: 'Jemand hat sich mit einem neuen Gerät bei Ihrem Konto bei {{site}} angemeldet, von der Adresse {{ip}}.',
    after: 'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, ändern Sie sofort Ihr Passwort.',
  },
  already_registered: {
    subject: 'Sie haben bereits ein Konto',
    text: 'Jemand, vielleicht Sie, wollte sich mit dieser Adresse bei {{site}} registrieren. Sie haben bereits ein Konto: Melden Sie sich an, oder setzen Sie ein neues Passwort.',
    after: 'Wenn Sie es nicht waren, ist nichts zu tun.',
  },
  reset_email: {
    subject: 'E-Mail-Adresse ändern',
    text: 'Jemand, hoffentlich Sie, möchte die E-Mail-Adresse Ihres Kontos bei {{site}} ändern.',
    button: 'Adresse ändern',
    after: 'Der Link gilt eine Stunde und nur einmal. Wenn Sie das nicht waren, ist nichts zu tun.',
  },
  reset_username: {
    subject: 'Neuen Benutzernamen wählen',
    text: 'Jemand, hoffentlich Sie, möchte den Benutzernamen Ihres Kontos bei {{site}} ändern.',
    button: 'Neuen Benutzernamen wählen',
    after: 'Der Link gilt eine Stunde und nur einmal. Wenn Sie das nicht waren, ist nichts zu tun.',
  },
  take_back_account: {
    subject: 'Ihr Konto wurde gelöscht',
    text: 'Ihr Konto bei {{site}} wurde gelöscht. Niemand kann es jetzt verwenden, und nach dem {{date}} wird alles entfernt, was darin ist. Bis dahin können Sie es zurückholen.',
    button: 'Konto zurückholen',
    after:
      'Wenn Sie das waren, ist nichts zu tun. Wenn nicht, holen Sie das Konto zurück und setzen Sie sofort ein neues Passwort.',
  },
};
