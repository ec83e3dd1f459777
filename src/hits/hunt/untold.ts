// What was asked for before it was listed and has not been told: a find is told once, and again only for what came since.

import type { Elsewhere } from '../elsewhere-table.ts';
import type { Match } from '../matches.ts';
import type { AskerFacts } from '../store/askers.ts';
import type { Tables } from '../store/store.ts';
import { type Asked, askedAfter, type Within } from './past.ts';

/** An older release wrote its history some seconds after the hit itself. */
const SAME_TIME_MS = 60_000;
const SECOND_MS = 1000;

/** Past askings of one asker for one name, and a listing that speaks of them. */
interface Candidate {
  readonly asked: Asked;
  readonly asker: AskerFacts;
  /** Its id when it asked and all since. */
  readonly machines: readonly string[];
  readonly match: Match;
  readonly within: Within;
  readonly isOfGroup: boolean;
  /** Until when those were told by another listing that counts with this one; Infinity: there is none. */
  readonly otherAfterMs: number;
}

/** Days on which lists are known to have had a name elsewhere, and not for this campaign: what was asked for then is news for it. */
export function daysWithout(
  spans: readonly Elsewhere[],
  { list, indicator }: Match,
  { days }: Within,
): readonly number[] {
  const campaign = indicator?.campaign ?? null;
  // A find is reported once a campaign, and once a list where there is none.
  const own = spans.filter((span) =>
    campaign === null || span.campaign === null ? span.list === list : span.campaign === campaign,
  );
  const covers = (day: number) => (span: Elsewhere) => day >= span.fromDay && day <= span.toDay;
  return days.filter((day) => spans.some(covers(day)) && !own.some(covers(day)));
}

/** What of these askings has not been told, and after when; null when nothing. @param isPart of the days only some count */
export function newsOf(
  tables: Tables,
  candidate: Candidate,
  isPart: boolean,
): { readonly asked: Asked; readonly afterMs: number } | null {
  const { asked, asker, machines, match, within, isOfGroup, otherAfterMs } = candidate;
  if (!isOfGroup) return null;
  const { ip } = asker;
  const campaign = match.indicator?.campaign ?? null;
  const what = { name: asked.name, list: match.list, campaign };
  const ownAfterMs = Math.max(...machines.map((machine) => tables.told.untilMs({ ...what, machine })));
  const afterMs = Math.min(ownAfterMs, otherAfterMs);
  // Told in another group of the machine's, or for other types, it may have asked before that too.
  if (asked.lastMs <= afterMs && asked.open === 0) return null;
  // Rows of an older release do not say whether a hit told of them.
  if (asked.got.unrecorded !== undefined) {
    const firstHitMs = tables.hits.firstOf(ip, asked.name);
    if (firstHitMs !== null && asked.firstMs > firstHitMs - SAME_TIME_MS) return null;
  }
  // Nor do rows of a name say it of what stood behind it, where a list only watched that.
  if (asked.via !== undefined) {
    const watchedMs = tables.hits.firstWatched(ip, asked.name);
    if (watchedMs !== null && asked.lastMs > watchedMs - SECOND_MS) return null;
  }
  if (afterMs === 0 && !isPart) return { asked, afterMs };
  const later = askedAfter(tables.history, asked, { ...within, afterMs });
  return later === null ? null : { asked: { ...asked, ...later }, afterMs };
}

/** Rows that one listing speaks of, or another of the same campaign. */
export function eitherOf(one: Within, other: Within): Within {
  const takes = (
    { takesName }: Within,
    ...row: readonly [name: number, day: number, types: number]
  ): boolean => takesName?.(...row) !== false;
  return {
    ...one,
    days: [...new Set([...one.days, ...other.days])],
    takesName: (...row) => takes(one, ...row) || takes(other, ...row),
  };
}
