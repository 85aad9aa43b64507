import { parseEnv } from 'node:util';
import type { EnvLine } from './diagnosis.ts';
import { plain } from './plain.ts';

/** The value as it stands in a `.env`, so that reading gives it back; undefined when no way of quoting does. */
function quoted(value: string): string | undefined {
  const ways = /^[\w.:/@,+=*%?&-]+$/.test(value) ? [value] : [`'${value}'`, `"${value}"`, `\`${value}\``];
  return ways.find((way) => parseEnv(`NAME=${way}\n`).NAME === value);
}

function printLine({ name, value, example = '', comment }: EnvLine): string {
  const above = comment === undefined ? '' : `# ${plain(comment)}\n`;
  const text = value === undefined ? undefined : quoted(value);
  if (text !== undefined) return `${above}${name}=${text}\n`;
  return value === undefined
    ? `${above}# ${name}=${plain(example)}\n`
    : `${above}# ${name} has characters that no .env can hold: set it in the environment\n`;
}

/** The proposed `.env`. It has secrets. */
export function printEnv(lines: readonly EnvLine[]): string {
  return lines.map(printLine).join('');
}
