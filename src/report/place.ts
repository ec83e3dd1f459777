// Where something stands in a report.
import type { Candidate } from './report.ts';

export interface Place {
  /** The way to the value where the line alone does not say it: an object's id and its key. */
  readonly path?: string;
  /** 1-based; 0 when the report has no lines. */
  readonly line: number;
  readonly column: number;
}

/** Of a whole text. */
export const START: Place = { line: 1, column: 1 };

/** Where a thing stands, with the way to the value that it stands in. */
export const spotOf = ({ line, column }: Place, { path }: Place): Place => ({
  line,
  column,
  ...(path !== undefined && { path }),
});

/** A candidate found in a cell or a value stands where the cell stands. */
export function moved(candidate: Candidate, place: Place): Candidate {
  if (place.line === 1 && place.column === 1) return candidate;
  const isFirstLine = candidate.line === 1;
  return {
    ...candidate,
    line: place.line + candidate.line - 1,
    column: isFirstLine ? place.column + candidate.column - 1 : candidate.column,
  };
}
