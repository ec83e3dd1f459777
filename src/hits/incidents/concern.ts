// What of a hit concerns a campaign: the lists that have it, the gravest indicator, and how grave that is.
import type { HitIndicator } from '../../policy/rule-meaning.ts';
import type { Hit } from '../hit.ts';
import type { Match } from '../match.ts';

export const SEVERITIES = ['low', 'medium', 'high'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What of a hit concerns one campaign: the lists that have it, with the gravest indicator. */
export interface Concern {
  readonly campaign: string | null;
  readonly lists: readonly string[];
  readonly rule: string;
  readonly indicator: HitIndicator | null;
  readonly indicators: readonly HitIndicator[];
}

export function severityOf(indicator: HitIndicator | null): Severity {
  return indicator?.confidence ?? 'medium';
}

export const isGraver = (a: Severity, b: Severity): boolean => SEVERITIES.indexOf(a) > SEVERITIES.indexOf(b);

const remembered = new WeakMap<readonly Match[], readonly Concern[]>();

/** The campaigns that a hit counts for, each once with all its lists; a list without a campaign is one of its own. */
export function concernsOf({ matches }: Hit): readonly Concern[] {
  let concerns = remembered.get(matches);
  if (concerns === undefined) {
    concerns = concernsIn(matches);
    remembered.set(matches, concerns);
  }
  return concerns;
}

function concernsIn(matches: readonly Match[]): readonly Concern[] {
  const concerns = new Map<string, Concern>();
  for (const { list, rule, indicator } of matches) {
    const campaign = indicator?.campaign ?? null;
    const key = campaign ?? `list ${list}`;
    const known = concerns.get(key);
    const own = indicator === null ? [] : [indicator];
    if (known === undefined) concerns.set(key, { campaign, lists: [list], rule, indicator, indicators: own });
    else {
      const isGravest = isGraver(severityOf(indicator), severityOf(known.indicator));
      concerns.set(key, {
        campaign,
        lists: known.lists.includes(list) ? known.lists : [...known.lists, list],
        rule: isGravest ? rule : known.rule,
        indicator: isGravest ? indicator : known.indicator,
        indicators: [...known.indicators, ...own],
      });
    }
  }
  return [...concerns.values()];
}
