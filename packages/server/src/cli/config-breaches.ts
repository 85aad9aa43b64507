import { randomBytes } from 'node:crypto';
import { ConfigError, readConfig } from '../config.ts';
import { type Environment, type Finding, findingsIn } from '../domain/settings/rules.ts';

/** What keeps a server from starting at all: a weak key, a value that cannot be. */
function findingOfFault(sentence: string): Finding {
  const [setting = '', ...words] = sentence.split(' ');
  const isKey = setting === 'SECRET_KEY';
  return {
    setting,
    breaks: isKey ? 'ASVS 11.2.3' : 'K-06',
    what: words.join(' '),
    todo: 'latchkey serve does not start with it',
  };
}

/** Stands in for what has to be set, so that the rest can be judged. */
const STAND_INS: Environment = {
  SECRET_KEY: randomBytes(48).toString('base64url'),
  PUBLIC_URL: 'http://localhost',
};

/**
 * What in the settings of a production server breaks which requirement, or could be better. Settings that no server starts
 * with are findings, too, and keep none of the others back. Holds no secret.
 */
export function configFindings(environment: Environment): readonly Finding[] {
  try {
    return findingsIn(readConfig('serve', environment), environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.faults.map(findingOfFault);
    const names = faults.flatMap(({ setting }) => [setting, setting.replace(/_FILE$/, '')]);
    const faulty = Object.fromEntries(names.map((name) => [name, STAND_INS[name]]));
    return [...faults, ...configFindings({ ...environment, ...faulty })];
  }
}
