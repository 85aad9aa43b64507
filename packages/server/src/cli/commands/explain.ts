import { text as readAll } from 'node:stream/consumers';
import { explainRequest, explainToken } from '../../domain/refusals/explain.ts';
import { judgementLines, NOTHING_KNOWN, requestLines } from '../../http/explanation.ts';
import { withApp } from '../app.ts';
import { CommandError } from '../command-error.ts';
import { commandConfig, keyConfig } from '../environment.ts';

/** Reads what stands for `-`. Who types a token is told better, for it is seen in lists of processes too. */
async function textOf(given: string): Promise<string> {
  if (given === '-') return (await readAll(process.stdin)).trim();
  if (given.includes('.'))
    console.error(
      'latchkey: shells remember what is typed, and ps shows it; give a token to - on standard input.',
    );
  return given;
}

/**
 * `latchkey explain`: says why a request was refused, or what is wrong with a token. A token has dots and a request id
 * (`http/mark.ts`) has none, so the one argument may be either; what `--token` names is a token whatever it is.
 */
export async function explainCommand(
  given: string | undefined,
  { token }: { readonly token?: string },
): Promise<void> {
  const asked = given ?? token;
  if (asked === undefined || (given !== undefined && token !== undefined))
    throw new CommandError('Give a request id (the X-Request-Id of the answer) or a token, and one of them.');
  const text = await textOf(asked);
  const isToken = token !== undefined || text.includes('.');
  await withApp(
    async (app) => {
      const lines = isToken
        ? judgementLines(await explainToken(app, text))
        : requestLines(await explainRequest(app, text));
      if (lines.length === 0) throw new CommandError(NOTHING_KNOWN);
      for (const line of lines) console.log(line);
    },
    { config: isToken ? keyConfig() : commandConfig() },
  );
}
