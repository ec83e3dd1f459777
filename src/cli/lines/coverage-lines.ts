// Of which time an answer speaks, for people: "nobody" is said of that time and of no other.

import { counted, grouped, moment, momentText } from '../../config/values/grouped.ts';
import { type Coverage, gapText } from '../../hits/coverage.ts';
import type { LogCoverage } from '../../querylog/read/question.ts';

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

/** What comes with each answer from the query log. */
export interface OfLog {
  readonly since: string;
  readonly keepsLog: boolean;
  readonly leavesHitsOut: boolean;
  readonly isHeldUp: boolean;
  readonly coverage: LogCoverage;
}

const LOG_GAPS_SHOWN = 5;

/** What an answer from the query log does not know, one thing a line; none when it knows all. */
export function logLines({ since, keepsLog, leavesHitsOut, isHeldUp, coverage }: OfLog): string[] {
  const lines: string[] = [];
  if (!keepsLog) lines.push('No query is logged at present (log.enabled, events.queryLog).');
  if (leavesHitsOut)
    lines.push(
      'Neither hits nor who asked, machines and users, are in the log while it is under pseudonyms; `cenote hits` has the hits.',
    );
  if (isHeldUp)
    lines.push(
      'The log cannot be written at present, and what was asked since is not in it yet: see `cenote status`.',
    );
  else if (coverage.since === null) lines.push('The log has no query yet.');
  if (coverage.since !== null && coverage.since > since)
    lines.push(`The log begins at ${momentText(coverage.since)}.`);
  const gaps = coverage.gaps.slice(-LOG_GAPS_SHOWN);
  const earlier = coverage.gaps.length - gaps.length;
  if (earlier > 0) lines.push(`Not all queries of ${counted(earlier, 'earlier time')} are in the log.`);
  for (const { from, to } of gaps)
    lines.push(`Not all queries from ${moment(from)} to ${momentText(to)} are in the log.`);
  if (coverage.lost > 0)
    lines.push(`Not in the log, for want of room: ${counted(coverage.lost, 'query', 'queries')}.`);
  return lines;
}
