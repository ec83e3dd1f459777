// Deadlines of many things with one timer: a hashed timing wheel over typed arrays.
//
// HOT. Invariants: an item is in at most one bucket; it falls due no earlier than asked and at most one step later than
// the next `advance`. Trade: steps of 16 ms instead of a timer per query (a Node timer costs about 1 µs and an object).

const STEP_MS = 16;
const BUCKETS = 512;
/** The longest delay an item may have. */
export const WHEEL_SPAN_MS: number = STEP_MS * (BUCKETS - 2);
/** How often `advance` wants to be called. */
export const WHEEL_STEP_MS: number = STEP_MS;

export class Wheel {
  /** First item of each bucket, −1 when it is empty. */
  readonly #heads = new Int32Array(BUCKETS).fill(-1);
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Bucket an item is in, −1 when it is not armed. */
  readonly #bucket: Int32Array;
  readonly #onDue: (item: number, nowMs: number) => void;
  #step: number;
  #armed = 0;

  constructor(capacity: number, nowMs: number, onDue: (item: number, nowMs: number) => void) {
    this.#next = new Int32Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#bucket = new Int32Array(capacity).fill(-1);
    this.#onDue = onDue;
    this.#step = Math.floor(nowMs / STEP_MS);
  }

  get armed(): number {
    return this.#armed;
  }

  /** Sets or moves the deadline of an item to `delayMs` from now. */
  arm(item: number, nowMs: number, delayMs: number): void {
    if (this.#bucket[item]! >= 0) this.disarm(item);
    if (this.#armed === 0) this.#step = Math.max(this.#step, Math.floor(nowMs / STEP_MS));
    const wanted = Math.ceil((nowMs + delayMs) / STEP_MS);
    const step = Math.min(Math.max(wanted, this.#step + 1), this.#step + BUCKETS - 1);
    const bucket = step % BUCKETS;
    const head = this.#heads[bucket]!;
    this.#next[item] = head;
    this.#previous[item] = -1;
    if (head >= 0) this.#previous[head] = item;
    this.#heads[bucket] = item;
    this.#bucket[item] = bucket;
    this.#armed += 1;
  }

  disarm(item: number): void {
    const bucket = this.#bucket[item]!;
    if (bucket < 0) return;
    const next = this.#next[item]!;
    const previous = this.#previous[item]!;
    if (previous >= 0) this.#next[previous] = next;
    else this.#heads[bucket] = next;
    if (next >= 0) this.#previous[next] = previous;
    this.#bucket[item] = -1;
    this.#armed -= 1;
  }

  /** Reports every item whose deadline has passed. An item is disarmed when it is reported and may be armed again. */
  advance(nowMs: number): void {
    const target = Math.floor(nowMs / STEP_MS);
    // After a long sleep one turn sees every bucket.
    if (target - this.#step > BUCKETS) this.#step = target - BUCKETS;
    while (this.#step < target && this.#armed > 0) {
      this.#step += 1;
      const bucket = this.#step % BUCKETS;
      // What is armed while this runs lands in a later bucket.
      for (let item = this.#heads[bucket]!; item >= 0; item = this.#heads[bucket]!) {
        this.disarm(item);
        this.#onDue(item, nowMs);
      }
    }
  }
}
