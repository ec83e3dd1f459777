// Which groups are paused, and until when. A pause ends by itself; a restart forgets it: blocking is the rule.
import { SteadyClock } from '../../config/steady-clock.ts';

/** A timer takes no longer one; who wants more takes the list out of the config. */
const PAUSE_MS_MAX: number = 24 * 86_400_000;
/** Before the end of a pause that could not be put into force is tried again. */
const RETRY_MS = 1000;

interface Pause {
  /** By the clock, ms; null until resumed. */
  readonly untilMs: number | null;
  readonly timer: NodeJS.Timeout | null;
}

export class Pauses {
  readonly #pauses = new Map<string, Pause>();
  readonly #changed: () => Promise<unknown>;
  readonly #clock: SteadyClock;

  /** @param changed puts into force what is paused now; a rejection takes the change back */
  constructor(changed: () => Promise<unknown>, clock: SteadyClock = new SteadyClock()) {
    this.#changed = changed;
    this.#clock = clock;
  }

  /** @param forMs null until resumed @throws Error for more than 24 days, or when it could not be put into force */
  async pause(groups: readonly string[], forMs: number | null): Promise<void> {
    if (forMs !== null && forMs > PAUSE_MS_MAX)
      throw new Error('a pause lasts 24 days at most; leave the time out to pause until resumed');
    await this.#change(groups, (group) => ({
      untilMs: forMs === null ? null : this.#clock.now() + forMs,
      timer: forMs === null ? null : setTimeout(() => void this.#end([group]), forMs).unref(),
    }));
  }

  /** @throws Error when it could not be put into force */
  async resume(groups: readonly string[]): Promise<void> {
    await this.#change(groups, () => null);
  }

  /** Forgets the pauses of groups that are no more. */
  keepOnly(groups: readonly string[]): void {
    for (const group of this.#pauses.keys()) if (!groups.includes(group)) this.#set(group, null);
  }

  get paused(): readonly string[] {
    return [...this.#pauses.keys()];
  }

  /** @returns by the wall clock as it is set now */
  all(): { readonly group: string; readonly untilMs: number | null }[] {
    return [...this.#pauses].map(([group, { untilMs }]) => ({
      group,
      untilMs: untilMs === null ? null : this.#clock.wall(untilMs),
    }));
  }

  stop(): void {
    for (const { timer } of this.#pauses.values()) if (timer !== null) clearTimeout(timer);
  }

  /** At its time; tried again until it is in force. */
  async #end(groups: readonly string[]): Promise<void> {
    try {
      await this.resume(groups);
    } catch {
      setTimeout(() => void this.#end(groups), RETRY_MS).unref();
    }
  }

  async #change(groups: readonly string[], make: (group: string) => Pause | null): Promise<void> {
    const before = new Map(groups.map((group) => [group, this.#pauses.get(group) ?? null]));
    for (const group of groups) this.#pauses.delete(group);
    for (const group of groups) {
      const pause = make(group);
      if (pause !== null) this.#pauses.set(group, pause);
    }
    try {
      await this.#changed();
      for (const pause of before.values()) if (pause?.timer != null) clearTimeout(pause.timer);
    } catch (error) {
      for (const [group, pause] of before) this.#set(group, pause);
      throw error;
    }
  }

  #set(group: string, pause: Pause | null): void {
    const timer = this.#pauses.get(group)?.timer;
    if (timer != null) clearTimeout(timer);
    if (pause === null) this.#pauses.delete(group);
    else this.#pauses.set(group, pause);
  }
}
