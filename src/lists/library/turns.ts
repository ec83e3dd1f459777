// How many sources are asked at once. One that takes long goes on, but others need not wait for it.
import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';

const AT_ONCE = 4;
/** After this long, the next one begins beside it. */
const PATIENCE_MS = 15_000;

export class Turns {
  readonly #limit = pLimit(AT_ONCE);
  readonly #patienceMs: number;

  constructor(patienceMs: number = PATIENCE_MS) {
    this.#patienceMs = patienceMs;
  }

  /** Does the work in its turn. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    void this.#limit(async () => {
      const over = new AbortController();
      const done = work().finally(() => over.abort());
      done.then(resolve, reject);
      await Promise.race([
        done,
        wait(this.#patienceMs, undefined, { signal: over.signal, ref: false }),
      ]).catch(() => undefined);
    });
    return promise;
  }
}
