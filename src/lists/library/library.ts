// The state of every list over its life: what is in force, how old it is, what went wrong; what to fetch and compile next.
//
// Life of a refresh: `due` → `refresh` (fetches, changes nothing in force) → `compileRequest` → compile (a helper process) →
// `accept` (good texts become last-known-good on disk; refused ones leave the old in force and the list stale).
// Invariants: a text becomes last-known-good only after it was compiled; times are wall clock, from `now`.
import { existsSync } from 'node:fs';
import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListConfig, Milliseconds } from '../../config/config.ts';
import type { Notified } from '../../zone/notify.ts';
import type { CompileRequest, CompileResult } from '../compile.ts';
import { ListError, messageOf } from '../errors.ts';
import type { BodyPaths } from '../sources/open-source.ts';
import type { ListSource, Validators } from '../sources/source.ts';
import { drop } from './disk.ts';
import { nextCheckMs } from './due.ts';
import {
  compileListOf,
  type Failure,
  type Fresh,
  type Held,
  isSame,
  type ListText,
  pathsOf,
  textInForce,
} from './held-list.ts';
import { keepText, type TextCopy, textCopyOf } from './keep.ts';
import {
  afterCompile,
  afterFailure,
  afterGood,
  type ListState,
  listKey,
  loadStates,
  newState,
  saveStates,
} from './list-state.ts';
import { type ListStatus, statusOf } from './list-status.ts';

export interface LibraryOptions {
  /** `<events.dir>/lists`: bodies and state. */
  readonly dir: string;
  readonly now: () => Milliseconds;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly openSource: (config: ListConfig, paths: BodyPaths) => ListSource;
}

/** Something about a list that people want to hear of. */
export interface ListEvent {
  readonly kind: 'changed' | 'stale' | 'recovered';
  readonly list: string;
  readonly message: string;
}

const REFUSED_BEFORE: Failure = {
  code: 'LIST_NOTHING_USABLE',
  message: 'the text that was refused is still there',
};

export class Library {
  readonly #options: LibraryOptions;
  readonly #held = new Map<string, Held>();
  #saved: Map<string, ListState>;
  #diskError: string | null = null;

  private constructor(options: LibraryOptions, saved: Map<string, ListState>) {
    this.#options = options;
    this.#saved = saved;
  }

  static async open(options: LibraryOptions, lists: readonly ListConfig[]): Promise<Library> {
    const library = new Library(options, await loadStates(join(options.dir, 'state.json')));
    library.setLists(lists);
    return library;
  }

  /**
   * Takes a new configuration; a list of the same source and format keeps what is known of it. @returns takes it back
   */
  setLists(lists: readonly ListConfig[]): () => void {
    const before = new Map(this.#held);
    this.#held.clear();
    for (const config of lists) {
      const key = listKey(config);
      const paths = pathsOf(this.#options.dir, config.name, key);
      const source = this.#options.openSource(config, paths);
      const held = before.get(config.name);
      // Another setting may make acceptable what was refused.
      if (held?.state.key === key) this.#held.set(config.name, { ...held, config, source, refused: null });
      else
        this.#held.set(config.name, {
          config,
          source,
          paths,
          fresh: null,
          refused: null,
          ...this.#remembered(config, key, paths),
        });
    }
    return () => {
      this.#held.clear();
      for (const [name, held] of before) this.#held.set(name, held);
    };
  }

  /** What the last run left of a list. A text that is no longer on disk is not in force, whatever the state says. */
  #remembered(
    config: ListConfig,
    key: string,
    paths: Held['paths'],
  ): Pick<Held, 'state' | 'hasGood' | 'inForce'> {
    const saved = this.#saved.get(config.name);
    const hasGood = existsSync(paths.good);
    const inForce = hasGood || config.names !== null;
    const state = saved?.key === key && inForce ? saved : newState(key);
    // What was due while we were away is due now.
    return { state: { ...state, nextCheckMs: 0 }, hasGood, inForce };
  }

  /** Lists that need no network: what a start can wait for. */
  local(): string[] {
    return this.#namesWhere(({ source }) => source.kind === 'file' || source.kind === 'inline');
  }

  /** Lists to look at now. */
  due(): string[] {
    const now = this.#options.now();
    return this.#namesWhere(({ state }) => state.nextCheckMs <= now);
  }

  #namesWhere(holds: (held: Held) => boolean): string[] {
    return [...this.#held.values()].filter(holds).map(({ config }) => config.name);
  }

  /** A message that says a source has changed: the reply, and the list to look at when it is believed. */
  notified(message: Uint8Array, from: Uint8Array): (Notified & { readonly list: string }) | null {
    const told = [...this.#held.values()].flatMap(({ config, source }) => {
      const own = source.notified?.(message, from) ?? null;
      return own === null ? [] : [{ ...own, list: config.name }];
    });
    return told.find(({ refused }) => refused === null) ?? told[0] ?? null;
  }

  /** When the next list is due; null when none ever is. */
  nextDueMs(): Milliseconds | null {
    let next: number = Number.MAX_SAFE_INTEGER;
    for (const { state } of this.#held.values()) next = Math.min(next, state.nextCheckMs);
    return next === Number.MAX_SAFE_INTEGER ? null : next;
  }

  /**
   * Asks the sources of these lists. Nothing in force changes, and nothing is thrown: failures become the lists' state.
   * @returns events of failures, and whether there is something to compile
   */
  async refresh(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<{ changed: boolean; events: ListEvent[] }> {
    await mkdir(this.#options.dir, { recursive: true }).catch(() => undefined);
    const events: ListEvent[] = [];
    const held = names.flatMap((name) => this.#held.get(name) ?? []);
    const fetched = await Promise.all(held.map((list) => this.#fetch(list, signal, events)));
    const changed = fetched.includes(true);
    // A file is looked at every few seconds: that alone is not worth a write.
    if (changed || events.length > 0 || held.some(({ source }) => source.kind !== 'file')) await this.#save();
    return { changed, events };
  }

  /** @returns whether there is a text to compile */
  async #fetch(held: Held, signal: AbortSignal, events: ListEvent[]): Promise<boolean> {
    try {
      const fetched = await held.source.fetch(held.inForce ? held.state.validators : null, signal);
      if (fetched.kind === 'body' && !isSame(fetched.validators, held.refused)) {
        held.fresh = fetched;
        return true;
      }
      if (fetched.kind === 'unchanged') this.#sayGood(held, held.state.validators, false, events);
      else this.#sayFailed(held, held.state.lastError ?? REFUSED_BEFORE, events);
    } catch (error) {
      if (signal.aborted) return false;
      const failure = error instanceof ListError ? error : new ListError('LIST_FETCH', messageOf(error));
      this.#sayFailed(held, failure, events);
    }
    return false;
  }

  compileRequest(revision: number, seed: number): CompileRequest {
    return { revision, seed, lists: [...this.#held.values()].map(compileListOf) };
  }

  /** What of that request is to be kept beyond the files it is in; whoever compiles it may copy it meanwhile. */
  copiesWanted(): TextCopy[] {
    return [...this.#held.values()].flatMap((held) => textCopyOf(held) ?? []);
  }

  /**
   * Takes what compiling a request of this library gave: good texts become last-known-good.
   * @param copies those wanted that were made; others are made now
   */
  async accept(result: CompileResult, copies: readonly TextCopy[] = []): Promise<ListEvent[]> {
    const events: ListEvent[] = [];
    for (const report of result.lists) {
      const held = this.#held.get(report.name);
      if (held === undefined) continue;
      const fresh = held.fresh;
      held.fresh = null;
      held.state = afterCompile(held.state, report);
      if (report.error !== null) await this.#reject(held, fresh, report.error, events);
      else if (fresh !== null) {
        await this.#keep(held, fresh, copies.find(({ list }) => list === report.name) ?? null);
        held.refused = null;
        held.inForce = true;
        held.state = { ...held.state, sourceRefreshMs: fresh.refreshMs ?? null };
        this.#sayGood(held, fresh.validators, true, events);
      }
    }
    for (const { to } of copies) await drop(to);
    await this.#save();
    return events;
  }

  status(): ListStatus[] {
    const now = this.#options.now();
    return [...this.#held.values()].map(({ config, state }) => statusOf(config, state, now));
  }

  /** The text of a list in force, where it can still be read. */
  textInForce(name: string): ListText | null {
    const held = this.#held.get(name);
    return held === undefined ? null : textInForce(held);
  }

  /** Lists with `onFailure: failStart` of which nothing is in force: the daemon must not start without them. */
  startFailures(): ListStatus[] {
    return this.status().filter(
      ({ name, entries }) => entries === 0 && this.#held.get(name)?.config.onFailure === 'failStart',
    );
  }

  async #reject(held: Held, fresh: Fresh | null, error: Failure, events: ListEvent[]): Promise<void> {
    // What went wrong while fetching says more than that there was nothing to compile.
    if (fresh === null && held.state.lastError !== null) return;
    this.#sayFailed(held, error, events);
    held.refused = fresh?.validators ?? null;
    if (fresh !== null && held.source.kind !== 'file') await unlink(held.paths.fresh).catch(() => undefined);
  }

  /** Puts a compiled text where the next start finds it. A full disk costs the copy, not the list. */
  async #keep(held: Held, fresh: Fresh, copy: TextCopy | null): Promise<void> {
    if (fresh.body.kind !== 'file') return;
    await keepText(held, fresh, copy).catch((error: unknown) => {
      this.#diskError = messageOf(error);
    });
    held.hasGood = existsSync(held.paths.good);
  }

  /** The last failure to keep something on disk, told once. */
  takeDiskError(): string | null {
    const error = this.#diskError;
    this.#diskError = null;
    return error;
  }

  #sayGood(held: Held, validators: Validators | null, changed: boolean, events: ListEvent[]): void {
    const { config, state } = held;
    const say = (kind: ListEvent['kind'], text: string): void => {
      events.push({ kind, list: config.name, message: `list ${config.name}: ${text}` });
    };
    if (state.lastError !== null) say('recovered', `good again, ${state.entries} entries`);
    else if (changed) say('changed', `${state.entries} entries (${state.format})`);
    const next = this.#nextCheck(held, 0);
    held.state = afterGood(state, this.#options.now(), { validators, changed, nextCheckMs: next });
  }

  #sayFailed(held: Held, error: Failure, events: ListEvent[]): void {
    const { config, state } = held;
    if (state.lastError?.message !== error.message)
      events.push({ kind: 'stale', list: config.name, message: `list ${config.name}: ${error.message}` });
    held.state = afterFailure(state, this.#options.now(), error, this.#nextCheck(held, state.failures + 1));
  }

  #nextCheck(held: Held, failures: number): Milliseconds {
    return nextCheckMs({
      nowMs: this.#options.now(),
      kind: held.source.kind,
      refreshMs: Math.min(held.config.refreshMs, held.state.sourceRefreshMs ?? held.config.refreshMs),
      failures,
      random: this.#options.random(),
    });
  }

  async #save(): Promise<void> {
    this.#saved = new Map([...this.#held].map(([name, { state }]) => [name, state]));
    await saveStates(join(this.#options.dir, 'state.json'), this.#saved).catch((error: unknown) => {
      this.#diskError = messageOf(error);
    });
  }
}
