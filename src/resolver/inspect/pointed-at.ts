// The names that the answer and authority records of one response point at (NS, MX, SRV, …): a set, filled in one pass.
//
// HOT where a response has additional addresses. Invariants: fixed memory; work is linear in the response's octets, whoever
// made its names, since nobody outside knows the seed. One set is enough: the walk is synchronous.
import { OFFSET, readU16 } from '../../wire/header.ts';
import { expandName, lowerName } from '../../wire/names/name.ts';
import { TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView } from '../../wire/records/records.ts';
import type { Chain } from './chain.ts';

/** A message of 65,535 octets has room for fewer records than half of this. */
const PLACES = 16_384;
const SEED = Math.floor(Math.random() * 0x1_0000_0000);

const record = new RecordView();
const name = new Uint8Array(256);
const other = new Uint8Array(256);

/** Octets before the name that a record of this type points at, −1 when it points at none. */
function targetOffset(type: number): number {
  switch (type) {
    case TYPE.NS:
    case TYPE.PTR:
      return 0;
    case TYPE.MX:
    case TYPE.SVCB:
    case TYPE.HTTPS:
    case TYPE.AFSDB:
      return 2;
    case TYPE.SRV:
      return 6;
    default:
      return -1;
  }
}

export class PointedAt {
  /** Where in the response a name stands, 0 for a free place. */
  readonly #offsets = new Uint16Array(PLACES);
  /** Places in use. */
  readonly #used = new Int32Array(PLACES / 2);
  #size = 0;
  #response: Uint8Array = new Uint8Array(0);
  #length = 0;

  /** Fills the set from a verified response; records of owners that do not belong to the chain point at nothing. */
  fill(response: Uint8Array, length: number, chain: Chain): void {
    for (let i = 0; i < this.#size; i += 1) this.#offsets[this.#used[i]!] = 0;
    this.#size = 0;
    this.#response = response;
    this.#length = length;
    let at = chain.lengths[0]! + 16;
    let left = readU16(response, OFFSET.ancount) + readU16(response, OFFSET.nscount);
    for (; left > 0 && this.#size < this.#used.length; left -= 1) {
      at = nextRecord(response, at, length, record);
      if (at < 0) return;
      const before = targetOffset(record.type);
      if (before < 0) continue;
      let octets = expandName(response, record.owner, length, name);
      if (octets < 0) continue;
      lowerName(name, 0, octets, name);
      if (!chain.isBelow(name, octets)) continue;
      octets = expandName(response, record.rdata + before, length, name);
      if (octets < 0) continue;
      lowerName(name, 0, octets, name);
      const place = this.#placeOf(name, octets);
      if (this.#offsets[place] !== 0) continue;
      this.#offsets[place] = record.rdata + before;
      this.#used[this.#size++] = place;
    }
  }

  /** Whether some record points at a lower-case name. */
  has(owner: Uint8Array, octets: number): boolean {
    return this.#offsets[this.#placeOf(owner, octets)] !== 0;
  }

  /** The place that holds the name, or the free one where it belongs. */
  #placeOf(wanted: Uint8Array, octets: number): number {
    let hash = SEED;
    for (let i = 0; i < octets; i += 1) hash = Math.imul(hash ^ wanted[i]! ^ (hash >>> 15), 0x9e3779b1);
    let place = (hash ^ (hash >>> 16)) & (PLACES - 1);
    for (; this.#offsets[place] !== 0; place = (place + 1) & (PLACES - 1)) {
      const length = expandName(this.#response, this.#offsets[place]!, this.#length, other);
      if (length !== octets) continue;
      lowerName(other, 0, length, other);
      let i = 0;
      while (i < octets && other[i] === wanted[i]) i += 1;
      if (i === octets) return place;
    }
    return place;
  }
}
