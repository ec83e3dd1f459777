// Servers that serve the same names: what a flight chooses from. Immutable; a change of resolv.conf makes another.
import type { Server } from './server.ts';

export interface Group {
  readonly servers: readonly Server[];
  /** How many of them, from the first, are asked as usual; the others only when none of these answers. */
  readonly usual: number;
}
