// How the rows of a day are read, whichever release wrote them.

/** Types of a row, above TYPE_BIT of asked-types.ts or-ed. */
export const TYPES = 16;

/** As `visits` of a row has them: visits and types in one number. */
export function visitsIn(stored: number): { readonly visits: number; readonly types: number } {
  const types = stored % TYPES;
  return { visits: (stored - types) / TYPES, types };
}

/** A table with rows of a day, whichever release wrote it, and what its columns are called there. */
export interface DaySource {
  readonly name: string;
  readonly asker: string;
  readonly got: string;
  readonly visits: string;
}
