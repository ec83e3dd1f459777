// Two incidents turn out to be of one machine.
import { absorbNames } from './asked-names.ts';
import { isGraver } from './concern.ts';
import { pastOfBoth } from './growth.ts';
import type { Incident } from './incident.ts';

/** All that is said of `from` is said of `into`. */
export function absorb(into: Incident, from: Incident): void {
  if (isGraver(from.severity, into.severity))
    Object.assign(into, { severity: from.severity, indicator: from.indicator });
  for (const key of ['addresses', 'groups', 'lists'] as const)
    for (const one of from[key]) if (!into[key].includes(one)) into[key].push(one);
  into.indicators.push(...from.indicators.filter((one) => !into.indicators.includes(one)));
  const titles = [...(into.formerTitles ?? []), ...(from.formerTitles ?? [])];
  if (titles.length > 0) into.formerTitles = [...new Set(titles)];
  into.firstMs = Math.min(into.firstMs, from.firstMs);
  into.lastMs = Math.max(into.lastMs, from.lastMs);
  into.hits += from.hits;
  into.visits += from.visits;
  if (from.past !== null) into.past = pastOfBoth(into.past, from.past);
  for (const [outcome, hits] of Object.entries(from.outcomes)) {
    const key = outcome as keyof Incident['outcomes'];
    into.outcomes[key] = (into.outcomes[key] ?? 0) + hits;
  }
  for (const [list, hits] of Object.entries(from.decided))
    into.decided[list] = (into.decided[list] ?? 0) + hits;
  absorbNames(into, from);
}
