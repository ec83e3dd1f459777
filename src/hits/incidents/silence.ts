// How long open incidents have been silent, by the monotonic clock, and for how much of that an asking would have been seen.
import { intervalOf } from './beacon.ts';
import type { Watched } from './change.ts';
import type { EndReason, Incident } from './incident.ts';
import { awaitsSomebody, isPastOnly } from './unseen.ts';

interface Silence {
  lookedMs: number;
  silentMs: number;
  watchedMs: number;
  unwatched: EndReason | null;
}

interface Look {
  /** Whether it, or a name of it, began or ceased to be watched since the last look. */
  readonly turned: boolean;
  /** Whether the silence counts anew, since by now each name of it was hidden once: those of before are seen again. */
  readonly isAnew: boolean;
  /** Why it is over; null: it goes on. */
  readonly end: EndReason | null;
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

  /** @param leastMs of silence, an hour unless said */
  look(incident: Incident, { reason: unwatched, unseen }: Watched, leastMs?: number): Look {
    const silence = this.#all.get(incident.id);
    if (silence === undefined) return { turned: false, isAnew: false, end: null };
    const nowMs = this.#monotonic();
    const passedMs = nowMs - silence.lookedMs;
    silence.lookedMs = nowMs;
    silence.silentMs += passedMs;
    if (silence.unwatched === null) silence.watchedMs += passedMs;
    const hidden = unwatched === null ? noteUnseen(incident, silence, unseen) : HIDDEN.none;
    const turned = silence.unwatched !== unwatched || hidden !== HIDDEN.none;
    silence.unwatched = unwatched;
    return { turned, isAnew: hidden === HIDDEN.all, end: endOf(incident, silence, leastMs) };
  }

  ended(id: string): void {
    this.#all.delete(id);
  }
}

/** Names that were hidden since the look before, and of all of them since it asked: `all`, once each was. */
const HIDDEN = { none: 0, more: 1, all: 2 } as const;

/** Once none of its names was watched all the time, the time counts anew. */
function noteUnseen(incident: Incident, silence: Silence, unseen: readonly string[]): number {
  const { names, unseenNames: before = [] } = incident;
  if (unseen === before) return HIDDEN.none;
  const more = unseen.filter((name) => !before.includes(name));
  if (more.length === 0) {
    // Looked through once, not at every look.
    if (unseen.length > 0 && unseen.length === before.length) incident.unseenNames = unseen;
    return HIDDEN.none;
  }
  const isAnew = before.length + more.length >= names.length;
  if (isAnew) silence.watchedMs = 0;
  incident.unseenNames = isAnew || before.length === 0 ? unseen : [...before, ...more];
  return isAnew && before.length > 0 ? HIDDEN.all : HIDDEN.more;
}

const QUIET_MS = 3_600_000;
const QUIET_LONGEST_MS = 7 * 24 * 3_600_000;
/** So many of its intervals without an asking, and it asks no more. */
const INTERVALS = 3;

function endOf(
  incident: Incident,
  { silentMs, watchedMs, unwatched }: Silence,
  leastMs = QUIET_MS,
): EndReason | null {
  if (awaitsSomebody(incident)) return null;
  if (isPastOnly(incident)) return 'past';
  const quietMs = Math.max(leastMs, Math.min(QUIET_LONGEST_MS, INTERVALS * (intervalOf(incident) ?? 0)));
  return (unwatched === null ? watchedMs : silentMs) >= quietMs ? (unwatched ?? 'silent') : null;
}
