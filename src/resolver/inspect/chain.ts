// The chain of names an answer leads through: QNAME, then each CNAME's target (RFC 1034 §3.6.2), bounded and without loops.
//
// HOT for answers with aliases; a plain answer costs one pass over its owners. One chain is enough: the walk is synchronous.
import { OFFSET, readU16 } from '../../wire/header.ts';
import { expandName, isWithin, lowerName } from '../../wire/names/name.ts';
import { copyOctets } from '../../wire/octets.ts';
import { CLASS, TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView } from '../../wire/records/records.ts';

/** CNAMEs followed (PowerDNS Recursor: 16; BIND and Unbound: 11). */
export const CHAIN_HOPS_MAX = 16;

export const CHAIN = { sound: 0, loop: 1, tooLong: 2 } as const;
export type ChainState = (typeof CHAIN)[keyof typeof CHAIN];

const record = new RecordView();
const owner = new Uint8Array(256);

export class Chain {
  /** Lower-case wire names; `[0]` is QNAME. */
  readonly names: Uint8Array[] = Array.from({ length: CHAIN_HOPS_MAX + 1 }, () => new Uint8Array(256));
  readonly lengths = new Int32Array(CHAIN_HOPS_MAX + 1);
  count = 0;

  /** Follows the CNAMEs of a verified response's answer section from QNAME. */
  follow(message: Uint8Array, length: number, qname: Uint8Array, qnameLength: number): ChainState {
    copyOctets(qname, 0, this.names[0]!, 0, qnameLength);
    this.lengths[0] = qnameLength;
    this.count = 1;
    const answers = readU16(message, OFFSET.ancount);
    if (answers === 0) return CHAIN.sound;
    for (;;) {
      const target = this.#target(message, length, qnameLength + 16, answers);
      if (target < 0) return CHAIN.sound;
      if (this.count > CHAIN_HOPS_MAX) return CHAIN.tooLong;
      const octets = expandName(message, target, length, owner);
      const next = this.names[this.count]!;
      lowerName(owner, 0, octets, next);
      if (this.indexOf(next, octets) >= 0) return CHAIN.loop;
      this.lengths[this.count] = octets;
      this.count += 1;
    }
  }

  /** Where the RDATA of the last name's CNAME stands, −1 when it has none. */
  #target(message: Uint8Array, length: number, start: number, answers: number): number {
    const last = this.count - 1;
    let at = start;
    for (let i = 0; i < answers; i += 1) {
      at = nextRecord(message, at, length, record);
      if (at < 0) return -1;
      if (record.type !== TYPE.CNAME || record.class !== CLASS.IN) continue;
      const octets = expandName(message, record.owner, length, owner);
      lowerName(owner, 0, octets, owner);
      if (octets === this.lengths[last] && sameOctets(owner, this.names[last]!, octets)) return record.rdata;
    }
    return -1;
  }

  /** Place of a lower-case name in the chain, −1 when it is none of its names. */
  indexOf(name: Uint8Array, octets: number): number {
    for (let i = 0; i < this.count; i += 1)
      if (this.lengths[i] === octets && sameOctets(name, this.names[i]!, octets)) return i;
    return -1;
  }

  /** Whether some name of the chain is `name` (lower case) or below it: what a zone's own records may be owned by. */
  isBelow(name: Uint8Array, octets: number): boolean {
    return this.firstBelow(name, octets) >= 0;
  }

  /** Place of the first name that is `name` or below it, −1 when none is. */
  firstBelow(name: Uint8Array, octets: number): number {
    const suffix = name.subarray(0, octets);
    for (let i = 0; i < this.count; i += 1) if (isWithin(this.names[i]!, this.lengths[i]!, suffix)) return i;
    return -1;
  }
}

function sameOctets(a: Uint8Array, b: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
