// Reads a field block (RFC 7541 §6): a request's header section, or trailers, which are read for the table's sake alone.
//
// HOT. Nothing of it throws; what is broken ends the connection (COMPRESSION_ERROR), since the table is then no more the client's.

import type { DynamicTable } from './hpack/dynamic-table.ts';
import { FIELD, isKept, isValue, kindOfName, meaningOf } from './hpack/fields.ts';
import { decodeHuffman } from './hpack/huffman.ts';
import {
  ENTRY_OCTETS,
  STATIC_COUNT,
  staticKind,
  staticMeaning,
  staticNameOctets,
  staticSize,
  staticValue,
} from './hpack/static-table.ts';
import type { RequestHead } from './request-head.ts';

/** Longest block, CONTINUATION frames and all. */
export const BLOCK_OCTETS_MAX = 32_768;
const NONE = new Uint8Array(0);
/** No index and no length is as large: a longer integer is broken. */
const INTEGER_MAX = 1 << 24;

export class BlockReader {
  /** What HPACK's shortest codes can make of the longest block. */
  readonly #scratch = new Uint8Array((BLOCK_OCTETS_MAX * 8) / 5);
  #block: Uint8Array = NONE;
  #at = 0;
  #end = 0;
  // The string that was read last.
  #text: Uint8Array = NONE;
  #textStart = 0;
  #textLength = 0;

  /** @returns false: broken */
  read(block: Uint8Array, from: number, to: number, table: DynamicTable, head: RequestHead): boolean {
    this.#block = block;
    this.#at = from;
    this.#end = to;
    let mayResize = true;
    head.begin();
    while (this.#at < to) {
      const first = block[this.#at]!;
      if (first >= 0x80) {
        if (!this.#readIndexed(table, head)) return false;
      } else if ((first & 0xe0) === 0x20) {
        const limit = this.#integer(0x1f);
        if (!mayResize || limit < 0 || !table.resize(limit)) return false;
        continue;
      } else if (!this.#readLiteral(first, table, head)) return false;
      mayResize = false;
    }
    head.end();
    this.#block = NONE;
    this.#text = NONE;
    return true;
  }

  /** Name and value are in a table (§6.1). */
  #readIndexed(table: DynamicTable, head: RequestHead): boolean {
    const index = this.#integer(0x7f);
    if (index <= 0 || index > STATIC_COUNT + table.count) return false;
    if (index <= STATIC_COUNT) {
      const value = staticValue[index]!;
      head.add(staticKind[index]!, staticMeaning[index]!, staticSize[index]!, value, 0, value.length);
      return true;
    }
    const place = table.placeOf(index - STATIC_COUNT - 1);
    const kind = table.kindAt(place);
    const size = table.sizeAt(place);
    head.add(kind, table.meaningAt(place), size, table.octets, table.startAt(place), table.lengthAt(place));
    return true;
  }

  /** The value is written out, the name may be (§6.2). */
  #readLiteral(first: number, table: DynamicTable, head: RequestHead): boolean {
    const isIndexed = first >= 0x40;
    const index = this.#integer(isIndexed ? 0x3f : 0x0f);
    if (index < 0 || index > STATIC_COUNT + table.count) return false;
    let kind: number;
    let nameOctets: number;
    if (index === 0) {
      if (!this.#string()) return false;
      kind = kindOfName(this.#text, this.#textStart, this.#textLength);
      nameOctets = this.#textLength;
    } else if (index <= STATIC_COUNT) {
      kind = staticKind[index]!;
      nameOctets = staticNameOctets[index]!;
    } else {
      const place = table.placeOf(index - STATIC_COUNT - 1);
      kind = table.kindAt(place);
      nameOctets = table.nameOctetsAt(place);
    }
    if (!this.#string()) return false;
    const text = this.#text;
    const start = this.#textStart;
    const length = this.#textLength;
    if (!isValue(text, start, length)) kind = FIELD.broken;
    const meaning = meaningOf(kind, text, start, length);
    const keptLength = isKept(kind, meaning) ? length : 0;
    head.add(kind, meaning, nameOctets + length + ENTRY_OCTETS, text, start, length);
    if (isIndexed) table.insert(kind, meaning, nameOctets, length, text, start, keptLength);
    return true;
  }

  /** @param mask of the bits of its first octet (§5.1). @returns −1: broken */
  #integer(mask: number): number {
    const block = this.#block;
    let value = block[this.#at]! & mask;
    this.#at += 1;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= this.#end) return -1;
      const octet = block[this.#at]!;
      this.#at += 1;
      value += (octet & 0x7f) << shift;
      if (octet < 0x80) return value <= INTEGER_MAX ? value : -1;
    }
    return -1;
  }

  /** §5.2. */
  #string(): boolean {
    if (this.#at >= this.#end) return false;
    const isCoded = this.#block[this.#at]! >= 0x80;
    const length = this.#integer(0x7f);
    const start = this.#at;
    if (length < 0 || length > this.#end - start) return false;
    this.#at = start + length;
    if (isCoded) {
      const count = decodeHuffman(this.#block, start, this.#at, this.#scratch);
      if (count < 0) return false;
      this.#text = this.#scratch;
      this.#textStart = 0;
      this.#textLength = count;
    } else {
      this.#text = this.#block;
      this.#textStart = start;
      this.#textLength = length;
    }
    return true;
  }
}
