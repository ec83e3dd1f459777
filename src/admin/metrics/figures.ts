// What `/metrics` says beyond the counters.
import type { HitsState } from '../../desk/messages.ts';

export interface FiguresView {
  /** Every query once: their sum is the number of queries. */
  readonly endings: readonly {
    readonly transport: string;
    readonly ending: string;
    readonly count: number;
  }[];
  readonly replies: readonly { readonly rcode: string; readonly count: number }[];
  /** How long clients' queries waited for upstreams: one count a bound, and one for those beyond. */
  readonly waits: {
    readonly boundsMs: readonly number[];
    readonly counts: readonly number[];
    readonly sumMs: number;
  };
  /** Of this start, as they are kept and told: also those that no rule decided. */
  readonly hits: readonly { readonly list: string; readonly group: string; readonly count: number }[];
  /** Null while the hits thread does not say. */
  readonly openIncidents: number | null;
  readonly receivers: readonly {
    readonly receiver: string;
    readonly waiting: number;
    readonly delivered: number;
    readonly givenUp: number;
  }[];
  readonly out: HitsState['out'];
}
