// One HTTP/2 connection as its octets say it (RFC 9113), seen from a server that answers small requests: frames in, frames out.
// It knows no socket and no DNS.
//
// HOT. Nothing a client sends is thrown at; what breaks the rules ends its stream (RST_STREAM) or the connection (GOAWAY).
import type { Room } from '../stream/outgoing.ts';
import type { BlockReader } from './block-reader.ts';
import { ERROR, FLAGS, FRAME, putGoaway, putPong, putSettings, readU31, SETTING } from './frame.ts';
import { FrameReader } from './frame-reader.ts';
import { HeaderBlock } from './header-block.ts';
import { DynamicTable } from './hpack/dynamic-table.ts';
import { Patience } from './patience.ts';
import { PeerSettings } from './peer-settings.ts';
import { ReceiveWindow } from './receive-window.ts';
import { LIST_OCTETS_MAX, type RequestHead } from './request-head.ts';
import { type Requests, STATE } from './request-stream.ts';
import { Streams } from './streams.ts';

export interface SessionParts {
  readonly room: Room;
  readonly reader: BlockReader;
  readonly head: RequestHead;
  readonly requests: Requests;
  readonly streamsMax: number;
}

export class Session {
  readonly room: Room;
  readonly streams: Streams;
  readonly settings = new PeerSettings();
  readonly patience = new Patience();
  /** An error ended it: nothing is read and nothing new is written. */
  hasFailed = false;
  /** The client wants no more (GOAWAY). */
  isLeaving = false;
  /** Frames, header sections as one each, that have come whole. */
  wholes = 0;
  /** We said GOAWAY: later streams are passed over. */
  #isFinishing = false;
  #lastAllowed = 0;
  #hasSettings = false;
  readonly #parts: SessionParts;
  readonly #frames = new FrameReader();
  readonly #table = new DynamicTable();
  readonly #block = new HeaderBlock();
  readonly #window: ReceiveWindow;
  /** The request up to which bodies were called for. */
  #calledFor = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.room = parts.room;
    this.streams = new Streams(this, parts.requests);
    putSettings(parts.room, [
      [SETTING.enablePush, 0],
      [SETTING.maxConcurrentStreams, parts.streamsMax],
      [SETTING.maxHeaderListSize, LIST_OCTETS_MAX],
    ]);
    this.#window = new ReceiveWindow(parts.room);
  }

  /** Half of a frame or of a header section has come. */
  get isUnfinished(): boolean {
    return this.#frames.isUnfinished || this.#block.isOpen;
  }

  receive(chunk: Uint8Array): void {
    const frames = this.#frames;
    let at = 0;
    while (at < chunk.length && !this.hasFailed) {
      at = frames.read(chunk, at);
      if (at < 0) {
        this.fail(frames.isPastPreface ? ERROR.frameSize : ERROR.protocol);
        return;
      }
      if (!frames.isWhole) continue;
      this.#handle(frames.octets, frames.start, frames.end);
      if (!this.#block.isOpen) this.wholes += 1;
    }
  }

  /**
   * Says something where the last request is without its body and nothing else is to be said: a client that holds small writes back
   * until the one before is acknowledged (Nagle) sends the body then, and not when the kernel acknowledges of itself, 40 ms later.
   */
  callForBody(): void {
    const { lastId } = this.streams;
    if (lastId === this.#calledFor || this.room.length > 0 || this.hasFailed) return;
    this.#calledFor = lastId;
    if (this.streams.get(lastId)?.state === STATE.reading) this.#window.give();
  }

  /** Says GOAWAY; what is in flight is still answered. */
  finish(): void {
    if (this.#isFinishing || this.hasFailed) return;
    this.#isFinishing = true;
    this.#lastAllowed = this.streams.lastId;
    putGoaway(this.room, this.#lastAllowed, ERROR.none);
  }

  fail(code: number): void {
    if (this.hasFailed) return;
    this.hasFailed = true;
    putGoaway(this.room, this.#isFinishing ? this.#lastAllowed : this.streams.lastId, code);
    this.streams.clear();
  }

  #handle(octets: Uint8Array, start: number, end: number): void {
    const { type, flags, streamId } = this.#frames;
    if (this.#block.isOpen && (type !== FRAME.continuation || streamId !== this.#block.streamId)) {
      this.fail(ERROR.protocol);
      return;
    }
    if (!this.#hasSettings && type !== FRAME.settings) {
      this.fail(ERROR.protocol);
      return;
    }
    switch (type) {
      case FRAME.headers:
        this.#handleHeaders(octets, start, end, flags, streamId);
        return;
      case FRAME.continuation:
        this.#handleContinuation(octets, start, end, flags);
        return;
      case FRAME.data:
        this.#handleData(octets, start, end, flags, streamId);
        return;
    }
    if (!this.patience.frame()) this.fail(ERROR.enhanceYourCalm);
    else this.#handleControl(type, octets, start, end, flags, streamId);
  }

  #handleControl(
    type: number,
    octets: Uint8Array,
    start: number,
    end: number,
    flags: number,
    streamId: number,
  ): void {
    const length = end - start;
    const isAck = (flags & FLAGS.ack) !== 0;
    switch (type) {
      case FRAME.settings:
        if (streamId !== 0) this.fail(ERROR.protocol);
        else if (isAck ? length > 0 : length % 6 !== 0) this.fail(ERROR.frameSize);
        else if (!isAck) this.#handleSettings(octets, start, end);
        else if (!this.#hasSettings) this.fail(ERROR.protocol);
        return;
      case FRAME.ping:
        if (streamId !== 0) this.fail(ERROR.protocol);
        else if (length !== 8) this.fail(ERROR.frameSize);
        else if (!isAck) putPong(this.room, octets, start);
        return;
      case FRAME.windowUpdate:
        if (length !== 4) this.fail(ERROR.frameSize);
        else this.streams.widen(streamId, readU31(octets, start));
        return;
      case FRAME.rstStream:
        if (length !== 4) this.fail(ERROR.frameSize);
        else if (streamId === 0 || this.streams.isIdle(streamId)) this.fail(ERROR.protocol);
        else this.streams.brokenOff(streamId);
        return;
      case FRAME.goaway:
        if (streamId !== 0) this.fail(ERROR.protocol);
        else if (length < 8) this.fail(ERROR.frameSize);
        else this.isLeaving = true;
        return;
      case FRAME.priority:
        // What it says is not used (§5.3.2).
        if (streamId === 0) this.fail(ERROR.protocol);
        else if (length !== 5) this.streams.reject(streamId, ERROR.frameSize);
        else if (readU31(octets, start) === streamId) this.streams.reject(streamId, ERROR.protocol);
        return;
      case FRAME.pushPromise:
        this.fail(ERROR.protocol);
        return;
      // An unknown type is passed over (§4.1).
    }
  }

  #handleSettings(octets: Uint8Array, start: number, end: number): void {
    this.#hasSettings = true;
    const before = this.settings.windowOctets;
    const error = this.settings.apply(octets, start, end);
    if (error !== ERROR.none) this.fail(error);
    else {
      putSettings(this.room, []);
      this.streams.widenAll(this.settings.windowOctets - before);
    }
  }

  #handleHeaders(octets: Uint8Array, start: number, end: number, flags: number, streamId: number): void {
    // Clients' streams have odd numbers (§5.1.1).
    if (streamId === 0 || streamId % 2 === 0) {
      this.fail(ERROR.protocol);
      return;
    }
    const from = start + ((flags & FLAGS.padded) !== 0 ? 1 : 0);
    const padding = paddingOf(octets, start, from, end);
    const fields = from + ((flags & FLAGS.priority) !== 0 ? 5 : 0);
    if (fields + padding > end) {
      this.fail(from > end || fields > end ? ERROR.frameSize : ERROR.protocol);
      return;
    }
    const isOfItself = fields > from && readU31(octets, from) === streamId;
    this.#block.begin(streamId, (flags & FLAGS.endStream) !== 0, isOfItself);
    this.#addFields(octets, fields, end - padding, flags);
  }

  #handleContinuation(octets: Uint8Array, start: number, end: number, flags: number): void {
    if (this.#block.isOpen) this.#addFields(octets, start, end, flags);
    else this.fail(ERROR.protocol);
  }

  #addFields(octets: Uint8Array, from: number, to: number, flags: number): void {
    const block = this.#block;
    if ((flags & FLAGS.endHeaders) === 0) {
      if (!block.add(octets, from, to)) this.fail(ERROR.enhanceYourCalm);
      return;
    }
    const { reader, head } = this.#parts;
    let isSound: boolean;
    if (block.hasParts) {
      if (!block.add(octets, from, to)) {
        this.fail(ERROR.enhanceYourCalm);
        return;
      }
      isSound = reader.read(block.octets, 0, block.length, this.#table, head);
    } else isSound = reader.read(octets, from, to, this.#table, head);
    block.end();
    if (!isSound) this.fail(ERROR.compression);
    else this.#open(block.streamId, block.isLast, block.isOfItself, head);
  }

  /** A header section is whole, and the table has what it brought, whatever becomes of the stream. */
  #open(streamId: number, isLast: boolean, isOfItself: boolean, head: RequestHead): void {
    if (this.#isPassedOver(streamId)) {
      this.streams.lastId = Math.max(this.streams.lastId, streamId);
      return;
    }
    if (streamId <= this.streams.lastId) {
      this.streams.receiveTrailers(streamId, isLast);
      return;
    }
    this.streams.lastId = streamId;
    if (isOfItself || head.isMalformed) this.streams.reject(streamId, ERROR.protocol);
    else if (this.streams.open >= this.#parts.streamsMax) this.streams.reject(streamId, ERROR.refusedStream);
    else {
      this.patience.request();
      this.streams.begin(streamId, head, isLast);
    }
  }

  /** It began after we had said GOAWAY (§6.8). */
  #isPassedOver(streamId: number): boolean {
    return this.#isFinishing && streamId > this.#lastAllowed;
  }

  #handleData(octets: Uint8Array, start: number, end: number, flags: number, streamId: number): void {
    const length = end - start;
    const from = start + ((flags & FLAGS.padded) !== 0 ? 1 : 0);
    const padding = paddingOf(octets, start, from, end);
    if (streamId === 0 || from + padding > end || this.streams.isIdle(streamId)) {
      this.fail(from > end ? ERROR.frameSize : ERROR.protocol);
      return;
    }
    if (!this.#window.receive(length)) {
      this.fail(ERROR.flowControl);
      return;
    }
    const isLast = (flags & FLAGS.endStream) !== 0;
    if (from === end - padding && !isLast && !this.patience.frame()) {
      this.fail(ERROR.enhanceYourCalm);
      return;
    }
    if (this.#isPassedOver(streamId)) return;
    const stream = this.streams.get(streamId);
    if (stream === undefined) {
      // What was on its way when we ended the stream is passed over.
      if (!this.streams.wasRejected(streamId)) this.fail(ERROR.streamClosed);
    } else if (stream.hasEnded || stream.state !== STATE.reading) {
      this.streams.reject(streamId, ERROR.streamClosed);
    } else this.streams.receiveBody(stream, octets, from, end - padding, length, isLast);
  }
}

/** Length of what follows the content; a frame without its octet is found by `from`, which is beyond its end then. */
const paddingOf = (octets: Uint8Array, start: number, from: number, end: number): number =>
  from > start && from <= end ? octets[start]! : 0;
