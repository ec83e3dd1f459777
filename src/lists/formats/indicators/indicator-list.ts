// What an indicator list says, as plain values.
import type { Indicator } from '../../../policy/rule.ts';

export interface IndicatorEntry {
  /** As written; not checked to be a name. */
  readonly name: string;
  /** The name alone, without the names below it. */
  readonly isExact: boolean;
  /** The names below it alone. */
  readonly isBelow?: boolean;
  readonly said: Partial<Indicator>;
  /** 1-based; 0 in a list that was not read from a file. */
  readonly line: number;
}

export interface IndicatorList {
  readonly name: string | null;
  readonly title: string | null;
  /** File or URL the names were taken from. */
  readonly source: string | null;
  readonly url: string | null;
  /** ISO date. */
  readonly published: string | null;
  readonly campaign: string | null;
  readonly confidence: Indicator['confidence'];
  readonly note: string | null;
  /** ISO date or time from which on entries that say none themselves only watch. */
  readonly expires: string | null;
  readonly entries: readonly IndicatorEntry[];
  /** Addresses and networks of a report: others may stand on them. */
  readonly addresses: readonly IndicatorEntry[];
}

export interface IndicatorProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
