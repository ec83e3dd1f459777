// One stream to one client (RFC 7766): queries in, replies out in whatever order they are ready, one write a turn.
//
// HOT. Invariants:
// - memory of a connection is bounded: one message being gathered, one chunk that waits, replies up to
//   `writeBufferOctetsMax`;
// - `#backlog !== null` exactly while the socket is paused because too much is in flight or unread by the peer;
// - a Connection is never reused for another socket, so a late reply finds its own connection or a dead one.
import type { Socket } from 'node:net';
import { MESSAGE_OCTETS_MAX } from '../../wire/header.ts';
import { type Origin, OUTCOME, type Query, TRANSPORT, type Transport } from '../../wire/message/query.ts';
import { copyOctets } from '../../wire/octets.ts';
import type { Counters } from '../counters.ts';
import type { Limits } from '../limits.ts';
import type { Answer, GiveAway } from '../listener.ts';
import { padReply } from '../padding.ts';
import { isHeader } from '../proxy/gate.ts';
import type { Client, Held } from './connections.ts';
import { Framing } from './framing.ts';
import { Outgoing } from './outgoing.ts';

/** What all connections of one listener share. */
export interface Shared {
  readonly answer: Answer;
  readonly origin: Origin;
  readonly transport: Transport;
  /** Its message and reply buffers hold the longest message there is. */
  readonly query: Query;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly now: () => number;
  readonly beforeSend: () => void;
  readonly claimIgnored: () => void;
  readonly giveAway: GiveAway | null;
  /** Calls `settle` of this connection once, at the end of the turn. */
  settleLater(connection: Connection): void;
  gone(connection: Connection): void;
}

/** Replies gathered before they are written even though the turn is not over. */
const WRITE_OCTETS = 65_536;
/** Replies the peer has not read before its queries wait. */
const PAUSE_OCTETS = 262_144;
const PREFIX_OCTETS = 2;

export class Connection implements Held {
  readonly socket: Socket;
  readonly client: Client;
  /** Queries that wait for their reply. */
  inFlight = 0;
  /** On the list of connections to settle at the end of the turn. */
  unsettled = false;
  lastQueryMs: number;
  readonly #shared: Shared;
  readonly #framing: Framing;
  #hasBegun = false;
  #asked = false;
  #dead = false;
  /** Something came since `isQuiet` was asked. */
  #heard = true;
  /** It is another thread's. */
  #moved = false;
  /** The peer has sent FIN. */
  #ended = false;
  /** We read no more: what is in flight is answered, then the connection is closed. */
  #finishing = false;
  /** Octets that came but may not be looked at yet. */
  #backlog: Buffer | null = null;
  #backlogOffset = 0;
  readonly #out: Outgoing;

  constructor(socket: Socket, client: Client, shared: Shared) {
    this.socket = socket;
    this.client = client;
    this.#shared = shared;
    this.#framing = new Framing(shared.query.message);
    this.lastQueryMs = shared.now();
    this.#out = new Outgoing(socket, this.lastQueryMs);
    socket.on('data', (chunk: Buffer) => {
      const isFirst = !this.#hasBegun;
      this.#hasBegun = true;
      this.#heard = true;
      if (isFirst && isHeader(chunk)) {
        shared.counters.ignored++;
        shared.claimIgnored();
        socket.destroy();
      } else if (!this.#finishing) this.#consume(chunk, 0);
    });
    socket.on('drain', () => shared.settleLater(this));
    socket.on('end', () => {
      this.#ended = true;
      shared.settleLater(this);
    });
    // 'close' follows every error, and a peer's RST is no news.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#dead = true;
      this.#backlog = null;
      this.#out.clear();
      this.#framing.reset();
      shared.gone(this);
    });
  }

  get idle(): boolean {
    return this.inFlight === 0 && this.#backlog === null && this.#out.unread === 0;
  }

  isQuiet(): boolean {
    const isQuiet = !this.#heard && this.#backlog === null;
    this.#heard = false;
    return isQuiet;
  }

  get #full(): boolean {
    return this.inFlight >= this.#shared.limits.inFlightMax || this.#out.unread > PAUSE_OCTETS;
  }

  #consume(chunk: Buffer, start: number): void {
    const nowMs = this.#shared.now();
    const framing = this.#framing;
    let offset = start;
    while (offset < chunk.length) {
      if (this.#full) {
        this.#backlog = chunk;
        this.#backlogOffset = offset;
        this.socket.pause();
        break;
      }
      offset = framing.read(chunk, offset, nowMs);
      if (offset < 0) {
        this.#shared.counters.ignored++;
        this.finish();
        break;
      }
      if (framing.length > 0) this.#ask(framing.length, nowMs);
      if (this.#moved) {
        this.#giveAway(chunk.subarray(offset));
        return;
      }
      if (this.#out.length >= WRITE_OCTETS) this.#flush();
    }
    // Not at once: what the replies of all connections of a turn rest on is made durable in one write.
    if (this.#out.length > 0) this.#shared.settleLater(this);
  }

  #ask(length: number, nowMs: number): void {
    const { query, counters } = this.#shared;
    this.#asked = true;
    this.lastQueryMs = nowMs;
    query.messageLength = length;
    query.address.set(this.client.address);
    query.isForwarded = this.client.sender !== null;
    if (this.client.sender !== null) query.sender.set(this.client.sender);
    query.port = this.client.port;
    query.transport = this.#shared.transport;
    query.origin = this.#shared.origin;
    query.peer = this;
    query.arrivedMs = nowMs;
    counters.queries++;
    const outcome = this.#shared.answer(query);
    if (outcome === OUTCOME.answered) this.#append(query);
    else if (outcome === OUTCOME.waiting) this.inFlight++;
    else if (outcome === OUTCOME.moved) this.#moved = true;
  }

  /** The query that was asked last, and what came behind it, are for who takes the connection. Replies of ours would mix with his. */
  #giveAway(rest: Uint8Array): void {
    const { query, giveAway } = this.#shared;
    this.socket.pause();
    this.#flush();
    const fd = descriptorOf(this.socket);
    if (giveAway !== null && fd >= 0 && this.inFlight === 0 && this.socket.writableLength === 0) {
      const prefix = Uint8Array.of(query.messageLength >>> 8, query.messageLength);
      const later = (this.socket.read() as Buffer | null) ?? new Uint8Array(0);
      const message = query.message.subarray(0, query.messageLength);
      giveAway(fd, Buffer.concat([prefix, message, rest, later]), this.client.address.slice());
    }
    // Of what is given away only our descriptor is closed.
    this.socket.destroy();
  }

  /** A reply that waited: goes out with others at the end of the turn. */
  sendLate(query: Query): void {
    this.inFlight--;
    this.#append(query);
    if (this.#dead) return;
    if (this.#out.length >= WRITE_OCTETS) this.#flush();
    if (this.socket.writableLength > this.#shared.limits.writeBufferOctetsMax) this.socket.destroy();
    else this.#shared.settleLater(this);
  }

  abandonLate(): void {
    this.inFlight--;
    if (!this.#dead) this.#shared.settleLater(this);
  }

  #append(query: Query): void {
    if (this.#shared.transport === TRANSPORT.tls) padReply(query);
    const { reply, replyLength: length } = query;
    if (this.#dead || length > MESSAGE_OCTETS_MAX) {
      this.#shared.counters.sendFailures++;
      return;
    }
    const out = this.#out;
    out.reserve(PREFIX_OCTETS + length);
    const { octets } = out;
    const start = out.length + PREFIX_OCTETS;
    octets[start - 2] = length >>> 8;
    octets[start - 1] = length;
    copyOctets(reply, 0, octets, start, length);
    out.length = start + length;
    this.#shared.counters.replies++;
  }

  #flush(): void {
    if (this.#out.length === 0) return;
    this.#shared.beforeSend();
    this.#out.flush(this.#shared.now());
  }

  /** End of the turn: answers queries that had to wait, writes what was gathered, closes what is finished. */
  settle(): void {
    if (this.#dead) return;
    const backlog = this.#backlog;
    if (backlog !== null && !this.#full) {
      this.#backlog = null;
      this.#framing.sinceMs = this.#shared.now();
      this.#consume(backlog, this.#backlogOffset);
      if (this.#backlog === null) this.socket.resume();
    }
    this.#flush();
    if (this.inFlight > 0 || this.#backlog !== null) return;
    if (this.#finishing) this.socket.destroySoon();
    else if (this.#ended) this.socket.end();
  }

  finish(): void {
    if (this.#finishing) return;
    this.#finishing = true;
    this.#backlog = null;
    this.#framing.reset();
    this.socket.resume();
    this.#shared.settleLater(this);
  }

  enforceDeadlines(nowMs: number): boolean {
    if (this.socket.destroyed) return false;
    const { limits } = this.#shared;
    if (this.socket.writableLength > 0) {
      if (this.#out.stalledMs(nowMs) <= limits.writeStallMs) return false;
      this.socket.destroy();
      return true;
    }
    if (this.#finishing || this.#backlog !== null) return false;
    if (this.#framing.unfinished && nowMs - this.#framing.sinceMs > limits.messageTimeoutMs) {
      this.finish();
      return true;
    }
    const silenceMs = this.#asked ? limits.idleTimeoutMs : limits.messageTimeoutMs;
    if (this.inFlight > 0 || nowMs - this.lastQueryMs <= silenceMs) return false;
    this.socket.destroy();
    return true;
  }
}

/** −1 where Node does not tell. */
function descriptorOf(socket: Socket): number {
  const { _handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  return _handle?.fd ?? -1;
}
