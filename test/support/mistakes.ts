// One assertion for a table of any length: a test runner reads each assertion as a line, which for thousands costs more than the test.
import { isDeepStrictEqual } from 'node:util';
import type { Test } from 'tap';

/** As many as a person looks at. */
const SHOWN = 5;

export interface Mistakes {
  /** Counts a comparison, and keeps it where the two are not the same. */
  readonly compare: (found: unknown, wanted: unknown, what: string) => void;
  /** Passes where something was compared and all was as wanted; else shows the first mistakes. */
  readonly none: (t: Test) => void;
}

export function mistakes(): Mistakes {
  let compared = 0;
  let wrong = 0;
  const shown: { what: string; found: unknown; wanted: unknown }[] = [];
  return {
    compare(found, wanted, what) {
      compared += 1;
      if (isDeepStrictEqual(found, wanted)) return;
      wrong += 1;
      if (shown.length < SHOWN) shown.push({ what, found, wanted });
    },
    none(t) {
      t.ok(compared > 0, 'something was compared');
      t.same(shown, [], `${wrong} of ${compared} are wrong`);
    },
  };
}
