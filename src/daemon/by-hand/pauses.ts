// Which groups are paused, and until when. A pause ends by itself; a restart forgets it: blocking is the rule.
import type { SteadyClock } from '../../config/steady-clock.ts';

/** A timer takes no longer one; who wants more takes the list out of the config. */
const PAUSE_MS_MAX: number = 24 * 86_400_000;
/** Before the end of a pause that could not be put into force is tried again. */
const RETRY_MS = 1000;

/** Of one or several groups: what began with one word ends as one. */
interface Pause {
  /** By the clock, ms; null until resumed. */
  readonly untilMs: number | null;
  timer: NodeJS.Timeout | null;
}

export class Pauses {
  readonly #pauses = new Map<string, Pause>();
  readonly #changed: () => Promise<unknown>;
  readonly #clock: SteadyClock;

  /** @param changed puts into force what is paused now; a rejection takes the change back */
  constructor(changed: () => Promise<unknown>, clock: SteadyClock) {
    this.#changed = changed;
    this.#clock = clock;
  }

  /** @param forMs null until resumed @throws Error for more than 24 days, or when it could not be put into force */
  async pause(groups: readonly string[], forMs: number | null): Promise<void> {
    if (forMs !== null && forMs > PAUSE_MS_MAX)
      throw new Error('a pause lasts 24 days at most; leave the time out to pause until resumed');
    const pause: Pause = { untilMs: forMs === null ? null : this.#clock.now() + forMs, timer: null };
    if (forMs !== null) pause.timer = setTimeout(() => void this.#end(pause), forMs).unref();
    await this.#change(groups, pause);
  }

  /** @throws Error when it could not be put into force */
  async resume(groups: readonly string[]): Promise<void> {
    await this.#change(groups, null);
  }

  /** Forgets the pauses of groups that are no more. */
  keepOnly(groups: readonly string[]): void {
    const gone = [...this.#pauses].filter(([group]) => !groups.includes(group));
    for (const [group] of gone) this.#pauses.delete(group);
    this.#letGo(gone.map(([, pause]) => pause));
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

  /** At its time, for those of its groups that nobody resumed; tried again until it is in force. */
  async #end(pause: Pause): Promise<void> {
    const groups = [...this.#pauses].flatMap(([group, own]) => (own === pause ? [group] : []));
    try {
      if (groups.length > 0) await this.resume(groups);
    } catch {
      pause.timer = setTimeout(() => void this.#end(pause), RETRY_MS).unref();
    }
  }

  /** @param next null: they are not paused */
  async #change(groups: readonly string[], next: Pause | null): Promise<void> {
    const before = new Map(groups.map((group) => [group, this.#pauses.get(group) ?? null]));
    for (const group of groups) this.#set(group, next);
    try {
      await this.#changed();
      this.#letGo(before.values());
    } catch (error) {
      for (const [group, pause] of before) this.#set(group, pause);
      this.#letGo([next]);
      throw error;
    }
  }

  #set(group: string, pause: Pause | null): void {
    if (pause === null) this.#pauses.delete(group);
    else this.#pauses.set(group, pause);
  }

  /** Those of no group any more. */
  #letGo(pauses: Iterable<Pause | null>): void {
    const held = new Set(this.#pauses.values());
    for (const pause of pauses) if (pause?.timer != null && !held.has(pause)) clearTimeout(pause.timer);
  }
}
