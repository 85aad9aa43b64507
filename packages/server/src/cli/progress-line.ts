import type { Progress } from '../domain/import/progress.ts';

const WIDTH = 24;
const PAUSE = 100;

function bar(done: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * WIDTH);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}] ${percent} %`;
}

/**
 * Shows how far the work has come: one line that is written over at a terminal, elsewhere a line when a step is done.
 * `end` finishes the line.
 */
export function progressLine(
  output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  now: () => number = () => performance.now(),
): { readonly progress: Progress; end(): void } {
  let shown = Number.NEGATIVE_INFINITY;
  let last: { what: string; done: number } | undefined;
  const clear = output.isTTY ? '\r\x1b[K' : '';
  const end = () => {
    if (last !== undefined) output.write(`${clear}${last.what}: ${last.done}\n`);
    last = undefined;
  };
  return {
    progress(what, done, total) {
      if (last?.what !== what) end();
      last = { what, done };
      if (!output.isTTY || now() - shown < PAUSE) return;
      shown = now();
      output.write(`${clear}${total === undefined ? done : bar(done, total)} ${what}`);
    },
    end,
  };
}
