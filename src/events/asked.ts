// Whether clients ask, as resolver threads say it to the main thread in one shared word: it looks at things seldom while nobody does,
// and is woken by the first who does.

/** Of the word. */
const ASKED = 0;
const UNASKED = 1;
/** As UNASKED, and the main thread waits to be woken. */
const RESTING = 2;

export function createAsked(): SharedArrayBuffer {
  return new SharedArrayBuffer(4);
}

/** HOT: of a resolver thread. */
export class AskedWriter {
  readonly #word: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#word = new Int32Array(buffer);
  }

  /** Somebody has asked. The first time since the reader looked it costs an atomic operation, after a rest a system call. */
  note(): void {
    if (this.#word[0] === ASKED) return;
    if (Atomics.exchange(this.#word, 0, ASKED) === RESTING) Atomics.notify(this.#word, 0);
  }
}

/** Of the main thread. */
export class AskedReader {
  readonly #word: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    this.#word = new Int32Array(buffer);
  }

  /** Whether somebody asked since the call before. */
  take(): boolean {
    return Atomics.exchange(this.#word, 0, UNASKED) === ASKED;
  }

  /** @param asked called once, when somebody asks after the last `take`; not to be called again before */
  rest(asked: () => void): void {
    Atomics.compareExchange(this.#word, 0, UNASKED, RESTING);
    const { async, value } = Atomics.waitAsync(this.#word, 0, RESTING);
    // Where it does not wait somebody has asked meanwhile.
    void (async ? value : Promise.resolve()).then(asked);
  }
}
