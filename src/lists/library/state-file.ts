// What is known of each list, from one run of the daemon to the next.
import { readFile } from 'node:fs/promises';
import type { Milliseconds } from '../../config/config.ts';
import { keepWhole } from '../../config/disk/whole-file.ts';
import { type LibraryClock, toSteady, toWall } from './clock.ts';
import { type ListState, newState } from './list-state.ts';

const VERSION = 1;
const TIMES = ['lastGoodMs', 'lastChangeMs', 'lastCheckMs', 'sinceMs'] as const;

/**
 * Reads what was saved; a missing or damaged file is an empty beginning, for bodies are fetched again. Times that are still to
 * come by the calendar of now are unknown: a machine without a battery starts in the past.
 */
export async function loadStates(path: string, clock: LibraryClock): Promise<Map<string, ListState>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const states = new Map<string, ListState>();
  let saved: Saved;
  try {
    saved = JSON.parse(text) as Saved;
  } catch {
    return states;
  }
  if (saved?.version !== VERSION || typeof saved.lists !== 'object') return states;
  const read = (ms: Milliseconds | null): Milliseconds | null => toSteady(clock, ms);
  // What this version added since takes its default.
  for (const [name, state] of Object.entries(saved.lists ?? {}))
    if (typeof state?.key === 'string')
      states.set(
        name,
        timesBy(read, { ...newState(state.key), inForce: (state.entries ?? 0) > 0, ...state }),
      );
  return states;
}

/** As it may stand on the disk, written whole by this or an older version; its times are the calendar's. */
type Saved = {
  readonly version?: unknown;
  readonly lists?: Record<string, Partial<ListState> | null> | null;
} | null;

/** Written whole, one writing at a time: the last word wins. */
export class StateFile {
  readonly #path: string;
  readonly #clock: LibraryClock;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string, clock: LibraryClock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Resolves once it is on the disk; rejects when that failed. */
  save(states: ReadonlyMap<string, ListState>): Promise<void> {
    const write = (ms: Milliseconds | null): Milliseconds | null =>
      ms === null ? null : toWall(this.#clock, ms);
    const lists = Object.fromEntries([...states].map(([name, state]) => [name, timesBy(write, state)]));
    const octets = new TextEncoder().encode(JSON.stringify({ version: VERSION, lists }, null, 1));
    const written = this.#writing.then(() => keepWhole(this.#path, [octets]));
    this.#writing = written.catch(() => undefined);
    return written;
  }
}

/** The state with all of its times converted. */
function timesBy(convert: (ms: Milliseconds | null) => Milliseconds | null, state: ListState): ListState {
  const times = Object.fromEntries(TIMES.map((name) => [name, convert(state[name])]));
  const { lastError } = state;
  return {
    ...state,
    ...times,
    lastError: lastError === null ? null : { ...lastError, atMs: convert(lastError.atMs) },
  };
}
