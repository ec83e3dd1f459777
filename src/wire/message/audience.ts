// Who asks, as far as an upstream that the admin chose is told. One object for all queries that may share an answer of it.

export interface Audience {
  /** In place of the query's view where answers are kept. */
  readonly view: number;
  /** Of the machine, 16 octets, its end cleared as far as no server wants it; null: it has none that is known. */
  readonly network: Uint8Array | null;
  /** The client asks that nobody is told (RFC 7871 §7.1.2). */
  readonly optsOut: boolean;
  /** The client subnet option of the query, without code and length. */
  readonly subnet: Uint8Array | null;
  /** Six octets. */
  readonly mac: Uint8Array | null;
  /** As the neighbour's query says it. */
  readonly id: Uint8Array | null;
}
