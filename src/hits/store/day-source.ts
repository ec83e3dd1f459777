// How the rows of a day are read, whichever release wrote them.
import type { DayRow } from './history.ts';
import { numberIn, type Row } from './row.ts';

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
