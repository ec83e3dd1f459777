// Which groups are paused, and until when. A pause ends by itself; a restart forgets it: blocking is the rule.

/** A timer takes no longer one; who wants more takes the list out of the config. */
const PAUSE_MS_MAX: number = 24 * 86_400_000;

export class Pauses {
  readonly #until = new Map<string, number | null>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** @param forMs null until resumed @throws Error for more than 24 days */
  pause(groups: readonly string[], forMs: number | null): void {
    if (forMs !== null && forMs > PAUSE_MS_MAX)
      throw new Error('a pause lasts 24 days at most; leave the time out to pause until resumed');
    for (const group of groups) {
      this.#forget(group);
      this.#until.set(group, forMs === null ? null : Date.now() + forMs);
      if (forMs !== null) this.#timers.set(group, setTimeout(() => this.resume([group]), forMs).unref());
    }
    this.#changed();
  }

  resume(groups: readonly string[]): void {
    for (const group of groups) this.#forget(group);
    this.#changed();
  }

  isPaused(group: string): boolean {
    return this.#until.has(group);
  }

  all(): { readonly group: string; readonly untilMs: number | null }[] {
    return [...this.#until].map(([group, untilMs]) => ({ group, untilMs }));
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #forget(group: string): void {
    this.#until.delete(group);
    const timer = this.#timers.get(group);
    if (timer !== undefined) clearTimeout(timer);
    this.#timers.delete(group);
  }
}
