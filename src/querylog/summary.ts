// What a block's rows add up to, so that rankings and charts need not read them: by who asked, by kind, by ten minutes.
//
// Octets: askers (number, queries, blocked); kinds (number, queries); slots of ten minutes (number, queries by outcome).
import { OctetReader, OctetWriter } from './octets.ts';
import { BLOCKED, OUTCOMES, outcomeOfNumber } from './outcome.ts';
import type { Rows } from './rows.ts';

export const SLOT_MS = 600_000;

export interface AskerSum {
  queries: number;
  blocked: number;
}

export class Summary {
  readonly askers = new Map<number, AskerSum>();
  readonly kinds = new Map<number, number>();
  /** By number of the slot since 1970, in the order of OUTCOMES. */
  readonly slots = new Map<number, Float64Array>();
  readonly #outcomes = new Map<number, number>();

  add(timeMs: number, asker: number, kind: number, count: number): void {
    let outcome = this.#outcomes.get(kind);
    if (outcome === undefined) {
      outcome = outcomeOfNumber(kind);
      this.#outcomes.set(kind, outcome);
    }
    this.addSum(asker, count, outcome === BLOCKED ? count : 0);
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + count);
    this.#slot(Math.floor(timeMs / SLOT_MS))[outcome]! += count;
  }

  /** All of them. Twin: `add`, row by row. */
  addRows({ size, timesMs, askers, kinds, kindTable, counts }: Rows): void {
    const outcomes = kindTable.map((kind) => outcomeOfNumber(kind));
    const byKind = new Float64Array(kindTable.length);
    let slot = -1;
    let slotCounts: Float64Array = byKind;
    for (let at = 0; at < size; at += 1) {
      const kind = kinds[at]!;
      const outcome = outcomes[kind]!;
      const count = counts[at]!;
      byKind[kind]! += count;
      this.addSum(askers[at]!, count, outcome === BLOCKED ? count : 0);
      const own = Math.floor(timesMs[at]! / SLOT_MS);
      if (own !== slot) {
        slot = own;
        slotCounts = this.#slot(own);
      }
      slotCounts[outcome]! += count;
    }
    for (const [place, kind] of kindTable.entries())
      if (byKind[place]! > 0) this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + byKind[place]!);
  }

  addSum(asker: number, queries: number, blocked: number): void {
    const sum = this.askers.get(asker);
    if (sum === undefined) this.askers.set(asker, { queries, blocked });
    else {
      sum.queries += queries;
      sum.blocked += blocked;
    }
  }

  encode(): Uint8Array {
    const writer = new OctetWriter();
    writer.number(this.askers.size);
    let before = 0;
    for (const [asker, { queries, blocked }] of [...this.askers].sort(([a], [b]) => a - b)) {
      writer.number(asker - before);
      writer.number(queries);
      writer.number(blocked);
      before = asker;
    }
    writer.number(this.kinds.size);
    for (const [kind, queries] of this.kinds) {
      writer.number(kind);
      writer.number(queries);
    }
    writer.number(this.slots.size);
    for (const [slot, counts] of this.slots) {
      writer.number(slot);
      for (const count of counts) writer.number(count);
    }
    return writer.drain();
  }

  /** Adds what `encode` gave. */
  addEncoded(octets: Uint8Array): void {
    const reader = new OctetReader(octets);
    let asker = 0;
    for (let left = reader.number(); left > 0; left -= 1) {
      asker += reader.number();
      this.addSum(asker, reader.number(), reader.number());
    }
    for (let left = reader.number(); left > 0; left -= 1) {
      const kind = reader.number();
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + reader.number());
    }
    for (let left = reader.number(); left > 0; left -= 1) {
      const counts = this.#slot(reader.number());
      for (let i = 0; i < counts.length; i += 1) counts[i]! += reader.number();
    }
  }

  #slot(slot: number): Float64Array {
    let counts = this.slots.get(slot);
    if (counts === undefined) {
      counts = new Float64Array(OUTCOMES.length);
      this.slots.set(slot, counts);
    }
    return counts;
  }
}
