/** Runs work when the page has been shown and has nothing better to do: what is needed later is fetched while somebody types. */
export function whenIdle(work: () => Promise<unknown>): void {
  // Needed sooner, it is asked for again, and says then what is wrong.
  const run = () => void work().catch(() => {});
  // A browser calls itself idle before it has painted, too. Safari has no requestIdleCallback.
  const wait = () =>
    'requestIdleCallback' in window ? window.requestIdleCallback(run) : setTimeout(run, 500);
  requestAnimationFrame(() => setTimeout(wait));
}
