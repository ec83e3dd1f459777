// What differs between two contents of a zone, as the records that an incremental transfer names (RFC 1995 §4).
//
// A record is: octets of the owner (1), its labels relative to the zone, type (2), octets of RDATA (2), RDATA.
import { setImmediate as turn } from 'node:timers/promises';
import { readU16, writeU16 } from '../../wire/header.ts';
import {
  belowSetOf,
  exactSetOf,
  keyOf,
  OwnerIndex,
  pastNode,
  type RecordSet,
  type ZoneContent,
} from './content.ts';

/** Nodes between two turns of the event loop: some milliseconds. */
const NODES_A_TURN = 16_384;
const WILDCARD = Uint8Array.of(1, 0x2a);

export interface Changes {
  readonly removed: Uint8Array;
  readonly added: Uint8Array;
}

/** One step from a serial to the next. */
export interface Delta extends Changes {
  readonly from: number;
  readonly to: number;
}

/**
 * @param octetsMax a longer difference is not worth an incremental transfer
 * @returns null where it would be longer
 */
export async function changesBetween(
  before: ZoneContent,
  after: ZoneContent,
  octetsMax: number,
): Promise<Changes | null> {
  const removed = new RecordList(octetsMax);
  const added = new RecordList(octetsMax);
  const index = OwnerIndex.of(before.nodes);
  const keys = before.sets.map(keyOf);
  /** Number of a set before → number of the equal set after, −1 where it is gone. */
  const afterKeys = new Map(after.sets.map((set, i) => [keyOf(set), i + 1]));
  const same = [0, ...keys.map((key) => afterKeys.get(key) ?? -1)];
  const kept = new Uint8Array(Math.ceil(before.nodes.length / 8));
  let count = 0;
  for (let at = 0; at < after.nodes.length; at = pastNode(after.nodes, at)) {
    count += 1;
    if (count % NODES_A_TURN === 0) await turn();
    const old = index.find(before.nodes, after.nodes, at + 1, after.nodes[at]!);
    if (old >= 0) kept[old >> 3]! |= 1 << (old & 7);
    for (const read of [exactSetOf, belowSetOf]) {
      const was = old < 0 ? 0 : read(before.nodes, old);
      const is = read(after.nodes, at);
      if (same[was] === is) continue;
      const isWild = read === belowSetOf;
      removed.addSet(after.nodes, at, isWild, before.sets[was - 1]);
      added.addSet(after.nodes, at, isWild, after.sets[is - 1]);
    }
    if (removed.isFull || added.isFull) return null;
  }
  for (let at = 0; at < before.nodes.length; at = pastNode(before.nodes, at)) {
    count += 1;
    if (count % NODES_A_TURN === 0) await turn();
    if ((kept[at >> 3]! & (1 << (at & 7))) !== 0) continue;
    removed.addSet(before.nodes, at, false, before.sets[exactSetOf(before.nodes, at) - 1]);
    removed.addSet(before.nodes, at, true, before.sets[belowSetOf(before.nodes, at) - 1]);
    if (removed.isFull) return null;
  }
  return { removed: removed.octets, added: added.octets };
}

class RecordList {
  readonly #octetsMax: number;
  #bytes = new Uint8Array(1024);
  #end = 0;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  get isFull(): boolean {
    return this.#end > this.#octetsMax;
  }

  get octets(): Uint8Array {
    return this.#bytes.slice(0, this.#end);
  }

  addSet(nodes: Uint8Array, at: number, isWild: boolean, set: RecordSet | undefined): void {
    const labels = nodes.subarray(at + 1, at + 1 + nodes[at]!);
    const owner = isWild ? Buffer.concat([WILDCARD, labels]) : labels;
    for (const { type, rdata } of set?.records ?? []) {
      const size = 5 + owner.length + rdata.length;
      if (this.#end + size > this.#bytes.length) {
        const grown = new Uint8Array(2 * this.#bytes.length + size);
        grown.set(this.#bytes.subarray(0, this.#end));
        this.#bytes = grown;
      }
      const bytes = this.#bytes;
      bytes[this.#end] = owner.length;
      bytes.set(owner, this.#end + 1);
      const typeAt = this.#end + 1 + owner.length;
      writeU16(bytes, typeAt, type);
      writeU16(bytes, typeAt + 2, rdata.length);
      bytes.set(rdata, typeAt + 4);
      this.#end += size;
    }
  }
}

export interface ChangedRecord {
  readonly owner: Uint8Array;
  readonly type: number;
  readonly rdata: Uint8Array;
}

export function* recordsOf(octets: Uint8Array): Generator<ChangedRecord, void> {
  for (let at = 0; at < octets.length; ) {
    const typeAt = at + 1 + octets[at]!;
    const end = typeAt + 4 + readU16(octets, typeAt + 2);
    yield {
      owner: octets.subarray(at + 1, typeAt),
      type: readU16(octets, typeAt),
      rdata: octets.subarray(typeAt + 4, end),
    };
    at = end;
  }
}
