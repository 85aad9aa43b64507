import { existsSync, statSync } from 'node:fs';
import { sqlitePath } from '../../adapters/sql/open.ts';
import { configFindings, type Finding } from '../config-breaches.ts';
import { environment } from '../environment.ts';

/** May others than its owner read a file, or write to it? Windows has no such modes. */
function isForOthers(file: string): boolean {
  return process.platform !== 'win32' && existsSync(file) && (statSync(file).mode & 0o077) !== 0;
}

/** Files with secrets that others of the machine can read. */
function fileFindings(databaseUrl: string): Finding[] {
  const database = sqlitePath(databaseUrl);
  const todo = (file: string) => `chmod 600 ${file}`;
  const files: [string, string | undefined, string][] = [
    ['.env', '.env', 'ASVS 13.3.2'],
    ['DATABASE_URL', database === ':memory:' ? undefined : database, 'S-12'],
  ];
  return files.flatMap(([setting, file, breaks]) =>
    file !== undefined && isForOthers(file)
      ? [{ setting, breaks, what: 'others than its owner can read the file', todo: todo(file) }]
      : [],
  );
}

const lines = (findings: readonly Finding[]) =>
  findings.map(({ setting, breaks, what, todo }) => `${setting} (${breaks}): ${what}\n  ${todo}\n`).join('');

/**
 * `latchkey audit-config`: what in the settings in force breaks which requirement, as `latchkey serve` would read them. Exit code 1
 * when something does.
 */
export function auditConfigCommand({ json }: { json?: boolean }): void {
  const given = environment();
  const findings = [
    ...configFindings(given),
    ...fileFindings(given.DATABASE_URL ?? 'sqlite:./latchkey.sqlite3'),
  ];
  const breaches = findings.filter(({ isAdvice }) => isAdvice !== true);
  const advice = findings.filter(({ isAdvice }) => isAdvice === true).map(({ isAdvice, ...rest }) => rest);
  if (breaches.length > 0) process.exitCode = 1;
  if (json) return void process.stdout.write(`${JSON.stringify({ breaches, advice }, undefined, 2)}\n`);
  const sum =
    breaches.length === 0 ? 'Nothing breaks a requirement.' : `What breaks a requirement: ${breaches.length}`;
  process.stdout.write(
    `${lines(breaches)}${advice.length === 0 ? '' : `Could be better:\n${lines(advice)}`}${sum}\n`,
  );
}
