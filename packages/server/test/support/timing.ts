/** Milliseconds that the quickest of ten tries took: a busy machine is slow now and then, a bad algorithm always. */
export function quickestOf(work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 10; round += 1) {
    const started = performance.now();
    work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}
