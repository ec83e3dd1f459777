// Something to be done soon, and not more often than it is worth: what is learnt one by one is put together in a few turns.

/** A pause is so many times as long as what was done took, and never shorter than `min`. */
const PAUSE = { minMs: 1, share: 5 } as const;

export class Soon {
  readonly #act: () => void;
  #timer: NodeJS.Timeout | null = null;
  #endedMs = Number.NEGATIVE_INFINITY;
  #pauseMs: number = PAUSE.minMs;

  constructor(act: () => void) {
    this.#act = act;
  }

  /** The first at once, since its record is on its way already. */
  want(): void {
    if (this.#timer !== null) return;
    const isRested = performance.now() - this.#endedMs > this.#pauseMs;
    this.#timer = setTimeout(() => this.#run(), isRested ? 0 : this.#pauseMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #run(): void {
    this.#timer = null;
    const begunMs = performance.now();
    this.#act();
    this.#endedMs = performance.now();
    this.#pauseMs = Math.max(PAUSE.minMs, PAUSE.share * (this.#endedMs - begunMs));
  }
}
