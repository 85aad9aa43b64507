import type { Texts } from './words.ts';

/** The mails in English. */
export const ENGLISH: Texts = {
  verify_email: {
    subject: 'Confirm your e-mail address',
    text: 'Please confirm that {{email}} is your address at {{site}}.',
    button: 'Confirm address',
    after: 'The link is good for 24 hours. If you did not register at {{site}}, ignore this mail.',
  },
  reset_password: {
    subject: 'Set a new password',
    text: 'Somebody, we hope you, asked to set a new password for your account at {{site}}.',
    button: 'Set a new password',
    after:
      'The link is good for one hour and works once. If you did not ask for it, ignore this mail: your password stays as it is.',
  },
  set_up: {
    subject: 'Set your password',
    text: 'An account was created for you at {{site}}. Set a password to use it.',
    button: 'Set a password',
    after: 'The link is good for 24 hours and works once. If you know nothing of {{site}}, ignore this mail.',
  },
  change_email: {
    subject: 'Confirm your new e-mail address',
    text: 'You asked to use this address for your account at {{site}}.',
    button: 'Use this address',
    after: 'The link is good for one hour. If you did not ask for it, ignore this mail.',
  },
  revert_email: {
    subject: 'Your e-mail address was changed',
    text: 'Your account at {{site}} now has another e-mail address. If it was you, there is nothing to do. If it was not, take the change back.',
    button: 'Take the change back',
    after: 'The link is good for 7 days. It ends all sessions, and we send you a link to set a new password.',
  },
  email_changed: {
    subject: 'Your e-mail address was changed',
    text: 'Your account at {{site}} now has another e-mail address. If it was you, there is nothing to do.',
    after: 'If it was not you, get in touch with {{site}}.',
  },
  password_changed: {
    subject: 'Your password was changed',
    text: 'The password of your account at {{site}} was changed, and all sessions were ended.',
    after: 'If it was not you, set a new password at once.',
  },
  new_device: {
    subject: 'New login to your account',
    text: 'Somebody logged in to your account at {{site}} from a new device, from the address {{ip}}.',
    after: 'If it was you, there is nothing to do. If it was not, change your password at once.',
  },
  already_registered: {
    subject: 'You have an account already',
    text: 'Somebody, perhaps you, tried to register at {{site}} with this address. You have an account already: log in, or set a new password.',
    after: 'If it was not you, there is nothing to do.',
  },
  reset_email: {
    subject: 'Change your e-mail address',
    text: 'Somebody, we hope you, asked to change the e-mail address of your account at {{site}}.',
    button: 'Change the address',
    after: 'The link is good for one hour and works once. If you did not ask for it, ignore this mail.',
  },
  reset_username: {
    subject: 'Choose a new user name',
    text: 'Somebody, we hope you, asked to change the user name of your account at {{site}}.',
    button: 'Choose a new user name',
    after: 'The link is good for one hour and works once. If you did not ask for it, ignore this mail.',
  },
  take_back_account: {
    subject: 'Your account was deleted',
    text: 'Your account at {{site}} was deleted. Nobody can use it now, and after {{date}} all that is in it will be erased. Until then you can take it back.',
    button: 'Take the account back',
    after:
      'If it was you, there is nothing to do. If it was not, take the account back and set a new password at once.',
  },
};
