import type { Clock } from '../system.ts';

/** A clock that can be set. It goes on from where it is set to. */
export interface MovableClock extends Clock {
  /** milliseconds; below 0 when it is behind the clock that it was made of */
  ahead: number;
}

/** Only the time of day moves: how long something takes is measured as before. */
export function movableClock(real: Clock): MovableClock {
  return {
    ahead: 0,
    now() {
      return real.now() + this.ahead;
    },
    elapsed: () => real.elapsed(),
  };
}
