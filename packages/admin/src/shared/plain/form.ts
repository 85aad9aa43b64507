import { type FieldErrors, Refused } from 'latchkey-client';
import { element } from '../element.ts';
import { part } from '../part.ts';

/** The texts of a form, by the names of its fields. */
export type Values = Readonly<Record<string, string>>;

export interface FormDeed {
  /** What the form does. It is busy until this is done; what is thrown is shown. */
  readonly run: (values: Values) => Promise<unknown>;
  /** why something was not done that no field is to blame for */
  readonly sentenceFor: (error: unknown) => string;
  /** what helps against it, below that sentence */
  readonly help?: ((error: unknown, values: Values) => Node | undefined) | undefined;
}

function enlivenEye(toggle: HTMLElement): void {
  const input = part<HTMLInputElement>(toggle.parentElement ?? toggle, 'input');
  toggle.addEventListener('click', () => {
    const isShown = input.type === 'text';
    input.type = isShown ? 'password' : 'text';
    toggle.setAttribute('aria-pressed', String(!isShown));
  });
}

interface Field {
  readonly name: string;
  readonly tell: (fault: string | undefined) => void;
}

function fieldIn(box: HTMLElement): Field {
  const input = part<HTMLInputElement>(box, 'input');
  const fault = element('p', { id: `${input.id}-fault`, class: 'plain-fault' });
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
  return { name: input.name, tell };
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

/**
 * Makes the form in this content (of `formMarkup`) do something, and shows what the server says against it. The server alone judges
 * the values. What was sent before this came, is sent now.
 */
export function enlivenForm(content: HTMLElement, { run, sentenceFor, help }: FormDeed): void {
  const form = part<HTMLFormElement>(content, 'form');
  const faults = part(form, '.plain-faults');
  const submit = part<HTMLButtonElement>(form, '[type=submit]');
  const fields = [...form.querySelectorAll<HTMLElement>('.plain-field')].map(fieldIn);
  for (const toggle of form.querySelectorAll<HTMLElement>('.plain-eye')) enlivenEye(toggle);

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
  const send = async () => {
    const values = valuesOf(form);
    forget();
    submit.ariaBusy = 'true';
    await run(values).catch((error: unknown) => show(error, values));
    submit.ariaBusy = null;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (submit.ariaBusy !== 'true') void send();
  });
  if (submit.ariaBusy === 'true') void send();
}
