// How the rows of a day are read, whichever release wrote them.
import { numberIn, type Row } from './row.ts';

/** One machine asked for one name, on one UTC day, once or several times between two moments, and got the same. */
export interface DayRow {
  /** Days since 1970. */
  readonly day: number;
  /** Numbers as `nameId` and `askerId` gave them. */
  readonly name: number;
  readonly asker: number;
  /** standing.ts */
  readonly got: number;
  /** Seconds of the day. */
  readonly firstSecond: number;
  readonly spanSeconds: number;
  readonly count: number;
  /** Those that began a visit. */
  readonly visits: number;
  /** TYPE_BIT of what was asked for, or-ed. */
  readonly types: number;
}

/** Types of a row, above TYPE_BIT of asked-types.ts or-ed. */
export const TYPES = 16;

/** As `visits` of a row has them: visits and types in one number. */
export function visitsIn(stored: number): { readonly visits: number; readonly types: number } {
  const types = stored % TYPES;
  return { visits: (stored - types) / TYPES, types };
}

/** Of a row of `SELECT got, first, span, count, visits`. @param of whose it is */
export function dayRowOf(of: Pick<DayRow, 'day' | 'name' | 'asker'>, row: Row): DayRow {
  return {
    ...of,
    got: numberIn(row, 'got'),
    firstSecond: numberIn(row, 'first'),
    spanSeconds: numberIn(row, 'span'),
    count: numberIn(row, 'count'),
    ...visitsIn(numberIn(row, 'visits')),
  };
}

/** A table with rows of a day, whichever release wrote it, and what its columns are called there. */
export interface DaySource {
  readonly name: string;
  readonly asker: string;
  readonly got: string;
  readonly visits: string;
}
