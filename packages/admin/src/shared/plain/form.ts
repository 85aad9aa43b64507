import { type FieldErrors, Refused } from 'latchkey-client';
import { element } from '../element.ts';

/** One field. What kind it is follows from what a browser may fill in. */
export interface PlainFieldSpec {
  readonly name: string;
  readonly label: string;
  readonly kind?: 'text' | 'email' | 'password';
  readonly autoComplete: string;
  readonly optional?: boolean;
  readonly maxLength?: number;
}

/** The texts of a form, by the names of its fields. */
export type Values = Readonly<Record<string, string>>;

export interface PlainFormSpec {
  readonly fields: readonly PlainFieldSpec[];
  readonly button: string;
  readonly showPassword: string;
  /** What the form does. It is busy until this is done; what is thrown is shown. */
  readonly run: (values: Values) => Promise<unknown>;
  /** why something was not done that no field is to blame for */
  readonly sentenceFor: (error: unknown) => string;
  /** what helps against it, below that sentence */
  readonly help?: (error: unknown, values: Values) => Node | undefined;
}

interface Field {
  readonly name: string;
  readonly box: HTMLElement;
  readonly tell: (fault: string | undefined) => void;
}

/** Makes what is typed readable, and back. */
function toggleFor(input: HTMLInputElement, label: string): HTMLElement {
  const toggle = element('button', {
    type: 'button',
    class: 'plain-eye',
    'aria-label': label,
    'aria-pressed': 'false',
  });
  toggle.addEventListener('click', () => {
    const isShown = input.type === 'text';
    input.type = isShown ? 'password' : 'text';
    toggle.setAttribute('aria-pressed', String(!isShown));
  });
  return toggle;
}

function fieldOf(spec: PlainFieldSpec, showPassword: string): Field {
  const { name, label, kind = 'text', autoComplete, optional = false, maxLength } = spec;
  const id = `plain-${name}`;
  const isWritten = kind === 'email' || autoComplete === 'username';
  const input = element('input', {
    id,
    name,
    type: kind,
    class: 'plain-input',
    autocomplete: autoComplete,
    required: !optional,
    maxlength: maxLength?.toString(),
    ...(isWritten && { autocapitalize: 'none', spellcheck: 'false' }),
  });
  const line = element('div', { class: 'plain-line' }, input);
  if (kind === 'password') line.append(toggleFor(input, showPassword));
  const fault = element('p', { id: `${id}-fault`, class: 'plain-fault' });
  const box = element('div', {}, element('label', { for: id, class: 'plain-label' }, label), line);
  const tell = (text: string | undefined) => {
    fault.remove();
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
    if (text === undefined) return;
    fault.textContent = text;
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', fault.id);
    box.append(fault);
  };
  return { name, box, tell };
}

/** The sentences beside the fields of a form, and the one about all of it: undefined where the fields say everything. */
function faultsFor(error: unknown, shown: readonly string[], sentenceFor: (error: unknown) => string) {
  const fields: FieldErrors = error instanceof Refused ? error.fields : {};
  const elsewhere = Object.keys(fields).find((name) => !shown.includes(name));
  const isShown = Object.keys(fields).length > 0 && elsewhere === undefined;
  const first = elsewhere === undefined ? undefined : fields[elsewhere]?.[0];
  return { fields, sentence: isShown ? undefined : (first ?? sentenceFor(error)) };
}

const valuesOf = (form: HTMLFormElement): Values =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)] as const));

/** Labelled fields, one button, and what the server says against it. The server alone judges the values. */
export function plainForm(spec: PlainFormSpec): HTMLFormElement {
  const { fields: specs, button, showPassword, run, sentenceFor, help } = spec;
  const fields = specs.map((one) => fieldOf(one, showPassword));
  const faults = element('div', { class: 'plain-stack plain-faults' });
  const submit = element('button', { type: 'submit', class: 'plain-button' }, button);
  const form = element('form', { class: 'plain-stack' }, ...fields.map(({ box }) => box), faults, submit);

  const forget = () => {
    faults.replaceChildren();
    for (const { tell } of fields) tell(undefined);
  };
  const show = (error: unknown, values: Values) => {
    const shown = fields.map(({ name }) => name);
    const told = faultsFor(error, shown, sentenceFor);
    for (const { name, tell } of fields) tell(told.fields[name]?.join(' '));
    if (told.sentence !== undefined)
      faults.append(element('div', { class: 'plain-alert', role: 'alert' }, told.sentence));
    const helping = help?.(error, values);
    if (helping) faults.append(helping);
    form.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  };
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (submit.ariaBusy === 'true') return;
    const values = valuesOf(form);
    forget();
    submit.ariaBusy = 'true';
    await run(values).catch((error: unknown) => show(error, values));
    submit.ariaBusy = null;
  });
  return form;
}
