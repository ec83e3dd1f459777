// Every bound of the listeners: what it is by default and how far it may be moved.

export interface Limit {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Longest UDP query that is looked at; a longer datagram is dropped and counted. */
export const UDP_QUERY_OCTETS_MAX = 4_096;
/** Room for one UDP reply. What the client can take is smaller (RFC 9715: 1,232) and the walk's affair. */
export const UDP_REPLY_OCTETS_MAX = 4_096;

export const LIMITS = {
  /** Socket receive buffer; the kernel may give less (net.core.rmem_max). */
  receiveBufferOctets: { default: 4_194_304, minimum: 65_536, maximum: 67_108_864 },
  /** UDP replies that wait in user space because the kernel's send buffer is full; beyond it they are dropped. */
  udpSendQueueOctetsMax: { default: 1_048_576, minimum: 65_536, maximum: 67_108_864 },
  /** Connections of one listener. */
  connectionsMax: { default: 2_048, minimum: 1, maximum: 16_384 },
  /** Connections of one client: an IPv4 address or an IPv6 /64. */
  connectionsPerClientMax: { default: 512, minimum: 1, maximum: 16_384 },
  /** Queries of one connection that wait for their reply; beyond it the connection is not read. */
  inFlightMax: { default: 100, minimum: 1, maximum: 10_000 },
  /** Silence after which a connection that has asked before is closed (RFC 7766 §6.2.3). */
  idleTimeoutMs: { default: 10_000, minimum: 20, maximum: 3_600_000 },
  /** From the first octet of a message to its last, and from connecting to the end of the first message. */
  messageTimeoutMs: { default: 3_000, minimum: 20, maximum: 60_000 },
  /** Replies the peer has not read; beyond it the connection is cut. */
  writeBufferOctetsMax: { default: 1_048_576, minimum: 4_096, maximum: 67_108_864 },
  /** A peer that reads nothing for this long while replies wait is cut. */
  writeStallMs: { default: 10_000, minimum: 20, maximum: 600_000 },
  /** How often deadlines are looked at. */
  sweepMs: { default: 250, minimum: 10, maximum: 10_000 },
  handshakeTimeoutMs: { default: 5_000, minimum: 20, maximum: 60_000 },
  /** TLS handshakes under way at once. */
  handshakesMax: { default: 128, minimum: 1, maximum: 10_000 },
  /** Of one client: an IPv4 address, or a /64 of IPv6. */
  handshakesPerClientMax: { default: 32, minimum: 1, maximum: 10_000 },
  /** Streams of one HTTP/2 connection at once. */
  streamsMax: { default: 100, minimum: 1, maximum: 10_000 },
} as const satisfies Record<string, Limit>;

export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

/** The defaults with `wanted` over them, each held inside its range. */
export function chooseLimits(wanted: Partial<Limits> = {}): Limits {
  const chosen: Partial<Record<keyof Limits, number>> = {};
  for (const name of Object.keys(LIMITS) as (keyof Limits)[]) {
    const { default: usual, minimum, maximum } = LIMITS[name];
    chosen[name] = Math.min(maximum, Math.max(minimum, wanted[name] ?? usual));
  }
  return chosen as Limits;
}
