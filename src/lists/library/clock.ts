// Two clocks: what is counted runs on one that cannot jump, what is shown and kept on disk is the calendar's.
import type { Milliseconds } from '../../config/config.ts';

export interface LibraryClock {
  /** Wall clock: may be years off, and may jump. */
  readonly now: () => Milliseconds;
  /** Monotonic: its zero is of no meaning, and it is another one after a restart. */
  readonly steady: () => Milliseconds;
}

/** A monotonic moment as the calendar has it now, in whole milliseconds. */
export function toWall(clock: LibraryClock, steadyMs: Milliseconds): Milliseconds {
  return Math.round(clock.now() - clock.steady() + steadyMs);
}

/** A calendar time as a monotonic moment; null for one that is still to come: then one of the two clocks was wrong. */
export function toSteady(clock: LibraryClock, wallMs: Milliseconds | null): Milliseconds | null {
  if (wallMs === null || wallMs > clock.now()) return null;
  return wallMs - clock.now() + clock.steady();
}
