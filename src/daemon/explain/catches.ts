// What each list caught, and what it alone did: blocked queries of the log, and whether another list in force has the name too.
import { setImmediate as afterOthers } from 'node:timers/promises';
import type { CatchView } from '../../admin/lists/routes.ts';
import type { AdminState } from '../../admin/state.ts';
import type { RuleSet } from '../../policy/rule.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { rulesOnName } from './decision.ts';

const LISTS_MAX = 100;
/** Of each list the newest rows of the log. */
const ROWS_MAX = 2_000;

export async function catchesOf(
  state: Pick<AdminState, 'askLog'>,
  ruleSet: RuleSet,
  sinceMs: number,
): Promise<CatchView[]> {
  const untilMs = Date.now() + 1;
  const { top } = await state.askLog({ what: 'top', of: 'lists', sinceMs, untilMs, limit: LISTS_MAX });
  const caught: CatchView[] = [];
  for (const { what: list, queries } of top) {
    const counts = await countsOfNames(state, list, sinceMs, untilMs);
    const alone = [...counts].filter(([name]) => !isElsewhere(name, list, ruleSet));
    const sum = (names: readonly (readonly [string, number])[]): number =>
      names.reduce((total, [, count]) => total + count, 0);
    caught.push({ list, queries, alone: sum(alone), looked: sum([...counts]) });
    // Beside whoever else asks.
    await afterOthers();
  }
  return caught;
}

async function countsOfNames(
  state: Pick<AdminState, 'askLog'>,
  list: string,
  sinceMs: number,
  untilMs: number,
): Promise<Map<string, number>> {
  const rest = { who: null, name: null, qtype: null, upstream: null };
  const filter = { ...rest, sinceMs, untilMs, outcome: 'blocked', list };
  const { rows } = await state.askLog({ what: 'rows', filter, limit: ROWS_MAX, cursor: null });
  const counts = new Map<string, number>();
  for (const { name, count } of rows) counts.set(name, (counts.get(name) ?? 0) + count);
  return counts;
}

/** On another list that would block it, for whichever group. */
function isElsewhere(text: string, list: string, ruleSet: RuleSet): boolean {
  const name = textToName(text);
  if (name === null) return false;
  return rulesOnName(name, ruleSet).some(({ number }) => {
    const rule = ruleSet.rules[number];
    const other = rule === undefined ? undefined : ruleSet.lists[rule.list];
    return other !== undefined && other.name !== list && rule?.action !== 'allow' && other.mode === 'enforce';
  });
}
