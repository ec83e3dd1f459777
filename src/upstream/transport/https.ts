// One upstream over HTTPS: each query a POST of its own on one HTTP/2 session (RFC 8484), ID 0 outside.
import type { ClientHttp2Session, ClientHttp2Stream, SecureClientSessionOptions } from 'node:http2';
import { messageOf } from '../../config/coded-error.ts';
import { MESSAGE_OCTETS_MAX } from '../../wire/header.ts';
import { acceptedLength, JUDGEMENT, judgeFolded } from '../belongs.ts';
import { type Asker, type Exchange, FAILURE, type Failure, refuse } from '../exchange.ts';
import { PADDING_OCTETS_MAX, padQuery } from './padding.ts';
import { Pending } from './pending.ts';
import { type SecureTarget, secureOptions } from './secure.ts';

const IN_FLIGHT_MAX = 1024;
const IDLE_MS = 15_000;
const CONTENT_TYPE = 'application/dns-message';
const NOTHING = new Uint8Array(0);

export interface HttpsOptions extends SecureTarget {
  readonly name: string;
  readonly url: string;
  readonly now: () => number;
}

export class HttpsExchange implements Exchange {
  readonly name: string;
  /** Always: letters are not scrambled where nobody can forge. */
  readonly isFolded = false;
  randomCase = false;
  rttMs = 0;
  mismatches = 0;
  /** Sessions opened so far. */
  connections = 0;
  /** Why the last session or response was of no use, null when it was. */
  problem: string | null = null;
  readonly #http2 = process.getBuiltinModule('node:http2');
  readonly #options: HttpsOptions;
  readonly #origin: string;
  readonly #path: string;
  readonly #pending: Pending;
  readonly #streams: (ClientHttp2Stream | null)[] = [];
  #session: ClientHttp2Session | null = null;
  /** Responses of the present session. */
  #responses = 0;
  #lastResponseMs = 0;
  #ticket: Buffer | null = null;
  #closed = false;

  constructor(options: HttpsOptions) {
    const url = new URL(options.url);
    this.name = options.name;
    this.#options = options;
    this.#origin = url.origin;
    this.#path = url.pathname + url.search;
    this.#pending = new Pending(IN_FLIGHT_MAX, PADDING_OCTETS_MAX, options.now(), (slot) =>
      this.#expire(slot),
    );
  }

  get inFlight(): number {
    return this.#pending.count;
  }

  ask(message: Uint8Array, length: number, timeoutMs: number, asker: Asker, ticket: number): void {
    const nowMs = this.#options.now();
    const pending = this.#pending;
    const slot = this.#closed ? -1 : pending.enter(message, length, asker, ticket, nowMs);
    if (slot < 0) {
      refuse(asker, ticket, this.#closed ? FAILURE.closed : FAILURE.overload, this.name);
      return;
    }
    pending.wheel.arm(slot, nowMs, timeoutMs);
    const query = pending.messageOf(slot);
    // RFC 8484 §4.1: the same query is the same octets, so that caches may hold it.
    query[0] = 0;
    query[1] = 0;
    pending.lengths[slot] = padQuery(query, length, pending.questionEnds[slot]!);
    if (this.#post(slot)) return;
    pending.failSoon(slot, nowMs);
  }

  advance(nowMs: number): void {
    this.#pending.wheel.advance(nowMs);
  }

  close(): void {
    this.#closed = true;
    for (let slot = 0; slot < this.#pending.capacity; slot += 1)
      if (this.#pending.isTaken(slot)) this.#settle(slot, NOTHING, 0, FAILURE.closed);
    this.#session?.destroy();
    this.#session = null;
  }

  /** Sends a slot's query; false when no session can be begun. */
  #post(slot: number): boolean {
    let stream: ClientHttp2Stream;
    const session = this.#current();
    try {
      stream = session.request({
        ':method': 'POST',
        ':path': this.#path,
        accept: CONTENT_TYPE,
        'content-type': CONTENT_TYPE,
        'content-length': this.#pending.lengths[slot]!,
      });
    } catch {
      return false;
    }
    this.#streams[slot] = stream;
    this.#gather(stream, session, slot);
    stream.end(Buffer.from(this.#pending.messageOf(slot).subarray(0, this.#pending.lengths[slot]!)));
    return true;
  }

  #current(): ClientHttp2Session {
    const present = this.#session;
    if (present !== null && !present.closed && !present.destroyed) return present;
    const options: SecureClientSessionOptions = {
      ...secureOptions(this.#options),
      settings: { enablePush: false },
      ...(this.#ticket === null ? {} : { session: this.#ticket }),
    };
    const session = this.#http2.connect(this.#origin, options);
    this.connections += 1;
    this.#responses = 0;
    this.#session = session;
    session.setTimeout(IDLE_MS, () => session.destroy());
    session.on('error', (error) => {
      this.#ticket = null;
      this.problem = messageOf(error);
    });
    session.socket.on('session', (ticket: Buffer) => {
      this.#ticket = ticket;
    });
    return session;
  }

  #gather(stream: ClientHttp2Stream, session: ClientHttp2Session, slot: number): void {
    const chunks: Buffer[] = [];
    let length = 0;
    let status = 0;
    // What spoke was no DNS server, or spoke nonsense.
    let verdict: Failure = FAILURE.none;
    stream.on('response', (headers) => {
      status = Number(headers[this.#http2.constants.HTTP2_HEADER_STATUS]);
      const type = headers['content-type'];
      if (status !== 200) this.problem = `it answered status ${status} and not a DNS message`;
      else if (type !== CONTENT_TYPE) {
        this.problem = `it answered ${type ?? 'no content type'} and not ${CONTENT_TYPE}`;
        verdict = FAILURE.mismatch;
      }
    });
    stream.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MESSAGE_OCTETS_MAX) chunks.push(chunk);
      else {
        verdict = FAILURE.malformed;
        stream.close(this.#http2.constants.NGHTTP2_CANCEL);
      }
    });
    stream.on('error', () => {});
    stream.on('close', () => {
      if (this.#streams[slot] !== stream) return; // given up
      this.#streams[slot] = null;
      const isWhole = stream.rstCode === this.#http2.constants.NGHTTP2_NO_ERROR && status !== 0;
      if (verdict !== FAILURE.none) this.#settle(slot, NOTHING, 0, verdict);
      else if (isWhole) this.#finish(slot, status, Buffer.concat(chunks));
      else this.#lost(slot, session);
    });
  }

  #finish(slot: number, status: number, message: Buffer): void {
    const pending = this.#pending;
    const nowMs = this.#options.now();
    this.#responses += 1;
    this.#lastResponseMs = nowMs;
    this.rttMs = nowMs - pending.startedMs[slot]!;
    if (status !== 200) {
      this.#settle(slot, NOTHING, 0, FAILURE.network);
      return;
    }
    const query = pending.messageOf(slot);
    const judgement = judgeFolded(message, message.length, query, pending.questionEnds[slot]!);
    if (judgement === JUDGEMENT.accepted || judgement === JUDGEMENT.folded) {
      this.problem = null;
      this.#settle(slot, message, acceptedLength, FAILURE.none);
    } else if (judgement === JUDGEMENT.malformed) this.#settle(slot, NOTHING, 0, FAILURE.malformed);
    else if (judgement === JUDGEMENT.truncated) this.#settle(slot, NOTHING, 0, FAILURE.network);
    else {
      this.mismatches += 1;
      this.#settle(slot, NOTHING, 0, FAILURE.mismatch);
    }
  }

  /** A stream that ended without a response: sent once more when its session was closed under it (RFC 9113 §8.7). */
  #lost(slot: number, session: ClientHttp2Session): void {
    const isRetry = this.#pending.mismatches[slot]! > 0;
    this.#pending.mismatches[slot]! += 1;
    const wasClosed = session.closed || session.destroyed;
    if (!isRetry && wasClosed && this.#responses > 0 && !this.#closed && this.#post(slot)) return;
    this.#settle(slot, NOTHING, 0, FAILURE.network);
  }

  #expire(slot: number): void {
    const stream = this.#streams[slot];
    this.#streams[slot] = null;
    const silentSinceMs = this.#pending.startedMs[slot]!;
    this.#settle(slot, NOTHING, 0, this.#pending.failureOf(slot));
    stream?.close(this.#http2.constants.NGHTTP2_CANCEL);
    // Nothing came since that query went out: the path is dead.
    if (this.#lastResponseMs < silentSinceMs && stream !== null) this.#session?.destroy();
  }

  #settle(slot: number, message: Uint8Array, length: number, failure: Failure): void {
    const asker = this.#pending.askerOf(slot);
    const ticket = this.#pending.tickets[slot]!;
    this.#streams[slot] = null;
    this.#pending.release(slot);
    asker?.settled(ticket, message, length, failure, this.name);
  }
}
