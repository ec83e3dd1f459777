// Something to be done soon, and not more often than it is worth: what is learnt one by one is put together in a few turns.

/** A pause is so many times as long as what was done took, and never shorter than `min`. */
const PAUSE = { minMs: 1, share: 5 } as const;
/** What may be done out of turn: so long at once, and this share of the time. */
const OUT_OF_TURN = { burstMs: 200, share: 0.1 } as const;

export class Soon {
  readonly #act: () => void;
  #timer: NodeJS.Timeout | null = null;
  #endedMs = Number.NEGATIVE_INFINITY;
  #pauseMs: number = PAUSE.minMs;
  #creditMs: number = OUT_OF_TURN.burstMs;
  #creditedMs = performance.now();

  constructor(act: () => void) {
    this.#act = act;
  }

  /** The first at once, since its record is on its way already. */
  want(): void {
    if (this.#timer !== null) return;
    const isRested = performance.now() - this.#endedMs > this.#pauseMs;
    this.#timer = setTimeout(() => this.#run(), isRested ? 0 : this.#pauseMs);
  }

  /** Now, while that has not been done too much of late. */
  atOnce(): void {
    const nowMs = performance.now();
    const { burstMs, share } = OUT_OF_TURN;
    this.#creditMs = Math.min(burstMs, this.#creditMs + share * (nowMs - this.#creditedMs));
    this.#creditedMs = nowMs;
    if (this.#creditMs <= 0) return;
    this.#act();
    this.#creditMs -= performance.now() - nowMs;
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
