import type { App } from '../app.ts';
import type { DevTools } from './dev-tools.ts';

const UNITS: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/** The most that a clock is moved by at once. */
const LONGEST = 3_653 * 86_400_000;

/** Milliseconds of a time as people write it (`6m`, `51d`, `1h30m`); undefined for anything else, and for more than ten years. */
export function readDuration(text: string): number | undefined {
  if (text.length > 40 || !/^(\d+[wdhms])+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit = ''] of text.matchAll(/(\d+)([wdhms])/g))
    sum += Number(count) * (UNITS[unit] ?? 0);
  return sum <= LONGEST ? sum : undefined;
}

/** Moves the server's time on, and does what is due by then. Only on: going back is for snapshots. */
export async function moveClock(
  { keys }: Pick<App, 'keys'>,
  { clock, runJobs }: Pick<DevTools, 'clock' | 'runJobs'>,
  milliseconds: number,
): Promise<void> {
  clock.ahead += milliseconds;
  await keys.reload();
  await runJobs();
}
