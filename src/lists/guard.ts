// Judges a freshly read list against what is in force: empty, mostly nonsense, or shrunk lists do not replace good ones.
import { ListError } from './errors.ts';

/** Fewer invalid lines than this are typing errors, not a sign that the text is no list. */
const INVALID_LINES_MIN = 10;
/** A person's own short list may lose any share of its entries: two of three is no accident there. */
export const OWN_ENTRIES_MIN = 20;

export interface Reading {
  readonly entries: number;
  /** Lines that speak against this being a list. */
  readonly invalid: number;
  readonly skipped: number;
  /** Entries of the list in force; null when there is none. */
  readonly previousEntries: number | null;
  /** 0..1 */
  readonly maxShrink: number;
  /** A file of the admin's. */
  readonly isOwn: boolean;
  /** Nothing in it, nothing skipped either, is what its owner wants. */
  readonly mayBeEmpty: boolean;
}

/** @returns why the reading must not replace the list in force; null when it may */
export function judge(reading: Reading): ListError | null {
  const { entries, invalid, skipped, previousEntries, maxShrink, isOwn, mayBeEmpty } = reading;
  const isShort = previousEntries === null || (isOwn && previousEntries < OWN_ENTRIES_MIN);
  if (entries === 0 && skipped === 0 && mayBeEmpty && (isShort || maxShrink >= 1)) return null;
  if (entries === 0 && skipped === 0)
    return new ListError(
      'LIST_NOTHING_USABLE',
      'nothing in it is a name, an address or a rule; check what the source serves, and its format',
    );
  if (entries === 0)
    return new ListError(
      'LIST_NOTHING_USABLE',
      `nothing usable in it (${skipped} ${skipped === 1 ? 'line' : 'lines'} skipped); check the source and its format`,
    );
  if (invalid >= INVALID_LINES_MIN && invalid > entries)
    return new ListError(
      'LIST_MOSTLY_INVALID',
      `${invalid} lines are invalid and only ${entries} usable; check the source and its format`,
    );
  if (!isShort && entries < previousEntries * (1 - maxShrink))
    return new ListError(
      'LIST_SHRANK',
      `only ${entries} of ${previousEntries} entries left; raise maxShrink (now ${Math.round(maxShrink * 100)} %) if this is meant`,
    );
  return null;
}
