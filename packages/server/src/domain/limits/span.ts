import type { Limit } from './limit.ts';

/** A limit in milliseconds. */
export interface Span {
  readonly window: number;
  /** 0: no delay, a block lasts until the window ends */
  readonly first: number;
  readonly longest: number;
  /** how long a block is remembered */
  readonly remembered: number;
  readonly stop: number | undefined;
}

/** A limit in milliseconds, as those count who count. */
export function spanOf({ windowSeconds, delay, stop }: Limit): Span {
  const { firstSeconds = 0, longestSeconds = 0, rememberedSeconds = windowSeconds } = delay ?? {};
  const window = windowSeconds * 1000;
  return {
    window,
    first: firstSeconds * 1000,
    longest: longestSeconds * 1000,
    remembered: rememberedSeconds * 1000,
    stop,
  };
}
