// Pseudonyms of addresses: addresses that share a prefix have pseudonyms that share one of the same length, and who holds the key
// can open them (ipcrypt-pfx of draft-denis-ipcrypt: each bit is turned by a pseudorandom bit of those before it).
import { createCipheriv, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { KEPT_MODE, writeWhole } from '../config/disk/whole-file.ts';
import { isMapped } from '../wire/names/address.ts';

export const KEY_OCTETS = 32;
const HALF = 16;
const BITS = 128;
const BITS_OF_MAPPED = 96;

export class Pseudonyms {
  readonly #first;
  readonly #second;

  /** @param key KEY_OCTETS of them; its halves must not be the same */
  constructor(key: Uint8Array) {
    if (key.length !== KEY_OCTETS || Buffer.compare(key.subarray(0, HALF), key.subarray(HALF)) === 0)
      throw new Error(`a key of pseudonyms has ${KEY_OCTETS} octets, and two halves that are not the same`);
    this.#first = cipherOf(key.subarray(0, HALF));
    this.#second = cipherOf(key.subarray(HALF));
  }

  /** @param address 16 octets, IPv4 as ::ffff:a.b.c.d; the same of its pseudonym */
  of(address: Uint8Array): Uint8Array {
    return this.#turn(address, 'close');
  }

  /** The address whose pseudonym it is. */
  open(pseudonym: Uint8Array): Uint8Array {
    return this.#turn(pseudonym, 'open');
  }

  #turn(octets: Uint8Array, way: 'close' | 'open'): Uint8Array {
    const turned = new Uint8Array(octets);
    const first = isMapped(octets) ? BITS_OF_MAPPED : 0;
    const prefix = Buffer.alloc(HALF);
    prefix[HALF - 1 - first / 8] = 1; // in front of the bits that are known
    if (first > 0) prefix.fill(0xff, HALF - 2);
    for (let at = first; at < BITS; at += 1) {
      const mask = 0x80 >>> (at & 7);
      const before = (octets[at >>> 3]! & mask) === 0 ? 0 : 1;
      const after = before ^ this.#bitFor(prefix);
      turned[at >>> 3] = (turned[at >>> 3]! & ~mask) | (after === 0 ? 0 : mask);
      append(prefix, way === 'close' ? before : after);
    }
    return turned;
  }

  #bitFor(prefix: Buffer): number {
    return (this.#first.update(prefix)[HALF - 1]! ^ this.#second.update(prefix)[HALF - 1]!) & 1;
  }
}

/** Single blocks of AES. */
function cipherOf(key: Uint8Array) {
  const cipher = createCipheriv('aes-128-ecb', key, null);
  cipher.setAutoPadding(false);
  return cipher;
}

/** One bit more at the end of a prefix that is read as a number. */
function append(prefix: Buffer, bit: number): void {
  for (let i = 0; i < HALF; i += 1)
    prefix[i] = (prefix[i]! << 1) | (i + 1 < HALF ? prefix[i + 1]! >>> 7 : bit);
}

/** The key in a file, which is made when there is none. @throws Error when it cannot be read, or is none */
export function keyIn(path: string): Uint8Array {
  // An empty one is of a start that was killed before it had written its key: no pseudonym was made with it.
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) writeWhole(path, `${randomBytes(KEY_OCTETS).toString('hex')}\n`, KEPT_MODE);
  return readKey(path);
}

/** @throws Error when it cannot be read, or is none */
export function readKey(path: string): Uint8Array {
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new Error(
      `${path} holds no key of pseudonyms: 64 hexadecimal digits; remove it, and a new one is made`,
    );
  return Buffer.from(text, 'hex');
}
