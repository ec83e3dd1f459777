// What became of one list's text when it was compiled.
import { type ListEnds, NO_ENDS } from './entry/expiries.ts';
import type { ToldExpressions } from './entry/expressions.ts';
import { Problems, type SkipReport } from './entry/problems.ts';
import type { ListErrorCode } from './errors.ts';
import type { Detected } from './formats/detect/detect-lines.ts';

export interface ListReport extends ListEnds {
  readonly name: string;
  /** Which text is in the rule set. */
  readonly used: 'body' | 'fallback' | 'none';
  /** It was taken with nothing in it. */
  readonly isEmpty: boolean;
  /** Why `body` is not in it. */
  readonly error: { readonly code: ListErrorCode; readonly message: string } | null;
  readonly format: Detected['format'] | null;
  /** How the format was decided, for people. */
  readonly reason: string;
  /** Names, expressions and addresses taken, repeated ones counted as often as they stand there. */
  readonly entries: number;
  readonly patterns: number;
  readonly skipped: readonly SkipReport[];
}

export const nothing = (name: string): ListReport => ({
  name,
  used: 'none',
  isEmpty: false,
  error: null,
  format: null,
  reason: '',
  entries: 0,
  patterns: 0,
  skipped: [],
  ...NO_ENDS,
});

/** The report with rules that found no room on their names counted as skipped. */
export function withCrowded(report: ListReport, count: number): ListReport {
  if (count === 0) return report;
  const problems = new Problems();
  problems.addCount('too-many-rules', count);
  return { ...report, skipped: [...report.skipped, ...problems.report()] };
}

/** The report with what is to be said of its expressions: those too heavy for queries count as skipped. */
export function withTold(report: ListReport, told: ToldExpressions | undefined): ListReport {
  if (told === undefined) return report;
  const entries = report.entries - told.count;
  const skipped = [...report.skipped, ...told.skipped];
  if (told.count === 0) return { ...report, skipped };
  const error = entries > 0 ? report.error : { code: 'LIST_NOTHING_USABLE' as const, message: HEAVY_ONLY };
  const used = entries > 0 ? report.used : 'none';
  return { ...report, used, entries, patterns: report.patterns - told.count, skipped, error };
}

const HEAVY_ONLY = 'nothing in it but expressions that would slow every query; ask its author for names';
