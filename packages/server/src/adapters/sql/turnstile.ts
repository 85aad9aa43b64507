/** Lets one caller in at a time, in the order of asking. */
export interface Turnstile {
  enter(): Promise<void>;
  leave(): void;
}

export function turnstile(): Turnstile {
  const waiting: (() => void)[] = [];
  let busy = false;
  return {
    enter() {
      if (busy) return new Promise((resolve) => waiting.push(resolve));
      busy = true;
      return Promise.resolve();
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) busy = false;
      else next();
    },
  };
}
