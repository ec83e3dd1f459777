// Decides when the names a builder holds are worth reducing to distinct ones.
//
// A sample of the partitions (three, and any that is a quarter of all) is reduced each time the names have grown by two
// fifths; when it has shrunk enough, all are.
// Lists that have nothing in common so cost next to nothing, and lists that repeat each other do not pile up.
import { type NamePool, PARTITIONS } from './name-pool.ts';

const FIRST_LOOK_NAMES = 50_000;
const LOOK_GROWTH = 1.4;
/** Where less than this share of the sample was distinct, all partitions are reduced. */
const KEPT_MIN = 0.85;

export class Thinning {
  /** How many names must have been added before the next look. */
  nextLook = FIRST_LOOK_NAMES;
  /** Share of the sample's octets that was distinct, since all partitions were reduced. */
  #kept = 1;

  look(pool: NamePool, added: number, reduce: (partition: number) => void): void {
    const sample = new Set([0, 1, 2]);
    let all = 0;
    for (let i = 0; i < PARTITIONS; i += 1) all += pool.octetsOf(i);
    for (let i = 0; i < PARTITIONS; i += 1) if (pool.octetsOf(i) * 4 > all) sample.add(i);
    let before = 0;
    let after = 0;
    for (const partition of sample) {
      before += pool.octetsOf(partition);
      reduce(partition);
      after += pool.octetsOf(partition);
    }
    if (before > 0) this.#kept *= after / before;
    if (this.#kept < KEPT_MIN) {
      for (let i = 0; i < PARTITIONS; i += 1) if (!sample.has(i)) reduce(i);
      this.#kept = 1;
    }
    this.nextLook = added * LOOK_GROWTH;
  }
}
