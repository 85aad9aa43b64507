import type { Diagnosis, Fault, Mapped, NotMapped } from '../adapters/django/doctor/diagnosis.ts';
import { printEnv } from '../adapters/django/doctor/env-file.ts';
import { plain } from '../adapters/django/doctor/plain.ts';
import type { DjangoSettings } from '../adapters/django/settings/settings-files.ts';

const place = (at: string | undefined) => (at === undefined ? '' : ` (${at})`);

/** An entry: its first line, and what belongs to it further in. */
const entry = (first: string, ...more: readonly string[]) =>
  [`  ${plain(first)}`, ...more.map((line) => `      ${plain(line)}`)].join('\n');

const mappedLine = ({ django, at, value, latchkey }: Mapped) =>
  entry(`${django}${place(at)}: ${value}`, latchkey);

/** Of what is unknown the reason names the place. */
const notMappedLine = ({ django, at, why, isUnknown }: NotMapped) =>
  entry(`${django}${isUnknown ? '' : place(at)}: ${why}`);

const faultLine = ({ severity, at, what, todo }: Fault) =>
  entry(`${severity.toUpperCase()}${place(at)}: ${what}`, todo);

const part = (title: string, entries: readonly string[]) =>
  `${title}\n\n${entries.join('\n') || '  nothing'}\n`;

/** The import as it would be typed. */
function importCommand({ importArguments }: Diagnosis): string {
  const words = importArguments.map((word) =>
    /^[\w.:/@=?&%*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  return plain(`npx latchkey import-django ${words.join(' ')}`.trim());
}

/** The report in three parts, for people. It has no secrets. */
export function printDiagnosis(diagnosis: Diagnosis, settings: DjangoSettings): string {
  const { mapped, notMapped, faults } = diagnosis;
  return [
    `${plain(`Read as text, nothing was run: ${settings.files.join(', ')}`)}\n`,
    part('What maps', mapped.map(mappedLine)),
    part('What does not map', notMapped.map(notMappedLine)),
    part('Faults', faults.map(faultLine)),
    `The import\n\n  ${importCommand(diagnosis)}\n`,
  ].join('\n');
}

/** The same as one JSON document; of the `.env` only which names it has. */
export function diagnosisJson(diagnosis: Diagnosis, settings: DjangoSettings): string {
  const { mapped, notMapped, faults, env } = diagnosis;
  const names = env.map(({ name, value }) => ({ name, isFilledIn: value !== undefined }));
  const document = {
    files: settings.files,
    mapped,
    notMapped,
    faults,
    import: importCommand(diagnosis),
    env: names,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** The whole text of the `.env`. It has secrets. */
export function envText(diagnosis: Diagnosis): string {
  return `# Proposed by latchkey doctor-django. Secrets: keep it out of version control.\n${printEnv(diagnosis.env)}`;
}
