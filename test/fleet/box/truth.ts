// Whether what a head and its sites say of themselves is so, held against what the box did and saw: revision and since when, cut off, refused,
// connected. All moments are of the clock that the head has.
import { setTimeout as pause } from 'node:timers/promises';
import type { FleetView, HeadView, SiteView } from '../../../src/admin/served/fleet-view.ts';
import type { Place } from './place.ts';

/** What one look and the next may differ by on a busy machine. */
const SLACK_MS = 8_000;
/** From what happens to the head's word of it, where all can be reached. */
const TOLD_MS = 6_000;
/** A site that is not heard of for so long is cut off. */
const SILENT_MS = 95_000;
/** A link over which nothing comes is given up by then. */
const HALF_OPEN_MS = 20_000;
const TELL_MS = 30_000;
/** A cluster that lost the leader of a stream has another by then. */
const ELECTION_MS = 60_000;
const UNSEEN_MS = 10_000;
const OPEN = { way: 'open', sinceMs: 0 } as const;
/** Of an untruth that is among the faults already. */
const TOLD = Number.POSITIVE_INFINITY;

/** The newest policy that a site was seen to answer by. */
export interface Seen {
  readonly n: number;
  readonly revision: number;
  /** An answer that was still of the revision before, and the first of this one. */
  readonly afterMs: number;
  readonly byMs: number;
}

export class Truth {
  readonly #faults: string[];
  readonly #headNow: () => number;
  readonly #head: Pick<Place, 'skewMs'>;
  /** Kind of sentence and site → since when it was seen not to be so, and last, monotonic, ms. */
  readonly #untrue = new Map<string, { readonly sinceMs: number; readonly lastMs: number }>();
  sentences = 0;

  constructor(faults: string[], headNow: () => number, head: Pick<Place, 'skewMs'>) {
    this.#head = head;
    this.#faults = faults;
    this.#headNow = headNow;
  }

  /** @param about kind of sentence, and whose @param forMs so long it may be said wrongly, as a message is on its way */
  #hold(about: string, isSo: boolean, what: string, forMs = 0): void {
    this.sentences += 1;
    const nowMs = performance.now();
    if (isSo) {
      this.#untrue.delete(about);
      return;
    }
    const seen = this.#untrue.get(about);
    // What nobody looked at meanwhile, as it was excused, begins anew.
    const sinceMs = seen === undefined || nowMs - seen.lastMs > UNSEEN_MS ? nowMs : seen.sinceMs;
    this.#untrue.set(about, { sinceMs, lastMs: nowMs });
    if (nowMs - sinceMs < forMs || sinceMs === TOLD) return;
    this.#faults.push(what);
    this.#untrue.set(about, { sinceMs: TOLD, lastMs: nowMs });
  }

  head(view: HeadView, sites: readonly Place[], seen: ReadonlyMap<string, Seen>): void {
    const current = view.sites.filter(({ condition }) => condition === 'current');
    const [, have, of] = /is in force at (\d+) of (\d+) sites?/.exec(view.says.join('\n')) ?? [];
    if (view.revision !== null && current.length > 0)
      this.#hold(
        'how many are current',
        Number(have) === current.length && Number(of) === view.sites.length,
        `"${view.says[0]}" of ${current.length} rows that are current, of ${view.sites.length}`,
      );
    this.#hold(
      'how many sites',
      view.sites.length === sites.length || sites.some(({ excuse }) => excuse !== null),
      `the head shows ${view.sites.length} sites of ${sites.length}`,
      TOLD_MS,
    );
    for (const row of view.sites) {
      const site = sites.find(({ name }) => name === row.site);
      const at = seen.get(row.site);
      if (site !== undefined && at !== undefined) this.#row(row, site, at, view.revision);
    }
    const isEverywhere = sites.every(({ name }) => seen.get(name)?.revision === view.revision);
    this.#hold(
      'what NATS keeps',
      view.waits === null || !isEverywhere,
      `all have it, and the head says for long "${view.waits}"`,
      ELECTION_MS,
    );
  }

  #row(row: SiteView, { name, excuse, line, skewMs }: Place, seen: Seen, newest: number | null): void {
    const nowMs = this.#headNow();
    const offMs = skewMs - this.#head.skewMs;
    const wire = line ?? OPEN;
    // A restart takes it from the disk, whose clock the box does not move.
    if (row.revision === seen.revision && row.inForceSince !== null && skewMs === 0 && excuse === null) {
      const sinceMs = Date.parse(row.inForceSince);
      this.#hold(
        `${name} since when`,
        sinceMs >= seen.afterMs - SLACK_MS && sinceMs <= seen.byMs + SLACK_MS,
        `${name} is said to have revision ${row.revision} since ${row.inForceSince}, and began with it between ${iso(seen.afterMs)} and ${iso(seen.byMs)}`,
      );
    }
    if (row.condition === 'silent') {
      const sinceMs = Date.parse(row.since ?? '');
      this.#hold(
        `${name} cut off for how long`,
        nowMs - sinceMs >= SILENT_MS,
        `${name} is said to be cut off since ${row.since}, at ${iso(nowMs)}`,
      );
      // A day that the box let pass by moving the clock is no silence of a site; what is said of it ends with the next word.
      this.#hold(
        `${name} is not cut off`,
        excuse !== null,
        `${name} is said to be cut off, and is not`,
        TELL_MS + TOLD_MS,
      );
      if (wire.way === 'cut')
        this.#hold(
          `${name} cut off since when`,
          Math.abs(sinceMs - wire.sinceMs) < TELL_MS + SLACK_MS || nowMs - Date.now() > 0,
          `${name} is said to be cut off since ${row.since}, and is since ${iso(wire.sinceMs)}`,
        );
    }
    if (excuse !== null) return;
    this.#hold(
      `${name} does not refuse`,
      row.condition !== 'refused',
      `${name} is said to refuse, and does not`,
      TOLD_MS,
    );
    this.#hold(
      `${name} is current`,
      row.condition === 'current' || seen.revision !== newest,
      `${name} has revision ${newest} since ${iso(seen.byMs)}, and is said to be ${row.condition}`,
      TOLD_MS,
    );
    this.#hold(
      `${name} clock`,
      Math.abs((row.clockOffsetMs ?? offMs) - offMs) < SLACK_MS,
      `the clock of ${name} is said to be wrong by ${row.clockOffsetMs} ms, and is by ${offMs}`,
      TELL_MS,
    );
  }

  site({ link, policy }: FleetView, { name, excuse, line }: Place, seen: Seen | undefined): void {
    const wire = line ?? OPEN;
    const forMs = Date.now() - wire.sinceMs;
    if (wire.way === 'cut') {
      this.#hold(`${name} link cut`, !link.up, `${name} says that it is connected, and is cut off`, SLACK_MS);
      const sinceMs = Date.parse(link.since);
      this.#hold(
        `${name} link since when`,
        link.up ||
          Math.abs(sinceMs - wire.sinceMs) < SLACK_MS ||
          this.#headNow() - Date.now() > 0 ||
          excuse === null,
        `${name} says that there is no connection since ${link.since}, and it was cut at ${iso(wire.sinceMs)}`,
        SLACK_MS,
      );
    }
    if (wire.way === 'half-open')
      this.#hold(
        `${name} link half open`,
        !link.up || forMs < HALF_OPEN_MS,
        `${name} says that it is connected after ${forMs} ms half open`,
      );
    if (wire.way === 'open' && excuse === null)
      this.#hold(
        `${name} link open`,
        link.up,
        `${name} says that it has no connection: ${link.why}`,
        HALF_OPEN_MS,
      );
    if (policy === null || seen === undefined) return;
    this.#hold(
      `${name} policy`,
      policy.revision === seen.revision,
      `${name} says that revision ${policy.revision} is in force, and answers by ${seen.revision}`,
      SLACK_MS,
    );
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

export const viewOf = (place: Place): Promise<FleetView | null> => told<FleetView>(place, 'api/v1/fleet');

/** When its own file was read last. */
export const reloadOf = async (place: Place): Promise<string | null> =>
  (await told<{ config: { lastReload: { time: string } | null } }>(place, 'api/v1/status'))?.config.lastReload
    ?.time ?? null;

export const problemsOf = async (
  place: Place,
): Promise<readonly { readonly id: string; readonly what: string }[]> =>
  (await told<{ problems?: readonly { id: string; what: string }[] }>(place, 'healthz'))?.problems ?? [];

async function told<T>({ daemon }: Place, path: string): Promise<T | null> {
  try {
    const answer = await fetch(`${daemon?.adminUrl}/${path}`, { signal: AbortSignal.timeout(5_000) });
    return (await answer.json()) as T;
  } catch {
    await pause(50);
    return null;
  }
}
