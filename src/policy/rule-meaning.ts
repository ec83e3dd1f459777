// What the numbers of a rule and of an expression mean to a reader of hits: list, indicator, whether it alerts.
import { expiryTextOf } from './expiry.ts';
import { addressesOf, type Indicator, type RuleSet } from './rule.ts';

/** The part of a rule set that hits need; the trie is not. */
export type RuleFaces = Pick<RuleSet, 'revision' | 'rules' | 'lists' | 'patterns'>;

export interface HitIndicator
  extends Pick<Indicator, 'campaign' | 'source' | 'firstPublished' | 'confidence'> {
  /** ISO date or time from which on it only watches, its list's where it has none of its own; absent where it never ends. */
  readonly expires?: string;
}

const NOTHING_SAID: HitIndicator = { campaign: null, source: null, firstPublished: null, confidence: null };

/** What a rule number of one rule set meant. */
export interface RuleMeaning {
  readonly list: string;
  readonly indicator: HitIndicator | null;
  /** Addresses the rule itself answers with, null when the list's action does. */
  readonly addresses: readonly string[] | null;
  /** The expression, when a pattern matched. */
  readonly pattern: string | null;
  /** Whether the list asks for alerts. */
  readonly alert: boolean;
}

/** What a rule number and pattern number of a rule set mean. */
export function meaningOf(rules: RuleFaces, rule: number, pattern: number): RuleMeaning | null {
  const found = rules.rules[rule];
  if (found === undefined) return null;
  const list = rules.lists[found.list];
  const { indicator, rewrite } = found;
  const expires = expiryTextOf(found, list);
  const said: HitIndicator | null =
    indicator === null
      ? null
      : {
          campaign: indicator.campaign,
          source: indicator.source,
          firstPublished: indicator.firstPublished,
          confidence: indicator.confidence,
        };
  return {
    list: list?.name ?? 'unknown',
    indicator: expires === null ? said : { ...(said ?? NOTHING_SAID), expires },
    addresses: rewrite === null ? null : addressesOf(rewrite),
    pattern: pattern < 0 ? null : (rules.patterns[pattern]?.source ?? null),
    alert: list?.alert ?? true,
  };
}
