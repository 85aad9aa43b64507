/** How long a process may take once it was told to stop; then it ends, whatever it is doing. Milliseconds. */
export const MOST_STOPPING = 9_500;

/** Calls `inOrder` at the first SIGTERM or SIGINT, and `atOnce` at the second or when the first takes too long. */
export function stopOnSignals(inOrder: () => void, atOnce: () => void): void {
  let isStopping = false;
  const onSignal = () => {
    if (isStopping) return atOnce();
    isStopping = true;
    setTimeout(atOnce, MOST_STOPPING).unref();
    inOrder();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
