// Between the hits thread and the thread that sends events out.
import type { OutConfig, OutKind } from '../config/meant/out.ts';

export interface OutBirth {
  /** `out` in `events.dir`, absolute. */
  readonly dir: string;
  readonly outputs: readonly OutConfig[];
  /** Name of the machine this runs on, as events say it. */
  readonly resolver: string;
}

export type ToOut =
  /** Events, a line of JSON each. */
  | { readonly kind: 'events'; readonly lines: string }
  /** Write what waits to the disk, and end. */
  | { readonly kind: 'stop' };

export type FromOut =
  /** So many characters of events were taken in. */
  | { readonly kind: 'taken'; readonly characters: number }
  | { readonly kind: 'states'; readonly states: readonly OutState[] }
  | { readonly kind: 'stopped' };

/** How an output is, as status, metrics and API say it. */
export interface OutState {
  readonly name: string;
  readonly kind: OutKind;
  /** Events that are not delivered yet, and what they take on the disk. */
  readonly waiting: number;
  readonly waitingOctets: number;
  /** ISO 8601: since when the one that waits longest does; null: none waits. */
  readonly oldest: string | null;
  readonly delivered: number;
  /** Given up for want of room, for their age, or because the receiver refuses them. */
  readonly lost: number;
  /** Why not all is delivered at present; null: it is. */
  readonly error: string | null;
  /** With an error: whether a part is taken all the same. */
  readonly takesPart: boolean;
  /** ISO 8601. */
  readonly failingSince: string | null;
}
