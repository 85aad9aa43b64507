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

function momentsOf(all: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  const squares = all.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return { mean, variance: squares / (all.length - 1) };
}

/** Welch's t of two samples: how many standard errors their means are apart. */
export function welch(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [momentsOf(one), momentsOf(other)];
  return (a.mean - b.mean) / Math.sqrt(a.variance / one.length + b.variance / other.length);
}
