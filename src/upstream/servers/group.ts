// Servers that serve the same names: what a flight chooses from. Immutable; a change of resolv.conf makes another.
import type { Server } from './server.ts';

export interface Group {
  readonly servers: readonly Server[];
}
