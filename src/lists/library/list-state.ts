// What is known of each list from one run of the daemon to the next, and the file that holds it.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ListConfig, Milliseconds } from '../../config/config.ts';
import type { ListReport } from '../compile.ts';
import type { ListErrorCode } from '../errors.ts';
import type { Validators } from '../sources/source.ts';
import { writeWhole } from './disk.ts';

export interface ListState {
  /** `listKey` of the configuration it belongs to: another source or format is another list. */
  readonly key: string;
  /** Of the text in force; null while there is none. */
  readonly validators: Validators | null;
  readonly entries: number;
  readonly patterns: number;
  readonly skipped: number;
  readonly format: string | null;
  /** How the format was decided. */
  readonly reason: string;
  /** Wall clock, as all times here; null while it never was. */
  readonly lastGoodMs: Milliseconds | null;
  /** When the text last became another. */
  readonly lastChangeMs: Milliseconds | null;
  readonly lastCheckMs: Milliseconds | null;
  /** Checks that failed or were refused since the last good one. */
  readonly failures: number;
  readonly lastError: ListFailure | null;
  /** How often the source wants to be asked; null when it does not say. */
  readonly sourceRefreshMs: Milliseconds | null;
  /** When to look again. */
  readonly nextCheckMs: Milliseconds;
}

export interface ListFailure {
  readonly code: ListErrorCode;
  readonly message: string;
  readonly atMs: Milliseconds;
}

const VERSION = 1;

export function listKey(config: ListConfig): string {
  const names = config.names === null ? '' : JSON.stringify(config.names);
  return createHash('sha256')
    .update(`${config.source}\n${config.format}\n${names}`)
    .digest('base64url')
    .slice(0, 16);
}

export function newState(key: string): ListState {
  return {
    key,
    validators: null,
    entries: 0,
    patterns: 0,
    skipped: 0,
    format: null,
    reason: '',
    lastGoodMs: null,
    lastChangeMs: null,
    lastCheckMs: null,
    failures: 0,
    lastError: null,
    sourceRefreshMs: null,
    nextCheckMs: 0,
  };
}

/** Reads what was saved; a missing or damaged file is an empty beginning, for bodies are fetched again. */
export async function loadStates(path: string): Promise<Map<string, ListState>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const states = new Map<string, ListState>();
  let saved: Saved;
  try {
    saved = JSON.parse(text) as Saved;
  } catch {
    return states;
  }
  if (saved?.version !== VERSION || typeof saved.lists !== 'object') return states;
  // What this version added since takes its default.
  for (const [name, state] of Object.entries(saved.lists ?? {}))
    if (typeof state?.key === 'string') states.set(name, { ...newState(state.key), ...state });
  return states;
}

/** As it may stand on the disk, written whole by this or an older version. */
type Saved = {
  readonly version?: unknown;
  readonly lists?: Record<string, Partial<ListState> | null> | null;
} | null;

export async function saveStates(path: string, states: ReadonlyMap<string, ListState>): Promise<void> {
  const text = JSON.stringify({ version: VERSION, lists: Object.fromEntries(states) }, null, 1);
  await writeWhole(path, [new TextEncoder().encode(text)]);
}

/** The source's present text is in force. */
export function afterGood(state: ListState, nowMs: Milliseconds, said: GoodCheck): ListState {
  return {
    ...state,
    validators: said.validators,
    lastGoodMs: nowMs,
    lastCheckMs: nowMs,
    lastChangeMs: said.changed ? nowMs : state.lastChangeMs,
    failures: 0,
    lastError: null,
    nextCheckMs: said.nextCheckMs,
  };
}

export interface GoodCheck {
  readonly validators: Validators | null;
  readonly changed: boolean;
  readonly nextCheckMs: Milliseconds;
}

/** The source could not be read, or its text was refused; what is in force stays so. */
export function afterFailure(
  state: ListState,
  nowMs: Milliseconds,
  error: Omit<ListFailure, 'atMs'>,
  next: Milliseconds,
): ListState {
  return {
    ...state,
    lastCheckMs: nowMs,
    failures: state.failures + 1,
    lastError: { code: error.code, message: error.message, atMs: nowMs },
    nextCheckMs: next,
  };
}

/** What compiling said of the text now in force. */
export function afterCompile(state: ListState, report: ListReport): ListState {
  const inForce = report.used !== 'none';
  return {
    ...state,
    entries: inForce ? report.entries : 0,
    patterns: inForce ? report.patterns : 0,
    skipped: report.skipped.reduce((sum, { count }) => sum + count, 0),
    format: report.format ?? state.format,
    reason: report.reason === '' ? state.reason : report.reason,
  };
}
