// Question → entry number: a chained hash table in one Int32Array, and the list of free entries.
//
// HOT. Drawing: an entry is one cache line of 16 words (FIELD); chains begin in `heads` (entry + 1, 0 for none) and go on through
// FIELD.next, entries that are free again hang on one chain of their own. The octets of QNAME and message lie in Segments.
// Invariant: an entry is in exactly one chain, its bucket's or the free list's, or was not taken since all were cleared: what nobody
// asked for is memory that nobody touched.
import { type HashKey, hashQuestion } from './hash.ts';
import { RECORD_HEADER_OCTETS, type Segments } from './segments.ts';

/** An entry's first word is `entry << ENTRY_SHIFT`. */
export const ENTRY_SHIFT = 4;
const ENTRY_WORDS = 1 << ENTRY_SHIFT;
export const FIELD = {
  hash: 0,
  /** Next entry of the chain; −1 ends it. */
  next: 1,
  /** Where the octets lie; −1 while there are none. */
  segment: 2,
  offset: 3,
  nameLength: 4,
  length: 5,
  /** QTYPE << 16 | QCLASS. */
  kind: 6,
  /** Policy view << 8 | flags key. */
  scope: 7,
  storedAt: 8,
  ttl: 9,
  staleFor: 10,
  heldUntil: 11,
  marks: 12,
  /** See SoundMarks. */
  soundGeneration: 13,
  soundGroups: 14,
  /** Number of the response that lies there, 0 while none does. */
  response: 15,
} as const;

export class QuestionIndex {
  readonly table: Int32Array;
  readonly #heads: Int32Array;
  readonly #segments: Segments;
  readonly #key: HashKey;
  #free = -1;
  /** From here on no entry was taken yet. */
  #untaken = 0;

  constructor(entriesMax: number, segments: Segments, key: HashKey) {
    this.table = new Int32Array(entriesMax * ENTRY_WORDS);
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, entriesMax * 1.5))));
    this.#segments = segments;
    this.#key = key;
  }

  hash(qname: Uint8Array, length: number, kind: number, scope: number): number {
    return hashQuestion(this.#key, qname, length, kind, scope);
  }

  /** The entry of a question, −1 when it has none. */
  lookUp(hash: number, qname: Uint8Array, length: number, kind: number, scope: number): number {
    const table = this.table;
    let entry = this.#heads[hash & (this.#heads.length - 1)]! - 1;
    while (entry >= 0) {
      const at = entry << ENTRY_SHIFT;
      if (
        table[at + FIELD.hash] === hash &&
        table[at + FIELD.kind] === kind &&
        table[at + FIELD.scope] === scope &&
        table[at + FIELD.nameLength] === length &&
        this.#hasName(at, qname, length)
      )
        return entry;
      entry = table[at + FIELD.next]!;
    }
    return -1;
  }

  /** Takes a free entry and puts it into the chain of `hash`, without octets; −1 when none is free. */
  insert(hash: number, length: number, kind: number, scope: number): number {
    const entry = this.#takeFree();
    if (entry < 0) return -1;
    const table = this.table;
    const at = entry << ENTRY_SHIFT;
    const bucket = hash & (this.#heads.length - 1);
    table[at + FIELD.hash] = hash;
    table[at + FIELD.next] = this.#heads[bucket]! - 1;
    table[at + FIELD.segment] = -1;
    table[at + FIELD.nameLength] = length;
    table[at + FIELD.kind] = kind;
    table[at + FIELD.scope] = scope;
    table[at + FIELD.marks] = 0;
    this.#heads[bucket] = entry + 1;
    return entry;
  }

  /** Takes an entry out of its chain; it is free afterwards. */
  remove(entry: number): void {
    const table = this.table;
    const at = entry << ENTRY_SHIFT;
    const bucket = table[at + FIELD.hash]! & (this.#heads.length - 1);
    const next = table[at + FIELD.next]!;
    let before = this.#heads[bucket]! - 1;
    if (before === entry) {
      this.#heads[bucket] = next + 1;
    } else {
      for (;;) {
        const link = (before << ENTRY_SHIFT) + FIELD.next;
        before = table[link]!;
        if (before !== entry) continue;
        table[link] = next;
        break;
      }
    }
    table[at + FIELD.segment] = -1;
    table[at + FIELD.response] = 0;
    table[at + FIELD.next] = this.#free;
    this.#free = entry;
  }

  clear(): void {
    if (this.#untaken === 0) return;
    this.#heads.fill(0);
    for (let entry = 0; entry < this.#untaken; entry += 1) {
      const at = entry << ENTRY_SHIFT;
      this.table[at + FIELD.segment] = -1;
      this.table[at + FIELD.response] = 0;
    }
    this.#free = -1;
    this.#untaken = 0;
  }

  #takeFree(): number {
    const entry = this.#free;
    if (entry >= 0) {
      this.#free = this.table[(entry << ENTRY_SHIFT) + FIELD.next]!;
      return entry;
    }
    if (this.#untaken === this.table.length >> ENTRY_SHIFT) return -1;
    this.#untaken += 1;
    return this.#untaken - 1;
  }

  #hasName(at: number, qname: Uint8Array, length: number): boolean {
    const octets = this.#segments.segment(this.table[at + FIELD.segment]!);
    const start = this.table[at + FIELD.offset]! + RECORD_HEADER_OCTETS;
    for (let i = 0; i < length; i += 1) if (octets[start + i] !== qname[i]) return false;
    return true;
  }
}
