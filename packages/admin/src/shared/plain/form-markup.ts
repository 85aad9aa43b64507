import { type Markup, markup } from '../markup.ts';

/** The most characters that the server takes of what is typed, by the name of the field in its API. The contract says so. */
export const LONGEST = {
  username: 100,
  email: 254,
  new_email: 254,
  full_name: 300,
  bio: 300,
  /** of a group */
  name: 150,
} as const;

/** One field. What kind it is follows from what a browser may fill in. */
export interface PlainFieldSpec {
  readonly name: string;
  readonly label: string;
  readonly kind?: 'text' | 'email' | 'password';
  readonly autoComplete: string;
  readonly optional?: boolean;
  readonly maxLength?: number;
  readonly autofocus?: boolean;
}

/** What stands in a form. What it does is said to `enlivenForm`. */
export interface PlainFormSpec {
  readonly fields: readonly PlainFieldSpec[];
  readonly button: string;
  readonly showPassword: string;
}

/** Makes what is typed readable, and back. */
const eye = (label: string) =>
  markup('button', { type: 'button', class: 'plain-eye', 'aria-label': label, 'aria-pressed': 'false' });

function fieldMarkup(spec: PlainFieldSpec, showPassword: string): Markup {
  const { name, label, kind = 'text', autoComplete, optional = false, maxLength, autofocus } = spec;
  const id = `plain-${name}`;
  const isWritten = kind === 'email' || autoComplete === 'username';
  const input = markup('input', {
    id,
    name,
    type: kind,
    class: 'plain-input',
    autocomplete: autoComplete,
    required: !optional,
    maxlength: maxLength?.toString(),
    autofocus,
    ...(isWritten && { autocapitalize: 'none', spellcheck: 'false' }),
  });
  const line = markup(
    'div',
    { class: 'plain-line' },
    input,
    ...(kind === 'password' ? [eye(showPassword)] : []),
  );
  return markup(
    'div',
    { class: 'plain-field' },
    markup('label', { for: id, class: 'plain-label' }, label),
    line,
  );
}

/**
 * Labelled fields and one button. Should a browser ever send it by itself, a password is in no address: the policy of the page
 * forbids that, and the method is not GET.
 */
export const formMarkup = ({ fields, button, showPassword }: PlainFormSpec): Markup =>
  markup(
    'form',
    { class: 'plain-stack', method: 'post' },
    ...fields.map((one) => fieldMarkup(one, showPassword)),
    markup('div', { class: 'plain-stack plain-faults' }),
    markup('button', { type: 'submit', class: 'plain-button' }, button),
  );
