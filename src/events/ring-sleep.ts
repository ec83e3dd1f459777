// Lets the thread that reads rings sleep while they are empty: the writer of the first record wakes it.
//
// Invariant: a record that is written after `begin` is seen by `begin` or by its writer: the flag is set before the counts are read here, and
// the count is stored before the flag is read there.
import { isRingEmpty, RING_HEADS, SLEEPING } from './ring.ts';

export class RingSleep {
  readonly #heads: readonly Int32Array[];
  readonly #wake: () => void;
  /** By ring: whether its writer's notification is waited for. It is waited for until it comes, over several sleeps. */
  readonly #isWaiting: boolean[];
  #isAsleep = false;

  /** @param wake called once after `begin`, unless `end` comes first, when a ring has a record */
  constructor(rings: readonly SharedArrayBuffer[], wake: () => void) {
    this.#heads = rings.map((ring) => new Int32Array(ring, 0, RING_HEADS));
    this.#isWaiting = rings.map(() => false);
    this.#wake = wake;
  }

  begin(): void {
    this.#isAsleep = true;
    for (const [i, heads] of this.#heads.entries()) {
      Atomics.store(heads, SLEEPING, 1);
      this.#wait(heads, i);
    }
    if (!this.#heads.every(isRingEmpty)) this.#waken();
  }

  /** The reader looks by itself. */
  end(): void {
    if (!this.#isAsleep) return;
    this.#isAsleep = false;
    for (const heads of this.#heads) Atomics.store(heads, SLEEPING, 0);
  }

  #wait(heads: Int32Array, i: number): void {
    if (this.#isWaiting[i] === true) return;
    const { async, value } = Atomics.waitAsync(heads, SLEEPING, 1);
    if (!async) return; // a record came meanwhile: the ring is not empty
    this.#isWaiting[i] = true;
    void value.then(() => {
      this.#isWaiting[i] = false;
      this.#waken();
    });
  }

  #waken(): void {
    if (!this.#isAsleep) return;
    this.end();
    this.#wake();
  }
}
