// What `latchkey` runs.
import { commandLine, linesOf } from './main.ts';

try {
  await commandLine().parseAsync();
} catch (error) {
  for (const line of linesOf(error)) console.error(`latchkey: ${line}`);
  process.exit(1);
}
