import type { Fault } from '../domain/fault.ts';
import type { TokenReason } from '../domain/outcome.ts';

/** Django's and REST framework's words for what is wrong with a field. */
export function faultWords(fault: Fault): string {
  switch (fault.code) {
    case 'username_taken':
      return 'A user with that username already exists.';
    case 'username_like_email':
      return 'A username may not contain an @.';
    case 'choice_unknown':
      return 'This is not a valid choice.';
    case 'not_a_boolean':
      return 'Must be a valid boolean.';
    case 'account_unknown':
      return 'There is no such account.';
    case 'email_taken':
      return 'user with this email already exists.';
    case 'cursor_invalid':
      return 'Invalid cursor';
    case 'not_a_choice':
      return `Choose one of ${fault.choices.join(', ')}.`;
    case 'account_inactive':
      return 'This account is not active.';
    case 'already_verified':
      return 'This address is verified already.';
    case 'email_missing':
      return 'This field is required.';
    case 'uid_wrong':
      return "Invalid user id or user doesn't exist.";
    case 'token_wrong':
      return 'Invalid token for given user.';
    case 'passwords_differ':
      return 'Password Fields Does Not Match';
    case 'password_too_short':
      return `This password is too short. It must contain at least ${fault.minimum} characters.`;
    case 'password_too_long':
      return 'This password is too long. It must contain at most 256 characters and 1,024 bytes.';
    case 'password_too_common':
      return 'This password is too common.';
    case 'password_entirely_numeric':
      return 'This password is entirely numeric.';
    case 'password_breached':
      return 'This password has appeared in a data breach.';
    case 'password_wrong':
      return 'Invalid password.';
    case 'picture_not_a_file':
      return 'The submitted data was not a file. Check the encoding type on the form.';
    case 'picture_empty':
      return 'The submitted file is empty.';
    case 'picture_unreadable':
      return 'Upload a valid image. The file you uploaded was either not an image or a corrupted image.';
    case 'picture_animated':
      return 'Upload a picture that does not move.';
    case 'picture_too_large':
      return `Ensure this file has no more than ${fault.bytes} bytes.`;
    case 'picture_too_wide':
      return `Ensure this picture is no more than ${fault.side} pixels wide and high.`;
    case 'group_name_taken':
      return 'Group with this Name already exists.';
    case 'group_unknown':
      return `Invalid pk "${fault.id}" - object does not exist.`;
    case 'pictures_off':
      return 'This server takes no pictures.';
    case 'password_too_similar':
      return `The password is too similar to the ${fault.to}.`;
  }
}

/** SimpleJWT's words (5.3.1) for what is wrong with a token. */
export const TOKEN_WORDS: Readonly<Record<TokenReason, string>> = {
  token_invalid: 'Token is invalid or expired',
  token_expired: 'Token is invalid or expired',
  token_without_exp: "Token has no 'exp' claim",
  token_without_id: 'Token has no id',
  token_without_type: 'Token has no type',
  token_of_wrong_type: 'Token has wrong type',
  token_blacklisted: 'Token is blacklisted',
};
