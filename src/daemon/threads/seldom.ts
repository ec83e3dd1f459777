// Work of a daemon that comes seldom is done by a thread that ends: its code and its heap go with it. To start one costs some 0.1 s of CPU,
// so work that comes often is done here, where its code stays (docs/decisions/0112).
import { Worker } from 'node:worker_threads';

/** As many times within `OFTEN_MS`. */
const OFTEN = 3;
const OFTEN_MS = 600_000;

export interface Work<Asked, Answer> {
  /** The thread's code: posts one answer to its `workerData` and ends. */
  readonly entry: URL;
  readonly name: string;
  /** The same in this thread. */
  readonly here: (asked: Asked) => Promise<Answer>;
  /** A clock that cannot be set. */
  readonly now?: () => number;
}

export class Seldom<Asked, Answer> {
  readonly #work: Work<Asked, Answer>;
  /** When it came the last times, oldest first. */
  #times: number[] = [];

  constructor(work: Work<Asked, Answer>) {
    this.#work = work;
  }

  /** @returns a copy, where a thread did it. @throws what `here` throws */
  async of(asked: Asked): Promise<Answer> {
    if (this.#comesOften()) return this.#work.here(asked);
    // No thread can be had (memory, file descriptors): it is done all the same.
    return this.#byThread(asked).catch(() => this.#work.here(asked));
  }

  #comesOften(): boolean {
    const now = (this.#work.now ?? performance.now.bind(performance))();
    const [oldest = Number.NEGATIVE_INFINITY] = this.#times;
    const isOften = this.#times.length >= OFTEN && now - oldest < OFTEN_MS;
    this.#times = [...this.#times, now].slice(-OFTEN);
    return isOften;
  }

  #byThread(asked: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { entry, name } = this.#work;
      const thread = new Worker(entry, { workerData: asked, name });
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', (code) => reject(new Error(`the thread "${name}" ended with ${code}`)));
    });
  }
}
