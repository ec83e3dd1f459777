// Server cookies in the one form that all servers share (RFC 9018): version 1, a time, and SipHash-2-4 over both, the client's
// cookie and its address.
//
// HOT. Nothing is allocated; state is 32-bit halves, since 64-bit integers would be objects.
import { readU32, writeU32 } from '../header.ts';
import { isMapped } from '../names/address.ts';

export const CLIENT_COOKIE_OCTETS = 8;
export const SERVER_COOKIE_OCTETS = 16;
export const SECRET_OCTETS = 16;
const VERSION = 1;
/** How far the time of a cookie may lie back, and ahead of ours (RFC 9018 §4.3). */
const AGE_SECONDS = { old: 3600, ahead: 300 } as const;
/** Version, three octets reserved, time. */
const FRONT_OCTETS = 8;
const MAPPED_OCTETS = 12;

/** Low and high halves of v0 to v3. */
const v = new Int32Array(8);
const input = new Uint8Array(40);
const INIT = [
  0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462,
] as const;

/**
 * Writes the server's cookie for a client.
 * @param clientCookie offset of its 8 octets in `message`
 * @param address 16 octets, IPv4 as ::ffff:a.b.c.d
 */
export function writeServerCookie(
  secret: Uint8Array,
  message: Uint8Array,
  clientCookie: number,
  address: Uint8Array,
  seconds: number,
  target: Uint8Array,
  at: number,
): void {
  target[at] = VERSION;
  target[at + 1] = 0;
  target[at + 2] = 0;
  target[at + 3] = 0;
  writeU32(target, at + 4, seconds);
  for (let i = 0; i < CLIENT_COOKIE_OCTETS; i += 1) input[i] = message[clientCookie + i]!;
  for (let i = 0; i < FRONT_OCTETS; i += 1) input[CLIENT_COOKIE_OCTETS + i] = target[at + i]!;
  const from = isMapped(address) ? MAPPED_OCTETS : 0;
  let length = CLIENT_COOKIE_OCTETS + FRONT_OCTETS;
  for (let i = from; i < 16; i += 1) input[length++] = address[i]!;
  sipHash(secret, length, target, at + FRONT_OCTETS);
}

const expected = new Uint8Array(SERVER_COOKIE_OCTETS);

/**
 * Whether the server cookie behind a client's is one that we gave to this address lately.
 * @param clientCookie offset of the client's 8 octets in `message`; the server's are behind them
 * @param length of both
 */
export function isServerCookie(
  secret: Uint8Array,
  message: Uint8Array,
  clientCookie: number,
  length: number,
  address: Uint8Array,
  nowSeconds: number,
): boolean {
  const at = clientCookie + CLIENT_COOKIE_OCTETS;
  if (length !== CLIENT_COOKIE_OCTETS + SERVER_COOKIE_OCTETS || message[at] !== VERSION) return false;
  const seconds = readU32(message, at + 4);
  // Serial number arithmetic, as RFC 9018 wants it.
  const ageSeconds = (nowSeconds - seconds) | 0;
  if (ageSeconds > AGE_SECONDS.old || ageSeconds < -AGE_SECONDS.ahead) return false;
  writeServerCookie(secret, message, clientCookie, address, seconds, expected, 0);
  let difference = 0;
  for (let i = 0; i < SERVER_COOKIE_OCTETS; i += 1) difference |= expected[i]! ^ message[at + i]!;
  return difference === 0;
}

function littleEndian(octets: Uint8Array, at: number): number {
  return octets[at]! | (octets[at + 1]! << 8) | (octets[at + 2]! << 16) | (octets[at + 3]! << 24);
}

/** SipHash-2-4 of `input[0 .. length)`, as eight octets, least significant first. */
function sipHash(secret: Uint8Array, length: number, target: Uint8Array, at: number): void {
  for (let i = 0; i < 8; i += 1) v[i] = INIT[i]! ^ littleEndian(secret, (i & 3) * 4);
  const rest = length & 7;
  const blocks = length - rest;
  for (let i = length; i < blocks + 8; i += 1) input[i] = 0;
  input[blocks + 7] = length;
  for (let block = 0; block <= blocks; block += 8) {
    const low = littleEndian(input, block);
    const high = littleEndian(input, block + 4);
    v[6]! ^= low;
    v[7]! ^= high;
    round();
    round();
    v[0]! ^= low;
    v[1]! ^= high;
  }
  v[4]! ^= 0xff;
  for (let i = 0; i < 4; i += 1) round();
  for (let half = 0; half < 2; half += 1) {
    const word = v[half]! ^ v[2 + half]! ^ v[4 + half]! ^ v[6 + half]!;
    for (let i = 0; i < 4; i += 1) target[at + 4 * half + i] = word >>> (8 * i);
  }
}

function round(): void {
  add(0, 2);
  rotate(2, 13);
  xor(2, 0);
  rotate(0, 32);
  add(4, 6);
  rotate(6, 16);
  xor(6, 4);
  add(0, 6);
  rotate(6, 21);
  xor(6, 0);
  add(4, 2);
  rotate(2, 17);
  xor(2, 4);
  rotate(4, 32);
}

/** To the 64 bits at `a` those at `b`, modulo 2^64. */
function add(a: number, b: number): void {
  const low = (v[a]! >>> 0) + (v[b]! >>> 0);
  v[a] = low;
  v[a + 1] = v[a + 1]! + v[b + 1]! + (low > 0xffff_ffff ? 1 : 0);
}

function xor(a: number, b: number): void {
  v[a]! ^= v[b]!;
  v[a + 1]! ^= v[b + 1]!;
}

/** To the left. @param bits 1 to 31, or 32 */
function rotate(a: number, bits: number): void {
  const low = v[a]!;
  const high = v[a + 1]!;
  if (bits === 32) {
    v[a] = high;
    v[a + 1] = low;
    return;
  }
  v[a] = (low << bits) | (high >>> (32 - bits));
  v[a + 1] = (high << bits) | (low >>> (32 - bits));
}
