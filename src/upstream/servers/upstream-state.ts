// What `status` and metrics show of one upstream server.

export type ServerTransport = 'udp' | 'tcp' | 'tls' | 'https';

/** One server's figures, for `status` and metrics. */
export interface UpstreamState {
  readonly name: string;
  readonly transport: ServerTransport;
  readonly healthy: boolean;
  /** Smoothed round trip; null before the first response. */
  readonly rttMs: number | null;
  readonly queries: number;
  readonly responses: number;
  readonly failures: number;
  /** Queries in a row without a usable response in time. */
  readonly failuresInRow: number;
  /** Messages that came back and were no response to what was asked: forgeries, or a broken server. */
  readonly mismatches: number;
  /** Queries repeated over a stream: truncated, or somebody was guessing. */
  readonly streamRetries: number;
  readonly inFlight: number;
  /** Why it is not asked, or what the last connection to it failed with; null when nothing is known. */
  readonly problem: string | null;
}
