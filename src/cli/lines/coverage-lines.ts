// Of which time an answer speaks, for people: "nobody" is said of that time and of no other.

import { counted, grouped, moment, momentText } from '../../config/values/grouped.ts';
import { type Coverage, gapText } from '../../hits/coverage.ts';

/** `from 2026-11-01 00:00:00 to 2026-11-23 09:00:00 UTC`; null when nothing was watched. */
export function watchedText({ from, to }: Coverage): string | null {
  return from === null ? null : `from ${moment(from)} to ${momentText(to)}`;
}

/** What the answer does not know, one thing a line; none when it knows all. */
export function coverageLines(coverage: Coverage, since: string): string[] {
  // A site of an older release does not note what it kept no name of.
  const { from, gaps, furtherGaps, lost, unnamed = 0, waiting, gapsUnknownUntil } = coverage;
  if (coverage.isWhole) return [];
  const lines: string[] = [];
  if (from !== null && Date.parse(from) > Date.parse(since) + 1000)
    lines.push(`Nothing is known from before ${momentText(from)}.`);
  lines.push(...gaps.map(gapText));
  if (furtherGaps > 0)
    lines.push(`Nothing, or not all, is known of ${counted(furtherGaps, 'earlier time')}.`);
  if (gapsUnknownUntil !== null) lines.push(`Before ${momentText(gapsUnknownUntil)} gaps were not noted.`);
  if (lost > 0) lines.push(`Not known, for want of room: ${counted(lost, 'query', 'queries')}.`);
  if (unnamed > 0)
    lines.push(
      `Of ${counted(unnamed, 'query', 'queries')} only a name above is kept (\`*.NAME\`): too many new names on one day.`,
    );
  if (waiting > 0)
    lines.push(`${grouped(waiting)} wait for the store, which takes nothing, and are not shown.`);
  return lines;
}

/** `There are no hits since …`, if that is known; else of which time it is. */
export function noneLines(what: string, coverage: Coverage, since: string): string[] {
  if (coverage.isWhole) return [`There are no ${what} since ${momentText(since)}.`];
  const watched = watchedText(coverage);
  const known =
    watched === null
      ? `Nothing is known of ${what}: nothing of that time was watched.`
      : `No ${what} are known ${watched}.`;
  return [known, ...coverageLines(coverage, since)];
}
