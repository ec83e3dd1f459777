// One query in work: the bytes it came in, where its parts begin, who sent it, and the reply being built.
//
// HOT. One object is reused for many messages. Invariants: `message` and `reply` never share memory; all offsets count
// from the start of the message; whoever keeps a Query past the call that gave it copies it (`copyQuery`).
import { copyOctets } from '../octets.ts';
import type { Audience } from './audience.ts';

export const TRANSPORT = { udp: 0, tcp: 1, tls: 2, https: 3 } as const;
export type Transport = (typeof TRANSPORT)[keyof typeof TRANSPORT];
export const TRANSPORT_NAMES = ['udp', 'tcp', 'tls', 'https'] as const;

/**
 * What the walk says of one query: send `reply` now, nothing is ever sent, the reply comes later through `origin`, or the whole
 * connection is another thread's from this query on (TCP only).
 */
export const OUTCOME = { answered: 0, dropped: 1, waiting: 2, moved: 3 } as const;
export type Outcome = (typeof OUTCOME)[keyof typeof OUTCOME];

/** Where a reply goes back: the listener that read the query. */
export interface Origin {
  /** Sends `reply[0 .. replyLength)` of a query that waited. Has consumed the bytes when it returns; never throws. */
  send(query: Query): void;
  /** A query that waited will get no reply: what was held for it may be dropped. */
  abandon(query: Query): void;
}

/** The way from a client's query to what is asked for it: aliases of our own, and what a rule puts in a name's place. */
export interface Lead {
  /** The client's query, a copy. */
  readonly root: Query;
  readonly aliases: LeadAlias[];
  /** STAGE of policy/rule-table.ts. */
  stage: LeadAlias['stage'];
  /** An exception covers the client's own question: what it leads to is not judged. */
  isAllowed: boolean;
  /** EXTRA-TEXT of the rule that rewrote the answer, null where none did. */
  reason: Uint8Array | null;
}

export interface LeadAlias {
  /** Wire form. */
  readonly target: Uint8Array;
  readonly ttlSeconds: number;
  /** What a resolution is at behind it. */
  readonly stage: 0 | 1 | 2;
  readonly reason: Uint8Array | null;
}

/** Options of a query's OPT that ask for one in the reply, and `claim`: those that say for whom it asks. Bits of `Query.wants`. */
export const WANTS = { nsid: 1, cookie: 2, keepalive: 4, structuredError: 8, claim: 16 } as const;

/** Aliases, each of the target of the one before. */
export type Way = readonly LeadAlias[];
export const NO_WAY: Way = [];

export class Query {
  /** Holds the message from offset 0; may be longer than it. */
  message: Uint8Array;
  messageLength = 0;
  /** Where the reply is built, from offset 0; its length bounds what the transport can carry. */
  reply: Uint8Array;
  replyLength = 0;

  /** Address of the machine that asks, 16 octets, IPv4 as ::ffff:a.b.c.d: the sender's, unless it `isForwarded`. */
  readonly address = new Uint8Array(16);
  /** The same memory in words, to be copied and compared. */
  readonly addressWords: Int32Array = new Int32Array(this.address.buffer);
  /** A trusted neighbour, `sender`, asks for the machine: replies go to it. Set by the listener for every message. */
  isForwarded = false;
  readonly sender = new Uint8Array(16);
  readonly senderWords: Int32Array = new Int32Array(this.sender.buffer);
  port = 0;
  transport: Transport = TRANSPORT.udp;
  origin: Origin | null = null;
  /** Private to `origin`: the connection, slot or local address a late reply needs. */
  peer: unknown = null;
  /** Monotonic clock at arrival, in milliseconds. */
  arrivedMs = 0;

  // Set by readQuery (wire/question.ts).
  id = 0;
  /** The 16 flag bits as sent. */
  flags = 0;
  /** Offset just past QNAME (which begins at 12). */
  qnameEnd = 0;
  qtype = 0;
  qclass = 0;
  /** Offset of the query's OPT record (at its root owner name), 0 when it has none. */
  optOffset = 0;
  ednsVersion = 0;
  /** The client's UDP payload size: at least 512, 512 without EDNS (RFC 6891 §6.2.3). */
  udpSize = 512;
  dnssecOk = false;
  /** Bits of WANTS. */
  wants = 0;
  /** Offset of the client's cookie where it wants one. */
  cookieOffset = 0;
  /** QNAME in lower case, wire form, from offset 0; as long as qnameEnd − 12. */
  readonly qname = new Uint8Array(256);
  /** The same memory in words; what follows the name in its last word is left from another name. */
  readonly qnameWords: Int32Array = new Int32Array(this.qname.buffer);

  // Set by the walk.
  clientGroup = 0;
  /** Which upstreams are asked for the client: those with the same ones share answers, and no others. */
  view = 0;
  /** Who asks, where the servers that are asked want to be told; null: nobody is. */
  audience: Audience | null = null;
  /** Not null for a query of our own that is asked so that the client's can be answered. */
  lead: Lead | null = null;
  /** Free for the resolver: its number for a query that waits. */
  ticket = 0;
  /** The rule of a list that only watches and has this name, −1: told when the query ends, with what the client got. */
  notedRule = -1;
  notedPattern = -1;
  notedOffset = -1;
  /** Of the rule set that the rule's number is of. */
  notedRevision = 0;
  /** Of one that comes too fast: the configuration has records of the name. */
  isOwnName = false;

  constructor(message: Uint8Array, reply: Uint8Array) {
    this.message = message;
    this.reply = reply;
  }
}

/** Copies everything but the reply's bytes; `target` gets a message buffer of its own when its present one is too small. */
export function copyQuery(source: Query, target: Query): void {
  if (target.message.length < source.messageLength)
    target.message = new Uint8Array(Math.max(512, source.messageLength));
  copyOctets(source.message, 0, target.message, 0, source.messageLength);
  target.messageLength = source.messageLength;
  target.replyLength = 0;
  copyOctets(source.address, 0, target.address, 0, source.address.length);
  target.isForwarded = source.isForwarded;
  if (source.isForwarded) copyOctets(source.sender, 0, target.sender, 0, source.sender.length);
  target.port = source.port;
  target.transport = source.transport;
  target.origin = source.origin;
  target.peer = source.peer;
  target.arrivedMs = source.arrivedMs;
  target.id = source.id;
  target.flags = source.flags;
  target.qnameEnd = source.qnameEnd;
  target.qtype = source.qtype;
  target.qclass = source.qclass;
  target.optOffset = source.optOffset;
  target.ednsVersion = source.ednsVersion;
  target.udpSize = source.udpSize;
  target.dnssecOk = source.dnssecOk;
  target.wants = source.wants;
  target.cookieOffset = source.cookieOffset;
  const qnameWords = (source.qnameEnd - 12 + 3) >> 2;
  for (let i = 0; i < qnameWords; i += 1) target.qnameWords[i] = source.qnameWords[i]!;
  target.clientGroup = source.clientGroup;
  target.view = source.view;
  target.audience = source.audience;
  target.lead = source.lead;
  target.ticket = source.ticket;
  target.notedRule = source.notedRule;
  target.notedPattern = source.notedPattern;
  target.notedOffset = source.notedOffset;
  target.notedRevision = source.notedRevision;
  target.isOwnName = source.isOwnName;
}

/**
 * From here on the query is the machine's; whoever sent it stays the one that is answered.
 * @param address the machine's, its 16 octets as the four words that they are in memory
 */
export function putForward(query: Query, address: Int32Array): void {
  const { addressWords, senderWords, isForwarded } = query;
  for (let i = 0; i < 4; i += 1) {
    if (!isForwarded) senderWords[i] = addressWords[i]!;
    addressWords[i] = address[i]!;
  }
  query.isForwarded = true;
}
