// Walks over every entry of a trie: for export, for hunts, for what a refresh changed.
import { NAME_OCTETS_MAX } from '../wire/names/name.ts';
import { START_BELOW, START_SECOND } from './code/label-code.ts';
import { LabelDecoder } from './code/label-decoder.ts';
import {
  BUCKETS_MASK,
  HEADER_LENGTH_MAX,
  MARK_MORE,
  MARKS,
  RARE_TOP_LENGTH_BITS,
  SLICE_WIDTH_SHIFT,
  TABLE_HEAD_OCTETS,
} from './layout.ts';
import type { Trie } from './open.ts';
import { blockSizeAt, pastLabel, readInteger, setOf } from './record.ts';

export interface TrieEntry {
  /** Wire form with the root octet; a copy. */
  readonly name: Uint8Array;
  /** Set number, see ruleSetsOf. */
  readonly set: number;
}

/** Every entry once, the parent before its children, otherwise in no order that means anything. */
export function* entriesOf(trie: Trie): Generator<TrieEntry, void> {
  const walk = new Walk(trie);
  if (trie.root >= 0) yield { name: new Uint8Array(1), set: trie.root };
  for (let slice = 0; slice < trie.slices.length; slice += 2) {
    const word = trie.slices[slice + 1]!;
    const directory = trie.dataAt + trie.slices[slice]!;
    walk.enterTable(directory, word >>> SLICE_WIDTH_SHIFT, word & BUCKETS_MASK);
    while (walk.next()) {
      const set = walk.set;
      if (set >= 0) yield { name: walk.name, set };
    }
  }
}

/** A block that is being read. */
interface Frame {
  /** The next record. */
  at: number;
  /** End of the row of records. */
  end: number;
  /** The table's directory, and its next bucket; a list has no more buckets. */
  readonly directory: number;
  readonly width: number;
  bucket: number;
  readonly buckets: number;
  /** Where the name above begins in #octets. */
  readonly nameAt: number;
}

class Walk {
  readonly #bytes: Uint8Array;
  readonly #decoder: LabelDecoder;
  readonly #tops: TopDecoder;
  readonly #frames: Frame[] = [];
  /** The name fills this from its end. */
  readonly #octets = new Uint8Array(NAME_OCTETS_MAX);
  readonly #label = new Uint8Array(NAME_OCTETS_MAX);
  #nameAt = NAME_OCTETS_MAX - 1;
  #record = -1;

  constructor(trie: Trie) {
    this.#bytes = trie.bytes;
    this.#decoder = new LabelDecoder(trie.lengths);
    this.#tops = new TopDecoder(trie);
  }

  /** Set of the record stood on, −1 when it is no entry. */
  get set(): number {
    return (this.#bytes[this.#record]! & 0x70) === 0 ? -1 : setOf(this.#bytes, this.#record);
  }

  get name(): Uint8Array {
    return this.#octets.slice(this.#nameAt);
  }

  enterTable(directory: number, width: number, buckets: number): void {
    this.#frames.push({ at: 0, end: 0, directory, width, bucket: 0, buckets, nameAt: this.#nameAt });
  }

  /** Goes to the next record, which is below the last one where that has a block; false at the end. */
  next(): boolean {
    if (this.#record >= 0 && this.#bytes[this.#record]! >= 0x80) this.#enterBlock();
    for (;;) {
      const frame = this.#frames[this.#frames.length - 1];
      if (frame === undefined) {
        this.#record = -1;
        this.#nameAt = NAME_OCTETS_MAX - 1;
        return false;
      }
      if (frame.at < frame.end) {
        this.#stand(frame);
        return true;
      } else if (frame.bucket < frame.buckets) {
        this.#nextBucket(frame);
      } else {
        this.#frames.pop();
      }
    }
  }

  #nextBucket(frame: Frame): void {
    const bytes = this.#bytes;
    const { directory, width } = frame;
    const stride = width + MARKS;
    const place = directory + frame.bucket * stride;
    const data = directory + frame.buckets * stride + width;
    frame.at = data + readInteger(bytes, place, width);
    frame.end = data + readInteger(bytes, place + stride, width);
    if (bytes[place + stride - 1] === MARK_MORE) frame.at += 1 + bytes[frame.at]!;
    frame.bucket += 1;
  }

  #enterBlock(): void {
    const { at, size, isTable } = this.#block(this.#record);
    if (isTable) {
      const buckets = readInteger(this.#bytes, at + 1, 4);
      this.enterTable(at + TABLE_HEAD_OCTETS, this.#bytes[at]!, buckets);
      return;
    }
    this.enterTable(0, 0, 0);
    const row = this.#frames[this.#frames.length - 1]!;
    row.at = at;
    row.end = at + size;
  }

  #block(record: number): { at: number; size: number; isTable: boolean } {
    let at = blockSizeAt(this.#bytes, record);
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const octet = this.#bytes[at]!;
      at += 1;
      value += (octet & 0x7f) * scale;
      if (octet < 0x80) return { at, size: Math.floor(value / 2), isTable: value % 2 === 1 };
    }
  }

  /** Stands on the frame's next record and puts its label before the frame's name. */
  #stand(frame: Frame): void {
    const bytes = this.#bytes;
    const record = frame.at;
    const end = pastLabel(bytes, record);
    this.#record = record;
    if (bytes[record]! < 0x80) {
      frame.at = (bytes[record]! & 0x70) === 0x70 ? blockSizeAt(bytes, record) : end;
    } else {
      const { at, size } = this.#block(record);
      frame.at = at + size;
    }
    this.#nameAt = frame.nameAt;
    const text = (bytes[record]! & HEADER_LENGTH_MAX) === HEADER_LENGTH_MAX ? record + 2 : record + 1;
    let bit = 0;
    let context = START_BELOW;
    if (frame.nameAt === NAME_OCTETS_MAX - 1) {
      bit = this.#tops.read(bytes, text, this.#label);
      context = START_SECOND;
      this.#prepend(this.#tops.length);
    }
    this.#prepend(this.#decoder.decode(context, bytes, text, bit, end, this.#label, 0));
  }

  #prepend(length: number): void {
    if (length === 0) return;
    this.#nameAt -= length + 1;
    this.#octets[this.#nameAt] = length;
    this.#octets.set(this.#label.subarray(0, length), this.#nameAt + 1);
  }
}

/** Reads the code of a top label in front of the label below it. */
class TopDecoder {
  /** Octets of the label last read. */
  length = 0;
  readonly #trie: Trie;
  readonly #numbers: Map<number, number>;

  constructor(trie: Trie) {
    this.#trie = trie;
    this.#numbers = new Map(Array.from(trie.topCodes, (code, number) => [code, number]));
  }

  /** @returns how many bits the code takes */
  read(source: Uint8Array, at: number, target: Uint8Array): number {
    let bit = 0;
    let code = 0;
    const take = (count: number): number => {
      let value = 0;
      for (let i = 0; i < count; i += 1, bit += 1)
        value |= ((source[at + (bit >>> 3)]! >>> (bit & 7)) & 1) << i;
      return value;
    };
    let number: number | undefined;
    while (number === undefined && bit < 16) {
      const next = take(1);
      code |= next << (bit - 1);
      number = this.#numbers.get((code << 4) | bit);
    }
    if (number === this.#trie.tops.count) {
      this.length = take(RARE_TOP_LENGTH_BITS);
      for (let i = 0; i < this.length; i += 1) target[i] = take(8);
    } else {
      const octets = this.#trie.tops.octets(number ?? 0);
      this.length = octets.length;
      target.set(octets);
    }
    return bit;
  }
}
