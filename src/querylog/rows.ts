// Rows of the log in flat arrays, as they come: a row is one query, or several equal ones inside two seconds.
import { grown } from '../events/octet-table.ts';

const ROWS_FIRST = 2048;

export class Rows {
  /** Wall clock: when the first of them was asked. */
  timesMs = new Float64Array(ROWS_FIRST);
  /** What a name's number means says the table beside the rows. */
  names = new Int32Array(ROWS_FIRST);
  /** Rows of `askers`. */
  askers = new Int32Array(ROWS_FIRST);
  /** Places in `kindTable`: there are few kinds, and what packs rows counts them in arrays. */
  kinds = new Int32Array(ROWS_FIRST);
  /** kind.ts, in the order in which they came. */
  readonly kindTable: number[] = [];
  counts = new Float64Array(ROWS_FIRST);
  /** wait.ts */
  waits = new Uint8Array(ROWS_FIRST);
  /** rule.ts */
  rules = new Int32Array(ROWS_FIRST);
  readonly #kindPlaces = new Map<number, number>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(
    timeMs: number,
    name: number,
    asker: number,
    kind: number,
    count: number,
    wait: number,
    rule: number,
  ): void {
    const at = this.#size;
    if (at === this.names.length) this.#grow();
    this.timesMs[at] = timeMs;
    this.names[at] = name;
    this.askers[at] = asker;
    this.kinds[at] = this.#kindPlace(kind);
    this.counts[at] = count;
    this.waits[at] = wait;
    this.rules[at] = rule;
    this.#size = at + 1;
  }

  /** kind.ts */
  kindAt(at: number): number {
    return this.kindTable[this.kinds[at]!]!;
  }

  clear(): void {
    this.#size = 0;
    this.kindTable.length = 0;
    this.#kindPlaces.clear();
  }

  /** Forgets all rows from this one on. */
  cut(size: number): void {
    this.#size = Math.min(this.#size, size);
  }

  #kindPlace(kind: number): number {
    const known = this.#kindPlaces.get(kind);
    if (known !== undefined) return known;
    const place = this.kindTable.push(kind) - 1;
    this.#kindPlaces.set(kind, place);
    return place;
  }

  #grow(): void {
    const length = this.names.length * 2;
    this.timesMs = grown(this.timesMs, length);
    this.names = grown(this.names, length);
    this.askers = grown(this.askers, length);
    this.kinds = grown(this.kinds, length);
    this.counts = grown(this.counts, length);
    this.waits = grown(this.waits, length);
    this.rules = grown(this.rules, length);
  }
}

/** When the last of these was asked: they lie in the order in which they ended. */
export function latest({ timesMs }: Rows, from: number, to: number): number {
  let latestMs = timesMs[from]!;
  for (let at = from + 1; at < to; at += 1) latestMs = Math.max(latestMs, timesMs[at]!);
  return latestMs;
}
