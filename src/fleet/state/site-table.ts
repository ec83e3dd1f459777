// The head's table of sites: what each told last, when that was heard, and what it comes to.
import { readState, type SiteState } from './site-state.ts';

/** Sites tell every half a minute. */
const SILENT_MS = 95_000;
/** A site that puts a policy into force takes seconds. */
const LATE_MS = 30_000;
/** More sites than a head has; a stolen credential cannot make any. */
const SITES_MAX = 10_000;
/** Two daemons of one name tell by turns; that one of them was ended is known after this. */
const TWIN_MS = 10 * 60_000;
/** A clock that is wrong by more is told; less may be what a message takes on its way. */
export const CLOCK_MS: number = 5_000;

export type Condition =
  /** The newest revision is in force there. */
  | 'current'
  /** It was published a moment ago. */
  | 'changing'
  | 'late'
  /** It has a revision that this head did not publish: another head has its key, or its folder was set back. */
  | 'ahead'
  | 'refused'
  /** Nothing was heard of it for a while. */
  | 'silent'
  /** It is there; this head published nothing, or does not know what. */
  | 'heard'
  /** Invited, and never heard of. */
  | 'expected';

export interface SiteRow {
  readonly site: string;
  readonly condition: Condition;
  /** When that began, by the head's clock, ms; null: unknown. */
  readonly sinceMs: number | null;
  readonly heardMs: number | null;
  /** Its clock less ours; null: never heard. Includes the way of the message. */
  readonly clockMs: number | null;
  readonly isClockWrong: boolean;
  readonly state: SiteState | null;
  /** Since when it would have been heard: this head knows nothing of before its start. */
  readonly listenedMs: number;
  /** Since when the revision of its state is in force there, by the head's clock; null: never heard. */
  readonly inForceMs: number | null;
  /** When the other of two daemons that tell under this name was heard last; null: there is one. */
  readonly twinMs: number | null;
}

interface Heard {
  readonly state: SiteState;
  readonly heardMs: number;
  readonly clockMs: number | null;
  /** As in a row. */
  readonly inForceMs: number;
  /** Since when it refuses what it refuses, by the head's clock; null: it refuses nothing. */
  readonly refusedMs: number | null;
  /** When the daemon that told before this one was started, by its clock; it has ended, unless it tells again. Null: there was none. */
  readonly formerMs: number | null;
  readonly twinMs: number | null;
}

export class SiteTable {
  readonly #heard = new Map<string, Heard>();
  #startedMs: number;

  /** @param nowMs wall clock */
  constructor(nowMs: number) {
    this.#startedMs = nowMs;
  }

  /**
   * @param kept where a stream kept it: when it took it; null: it was sent just now
   * @returns the state; null when the message is none
   */
  hear(
    site: string,
    octets: Uint8Array,
    nowMs: number,
    kept: { readonly atMs: number | null } | null,
  ): SiteState | null {
    const state = readState(octets, site);
    const before = this.#heard.get(site);
    if (state === null || (before === undefined && this.#heard.size >= SITES_MAX)) return null;
    const cameMs = kept === null ? nowMs : kept.atMs;
    // Where it is not known when it came, its own word counts, but not for the future.
    const heardMs = Math.min(nowMs, cameMs ?? state.sentMs);
    if (kept !== null && before !== undefined && heardMs <= before.heardMs) return before.state;
    const clockMs = cameMs === null ? null : state.sentMs - cameMs;
    const daemons = daemonsOf(before, state.startedMs, heardMs);
    this.#heard.set(site, { state, heardMs, clockMs, ...sincesOf(before, state, clockMs), ...daemons });
    return state;
  }

  /**
   * This head's clock was set, or it slept: nobody is cut off by that. What was noted by a clock that was ahead moves with it; where time only went on, since when
   * something is so stays as it was.
   */
  clockSet(byMs: number, nowMs: number): void {
    if (byMs === 0) return;
    this.#startedMs += byMs;
    for (const [site, heard] of this.#heard) {
      const { heardMs, clockMs, inForceMs, refusedMs, twinMs } = heard;
      if (byMs < 0)
        this.#heard.set(site, {
          ...heard,
          heardMs: heardMs + byMs,
          clockMs: clockMs === null ? null : clockMs - byMs,
          inForceMs: inForceMs + byMs,
          refusedMs: refusedMs === null ? null : refusedMs + byMs,
          twinMs: twinMs === null ? null : twinMs + byMs,
        });
      else if (nowMs - byMs - heardMs <= SILENT_MS)
        this.#heard.set(site, { ...heard, heardMs: heardMs + byMs });
    }
  }

  /** It takes part no more. @returns whether it was heard of */
  forget(site: string): boolean {
    return this.#heard.delete(site);
  }

  /** @param newest that is published; null: none, or it is not known @param invited sites that were given credentials */
  rows(
    newest: { readonly revision: number; readonly publishedMs: number } | null,
    invited: readonly { readonly site: string; readonly sinceMs: number }[],
    nowMs: number,
  ): SiteRow[] {
    const expected = invited
      .filter(({ site }) => !this.#heard.has(site))
      .map(({ site, sinceMs }): SiteRow => {
        const unheard = {
          heardMs: null,
          clockMs: null,
          isClockWrong: false,
          state: null,
          inForceMs: null,
          twinMs: null,
        };
        const listenedMs = Math.max(sinceMs, this.#startedMs);
        return { site, condition: 'expected', sinceMs, listenedMs, ...unheard };
      });
    const known = [...this.#heard].map(([site, heard]) => this.#rowOf(site, heard, newest, nowMs));
    return [...known, ...expected].sort((a, b) => a.site.localeCompare(b.site, 'en', { numeric: true }));
  }

  #rowOf(
    site: string,
    { state, heardMs, clockMs, inForceMs, refusedMs, twinMs: twinHeardMs }: Heard,
    newest: { readonly revision: number; readonly publishedMs: number } | null,
    nowMs: number,
  ): SiteRow {
    const isClockWrong = Math.abs(clockMs ?? 0) > CLOCK_MS;
    const listenedMs = this.#startedMs;
    const twinMs = twinHeardMs !== null && nowMs - twinHeardMs <= TWIN_MS ? twinHeardMs : null;
    const row = { site, heardMs, clockMs, isClockWrong, state, listenedMs, inForceMs, twinMs };
    // A head that has just started hears of each within a beat.
    if (nowMs - Math.max(heardMs, this.#startedMs) > SILENT_MS)
      return { ...row, condition: 'silent', sinceMs: heardMs };
    if (newest === null) return { ...row, condition: 'heard', sinceMs: heardMs };
    if (state.revision === newest.revision) {
      // A clock that was set right meanwhile said another time: not before it was published, nor after it was told.
      const sinceMs = Math.min(heardMs, Math.max(newest.publishedMs, inForceMs));
      return { ...row, condition: 'current', sinceMs, inForceMs: sinceMs };
    }
    if ((state.revision ?? 0) > newest.revision) return { ...row, condition: 'ahead', sinceMs: inForceMs };
    if (state.refused !== null && (state.refused.revision ?? newest.revision) >= newest.revision)
      return { ...row, condition: 'refused', sinceMs: refusedMs };
    const forMs = nowMs - newest.publishedMs;
    // Published by a clock that was ahead of what it says now, it was no moment ago either.
    const condition = forMs > LATE_MS || forMs < -CLOCK_MS ? 'late' : 'changing';
    return { ...row, condition, sinceMs: newest.publishedMs };
  }
}

/** A moment that a site's clock says, by the head's. @param clockMs as in a row */
const byOurs = (ms: number, clockMs: number | null): number => ms - (clockMs ?? 0);

/**
 * What a site says of its clock includes the way of the message: one that came late makes its times late, too. Of what it said of the same revision the earliest
 * counts, unless its clock or ours was set.
 */
function sincesOf(
  before: Heard | undefined,
  { revision, sinceMs, startedMs, refused }: SiteState,
  clockMs: number | null,
): Pick<Heard, 'inForceMs' | 'refusedMs'> {
  const { state, inForceMs = null, refusedMs = null } = before ?? {};
  const earliest = (saidMs: number, isSame: boolean, knownMs: number | null): number => {
    const toldMs = byOurs(saidMs, clockMs);
    const isKnown = isSame && state?.startedMs === startedMs && knownMs !== null;
    return isKnown && toldMs - knownMs <= SILENT_MS ? Math.min(knownMs, toldMs) : toldMs;
  };
  const isSameRevision = state?.revision === revision && state.sinceMs === sinceMs;
  const known = state?.refused ?? null;
  const isSameRefusal = known?.revision === refused?.revision && known?.sinceMs === refused?.sinceMs;
  return {
    inForceMs: earliest(sinceMs, isSameRevision, inForceMs),
    refusedMs: refused === null ? null : earliest(refused.sinceMs, isSameRefusal, refusedMs),
  };
}

/** A daemon that tells after another one that was started since is there beside that: a clone of its machine, or its credentials and key elsewhere. */
function daemonsOf(
  before: Heard | undefined,
  startedMs: number,
  heardMs: number,
): Pick<Heard, 'formerMs' | 'twinMs'> {
  if (before === undefined) return { formerMs: null, twinMs: null };
  const { state, formerMs, twinMs } = before;
  if (state.startedMs === startedMs) return { formerMs, twinMs };
  return {
    formerMs: state.startedMs,
    twinMs: formerMs === startedMs ? heardMs : twinMs,
  };
}
