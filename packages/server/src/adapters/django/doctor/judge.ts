import { relative } from 'node:path';
import type { DjangoSettings } from '../settings/settings-files.ts';
import { judgeDatabase } from './database.ts';
import type { Diagnosis, EnvLine, Severity } from './diagnosis.ts';
import { judgeKey } from './key.ts';
import type { Subject } from './look.ts';
import { judgePasswords } from './passwords.ts';
import { judgeSurroundings } from './surroundings.ts';
import { judgeTokenDetails } from './token-details.ts';
import { judgeTokens, usesSimpleJwt } from './tokens.ts';
import { judgeWeb } from './web.ts';

/** What the edge brings along: a fresh key for SECRET_KEY, and the time in milliseconds since 1970. */
export interface Made {
  readonly newKey: string;
  readonly now: number;
}

const ORDER = [
  'SECRET_KEY',
  'PUBLIC_URL',
  'CORS_ORIGINS',
  'DATABASE_URL',
  'ACCESS_TOKEN_SECONDS',
  'REFRESH_TOKEN_SECONDS',
  'PASSWORD_RULES',
  'LEGACY_PASSWORD_HASHES',
  'PASSWORD_UPGRADE',
  'DJANGO_TOKENS',
  'DJANGO_JWT_KEY',
  'DJANGO_JWT_ALGORITHM',
  'DJANGO_TOKEN_MAX_SECONDS',
];
const SEVERITIES: readonly Severity[] = ['serious', 'warning', 'advice'];

const byOrder = (a: EnvLine, b: EnvLine) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name);

/** What the settings are in Latchkey, what of them is not, what is wrong with them, and a `.env`. */
export function judgeDjango(settings: DjangoSettings, { newKey, now }: Made): Diagnosis {
  const subject: Subject = {
    values: settings.values,
    placeText: ({ file, line }) => `${relative(settings.root, file)}:${line}`,
  };
  const into: Diagnosis = { mapped: [], notMapped: [], faults: [], env: [], importArguments: [] };
  judgeKey(subject, newKey, into);
  judgeTokens(subject, now, into);
  if (usesSimpleJwt(subject)) judgeTokenDetails(subject, into);
  judgeDatabase(subject, into);
  judgeWeb(subject, into);
  judgePasswords(subject, into);
  judgeSurroundings(subject, into);
  for (const { file, line, text } of settings.notes)
    into.notMapped.push({ django: `${file}:${line}`, at: `${file}:${line}`, why: text, isUnknown: true });
  into.env.sort(byOrder);
  into.faults.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  return into;
}
