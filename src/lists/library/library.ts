// The state of every list over its life: what is in force, how old it is, what went wrong; what to fetch and compile next.
//
// Life of a refresh: `due` → `refresh` (fetches, changes nothing in force) → `compileRequest` → compile (a helper process) →
// `accept` (good texts become last-known-good on disk; refused ones leave the old in force), or `abandon` where no rules came of it.
// Invariants: a text becomes last-known-good only after it was compiled; a list is fetched once at a time, and not again before
// what came is in force or refused; all schedules run on the monotonic clock (clock.ts).
import { mkdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import type { ListConfig, Milliseconds } from '../../config/config.ts';
import type { CompileRequest, CompileResult } from '../compile.ts';
import type { BodyPaths } from '../sources/open-source.ts';
import type { ListSource } from '../sources/source.ts';
import { attempt } from './attempt.ts';
import type { LibraryClock } from './clock.ts';
import { drop, dropStrays } from './disk.ts';
import {
  type Failure,
  type Fresh,
  filesOf,
  type Held,
  isBusy,
  isPerhapsBeingWritten,
  isRemote,
  type ListText,
  leave,
  type NotifiedZone,
  newHeld,
  notifiedOf,
  pathsOf,
  resetOf,
  settle,
  textInForce,
  toCompile,
} from './held-list.ts';
import { keep, savedOf, type TextCopy, textCopyOf } from './keep.ts';
import type { ListEvent, Refreshed } from './list-event.ts';
import { afterCompile, type ListState, listKey } from './list-state.ts';
import { type ListStatus, statusOf } from './list-status.ts';
import { LostLists, wakeAfter } from './lost-lists.ts';
import { type Means, recordFailed, recordGood, recordPending, recordUnused } from './outcome.ts';
import { loadStates, StateFile } from './state-file.ts';
import { Turns } from './turns.ts';

export interface LibraryOptions extends LibraryClock, Means {
  /** `<events.dir>/lists`: bodies and state. */
  readonly dir: string;
  readonly openSource: (config: ListConfig, paths: BodyPaths) => ListSource;
  /** The rules of the last run are there. */
  readonly isResumed?: boolean;
}

/** Lists of a new configuration that is not in force yet. */
export interface ListsChange {
  /** It is: what the lists of before held goes. */
  readonly settle: () => void;
  readonly takeBack: () => void;
}

export class Library {
  readonly #options: LibraryOptions;
  readonly #held = new Map<string, Held>();
  readonly #turns = new Turns();
  /** Those in force that can no longer be read. */
  readonly lost: LostLists;
  readonly #file: StateFile;
  #saved: ReadonlyMap<string, ListState>;
  #diskError: string | null = null;

  private constructor(options: LibraryOptions, saved: ReadonlyMap<string, ListState>) {
    this.#options = options;
    this.#saved = saved;
    this.#file = new StateFile(join(options.dir, 'state.json'), options);
    this.lost = new LostLists(this.#held, options, (names, signal) => this.refresh(names, signal));
  }

  static async open(options: LibraryOptions, lists: readonly ListConfig[]): Promise<Library> {
    const library = new Library(options, await loadStates(join(options.dir, 'state.json'), options));
    library.setLists(lists).settle();
    void dropStrays(options.dir, new Set([...library.#held.values()].flatMap(filesOf)), options.now());
    return library;
  }

  /** Takes a new configuration, until it is settled or taken back; a list of the same source and format keeps what is known of it. */
  setLists(lists: readonly ListConfig[]): ListsChange {
    const before = new Map(this.#held);
    const reset = [...before.values()].map(resetOf);
    this.#held.clear();
    for (const config of lists) {
      const key = listKey(config);
      const held = before.get(config.name);
      const isNew = held?.state.key !== key;
      this.#held.set(config.name, isNew ? this.#hold(config, key) : this.#withConfig(held, config));
    }
    return {
      settle: () => {
        for (const held of before.values()) if (this.#held.get(held.config.name) !== held) leave(held);
      },
      takeBack: () => {
        const after = [...this.#held.values()];
        this.#held.clear();
        for (const [name, held] of before) this.#held.set(name, held);
        for (const undo of reset) undo();
        for (const held of after) if (this.#held.get(held.config.name) !== held) leave(held);
      },
    };
  }

  #hold(config: ListConfig, key: string): Held {
    const paths = pathsOf(this.#options.dir, config.name, key);
    const source = this.#options.openSource(config, paths);
    const { isResumed = false, steady } = this.#options;
    return newHeld({ config, key, paths, source, isResumed, saved: this.#saved.get(config.name) }, steady());
  }

  #withConfig(held: Held, config: ListConfig): Held {
    held.config = config;
    held.source = this.#options.openSource(config, held.paths);
    // Another setting may make acceptable what was refused, and reach what could not be reached.
    held.refused = null;
    if (held.state.lastError !== null) held.dueMs = this.#options.steady();
    return held;
  }

  /** Lists that need no network: what a start can wait for. */
  local(): string[] {
    return this.#namesWhere(({ source }) => !isRemote(source));
  }

  /** Lists to look at now. */
  due(): string[] {
    const nowMs = this.#options.steady();
    return this.#namesWhere((held) => !isBusy(held) && held.dueMs !== null && held.dueMs <= nowMs);
  }

  /** Whether there is a text to compile. */
  hasFresh(): boolean {
    return [...this.#held.values()].some(({ fresh }) => fresh !== null);
  }

  #namesWhere = (holds: (held: Held) => boolean): string[] =>
    [...this.#held.values()].filter(holds).map(({ config }) => config.name);

  /** A message that says a source has changed: the reply, and the lists to look at when it is believed. */
  notified(message: Uint8Array, from: Uint8Array): NotifiedZone | null {
    return notifiedOf([...this.#held.values()], message, from);
  }

  /** How long until the next list of those that need the network is due, in milliseconds; null when none ever is. */
  nextDueInMs(): Milliseconds | null {
    const due = [...this.#held.values()].flatMap((held) =>
      isBusy(held) || !isRemote(held.source) ? [] : (held.dueMs ?? []),
    );
    return due.length === 0 ? null : Math.max(0, Math.min(...due) - this.#options.steady());
  }

  /**
   * Asks the sources of these lists, each in its own time. Nothing in force changes, and nothing is thrown: failures become the
   * lists' state. A list that is being asked is asked again after that.
   */
  async refresh(names: readonly string[], signal: AbortSignal): Promise<Refreshed> {
    const events: ListEvent[] = [];
    const lists = names.flatMap((name) => this.#held.get(name) ?? []);
    const fetched = await Promise.all(lists.map((held) => this.#refreshOne(held, signal, events)));
    const changed = fetched.includes(true);
    // A file is looked at every few seconds: that alone is not worth a write.
    if (changed || events.length > 0 || lists.some(({ source }) => isRemote(source))) await this.#save();
    return { changed, events };
  }

  async #refreshOne(held: Held, signal: AbortSignal, events: ListEvent[]): Promise<boolean> {
    if (isBusy(held)) {
      held.isWanted = true;
      await held.running;
      return false;
    }
    const isFar = isRemote(held.source);
    const either = isFar ? AbortSignal.any([signal, held.gone.signal]) : signal;
    const work = async (): Promise<boolean> => {
      // A file is looked at where it is, every few seconds: nothing is written for that.
      if (isFar) await mkdir(this.#options.dir, { recursive: true }).catch(() => undefined);
      return attempt(held, either, this.#options, events);
    };
    const running = isFar ? this.#turns.run(work) : work();
    held.running = running;
    try {
      return await running;
    } finally {
      held.running = null;
    }
  }

  /** All lists, those with a fresh text by that: `accept` or `abandon` follows. */
  compileRequest(revision: number, seed: number): CompileRequest {
    const lists = [...this.#held.values()].map((held) => {
      const { list, notInForce } = toCompile(held);
      held.isCompiling = held.fresh !== null;
      held.notInForce = notInForce;
      return list;
    });
    return { revision, seed, lists };
  }

  /** What of that request is to be kept beyond the files it is in; whoever compiles it may copy it meanwhile. */
  copiesWanted(): TextCopy[] {
    return [...this.#held.values()].flatMap((held) => textCopyOf(held) ?? []);
  }

  /**
   * Takes what compiling a request of this library gave, once it is in force: good texts become last-known-good.
   * @param copies those wanted that were made; others are made now
   */
  async accept(result: CompileResult, copies: readonly TextCopy[] = []): Promise<ListEvent[]> {
    const events: ListEvent[] = [];
    for (const report of result.lists) {
      const held = this.#held.get(report.name);
      if (held === undefined) continue;
      const fresh = held.isCompiling ? held.fresh : null;
      const isPending = report.error !== null && fresh !== null && isPerhapsBeingWritten(held, report.error);
      held.state = afterCompile(held.state, this.#options.steady(), report);
      wakeAfter(held, report, this.#options.steady());
      if (isPending) recordPending(held, fresh, this.#options);
      else if (report.error !== null) await this.#reject(held, fresh, report.error, events);
      else if (fresh !== null) {
        const copy = copies.find(({ list }) => list === report.name) ?? null;
        this.#diskError = (await keep(held, fresh, copy)) ?? this.#diskError;
        held.refused = null;
        held.state = { ...held.state, sourceRefreshMs: fresh.refreshMs ?? null };
        recordGood(held, { validators: fresh.validators, changed: true }, this.#options, events);
      }
      settle(held);
    }
    for (const { to } of copies) await drop(to);
    await this.#save();
    return events;
  }

  /** No rules came of the last request: its fresh texts are fetched again, after a pause that grows. @returns what is worth telling */
  async abandon(error: unknown): Promise<ListEvent[]> {
    const events: ListEvent[] = [];
    const message = `its new text could not be put in force: ${messageOf(error)}`;
    for (const held of this.#held.values()) {
      if (!held.isCompiling) continue;
      recordUnused(held, { code: 'LIST_COMPILE', message }, this.#options, events);
      settle(held);
    }
    await this.#save();
    return events;
  }

  status(): ListStatus[] {
    return [...this.#held.values()].map((held) =>
      statusOf({ ...held, isFetching: held.running !== null }, this.#options),
    );
  }

  /** All lists, as they are now. */
  inForce(): { readonly status: ListStatus[]; readonly texts: ReadonlyMap<string, ListText | null> } {
    const texts = new Map([...this.#held].map(([name, held]) => [name, textInForce(held)] as const));
    return { status: this.status(), texts };
  }

  /** The text of a list in force, where it can still be read. */
  textInForce(name: string): ListText | null {
    const held = this.#held.get(name);
    return held ? textInForce(held) : null;
  }

  /** Lists with `onFailure: failStart` of which nothing is in force: the daemon must not start without them. */
  startFailures(): ListStatus[] {
    return this.status().filter(
      ({ name, inForce }) => !inForce && this.#held.get(name)?.config.onFailure === 'failStart',
    );
  }

  async #reject(held: Held, fresh: Fresh | null, error: Failure, events: ListEvent[]): Promise<void> {
    // What went wrong while fetching says more than that there was nothing to compile.
    if (fresh === null && held.state.lastError !== null) return;
    recordFailed(held, error, this.#options, events);
    if (fresh === null) return;
    held.refused = { validators: fresh.validators, isPerhapsEmpty: false };
    if (held.source.kind !== 'file') await unlink(held.paths.fresh).catch(() => undefined);
  }

  /** The last failure to keep something on disk, told once. */
  takeDiskError(): string | null {
    const error = this.#diskError;
    this.#diskError = null;
    return error;
  }

  async #save(): Promise<void> {
    this.#saved = new Map([...this.#held].map(([name, held]) => [name, savedOf(held)]));
    await this.#file.save(this.#saved).catch((error: unknown) => {
      this.#diskError = messageOf(error);
    });
  }
}
