import { text as readAll } from 'node:stream/consumers';
import { explainRequest, explainToken } from '../../domain/refusals/explain.ts';
import { judgementLines, NOTHING_KNOWN, requestLines } from '../../http/explanation.ts';
import { withApp } from '../app.ts';
import { CommandError } from '../command-error.ts';
import { commandConfig, keyConfig } from '../environment.ts';

async function tokenFrom(option: string): Promise<string> {
  if (option === '-') return (await readAll(process.stdin)).trim();
  console.error('latchkey: shells remember what is typed; give the token to --token - on standard input.');
  return option;
}

/** `latchkey explain`: says why a request was refused, or what is wrong with a token. */
export async function explainCommand(
  requestId: string | undefined,
  { token }: { readonly token?: string },
): Promise<void> {
  if ((requestId === undefined) === (token === undefined))
    throw new CommandError('Give a request id (the X-Request-Id of the answer), or --token.');
  const text = token === undefined ? '' : await tokenFrom(token);
  await withApp(
    async (app) => {
      const lines =
        requestId === undefined
          ? judgementLines(await explainToken(app, text))
          : requestLines(await explainRequest(app, requestId));
      if (lines.length === 0) throw new CommandError(NOTHING_KNOWN);
      for (const line of lines) console.log(line);
    },
    { config: requestId === undefined ? keyConfig() : commandConfig() },
  );
}
