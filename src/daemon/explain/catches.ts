// What each list caught, and what it alone did: blocked queries of the log, and whether another list in force has the name too.
import { setImmediate as afterOthers } from 'node:timers/promises';
import type { CatchesView, CatchView } from '../../admin/lists/routes.ts';
import type { AdminState } from '../../admin/state.ts';
import type { RuleSet } from '../../policy/rule.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { type FoundRule, ruleFinder } from './decision.ts';

const LISTS_MAX = 1000;
/** Of all lists together, rows of the log whose names are looked at. */
const ROWS_MAX = 20_000;
/** Looked at before others get their turn. */
const NAMES_IN_TURN = 200;
/** Whoever asks again so soon is told the same. */
const FRESH_MS = 30_000;

type Log = Pick<AdminState, 'askLog'>;

interface Told {
  readonly ruleSet: RuleSet;
  readonly sinceMs: number;
  readonly catches: Promise<CatchesView>;
}

/** It takes a scan of the log: one at a time, for all who ask. */
export class Catches {
  #told: Told | null = null;

  of(log: Log, ruleSet: RuleSet, sinceMs: number): Promise<CatchesView> {
    const told = this.#told;
    if (told !== null && told.ruleSet === ruleSet && Math.abs(sinceMs - told.sinceMs) < FRESH_MS)
      return told.catches;
    const catches = catchesOf(log, ruleSet, sinceMs);
    this.#told = { ruleSet, sinceMs, catches };
    const forget = (): void => {
      if (this.#told?.catches === catches) this.#told = null;
    };
    catches.catch(forget);
    // Rules that were replaced are not to be held until somebody looks again.
    setTimeout(forget, FRESH_MS).unref();
    return catches;
  }
}

async function catchesOf(log: Log, ruleSet: RuleSet, sinceMs: number): Promise<CatchesView> {
  const untilMs = Date.now() + 1;
  const question = { what: 'caught', sinceMs, untilMs, lists: LISTS_MAX, rows: ROWS_MAX } as const;
  const { lists, coverage } = await log.askLog(question);
  const find = ruleFinder(ruleSet);
  const caught: CatchView[] = [];
  let names = 0;
  for (const { list, queries, names: found } of lists) {
    let [alone, looked] = [0, 0];
    for (const [name, count] of found) {
      looked += count;
      if (!isElsewhere(name, list, ruleSet, find)) alone += count;
      names += 1;
      if (names % NAMES_IN_TURN === 0) await afterOthers();
    }
    caught.push({ list, queries, alone, looked });
  }
  return { catches: caught, coverage };
}

/** On another list that would block it, for whichever group. */
function isElsewhere(
  text: string,
  list: string,
  ruleSet: RuleSet,
  find: (name: Uint8Array) => readonly FoundRule[],
): boolean {
  const name = textToName(text);
  if (name === null) return false;
  return find(name).some(({ number }) => {
    const rule = ruleSet.rules[number];
    const other = rule === undefined ? undefined : ruleSet.lists[rule.list];
    return other !== undefined && other.name !== list && rule?.action !== 'allow' && other.mode === 'enforce';
  });
}
