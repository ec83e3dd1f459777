// How long open incidents have been silent, by the monotonic clock, and for how much of that an asking would have been seen.
import { intervalOf } from './beacon.ts';
import type { EndReason, Incident } from './incident.ts';

interface Silence {
  lookedMs: number;
  silentMs: number;
  watchedMs: number;
  unwatched: EndReason | null;
}

export interface Silent {
  readonly silentMs: number;
  readonly watchedMs: number;
  /** Whether it began or ceased to be watched since the last look. */
  readonly turned: boolean;
}

export class Silences {
  readonly #monotonic: () => number;
  readonly #all = new Map<string, Silence>();

  /** @param monotonic ms */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** It asked just now. */
  heard(id: string): void {
    const lookedMs = this.#monotonic();
    const known = this.#all.get(id);
    if (known === undefined) this.#all.set(id, { lookedMs, silentMs: 0, watchedMs: 0, unwatched: null });
    else {
      known.lookedMs = lookedMs;
      known.silentMs = 0;
      known.watchedMs = 0;
    }
  }

  /** @param unwatched why an asking would not be seen at present; null when it would */
  look(id: string, unwatched: EndReason | null): Silent {
    const silence = this.#all.get(id);
    if (silence === undefined) return { silentMs: 0, watchedMs: 0, turned: false };
    const nowMs = this.#monotonic();
    const passedMs = nowMs - silence.lookedMs;
    silence.lookedMs = nowMs;
    silence.silentMs += passedMs;
    if (silence.unwatched === null) silence.watchedMs += passedMs;
    const turned = silence.unwatched !== unwatched;
    silence.unwatched = unwatched;
    return { silentMs: silence.silentMs, watchedMs: silence.watchedMs, turned };
  }

  ended(id: string): void {
    this.#all.delete(id);
  }
}

const QUIET_MS = 3_600_000;
const QUIET_LONGEST_MS = 7 * 24 * 3_600_000;
/** So many of its intervals without an asking, and it asks no more. */
const INTERVALS = 3;

/** How long an incident's machine must have been silent for it to be over. @param leastMs an hour unless said */
export function quietOf(incident: Incident, leastMs = QUIET_MS): number {
  return Math.max(leastMs, Math.min(QUIET_LONGEST_MS, INTERVALS * (intervalOf(incident) ?? 0)));
}
