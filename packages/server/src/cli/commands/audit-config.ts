import { exposedFiles } from '../../adapters/exposed-files.ts';
import { findingsOfUser } from '../../adapters/process-user.ts';
import type { Finding } from '../../domain/settings/rules.ts';
import { configFindings } from '../config-breaches.ts';
import { environment } from '../environment.ts';

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
    ...exposedFiles(given.DATABASE_URL ?? 'sqlite:./latchkey.sqlite3'),
    ...findingsOfUser(),
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
