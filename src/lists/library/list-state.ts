// What is known of each list, and how an attempt to renew it changes that. Pure.
import { createHash } from 'node:crypto';
import type { ListConfig, Milliseconds } from '../../config/config.ts';
import { type ListEnds, NO_ENDS } from '../entry/expiries.ts';
import { leftOutOf } from '../entry/problems.ts';
import { isRefusal, type ListErrorCode } from '../errors.ts';
import type { ListReport } from '../list-report.ts';
import type { Validators } from '../sources/source.ts';

/** All times are of the monotonic clock (clock.ts), those of earlier runs too; null while unknown. */
export interface ListState {
  /** `listKey` of the configuration it belongs to: another source or format is another list. */
  readonly key: string;
  /** Of the text in force; null while there is none. */
  readonly validators: Validators | null;
  /** Something of it is in the rules, or it is in force as empty. */
  readonly inForce: boolean;
  /** It is in force, and its owner has nothing on it. */
  readonly isEmpty: boolean;
  readonly entries: number;
  readonly patterns: number;
  readonly skipped: number;
  /** Why lines were left out, most frequent first. */
  readonly skips: readonly SkipCount[];
  readonly format: string | null;
  /** How the format was decided. */
  readonly reason: string;
  /** When its entries stop blocking, by the calendar. */
  readonly ends: ListEnds['ends'];
  /** Entries that never end though the setting `expires` gives them so long: they have no date. */
  readonly undated: number;
  readonly lastGoodMs: Milliseconds | null;
  /** When the text last became another. */
  readonly lastChangeMs: Milliseconds | null;
  readonly lastCheckMs: Milliseconds | null;
  /** When its condition last became another one. */
  readonly sinceMs: Milliseconds | null;
  /** Attempts that failed or were refused since the last good one. */
  readonly failures: number;
  readonly lastError: ListFailure | null;
  /** Octets of the text in force where it is kept; null while unknown. */
  readonly keptOctets: number | null;
  /** How often the source wants to be asked; null when it does not say. */
  readonly sourceRefreshMs: Milliseconds | null;
}

export interface ListFailure {
  readonly code: ListErrorCode;
  readonly message: string;
  readonly atMs: Milliseconds | null;
}

export interface SkipCount {
  readonly text: string;
  readonly count: number;
  /** They were not left out. */
  readonly inForce: boolean;
  /** What only these lines cover is not blocked. */
  readonly isGap: boolean;
}

const SKIPS_MAX = 8;

/**
 * new: never tried. fetching: its first attempt is under way. good: the source's present text is in force. empty: likewise, and
 * its owner has nothing on it. stale: an older text is in force, since the last attempt failed. refused: what came last was not
 * accepted; an older text may be in force. failed: nothing is in force, since no attempt succeeded.
 */
export type ListCondition = 'new' | 'fetching' | 'good' | 'empty' | 'stale' | 'refused' | 'failed';

export function conditionOf(
  { lastError, inForce, isEmpty }: Pick<ListState, 'lastError' | 'inForce' | 'isEmpty'>,
  isFetching: boolean,
): ListCondition {
  if (lastError !== null) return isRefusal(lastError.code) ? 'refused' : inForce ? 'stale' : 'failed';
  if (inForce) return isEmpty ? 'empty' : 'good';
  return isFetching ? 'fetching' : 'new';
}

export function listKey(config: ListConfig): string {
  const names = config.names === null ? '' : JSON.stringify(config.names);
  return createHash('sha256')
    .update(`${config.source}\n${config.format}\n${names}`)
    .digest('base64url')
    .slice(0, 16);
}

export function newState(key: string, sinceMs: Milliseconds | null = null): ListState {
  return {
    key,
    validators: null,
    inForce: false,
    isEmpty: false,
    entries: 0,
    patterns: 0,
    skipped: 0,
    skips: [],
    format: null,
    reason: '',
    ...NO_ENDS,
    lastGoodMs: null,
    lastChangeMs: null,
    lastCheckMs: null,
    sinceMs,
    failures: 0,
    lastError: null,
    keptOctets: null,
    sourceRefreshMs: null,
  };
}

/** The source's present text is in force. */
export function afterGood(state: ListState, nowMs: Milliseconds, said: GoodAttempt): ListState {
  return since(state, nowMs, {
    ...state,
    validators: said.validators,
    lastGoodMs: nowMs,
    lastCheckMs: nowMs,
    lastChangeMs: said.changed ? nowMs : state.lastChangeMs,
    failures: 0,
    lastError: null,
  });
}

export interface GoodAttempt {
  readonly validators: Validators | null;
  readonly changed: boolean;
}

/** The source could not be read, or its text was refused; what is in force stays so. */
export function afterFailure(
  state: ListState,
  nowMs: Milliseconds,
  { code, message }: Omit<ListFailure, 'atMs'>,
): ListState {
  return since(state, nowMs, {
    ...state,
    lastCheckMs: nowMs,
    failures: state.failures + 1,
    lastError: { code, message, atMs: nowMs },
  });
}

/** What compiling said of the text now in force. */
export function afterCompile(state: ListState, nowMs: Milliseconds, report: ListReport): ListState {
  const inForce = report.used !== 'none';
  return since(state, nowMs, {
    ...state,
    inForce,
    isEmpty: inForce && report.isEmpty,
    entries: inForce ? report.entries : 0,
    patterns: inForce ? report.patterns : 0,
    skipped: leftOutOf(report.skipped),
    skips: skipsOf(report),
    format: report.format ?? state.format,
    reason: report.reason === '' ? state.reason : report.reason,
    ...(inForce ? { ends: report.ends, undated: report.undated } : NO_ENDS),
  });
}

/** Those that leave a gap first: they are told beyond `cenote lists`. */
function skipsOf({ skipped }: ListReport): SkipCount[] {
  const gapsFirst = [...skipped.filter(({ isGap }) => isGap), ...skipped.filter(({ isGap }) => !isGap)];
  return gapsFirst
    .slice(0, SKIPS_MAX)
    .map(({ text, count, inForce, isGap }) => ({ text, count, inForce, isGap }));
}

function since(before: ListState, nowMs: Milliseconds, after: ListState): ListState {
  const isSame = conditionOf(before, false) === conditionOf(after, false);
  return isSame && before.sinceMs !== null ? after : { ...after, sinceMs: nowMs };
}
