// One HTTP/2 connection of a client: its socket, its requests, its deadlines.
//
// HOT. Invariants: what waits to be read by the peer is bounded by `writeBufferOctetsMax`; a request that waits for its answer ends in
// exactly one `late` or `abandon`.
import type { TLSSocket } from 'node:tls';
import { type Origin, OUTCOME, type Outcome, type Query } from '../../wire/message/query.ts';
import { copyOctets } from '../../wire/octets.ts';
import type { Counters } from '../counters.ts';
import { labelOf } from '../http/dns-request.ts';
import { freshSeconds } from '../http/fresh.ts';
import type { Limits } from '../limits.ts';
import { padReply } from '../padding.ts';
import { type Client, firstLabel, type Held } from '../stream/connections.ts';
import { Outgoing } from '../stream/outgoing.ts';
import type { BlockReader } from './block-reader.ts';
import { ERROR } from './frame.ts';
import { PATH } from './hpack/fields.ts';
import { readRequest, readUsualGet } from './read-request.ts';
import type { Forwarding, RequestHead } from './request-head.ts';
import { ASKED, type RequestStream, type Requests, STATE } from './request-stream.ts';
import { Session } from './session.ts';

/** What all connections of one listener share. */
export interface Http2Shared {
  readonly limits: Limits;
  readonly now: () => number;
  readonly counters: Counters;
  readonly query: Query;
  readonly origin: Origin;
  readonly reader: BlockReader;
  readonly head: RequestHead;
  readonly beforeSend: () => void;
  readonly answer: (query: Query) => Outcome;
  claim(octets: number): boolean;
  release(octets: number): void;
  /** @param path the label of a path, `server` that of the server's name @returns null: the path means nobody */
  whoAsks(
    client: Client,
    forwarding: Forwarding | null,
    path: string | null,
    server: string | null,
  ): Client | null;
  settleLater(connection: Http2Connection): void;
  gone(connection: Http2Connection): void;
}

/** Answers gathered before they are written even though the turn is not over. */
const WRITE_OCTETS = 65_536;
/** Answers the peer has not read before it is not read either. */
const PAUSE_OCTETS = 262_144;
/**
 * Of a TLS record; the fewest there can be. No record has the end of one answer and the whole header section of the next, since
 * there are clients that read one answer a record and then wait for the socket (dnsperf 2.10; docs/decisions/0110).
 */
const RECORD_OCTETS = 512;

/** The first octet of the record behind the one that `at` is in; none where `at` begins one. */
function beyondRecord(at: number): number {
  return at % RECORD_OCTETS === 0 ? 0 : at - (at % RECORD_OCTETS) + RECORD_OCTETS + 1;
}

export class Http2Connection implements Held, Requests {
  readonly socket: TLSSocket;
  readonly client: Client;
  readonly now: () => number;
  lastQueryMs: number;
  /** On the list of connections to settle at the end of the turn. */
  unsettled = false;
  readonly #shared: Http2Shared;
  readonly #out: Outgoing;
  readonly #session: Session;
  /** The first label of the server's name it asked for. */
  readonly #server: string | null;
  /** Requests that wait for their answer, also those that the client has broken off since. */
  #waiting = 0;
  /** Octets of answers that the client's windows hold up. */
  #heldUp = 0;
  #asked = false;
  #heard = true;
  #isPaused = false;
  #isFinishing = false;
  /** What is gathered has an answer in it. */
  #hasAnswer = false;
  readonly #onTaken = (): void => {
    if (this.#out.length > 0 && !this.socket.destroyed) this.#shared.settleLater(this);
  };
  #unfinishedSinceMs = 0;

  constructor(socket: TLSSocket, client: Client, shared: Http2Shared) {
    this.socket = socket;
    this.client = client;
    this.now = shared.now;
    this.lastQueryMs = shared.now();
    this.#unfinishedSinceMs = this.lastQueryMs;
    this.#shared = shared;
    this.#server = firstLabel(socket);
    socket.setMaxSendFragment(RECORD_OCTETS);
    this.#out = new Outgoing(socket, this.lastQueryMs);
    const { reader, head, limits } = shared;
    this.#session = new Session({
      room: this.#out,
      reader,
      head,
      requests: this,
      streamsMax: limits.streamsMax,
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('drain', () => shared.settleLater(this));
    // 'close' follows every error, and a peer's RST is no news.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#session.streams.clear();
      this.#out.clear();
      shared.gone(this);
    });
    shared.settleLater(this);
  }

  get idle(): boolean {
    return this.#session.streams.open === 0 && this.#out.unread === 0;
  }

  isQuiet(): boolean {
    const isQuiet = !this.#heard && !this.#isPaused;
    this.#heard = false;
    return isQuiet;
  }

  #receive(chunk: Buffer): void {
    const session = this.#session;
    this.#heard = true;
    if (session.hasFailed) return;
    const { wholes, isUnfinished } = session;
    session.receive(chunk);
    // What is unfinished now began with this chunk, or one before in which nothing ended.
    if (!isUnfinished || session.wholes !== wholes) this.#unfinishedSinceMs = this.now();
    if (session.hasFailed) this.#shared.counters.ignored += 1;
    this.#settleSoon();
  }

  #settleSoon(): void {
    const { limits } = this.#shared;
    if (this.#out.unread + this.#heldUp > limits.writeBufferOctetsMax) this.socket.destroy();
    else this.#shared.settleLater(this);
  }

  /** End of the turn: writes what was gathered, closes what is finished. */
  settle(): void {
    if (this.socket.destroyed) return;
    this.#session.callForBody();
    this.#flush();
    const { hasFailed, isLeaving, streams } = this.#session;
    if (hasFailed || ((isLeaving || this.#isFinishing) && streams.open === 0)) {
      this.socket.destroySoon();
      return;
    }
    const isFull = this.#out.unread > PAUSE_OCTETS;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.socket.pause();
    else this.socket.resume();
  }

  /** One write at a time, since two that wait are joined, and answers would share a record. */
  #flush(): void {
    if (this.#out.length === 0 || this.socket.writableLength > 0) return;
    this.#hasAnswer = false;
    this.#shared.beforeSend();
    this.#out.flush(this.now(), this.#onTaken);
  }

  // Requests ----------------------------------------------------------------

  claim(octets: number): boolean {
    return this.#shared.claim(octets);
  }

  release(octets: number): void {
    this.#shared.release(octets);
  }

  heldUp(octets: number): void {
    this.#heldUp += octets;
  }

  judge(stream: RequestStream, head: RequestHead): number {
    const { limits } = this.#shared;
    if (this.#waiting >= limits.inFlightMax || this.#isFinishing) return 503;
    const { query } = this.#shared;
    if (readUsualGet(head, query)) {
      stream.client = this.#whoAsks(head, null);
      return ASKED;
    }
    const url = head.pathKind === PATH.dnsQuery ? '/dns-query' : head.path.toString('latin1');
    stream.client = this.#whoAsks(head, head.pathKind === PATH.dnsQuery ? null : labelOf(url));
    return stream.client === null ? 404 : readRequest(head, url, query);
  }

  #whoAsks({ forwarding }: RequestHead, path: string | null): Client | null {
    if (forwarding === null && path === null && this.#server === null) return this.client;
    return this.#shared.whoAsks(this.client, forwarding, path, this.#server);
  }

  askBody(stream: RequestStream, octets: Uint8Array, start: number, length: number): void {
    const { query } = this.#shared;
    copyOctets(octets, start, query.message, 0, length);
    query.messageLength = length;
    this.ask(stream);
  }

  ask(stream: RequestStream): void {
    const { query, counters } = this.#shared;
    const { address, sender, port } = stream.client ?? this.client;
    this.#asked = true;
    this.lastQueryMs = this.now();
    query.address.set(address);
    query.isForwarded = sender !== null;
    if (sender !== null) query.sender.set(sender);
    query.port = port;
    query.origin = this.#shared.origin;
    query.peer = stream;
    query.arrivedMs = this.lastQueryMs;
    counters.queries += 1;
    const outcome = this.#shared.answer(query);
    if (outcome === OUTCOME.answered) this.#reply(stream, query);
    else if (outcome === OUTCOME.dropped) this.#session.streams.refuse(stream, 400);
    else if (outcome === OUTCOME.waiting) {
      stream.isHeld = true;
      this.#waiting += 1;
    }
    if (this.#out.length >= WRITE_OCTETS) this.#flush();
  }

  #reply(stream: RequestStream, query: Query): void {
    const { counters } = this.#shared;
    padReply(query);
    const { reply, replyLength } = query;
    const reach = this.#hasAnswer ? beyondRecord(this.#out.length) : 0;
    this.#hasAnswer = true;
    if (this.#session.streams.reply(stream, reply, replyLength, freshSeconds(reply, replyLength), reach))
      counters.replies += 1;
    else counters.sendFailures += 1;
  }

  late(stream: RequestStream, query: Query): void {
    this.#waiting -= 1;
    this.#reply(stream, query);
    if (!this.socket.destroyed) this.#settleSoon();
  }

  abandon(stream: RequestStream): void {
    this.#waiting -= 1;
    this.#session.streams.refuse(stream, 503);
    if (!this.socket.destroyed) this.#settleSoon();
  }

  // Ends --------------------------------------------------------------------

  finish(): void {
    this.#isFinishing = true;
    this.#session.finish();
    this.#shared.settleLater(this);
  }

  enforceDeadlines(nowMs: number): boolean {
    if (this.socket.destroyed) return false;
    const { limits } = this.#shared;
    let ended = false;
    for (const stream of this.#session.streams.values()) {
      const spentMs = nowMs - stream.sinceMs;
      if (stream.state === STATE.reading && spentMs > limits.messageTimeoutMs) {
        this.#session.streams.refuse(stream, 408);
        ended = true;
      } else if (stream.state === STATE.writing && spentMs > limits.writeStallMs) return this.#cut();
    }
    if (ended) this.#shared.settleLater(this);
    if (this.#out.stalledMs(nowMs) > limits.writeStallMs) return this.#cut();
    if (this.#session.isUnfinished && nowMs - this.#unfinishedSinceMs > limits.messageTimeoutMs)
      return this.#cut();
    const silenceMs = this.#asked ? limits.idleTimeoutMs : limits.messageTimeoutMs;
    if (ended || !this.idle || nowMs - this.lastQueryMs <= silenceMs) return ended;
    this.#session.fail(ERROR.none);
    this.#shared.settleLater(this);
    return true;
  }

  #cut(): true {
    this.socket.destroy();
    return true;
  }
}
