// How an asking stood with the lists that alert at the moment it was made, and with what it got: one small number a row of history.
import { RESULT, RESULT_NAMES, type Result, type ResultName } from '../events/result.ts';

export const STANDING = {
  /** On no list that alerts. */
  unlisted: 0,
  /** A hit told of it. */
  told: 1,
  /** Listed, and the admin's own word stood above it: an allow list, a record of the configuration. */
  allowed: 2,
  /** Listed, but on no list of the client's group. */
  elsewhere: 3,
} as const;
export type Standing = (typeof STANDING)[keyof typeof STANDING];

const STEP = 16;
const TELLINGS = 64;
/** What of a row was told as found in the past: of nothing; what the table of tellings has under a number; what the table of times has. */
export const TOLD_OF = { nothing: 0, byTime: 1, first: 2, last: 8191 } as const;
/** Above every number that is stored. */
export const GOT_MAX: number = TELLINGS * (TOLD_OF.last + 1);

/** The two as the number that is stored: the plainest case is 1, which SQLite keeps in no octets. */
export const gotOf = (result: Result, standing: Standing): number => result + standing * STEP;
export const resultIn = (got: number): Result => (got % STEP) as Result;
export const standingIn = (got: number): Standing => (Math.floor(got / STEP) % 4) as Standing;
/** Number of the tellings that a row stands in: what is asked for later on the same day is a row of its own. */
export function tellingsIn(got: number): number {
  const tellings = Math.floor(got / TELLINGS);
  // Of rows of older releases the time says all.
  return tellings === TOLD_OF.nothing && resultIn(got) === RESULT.unrecorded ? TOLD_OF.byTime : tellings;
}
export const toldAs = (got: number, tellings: number): number => (got % TELLINGS) + tellings * TELLINGS;
export const resultNameIn = (got: number): ResultName => RESULT_NAMES[got % STEP] ?? 'unrecorded';

/** Whether lists had a say at all: records of the configuration and what nobody may ask stand above them. */
export const reachesLists = (result: Result): boolean =>
  result !== RESULT.local && result !== RESULT.refused && result !== RESULT.dropped;

/** What people tell apart. */
export const CLASSES = [
  'answered',
  'failed',
  'blocked',
  'rewritten',
  'refused',
  'local',
  'unrecorded',
] as const;
export type ResultClass = (typeof CLASSES)[number];
/** Queries by class; those without any are left out. */
export type Tally = { readonly [name in ResultClass]?: number };

export function tallyOfBoth(a: Tally, b: Tally): Tally {
  const sums: { [name in ResultClass]?: number } = { ...a };
  for (const name of CLASSES) if (b[name] !== undefined) sums[name] = (sums[name] ?? 0) + b[name];
  return sums;
}

/** Number of the class in CLASSES. */
export function classOf(result: Result): number {
  switch (result) {
    case RESULT.data:
      return 0;
    case RESULT.blocked:
      return 2;
    case RESULT.rewritten:
      return 3;
    case RESULT.refused:
      return 4;
    case RESULT.local:
      return 5;
    case RESULT.unrecorded:
    case RESULT.partlyBlocked:
      return 6;
    // NODATA among them, which is what the client has in place of a private address that was withheld.
    default:
      return 1;
  }
}

/** Whether it was asked for while only lists of other groups had it, and what came of it may be a find for a list that gains it. */
export function isElsewhere(got: number): boolean {
  return standingIn(got) === STANDING.elsewhere && isOfAnybody(resultIn(got));
}

/** Neither refused nor answered by the admin, and noted. */
const isOfAnybody = (result: Result): boolean =>
  result !== RESULT.refused && result !== RESULT.local && result !== RESULT.partlyBlocked;

/** Whether a name that is listed later makes this asking a find: not what was told, allowed, refused or answered by the admin. */
export function isFind(got: number): boolean {
  return standingIn(got) === STANDING.unlisted && isOfAnybody(resultIn(got));
}
