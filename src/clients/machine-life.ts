// How long machines are known, and how many: phones that make up a MAC for each day, and whoever forges them, must fill neither memory
// nor the file. What ended longest ago is forgotten first: addresses that were had, machines that have none, sessions that ended.
//
// A clock that was just wrong by a year must not decide that: after a time in which nothing was heard, ages do not count for a day.
import { type Binding, type MachineUpdate, NO_UPDATE } from './machine.ts';
import type { Counts, MachineTable } from './machine-table.ts';
import { endOf, keysOf } from './users/session-table.ts';

/** Machines, those that are there now among them. */
const MACHINES_MAX = 65_536;
/** Addresses that machines have and had, and keys of users' sessions. */
const BINDINGS_MAX = 262_144;
const SESSIONS_MAX = 262_144;
/** Beyond a bound this share is left, so that it is not at once reached again. */
const LEFT = 7 / 8;
/** Addresses that machines have: beyond it those that are not seen any more are theirs no longer, the longest lost first. */
const OPEN_MAX = 32_768;
const LOOK_MS = 60_000;
const DAY_MS = 86_400_000;
/** So long nobody ran it, or the clock is wrong. */
const UNHEARD_MS = 30 * DAY_MS;

export class MachineLife {
  readonly #table: MachineTable;
  readonly #most: Counts;
  #heardMs: number | null = null;
  /** When ages count next. */
  #dueMs = 0;
  #lookedMs = 0;

  constructor(
    table: MachineTable,
    most: Counts = { machines: MACHINES_MAX, bindings: BINDINGS_MAX, sessions: SESSIONS_MAX },
  ) {
    this.#table = table;
    this.#most = most;
  }

  /** @param spanMs how long anything is kept that speaks of machines @returns what changed; null: nothing */
  forget(spanMs: number, nowMs: number): MachineUpdate | null {
    const beforeMs = this.#cutoff(spanMs, nowMs);
    if (beforeMs === null) return null;
    const update = { ...NO_UPDATE, beforeMs };
    this.#table.apply(update);
    return update;
  }

  #cutoff(spanMs: number, nowMs: number): number | null {
    this.#watchClock(nowMs);
    if (Math.abs(nowMs - this.#lookedMs) < LOOK_MS) return null;
    this.#lookedMs = nowMs;
    const { counts } = this.#table;
    const isDue = nowMs >= this.#dueMs;
    const isFull = (Object.keys(counts) as (keyof Counts)[]).some((kind) => counts[kind] > this.#most[kind]);
    if (!isDue && !isFull) return null;
    if (isDue) this.#dueMs = nowMs + DAY_MS;
    const ends = endsOf(this.#table);
    const wantedMs = Math.max(
      isDue ? nowMs - spanMs : 0,
      ...(Object.keys(ends) as (keyof Counts)[]).map((kind) =>
        beyond(ends[kind], counts[kind], this.#most[kind]),
      ),
    );
    const beforeMs = Math.min(wantedMs, nowMs);
    return Object.values(ends).some(([firstMs = beforeMs]) => firstMs < beforeMs) ? beforeMs : null;
  }

  #watchClock(nowMs: number): void {
    this.#heardMs ??= [...this.#table.machines].reduce((latest, { lastMs }) => Math.max(latest, lastMs), 0);
    const isWrong = nowMs - this.#heardMs > UNHEARD_MS && this.#heardMs > 0;
    if (isWrong || this.#dueMs > nowMs + DAY_MS) this.#dueMs = nowMs + DAY_MS;
    this.#heardMs = nowMs;
  }
}

/** When those ended that have ended, the first first. */
function endsOf(table: MachineTable): Record<keyof Counts, readonly number[]> {
  const { machines, bindings, sessions = [] } = table.snapshot(0);
  const lastMs = new Map(machines.map((machine) => [machine.id, machine.lastMs]));
  for (const { who, toMs } of bindings) {
    const id = table.idNow(who.id);
    if (!lastMs.has(id)) continue;
    lastMs.set(id, Math.max(lastMs.get(id) ?? 0, toMs ?? Number.POSITIVE_INFINITY));
  }
  const sorted = (ends: readonly number[]): number[] =>
    ends.filter((endMs) => endMs < Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  return {
    machines: sorted([...lastMs.values()]),
    bindings: sorted(bindings.map(({ toMs }) => toMs ?? Number.POSITIVE_INFINITY)),
    sessions: sorted(sessions.flatMap((session) => keysOf(session).map(() => endOf(session)))),
  };
}

/** The moment before which as many ended as are too many; 0: none are. */
function beyond(ends: readonly number[], count: number, most: number): number {
  const last = count <= most ? undefined : ends[Math.min(count - Math.floor(most * LEFT), ends.length) - 1];
  return last === undefined ? 0 : last + 1;
}

/** Addresses to be taken from whoever has them. @param lost those that are not seen, the longest first */
export function* tooManyLost(
  open: ReadonlyMap<string, Binding>,
  lost: Iterable<string>,
  present: ReadonlySet<string>,
): Iterable<[string, Binding]> {
  for (const ip of lost) {
    if (open.size <= OPEN_MAX) return;
    const binding = open.get(ip);
    if (binding !== undefined && !present.has(ip)) yield [ip, binding];
  }
}
