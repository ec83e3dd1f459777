// What was asked for before it was listed and has not been told: a find is told once, and again only for what came since.
//
// Each row of the history says what it was told of, so that what was told of one row says nothing of another: of another group's
// machines, of other types, of days on which the name led elsewhere.

import type { Elsewhere } from '../elsewhere-table.ts';
import type { Match } from '../match.ts';
import { isElsewhere, TOLD_OF, tellingsIn } from '../standing.ts';
import type { AskerFacts } from '../store/askers.ts';
import type { DayRow } from '../store/day-source.ts';
import type { Tables } from '../store/store.ts';
import type { ToldOf } from '../store/told/tellings-table.ts';
import type { Asked, Within } from './past.ts';
import { lastMsOf, type RowReader, summedOf } from './rows.ts';

/** An older release wrote its history some seconds after the hit itself. */
const SAME_TIME_MS = 60_000;
const SECOND_MS = 1000;

/** A listing, and the rows that it speaks of. */
export interface Part {
  readonly match: Match;
  readonly days: readonly number[];
  readonly takesName: NonNullable<Within['takesName']>;
}

/** Past askings of one asker for one name, and the listings of one campaign that speak of them. */
interface Candidate {
  readonly asked: Asked;
  /** Null: all of the asker and name. */
  readonly rows: readonly DayRow[] | null;
  readonly asker: AskerFacts;
  /** Its id when it asked and all since. */
  readonly machines: readonly string[];
  readonly parts: readonly Part[];
  readonly within: Within;
  readonly isOfGroup: boolean;
  /** Rows that end later than this may grow yet. */
  readonly settledMs: number;
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

/** What of these askings has not been told; null when nothing. */
export function newsOf(tables: Tables, reader: RowReader, candidate: Candidate): Asked | null {
  const { asked, asker, machines, parts, within, isOfGroup, settledMs } = candidate;
  if (!isOfGroup) return null;
  const { tellings } = asked;
  // Nearly all that is there was told long ago.
  if (tellings >= TOLD_OF.first && parts.every(({ match }) => tables.tellings.has(tellings, toldOf(match))))
    return null;
  const { ip } = asker;
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
  if (candidate.rows === null && tellings === TOLD_OF.nothing && asked.lastMs < settledMs)
    return { ...asked, told: [toldRows(asked, null)] };
  const all = candidate.rows ?? reader.of(asked, within);
  const isTold = toldFinder(tables, machines, asked.name);
  const rows = all.filter((row) =>
    parts.some((part) => part.takesName(row.name, row.day, row.types) && !isTold(row, part.match)),
  );
  const sums = summedOf(rows, within.sinceMs);
  if (sums === null) return null;
  const news = { ...asked, ...sums };
  return { ...news, told: [toldRows(news, rows)] };
}

const toldRows = ({ nameId, askerId, firstMs, lastMs }: Asked, rows: readonly DayRow[] | null) => ({
  name: nameId,
  asker: askerId,
  firstMs,
  lastMs,
  rows,
  isElsewhere: rows?.some(({ got }) => isElsewhere(got)) === true,
});

/** Whether a row was told of what a listing has it for. */
function toldFinder(
  tables: Tables,
  machines: readonly string[],
  name: string,
): (row: DayRow, match: Match) => boolean {
  return (row, match) => {
    const tellings = tellingsIn(row.got);
    if (tellings === TOLD_OF.nothing) return false;
    if (tellings !== TOLD_OF.byTime) return tables.tellings.has(tellings, toldOf(match));
    const untilMs = machines.map((machine) => tables.told.untilMs({ machine, name, ...toldOf(match) }));
    return lastMsOf(row) <= Math.max(...untilMs);
  };
}

const toldOf = ({ list, indicator }: Match): ToldOf => ({ list, campaign: indicator?.campaign ?? null });

/** Rows that one of these listings speaks of. */
export function eitherOf(parts: readonly Part[]): Required<Pick<Within, 'days' | 'takesName'>> {
  return {
    days: [...new Set(parts.flatMap(({ days }) => days))],
    takesName: (...row) => parts.some(({ takesName }) => takesName(...row)),
  };
}
