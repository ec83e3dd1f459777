// Writes chosen records of one message into another: names are expanded and compressed anew, so records may be left out
// or moved without breaking pointers. Used only where a response cannot be copied as it stands.
import { OFFSET, readU16, writeU16, writeU32 } from '../header.ts';
import { expandName, skipName } from '../names/name.ts';
import { namesInRdata, type RecordView } from '../records/records.ts';

/** Suffixes remembered of one message. */
const SUFFIXES_MAX = 64;
const SEED = Math.floor(Math.random() * 0x1_0000_0000);

const name = new Uint8Array(256);
/** Hash of the name's suffix that begins at an octet, for octets where a label begins. */
const suffixHashes = new Int32Array(256);
const labels = new Uint8Array(128);
/** Twice SUFFIXES_MAX. */
const SLOTS = 128;

export class MessageWriter {
  readonly target: Uint8Array;
  /** Where the next record goes. */
  end: number;
  /** Offsets in the target where suffixes of written owner names begin. */
  readonly #suffixes: number[] = [];
  /** By hash, their places among them from 1: work is linear in the octets of names, whoever made them. */
  readonly #slots = new Uint8Array(SLOTS);

  /** @param end just past the question, which is written already and whose name is at octet 12 */
  constructor(target: Uint8Array, end: number) {
    this.target = target;
    this.end = end;
    if (expandName(target, 12, end, name) < 0) return;
    hashSuffixes();
    this.#remember(12);
  }

  /**
   * Appends a record read from a verified message and counts it.
   * @param counter OFFSET.ancount, nscount or arcount
   * @returns false, with nothing written, when it does not fit
   */
  copy(source: Uint8Array, length: number, record: RecordView, counter: number): boolean {
    const start = this.end;
    if (expandName(source, record.owner, length, name) < 0) return false;
    hashSuffixes();
    let at = this.#writeName(start);
    if (at < 0 || at + 10 + record.rdataLength > this.target.length) return false;
    writeU16(this.target, at, record.type);
    writeU16(this.target, at + 2, record.class);
    writeU32(this.target, at + 4, record.ttl);
    const lengthAt = at + 8;
    at = this.#writeRdata(source, length, record, at + 10);
    if (at < 0) return false;
    writeU16(this.target, lengthAt, at - lengthAt - 2);
    writeU16(this.target, counter, readU16(this.target, counter) + 1);
    this.end = at;
    this.#remember(start);
    return true;
  }

  #writeRdata(source: Uint8Array, length: number, record: RecordView, start: number): number {
    const { target } = this;
    const end = record.rdata + record.rdataLength;
    const layout = namesInRdata(record.type);
    let from = record.rdata;
    let at = start;
    if (layout !== null) {
      for (; from < record.rdata + layout.before; from += 1) target[at++] = source[from]!;
      for (let i = 0; i < layout.count; i += 1) {
        const octets = expandName(source, from, length, name);
        if (octets < 0 || at + octets > target.length) return -1;
        target.set(name.subarray(0, octets), at);
        at += octets;
        from = skipName(source, from, end);
      }
    }
    if (at + end - from > target.length) return -1;
    target.set(source.subarray(from, end), at);
    return at + end - from;
  }

  /** Writes `name`, ending in a pointer to the longest suffix that stands already. */
  #writeName(start: number): number {
    const { target } = this;
    let at = start;
    let label = 0;
    while (name[label] !== 0) {
      const pointer = this.#findSuffix(label);
      if (pointer >= 0) {
        if (at + 2 > target.length) return -1;
        writeU16(target, at, 0xc000 | pointer);
        return at + 2;
      }
      const octets = name[label]! + 1;
      if (at + octets >= target.length) return -1;
      target.set(name.subarray(label, label + octets), at);
      at += octets;
      label += octets;
    }
    target[at] = 0;
    return at + 1;
  }

  #findSuffix(label: number): number {
    for (let slot = suffixHashes[label]! & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
      const place = this.#slots[slot]!;
      if (place === 0) return -1;
      const offset = this.#suffixes[place - 1]!;
      if (this.#sameName(offset, label)) return offset;
    }
  }

  /** Compares `name` from `label` on with the possibly compressed name at `offset` of the target, case kept. */
  #sameName(offset: number, label: number): boolean {
    let at = offset;
    let own = label;
    for (;;) {
      const octet = this.target[at]!;
      if (octet >= 0xc0) {
        at = ((octet & 0x3f) << 8) | this.target[at + 1]!;
        continue;
      }
      for (let i = 0; i <= octet; i += 1) if (this.target[at + i] !== name[own + i]) return false;
      if (octet === 0) return true;
      at += octet + 1;
      own += octet + 1;
    }
  }

  /** Remembers the suffixes of the name at `start` that were written there, as `hashSuffixes` has hashed them. */
  #remember(start: number): void {
    for (let at = start; this.#suffixes.length < SUFFIXES_MAX && at < 0x3fff; ) {
      const octet = this.target[at]!;
      if (octet === 0 || octet >= 0xc0) return;
      this.#suffixes.push(at);
      let slot = suffixHashes[at - start]! & (SLOTS - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
      this.#slots[slot] = this.#suffixes.length;
      at += octet + 1;
    }
  }
}

/** Hashes every suffix of `name`, from its end on. */
function hashSuffixes(): void {
  let count = 0;
  for (let at = 0; name[at] !== 0; at += name[at]! + 1) labels[count++] = at;
  let hash = SEED;
  while (count > 0) {
    count -= 1;
    const at = labels[count]!;
    for (let i = at; i <= at + name[at]!; i += 1)
      hash = Math.imul(hash ^ name[i]! ^ (hash >>> 15), 0x9e3779b1);
    suffixHashes[at] = hash ^ (hash >>> 16);
  }
}

/** Copies header and question of a message, all record counts 0. */
export function copyQuestion(source: Uint8Array, target: Uint8Array, questionEnd: number): void {
  target.set(source.subarray(0, questionEnd));
  for (const counter of [OFFSET.ancount, OFFSET.nscount, OFFSET.arcount]) writeU16(target, counter, 0);
}
