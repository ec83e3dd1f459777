// What a thread's start leaves in its heap: V8 looks for garbage when more is allocated, which an idle daemon does not do.
import { giveHeapBack } from './garbage.ts';

/** Ticks in a row without work until a pause of some 30 ms is felt by nobody. */
const IDLE_TICKS = 4;

/** Of one thread: collects what its start has left when it first has nothing to do for a while, and never again. */
export class StartGarbage {
  readonly #collect: () => void;
  #idle = 0;
  #asked = 0;

  constructor(collect: () => void = giveHeapBack) {
    this.#collect = collect;
  }

  /**
   * Call with each tick.
   * @param isIdle nothing waits to be done
   * @param asked queries since the thread began; one since the tick before is work, even where it leaves nothing to be done
   */
  tick(isIdle: boolean, asked = 0): void {
    if (this.#idle > IDLE_TICKS) return;
    this.#idle = isIdle && asked === this.#asked ? this.#idle + 1 : 0;
    this.#asked = asked;
    if (this.#idle > IDLE_TICKS) this.#collect();
  }
}
