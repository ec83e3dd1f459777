// What `/metrics` says beyond the counters: sums of all resolver threads, and what the hits thread counts.
import type { FiguresView } from '../../admin/metrics/figures.ts';
import type { HitsState } from '../../desk/messages.ts';
import { ENDING_NAMES, RCODE_NAMES, sumCounters, WAIT_BOUNDS_MS } from '../../events/counters.ts';
import { TRANSPORT_NAMES } from '../../wire/message/query.ts';

/** @param hits null when the hits thread does not answer */
export function figuresOf(counters: SharedArrayBuffer, hits: HitsState | null): FiguresView {
  const { endings, rcodes, waits, others } = sumCounters(counters);
  return {
    endings: endings.flatMap((ofTransport, transport) =>
      ofTransport.map((count, ending) => ({
        transport: TRANSPORT_NAMES[transport] ?? '',
        ending: ENDING_NAMES[ending] ?? '',
        count,
      })),
    ),
    replies: rcodes.map((count, i) => ({ rcode: RCODE_NAMES[i] ?? '', count })),
    waits: { boundsMs: WAIT_BOUNDS_MS, counts: waits, sumMs: others.waitedMs },
    hits: hits?.counts ?? [],
    openIncidents: hits?.openIncidents ?? null,
    receivers: hits?.receivers ?? [],
    out: hits?.out ?? [],
  };
}
