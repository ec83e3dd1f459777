// Frames as a client writes them, and a session without a socket that hears them.

import { BlockReader } from '../../src/listen/http2/block-reader.ts';
import { readRequest, readUsualGet } from '../../src/listen/http2/read-request.ts';
import { RequestHead } from '../../src/listen/http2/request-head.ts';
import { ASKED, type RequestStream, type Requests } from '../../src/listen/http2/request-stream.ts';
import { Session } from '../../src/listen/http2/session.ts';
import type { Room } from '../../src/listen/stream/outgoing.ts';
import { Query } from '../../src/wire/message/query.ts';

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array | number[] = [],
): Buffer {
  const octets = Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(octets.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, octets]);
}

export const SETTINGS = frame(4, 0, 0);
export const word = (value: number): Buffer => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
};

/** Fields that no table keeps, written out. */
export const fields = (...pairs: readonly (readonly [string, string])[]): Buffer =>
  Buffer.concat(
    pairs.flatMap(([name, value]) => [
      Buffer.from([0, name.length]),
      Buffer.from(name, 'latin1'),
      Buffer.from([value.length]),
      Buffer.from(value, 'latin1'),
    ]),
  );

/** :method GET, :scheme https, :authority x and this path. */
export const getOf = (path: string): Buffer =>
  Buffer.concat([Buffer.from([0x82, 0x87, 0x41, 1, 0x78, 0x44, path.length]), Buffer.from(path)]);
export const GET = getOf('/dns-query?dns=AAABAAABAAAAAAAAAAABAAE');
/** :method POST, :scheme https, :path /dns-query, content-type. */
export const POST = Buffer.concat([
  Buffer.from([0x83, 0x87, 0x44, 10]),
  Buffer.from('/dns-query'),
  Buffer.from([0x5f, 23]),
  Buffer.from('application/dns-message'),
]);

class Octets implements Room {
  octets = Buffer.alloc(1024);
  length = 0;

  reserve(count: number): void {
    if (this.octets.length >= this.length + count) return;
    const grown = Buffer.alloc(2 * (this.length + count));
    this.octets.copy(grown, 0, 0, this.length);
    this.octets = grown;
  }
}

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** Those that are whole. */
export function readFrames(octets: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + 9 <= octets.length; ) {
    const end = at + 9 + octets.readUIntBE(at, 3);
    if (end > octets.length) break;
    const streamId = octets.readUInt32BE(at + 5);
    frames.push({
      type: octets[at + 3]!,
      flags: octets[at + 4]!,
      streamId,
      payload: octets.subarray(at + 9, end),
    });
    at = end;
  }
  return frames;
}

const query = new Query(new Uint8Array(65_535), new Uint8Array(65_535));
const reader = new BlockReader();
const head = new RequestHead();

/** Answers each message, `replyOctets` long; `isLate` keeps them waiting in `held`. */
export class Heard implements Requests {
  readonly out = new Octets();
  readonly asked: Buffer[] = [];
  readonly held: RequestStream[] = [];
  readonly session: Session;
  /** Of the section that was read last. */
  readonly head: RequestHead = head;
  claimed = 0;
  waitingOctets = 0;
  isLate = false;
  replyOctets = 20;
  nowMs = 0;

  constructor(streamsMax = 100) {
    this.session = new Session({ room: this.out, reader, head, requests: this, streamsMax });
  }

  readonly now = (): number => this.nowMs;

  claim(octets: number): boolean {
    this.claimed += octets;
    return true;
  }

  release(octets: number): void {
    this.claimed -= octets;
  }

  heldUp(octets: number): void {
    this.waitingOctets += octets;
  }

  judge(): number {
    if (readUsualGet(head, query)) return ASKED;
    return readRequest(head, head.pathLength === 0 ? '/dns-query' : head.path.toString('latin1'), query);
  }

  ask(stream: RequestStream): void {
    this.#take(stream, query.message, 0, query.messageLength);
  }

  askBody(stream: RequestStream, octets: Uint8Array, start: number, length: number): void {
    this.#take(stream, octets, start, length);
  }

  #take(stream: RequestStream, octets: Uint8Array, start: number, length: number): void {
    this.asked.push(Buffer.from(octets.subarray(start, start + length)));
    if (this.isLate) {
      stream.isHeld = true;
      this.held.push(stream);
    } else this.reply(stream);
  }

  reply(stream: RequestStream): boolean {
    return this.session.streams.reply(stream, new Uint8Array(this.replyOctets), this.replyOctets, 60, 0);
  }

  late(): void {}
  abandon(): void {}

  /** Frames that were said since this was asked before. */
  said(): Frame[] {
    const frames = readFrames(Buffer.from(this.out.octets.subarray(0, this.out.length)));
    this.out.length = 0;
    return frames;
  }
}
