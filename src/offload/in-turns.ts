// Long work of a thread that serves others meanwhile: done a few milliseconds at a time.
import { setImmediate as othersTurn } from 'node:timers/promises';

/** A tenth of what anybody notices. */
const HELD_MS = 5;

/** As `map`; between two of them others have their turn where the thread was held for some milliseconds. What they read may change meanwhile. */
export async function mapInTurns<T, R>(all: readonly T[], make: (one: T) => R): Promise<R[]> {
  const made: R[] = [];
  let sinceMs = performance.now();
  for (const one of all) {
    made.push(make(one));
    if (performance.now() - sinceMs < HELD_MS) continue;
    await othersTurn();
    sinceMs = performance.now();
  }
  return made;
}
