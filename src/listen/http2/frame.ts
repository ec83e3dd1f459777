// Frames of HTTP/2 (RFC 9113 §4, §6): their numbers, their heads, and those that are few octets long.
import type { Room } from '../stream/outgoing.ts';

export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** `ack` of SETTINGS and PING is the same bit. */
export const FLAGS = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

/** §7. */
export const ERROR = {
  none: 0,
  protocol: 1,
  flowControl: 3,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  compression: 9,
  enhanceYourCalm: 11,
} as const;

export const SETTING = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const HEAD_OCTETS = 9;
/** Longest payload that either end may send before it is told otherwise; we never say otherwise. */
export const PAYLOAD_OCTETS_MAX = 16_384;
export const WINDOW_OCTETS_FIRST = 65_535;
export const WINDOW_OCTETS_MAX = 0x7fff_ffff;

export const readU24 = (octets: Uint8Array, at: number): number =>
  (octets[at]! << 16) | (octets[at + 1]! << 8) | octets[at + 2]!;

/** Without its first bit, which means nothing (§4.1). */
export const readU31 = (octets: Uint8Array, at: number): number =>
  ((octets[at]! & 0x7f) << 24) | readU24(octets, at + 1);

/** Writes the head of a frame; the caller has reserved room for all of it. */
export function putHead(room: Room, length: number, type: number, flags: number, streamId: number): void {
  const { octets, length: at } = room;
  octets[at] = length >>> 16;
  octets[at + 1] = length >>> 8;
  octets[at + 2] = length;
  octets[at + 3] = type;
  octets[at + 4] = flags;
  putU32(octets, at + 5, streamId);
  room.length = at + HEAD_OCTETS;
}

export function putU32(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 24;
  octets[at + 1] = value >>> 16;
  octets[at + 2] = value >>> 8;
  octets[at + 3] = value;
}

/** RST_STREAM with its code, or WINDOW_UPDATE with its octets. */
export function putWord(room: Room, type: number, streamId: number, value: number): void {
  room.reserve(HEAD_OCTETS + 4);
  putHead(room, 4, type, 0, streamId);
  putU32(room.octets, room.length, value);
  room.length += 4;
}

/** @param lastId the last stream that was taken */
export function putGoaway(room: Room, lastId: number, code: number): void {
  room.reserve(HEAD_OCTETS + 8);
  putHead(room, 8, FRAME.goaway, 0, 0);
  putU32(room.octets, room.length, lastId);
  putU32(room.octets, room.length + 4, code);
  room.length += 8;
}

/** @param pairs number and value of each setting; none: the acknowledgement of the other end's */
export function putSettings(room: Room, pairs: readonly (readonly [number, number])[]): void {
  room.reserve(HEAD_OCTETS + 6 * pairs.length);
  putHead(room, 6 * pairs.length, FRAME.settings, pairs.length === 0 ? FLAGS.ack : 0, 0);
  for (const [number, value] of pairs) {
    room.octets[room.length] = number >>> 8;
    room.octets[room.length + 1] = number;
    putU32(room.octets, room.length + 2, value);
    room.length += 6;
  }
}

/** Answers a PING with its own eight octets. */
export function putPong(room: Room, ping: Uint8Array, at: number): void {
  room.reserve(HEAD_OCTETS + 8);
  putHead(room, 8, FRAME.ping, FLAGS.ack, 0);
  for (let i = 0; i < 8; i += 1) room.octets[room.length + i] = ping[at + i]!;
  room.length += 8;
}
