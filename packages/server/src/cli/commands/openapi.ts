import { writeFileSync } from 'node:fs';
import { openApiDocument } from '../../http/openapi.ts';
import { VERSION } from '../../version.ts';

/** `latchkey openapi`: prints the OpenAPI document, or writes it to a file. */
export function openApiCommand({ output }: { output?: string }): void {
  const text = `${JSON.stringify(openApiDocument(VERSION), null, 2)}\n`;
  if (output === undefined) process.stdout.write(text);
  else writeFileSync(output, text);
}
