// How a datagram socket ends: what has come is answered until it is empty, then late replies are waited for.

const STEP_MS = 5;

/**
 * Resolves once both are so, at the latest after `drainMs`; at most half of that goes to a socket that is never empty.
 *
 * @param takeQuiet whether nothing came since it was called before
 * @param isSettled whether no reply is to go out any more
 */
export function drained(
  drainMs: number,
  now: () => number,
  takeQuiet: () => boolean,
  isSettled: () => boolean,
): Promise<void> {
  const startMs = now();
  return new Promise((resolve) => {
    const step = setInterval(() => {
      const spentMs = now() - startMs;
      const isEmpty = takeQuiet() || spentMs >= drainMs / 2;
      if (!(isEmpty && isSettled()) && spentMs < drainMs) return;
      clearInterval(step);
      resolve();
    }, STEP_MS);
  });
}
