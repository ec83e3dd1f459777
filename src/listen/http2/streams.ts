// The requests of one connection: which are open, what has come of them, what the client's windows let out.
//
// HOT. Invariants:
// - `#byId` holds what is read, asked or written, and nothing that is over;
// - a stream that somebody holds for a late reply is not used for another request;
// - octets of bodies are claimed before they are kept, and released once.
import { HEADER_OCTETS, MESSAGE_OCTETS_MAX } from '../../wire/header.ts';
import { ERROR, FRAME, putWord, WINDOW_OCTETS_FIRST, WINDOW_OCTETS_MAX } from './frame.ts';
import { METHOD, NO_LENGTH } from './hpack/fields.ts';
import type { RequestHead } from './request-head.ts';
import { ASKED, BODY, type Carrier, RequestStream, type Requests, STATE } from './request-stream.ts';
import { putData, putFound, putStatus } from './response.ts';

/** Streams whose end we said first; what is still under way on them is no mistake. */
const REJECTED_KEPT = 64;
const FREE_MAX = 16;

export class Streams {
  /** The highest that the client began. */
  lastId = 0;
  readonly #session: Carrier;
  readonly #requests: Requests;
  readonly #byId = new Map<number, RequestStream>();
  readonly #free: RequestStream[] = [];
  readonly #rejected = new Int32Array(REJECTED_KEPT);
  #rejectedCount = 0;
  /** Octets of DATA that the client takes on all streams together. */
  #windowOctets = WINDOW_OCTETS_FIRST;

  constructor(session: Carrier, requests: Requests) {
    this.#session = session;
    this.#requests = requests;
  }

  get open(): number {
    return this.#byId.size;
  }

  get(streamId: number): RequestStream | undefined {
    return this.#byId.get(streamId);
  }

  values(): IterableIterator<RequestStream> {
    return this.#byId.values();
  }

  /** Its number was never used, nor a later one. */
  isIdle(streamId: number): boolean {
    return streamId > this.lastId || streamId % 2 === 0;
  }

  begin(streamId: number, head: RequestHead, isLast: boolean): void {
    const stream = this.#free.pop() ?? new RequestStream(this.#requests);
    stream.begin(streamId, this.#session.settings.windowOctets, this.#requests.now());
    stream.hasEnded = isLast;
    stream.contentLength = head.contentLength;
    stream.isHead = head.method === METHOD.head;
    this.#byId.set(streamId, stream);
    if (isLast && head.contentLength > 0) {
      this.reject(streamId, ERROR.protocol);
      return;
    }
    const judged = head.isTooLarge ? 431 : this.#requests.judge(stream, head);
    if (judged === ASKED) {
      // What comes behind the head of a GET is of no use, but may come.
      stream.enter(STATE.asked, stream.sinceMs);
      this.#requests.ask(stream);
    } else if (judged !== BODY) this.refuse(stream, judged);
    else if (isLast) this.refuse(stream, 400);
  }

  receiveBody(
    stream: RequestStream,
    octets: Uint8Array,
    from: number,
    to: number,
    frameOctets: number,
    isLast: boolean,
  ): void {
    const count = to - from;
    const whole = stream.bodyLength + count;
    stream.owedOctets += frameOctets;
    if (stream.owedOctets > WINDOW_OCTETS_FIRST) {
      this.reject(stream.id, ERROR.flowControl);
      return;
    }
    stream.hasEnded = isLast;
    if (
      stream.contentLength !== NO_LENGTH &&
      (isLast ? whole !== stream.contentLength : whole > stream.contentLength)
    ) {
      this.reject(stream.id, ERROR.protocol);
    } else if (whole > MESSAGE_OCTETS_MAX) this.refuse(stream, 413);
    else if (isLast && stream.bodyLength === 0) this.#ask(stream, octets, from, count);
    else if (count > 0 && !this.#requests.claim(count)) this.refuse(stream, 503);
    else {
      this.#gather(stream, octets, from, count);
      if (isLast) this.#ask(stream, stream.body ?? octets, 0, whole);
      else if (stream.owedOctets * 2 > WINDOW_OCTETS_FIRST) {
        putWord(this.#session.room, FRAME.windowUpdate, stream.id, stream.owedOctets);
        stream.owedOctets = 0;
      }
    }
  }

  #gather(stream: RequestStream, octets: Uint8Array, from: number, count: number): void {
    const wanted = stream.bodyLength + count;
    if (stream.body === null || stream.body.length < wanted) {
      const grown = Buffer.allocUnsafe(Math.max(512, 2 * wanted));
      stream.body?.copy(grown, 0, 0, stream.bodyLength);
      stream.body = grown;
    }
    stream.body.set(octets.subarray(from, from + count), stream.bodyLength);
    stream.bodyLength = wanted;
  }

  #ask(stream: RequestStream, octets: Uint8Array, start: number, length: number): void {
    if (length === 0) {
      this.refuse(stream, 400);
      return;
    }
    stream.enter(STATE.asked, this.#requests.now());
    this.#requests.askBody(stream, octets, start, length);
    this.#dropBody(stream);
  }

  /** Sends an answer, as far as the windows let it; false: there is nobody to send it to any more. */
  reply(
    stream: RequestStream,
    octets: Uint8Array,
    length: number,
    freshSeconds: number,
    reach: number,
  ): boolean {
    if (stream.state !== STATE.asked || length < HEADER_OCTETS) return false;
    const { room, settings } = this.#session;
    putFound(room, stream.id, length, freshSeconds, settings.owesTableSize, reach);
    if (settings.owesTableSize) settings.tableSizeIsSaid();
    this.#sendAll(stream, octets, length);
    return true;
  }

  #sendAll(stream: RequestStream, octets: Uint8Array, length: number): void {
    const sent = this.#sendData(stream, octets, 0, length);
    if (sent === length) {
      this.#close(stream);
      return;
    }
    stream.rest = Buffer.from(octets.subarray(sent, length));
    stream.restOffset = 0;
    stream.enter(STATE.writing, this.#requests.now());
    this.#requests.heldUp(length - sent);
  }

  /** Sends what the windows allow of `octets[from .. to)`. @returns where it got to */
  #sendData(stream: RequestStream, octets: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const may = Math.min(this.#windowOctets, stream.windowOctets, this.#session.settings.payloadOctetsMax);
      const count = Math.min(may, to - at);
      if (count <= 0) return at;
      putData(this.#session.room, stream.id, octets, at, count, at + count === to);
      this.#windowOctets -= count;
      stream.windowOctets -= count;
      at += count;
    }
    return at;
  }

  #sendRest(stream: RequestStream): void {
    const { rest } = stream;
    if (stream.state !== STATE.writing || rest === null) return;
    const at = this.#sendData(stream, rest, stream.restOffset, rest.length);
    this.#requests.heldUp(stream.restOffset - at);
    stream.restOffset = at;
    if (at < rest.length) return;
    stream.rest = null;
    this.#close(stream);
  }

  /** Ends a request with a status. */
  refuse(stream: RequestStream, status: number): void {
    if (stream.state === STATE.writing || stream.state === STATE.over) return;
    const { room, settings } = this.#session;
    const text = Buffer.from(`${status}\n`);
    putStatus(room, stream.id, status, text.length, stream.isHead, settings.owesTableSize);
    if (settings.owesTableSize) settings.tableSizeIsSaid();
    if (stream.isHead) this.#close(stream);
    else this.#sendAll(stream, text, text.length);
  }

  /** It is answered. What the client has not sent yet is not wanted (§8.1). */
  #close(stream: RequestStream): void {
    if (!stream.hasEnded) {
      putWord(this.#session.room, FRAME.rstStream, stream.id, ERROR.none);
      this.#remember(stream.id);
    }
    this.#end(stream);
  }

  #end(stream: RequestStream): void {
    this.#byId.delete(stream.id);
    this.#dropBody(stream);
    if (stream.rest !== null) this.#requests.heldUp(stream.restOffset - stream.rest.length);
    stream.rest = null;
    stream.state = STATE.over;
    if (!stream.isHeld && this.#free.length < FREE_MAX) this.#free.push(stream);
  }

  #dropBody(stream: RequestStream): void {
    this.#requests.release(stream.bodyLength);
    stream.bodyLength = 0;
    stream.body = null;
  }

  /** The client broke it off. */
  brokenOff(streamId: number): void {
    const stream = this.#byId.get(streamId);
    if (stream === undefined) return;
    this.#end(stream);
    this.#remember(streamId);
    if (!this.#session.patience.reset(this.#requests.now())) this.#session.fail(ERROR.enhanceYourCalm);
  }

  /** Ends a stream for its client's fault. */
  reject(streamId: number, code: number): void {
    putWord(this.#session.room, FRAME.rstStream, streamId, code);
    const stream = this.#byId.get(streamId);
    if (stream !== undefined) this.#end(stream);
    this.#remember(streamId);
    if (!this.#session.patience.reset(this.#requests.now())) this.#session.fail(ERROR.enhanceYourCalm);
  }

  #remember(streamId: number): void {
    this.#rejected[this.#rejectedCount % REJECTED_KEPT] = streamId;
    this.#rejectedCount += 1;
  }

  wasRejected(streamId: number): boolean {
    return this.#rejected.includes(streamId);
  }

  /** Fields behind a body: they say nothing to us, but end it. */
  receiveTrailers(streamId: number, isLast: boolean): void {
    const stream = this.#byId.get(streamId);
    if (stream === undefined) {
      if (!this.wasRejected(streamId)) this.#session.fail(ERROR.streamClosed);
    } else if (stream.hasEnded || stream.state !== STATE.reading) this.reject(streamId, ERROR.streamClosed);
    else if (!isLast) this.reject(streamId, ERROR.protocol);
    else {
      const body = stream.body ?? Buffer.alloc(0);
      stream.hasEnded = true;
      if (stream.contentLength !== NO_LENGTH && stream.contentLength !== stream.bodyLength)
        this.reject(streamId, ERROR.protocol);
      else this.#ask(stream, body, 0, stream.bodyLength);
    }
  }

  /** WINDOW_UPDATE (§6.9); 0: of the connection. */
  widen(streamId: number, octets: number): void {
    if (streamId === 0) {
      this.#windowOctets += octets;
      if (octets === 0) this.#session.fail(ERROR.protocol);
      else if (this.#windowOctets > WINDOW_OCTETS_MAX) this.#session.fail(ERROR.flowControl);
      else for (const stream of this.#byId.values()) this.#sendRest(stream);
      return;
    }
    if (this.isIdle(streamId)) {
      this.#session.fail(ERROR.protocol);
      return;
    }
    const stream = this.#byId.get(streamId);
    if (stream === undefined) return;
    stream.windowOctets += octets;
    if (octets === 0) this.reject(streamId, ERROR.protocol);
    else if (stream.windowOctets > WINDOW_OCTETS_MAX) this.reject(streamId, ERROR.flowControl);
    else this.#sendRest(stream);
  }

  /** The client changed the window of all its streams (§6.9.2). */
  widenAll(octets: number): void {
    for (const stream of this.#byId.values()) {
      stream.windowOctets += octets;
      if (stream.windowOctets > WINDOW_OCTETS_MAX) {
        this.#session.fail(ERROR.flowControl);
        return;
      }
      if (octets > 0) this.#sendRest(stream);
    }
  }

  /** The connection is over: nobody gets what is still asked. */
  clear(): void {
    for (const stream of this.#byId.values()) this.#end(stream);
  }
}
