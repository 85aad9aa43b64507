/** Runs work when the page has nothing better to do: what is needed later is fetched while somebody types. */
export function whenIdle(work: () => Promise<unknown>): void {
  // Needed sooner, it is asked for again, and says then what is wrong.
  const run = () => void work().catch(() => {});
  // Safari has no requestIdleCallback.
  if ('requestIdleCallback' in window) window.requestIdleCallback(run);
  else setTimeout(run, 500);
}
