// Work that is done again and again, one at a time: after each, when it says so; sooner where somebody wants it.
// What is wanted while it is at work has it done once more right after, since it may have begun too early to know.

export class Beat {
  /** @returns after how many ms it is done again; never throws */
  readonly #work: () => Promise<number>;
  #timer: NodeJS.Timeout | null = null;
  #turn: Promise<void> = Promise.resolve();
  #isAtWork = false;
  #isWanted = false;
  #isStopped = false;

  constructor(work: () => Promise<number>) {
    this.#work = work;
  }

  get isAtWork(): boolean {
    return this.#isAtWork;
  }

  /** In place of when it would be. Keeps no process alive. */
  in(ms: number): void {
    if (this.#isStopped) return;
    if (this.#isAtWork) {
      this.#isWanted = true;
      return;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#turn = this.#once();
    }, ms).unref();
  }

  /** Resolves when nothing is at work any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#turn;
  }

  async #once(): Promise<void> {
    this.#isAtWork = true;
    const nextMs = await this.#work();
    this.#isAtWork = false;
    const isWanted = this.#isWanted;
    this.#isWanted = false;
    this.in(isWanted ? 0 : nextMs);
  }
}
