// When a rule stops deciding: its indicator's own time, else its list's. From then on it only watches, as in a list with
// `mode: monitor`; an exception that is over lets nothing through.
import type { GroupConfig, ListMode, Milliseconds } from '../config/config.ts';
import type { ListFace, Rule, RuleSet } from './rule.ts';
import { hoursOf, type RuleTable, rankOf, zoneOf } from './rule-table.ts';

/** The date or time from which on a rule only watches, as its source writes it; null for never. */
export function expiryTextOf(rule: Rule, list: ListFace | undefined): string | null {
  return rule.indicator?.expires ?? list?.expires ?? null;
}

/** The same as milliseconds since 1970, infinite for never. A day without a time begins at midnight UTC. */
export function expiryOf(rule: Rule, list: ListFace | undefined): Milliseconds {
  return expiryMsOf(expiryTextOf(rule, list));
}

/** What is no date never comes. */
export function expiryMsOf(text: string | null): Milliseconds {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : ms;
}

/** Whether a rule blocks or only watches at a time. @param endMs `expiryOf` it, where somebody has that already */
export function modeAt(
  rule: Rule,
  list: ListFace | undefined,
  nowMs: Milliseconds,
  endMs: Milliseconds = expiryOf(rule, list),
): ListMode | 'expired' {
  if (list?.mode === 'monitor') return 'monitor';
  return endMs <= nowMs ? 'expired' : 'enforce';
}

/** When the next rule of any list ends after this moment; infinite when none does. */
export function nextExpiryMs({ rules, lists }: RuleSet, nowMs: Milliseconds): Milliseconds {
  let nextMs = Number.POSITIVE_INFINITY;
  for (const rule of rules) {
    const endMs = expiryOf(rule, lists[rule.list]);
    if (endMs > nowMs && endMs < nextMs) nextMs = endMs;
  }
  return nextMs;
}

/** Keeps a table of rules true while time passes, whichever way the clock goes. Costs nothing between two expiries. */
export class Expiry {
  readonly #ruleSet: RuleSet;
  /** As the table has them. */
  readonly #hours: readonly GroupConfig[];
  readonly #table: RuleTable;
  /** Numbers of the rules that end, in the order in which they do, and when each does. */
  readonly #rules: Int32Array;
  readonly #ends: Float64Array;
  /** How many of them have ended. */
  #ended = 0;

  constructor(ruleSet: RuleSet, groups: readonly GroupConfig[], table: RuleTable) {
    this.#ruleSet = ruleSet;
    this.#hours = hoursOf(groups);
    this.#table = table;
    const { rules, lists } = ruleSet;
    const ends = rules.map((rule) => expiryOf(rule, lists[rule.list]));
    const ending = [...ends.keys()].filter((rule) => ends[rule]! < Number.POSITIVE_INFINITY);
    ending.sort((a, b) => ends[a]! - ends[b]!);
    this.#rules = Int32Array.from(ending);
    this.#ends = Float64Array.from(ending, (rule) => ends[rule]!);
  }

  /** @returns whether any rule became another */
  setTime(nowMs: Milliseconds): boolean {
    const before = this.#ended;
    while (this.#ended < this.#ends.length && this.#ends[this.#ended]! <= nowMs) {
      this.#turn(this.#rules[this.#ended]!, true);
      this.#ended += 1;
    }
    while (this.#ended > 0 && this.#ends[this.#ended - 1]! > nowMs) {
      this.#ended -= 1;
      this.#turn(this.#rules[this.#ended]!, false);
    }
    return this.#ended !== before;
  }

  #turn(number: number, isExpired: boolean): void {
    const { rank, zone } = this.#table;
    const rule = this.#ruleSet.rules[number]!;
    const list = this.#ruleSet.lists[rule.list];
    this.#hours.forEach((group, hour) => {
      rank[hour]![number] = rankOf(rule, list, group, isExpired);
    });
    zone[number] = zoneOf(rule, list, isExpired);
  }
}
