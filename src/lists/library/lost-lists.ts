// Lists in force whose text can no longer be read: new rules would lack them, so they are not put into force, and the source is
// asked for all of it.
import type { Milliseconds } from '../../config/config.ts';
import type { CompileResult } from '../compile.ts';
import { isRefusal } from '../errors.ts';
import type { ListReport } from '../list-report.ts';
import { type Failure, type Held, isPerhapsBeingWritten, settle } from './held-list.ts';
import { keptInForce, keptOf, octetsIn } from './kept-text.ts';
import type { ListEvent, Refreshed } from './list-event.ts';
import { type Means, recordPending, recordUnused } from './outcome.ts';

/** No source is asked more often than that for what cannot be read any more, whatever else changes. */
const ASK_ANEW_MS_MIN = 30_000;

/** A list in force of which new rules would have nothing, or another text that nobody asked for. */
export interface Lost {
  readonly name: string;
  readonly held: Held;
  readonly report: ListReport;
  readonly why: Failure;
}

export class LostLists {
  readonly #held: ReadonlyMap<string, Held>;
  readonly #means: Means;
  readonly #refresh: (names: readonly string[], signal: AbortSignal) => Promise<Refreshed>;

  constructor(
    held: ReadonlyMap<string, Held>,
    means: Means,
    refresh: (names: readonly string[], signal: AbortSignal) => Promise<Refreshed>,
  ) {
    this.#held = held;
    this.#means = means;
    this.#refresh = refresh;
  }

  /** Those that a result lacks: it must not come into force. */
  in({ lists }: CompileResult): Lost[] {
    return lists.flatMap((report) => {
      const held = this.#held.get(report.name);
      return held === undefined ? [] : (lossOf(held, report) ?? []);
    });
  }

  /** Asks their sources for all of their texts, but for one that was asked for that just now. */
  async askAnew(lost: readonly Lost[], signal: AbortSignal): Promise<readonly ListEvent[]> {
    const now = lost.filter(({ held }) => mayAskAnew(held, this.#means.steady()));
    const names = now.map(({ name }) => name);
    return (await this.#refresh(names, signal)).events;
  }

  /**
   * They are lost still: said of each, and its source is asked after a pause that grows. What came anew of others is kept until
   * they are back: nobody else has it, and two sources that are down by turns would never be there together.
   * @param result of rules that cannot come into force
   * @returns what is worth telling
   */
  still(lost: readonly Lost[], result: CompileResult): ListEvent[] {
    const events: ListEvent[] = [];
    const message = `its text waits for ${lost.map(({ name }) => name).join(', ')}, without which no new rules come into force`;
    for (const { name, used } of result.lists) {
      const held = this.#held.get(name);
      if (held?.isCompiling !== true || used !== 'body' || keptInForce(held) !== null) continue;
      recordUnused(held, { code: 'LIST_COMPILE', message }, this.#means, events);
      held.isCompiling = false;
    }
    for (const { held, why, report } of lost) {
      if (held.fresh !== null && report.error !== null && isPerhapsBeingWritten(held, report.error))
        recordPending(held, held.fresh, this.#means);
      else recordUnused(held, why, this.#means, events);
      settle(held);
    }
    return events;
  }
}

/** @param report of rules that are not in force yet; null where they have all that is in force of the list, or its owner wants less */
function lossOf(held: Held, report: ListReport): Lost | null {
  const { name, used, error } = report;
  if (!held.state.inForce) return null;
  // That nothing is left of the text in force may be what a setting says, or a warning list.
  const isNothing = held.isCompiling || !isRefusal(error?.code ?? 'LIST_MISSING');
  if (used === 'none' ? !isNothing : used !== held.notInForce) return null;
  const refused = held.isCompiling && error !== null ? `${error.message}; ` : '';
  const what =
    octetsIn(keptOf(held)) === null ? 'cannot be read any more' : 'is not the one in force, or not whole';
  const message = `${refused}the text kept of it ${what} (${held.paths.good}); its source is asked for all of it; check the owner and mode of that file and its folder`;
  return { name, held, report, why: { code: 'LIST_UNREADABLE', message } };
}

/** Its source is asked for all of it from now on. @returns whether now */
function mayAskAnew(held: Held, nowMs: Milliseconds): boolean {
  held.state = { ...held.state, validators: null };
  if (held.askedAnewMs !== null && nowMs - held.askedAnewMs < ASK_ANEW_MS_MIN) return false;
  held.askedAnewMs = nowMs;
  return true;
}

/** Rules with that report are in force: what was not possible before is tried now, and what is not whole is asked for. */
export function wakeAfter(held: Held, { used, error }: ListReport, nowMs: Milliseconds): void {
  if (used !== 'none' && used === held.notInForce) {
    held.isGoodOld = false;
    held.state = { ...held.state, validators: null, keptOctets: octetsIn(keptOf(held)) };
  }
  const code = held.state.lastError?.code;
  const wasHeldUp = code === 'LIST_COMPILE' || code === 'LIST_UNREADABLE';
  if (wasHeldUp && error === null && held.fresh === null) held.dueMs = nowMs;
}
