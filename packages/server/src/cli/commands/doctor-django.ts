import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import type { Diagnosis } from '../../adapters/django/doctor/diagnosis.ts';
import { judgeDjango } from '../../adapters/django/doctor/judge.ts';
import {
  type DjangoSettings,
  readDjangoSettings,
  UnreadableSettings,
} from '../../adapters/django/settings/settings-files.ts';
import { CommandError } from '../command-error.ts';
import { diagnosisJson, envText, printDiagnosis } from '../doctor-report.ts';

export interface DoctorOptions {
  readonly settings?: string;
  readonly env?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly strict?: boolean;
}

function read(path: string, module: string | undefined): DjangoSettings {
  try {
    return readDjangoSettings(path, module);
  } catch (error) {
    throw error instanceof UnreadableSettings ? new CommandError(error.message) : error;
  }
}

/** For the owner's eyes only. A file that is there is left alone unless forced. */
function writeEnv(file: string, diagnosis: Diagnosis, isForced: boolean): void {
  try {
    writeFileSync(file, envText(diagnosis), { mode: 0o600, flag: isForced ? 'w' : 'wx' });
    if (isForced) chmodSync(file, 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new CommandError(`${file} is there already. --force overwrites it.`);
    throw error;
  }
}

/**
 * `latchkey doctor-django`: what Django settings are in Latchkey, and what is wrong with them. Exit code 2 with
 * --strict and a serious fault.
 */
export function doctorDjangoCommand(path: string, options: DoctorOptions): void {
  const settings = read(path, options.settings);
  const diagnosis = judgeDjango(settings, { newKey: randomBytes(48).toString('base64url'), now: Date.now() });
  if (options.env !== undefined) writeEnv(options.env, diagnosis, options.force === true);
  if (options.json) process.stdout.write(diagnosisJson(diagnosis, settings));
  else {
    process.stdout.write(printDiagnosis(diagnosis, settings));
    const proposal =
      options.env === undefined ? `The .env\n\n${envText(diagnosis)}` : `The .env is in ${options.env}\n`;
    process.stdout.write(`\n${proposal}`);
  }
  const isSerious = diagnosis.faults.some(({ severity }) => severity === 'serious');
  if (options.strict && isSerious) process.exitCode = 2;
}
