import { existsSync } from 'node:fs';
import { type DjangoSource, openDjango } from '../../adapters/django/open.ts';
import { type CopiedPictures, copyPictures } from '../../adapters/media/copy-pictures.ts';
import type { App } from '../../domain/app.ts';
import { importFrom } from '../../domain/import/import.ts';
import { type Report, textOf } from '../../domain/import/report.ts';
import type { Source } from '../../domain/import/source.ts';
import { SETTINGS } from '../../settings.ts';
import { withApp } from '../app.ts';
import { claimMap } from '../claim-map.ts';
import { CommandError } from '../command-error.ts';
import { environment } from '../environment.ts';
import { explain } from '../explain.ts';
import { progressLine } from '../progress-line.ts';

export interface ImportDjangoOptions {
  readonly from: string;
  readonly dryRun?: boolean;
  readonly userTable?: string;
  readonly profileTable?: string;
  readonly schema?: string;
  /** `claim=column` */
  readonly map?: readonly string[];
  readonly media?: string;
  readonly mediaTo: string;
  readonly json?: boolean;
}

type Given = Readonly<Record<string, string | undefined>>;

/** A command needs no SECRET_KEY and makes one up: that one says nothing of Django's tokens. */
function isKeyGiven({ DJANGO_JWT_KEY: key, SECRET_KEY }: Given): boolean {
  return Boolean(key && key !== 'SECRET_KEY') || Boolean(SECRET_KEY);
}

/** What the operator should set before the server takes over. */
function notesFor(given: Given): string[] {
  const notes: string[] = [];
  const tokens = given.DJANGO_TOKENS || 'off';
  if (tokens === 'off')
    notes.push('DJANGO_TOKENS is off: tokens that Django issued are refused, and everybody logs in again.');
  else {
    notes.push(`DJANGO_TOKENS is ${tokens}: live tokens are adopted when they are shown first.`);
    const longest = given.DJANGO_TOKEN_MAX_SECONDS || SETTINGS.djangoTokenMaxSeconds.fallback('serve');
    notes.push(`A token that claims to live longer than DJANGO_TOKEN_MAX_SECONDS (${longest}) is refused.`);
    if (!isKeyGiven(given))
      notes.push('Neither DJANGO_JWT_KEY nor SECRET_KEY is set: no token of Django can be verified.');
  }
  return notes;
}

async function* pictureNames(source: Source): AsyncGenerator<readonly string[]> {
  for await (const accounts of source.accounts())
    yield accounts.flatMap(({ profile }) => (profile === undefined ? [] : [profile.image]));
}

function pictureText({ copied, same, missing, refused }: CopiedPictures): string {
  const few = (names: readonly string[]) =>
    names.length === 0 ? '' : ` (${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''})`;
  return [
    `pictures: ${copied} copied, ${same} there already`,
    `pictures missing: ${missing.length}${few(missing)}`,
    ...(refused.length > 0
      ? [`pictures outside the folder, left out: ${refused.length}${few(refused)}`]
      : []),
  ].join('\n');
}

/** Opens the database to read from; its faults are the operator's to mend. */
async function openSource({ from, userTable, profileTable, schema, map = [] }: ImportDjangoOptions) {
  const options = { userTable, profileTable, schema, map: claimMap(map) };
  try {
    return await openDjango(from, options);
  } catch (error) {
    throw new CommandError(`${explain(error)} Nothing was written.`);
  }
}

async function run(app: App, source: DjangoSource, options: ImportDjangoOptions): Promise<void> {
  const { dryRun: isDryRun = false, json, media, mediaTo } = options;
  const { progress, end } = progressLine(process.stderr);
  const given = environment();
  const notes = notesFor(given);
  const reader = { ...app, djangoKeys: isKeyGiven(given) ? app.djangoKeys : undefined };
  const imported = await importFrom(reader, source, { isDryRun, notes }, progress).finally(end);
  if ('refused' in imported) {
    if (json) console.log(JSON.stringify(imported));
    throw new CommandError(imported.refused);
  }
  const pictures =
    media === undefined || isDryRun ? undefined : await copyPictures(pictureNames(source), media, mediaTo);
  print(imported.report, pictures, json);
}

function print(report: Report, pictures: CopiedPictures | undefined, json = false): void {
  if (json) console.log(JSON.stringify({ ...report, ...(pictures && { pictures }) }));
  else console.log([...(pictures === undefined ? [] : [pictureText(pictures)]), textOf(report)].join('\n'));
}

/** `latchkey import-django`: takes accounts, groups, tokens and the admin log over from a Django database. */
export async function importDjangoCommand(options: ImportDjangoOptions): Promise<void> {
  const { media } = options;
  if (media !== undefined && !existsSync(media))
    throw new CommandError(`There is no folder ${media}. Nothing was written.`);
  await withApp(
    async (app) => {
      const source = await openSource(options);
      try {
        await run(app, source, options);
      } finally {
        await source.close();
      }
    },
    // Imports wait for one another.
    { patient: true },
  );
}
