// The rules in force and the lists behind them: opened from a snapshot or from text, refreshed when due, replaced at a reload.
//
// Sources are asked at any time, several at once. What changes the rules goes one at a time: compiles and reloads wait for each other
// in #queue, and none of them waits for a source but for what can no longer be read of a list in force (whole.ts).
import type { Logger } from 'pino';
import { messageOf } from '../../config/coded-error.ts';
import type { Config, ListConfig } from '../../config/config.ts';
import { settle } from '../../config/disk/whole-file.ts';
import type { OwnTrouble } from '../../desk/messages.ts';
import { identityOfWarningsFor } from '../../lists/entry/warning-files.ts';
import { drop } from '../../lists/library/disk.ts';
import type { ListText } from '../../lists/library/held-list.ts';
import { Library } from '../../lists/library/library.ts';
import { type ListEvent, tellOf } from '../../lists/library/list-event.ts';
import type { ListStatus } from '../../lists/library/list-status.ts';
import { type Draft, writeSnapshot } from '../../lists/library/snapshot.ts';
import type { BodyPaths } from '../../lists/sources/open-source.ts';
import type { ListSource } from '../../lists/sources/source.ts';
import type { RuleSet } from '../../policy/rule.ts';
import { refuseUnread } from '../fleet/lists-of-head.ts';
import type { Parts } from '../in-force.ts';
import { type Compiled, dropAsides } from './compiler.ts';
import { NotifiedLists } from './notified.ts';
import { compile, listsDir, openSnapshot, rulesAtStart, snapshotPath } from './rules-at-start.ts';
import { compileWhole } from './whole.ts';

const SLEEP_MS_MAX = 60_000;

/** Puts new rules, and with a new configuration all of it, into force. @throws Error when it is refused: then nothing changed */
export type Change = (kind: 'lists' | 'configuration', parts: Partial<Parts>) => Promise<void>;

export interface RulesParts {
  readonly config: Config;
  readonly log: Logger;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly openSource: (config: ListConfig, paths: BodyPaths) => ListSource;
  readonly change: Change;
  /** What people are told beyond the log: a list went stale. */
  readonly onTrouble: (trouble: OwnTrouble) => void;
}

interface ListsInForce {
  readonly status: readonly ListStatus[];
  readonly texts: ReadonlyMap<string, ListText | null>;
}

export class Rules {
  readonly #parts: RulesParts;
  readonly #library: Library;
  /** Of the snapshot, where the daemon began: another `events.dir` takes effect at the next start. */
  readonly #path: string;
  readonly #abort = new AbortController();
  #config: Config;
  #ruleSet: RuleSet;
  #queue: Promise<unknown> = Promise.resolve();
  /** Sources that are being asked. */
  readonly #asking = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  /** Lists in force while those of another configuration are made ready; null while there is none. */
  #before: ListsInForce | null = null;
  readonly #notified: NotifiedLists;
  /** Of the warning lists that the rules in force were held against. */
  #warnings: string;
  /** The last rules could not be put into force. */
  #isRefused = false;
  /** Numbers of rule sets are never given twice, also where one was refused. */
  #revision: number;

  private constructor(parts: RulesParts, library: Library, ruleSet: RuleSet) {
    this.#parts = parts;
    this.#config = parts.config;
    this.#path = snapshotPath(parts.config);
    this.#library = library;
    this.#ruleSet = ruleSet;
    this.#revision = ruleSet.revision;
    this.#warnings = identityOfWarningsFor(parts.config.lists);
    this.#notified = new NotifiedLists(library, parts, (list) => void this.#refresh(list));
  }

  /** Rules to start with: the snapshot when it still fits and is worth it, else all lists that need no network. */
  static async open(parts: RulesParts): Promise<Rules> {
    const { config, log, now, openSource } = parts;
    const snapshot = await openSnapshot(config, log);
    const means = { dir: listsDir(config), now, steady: () => performance.now(), random: Math.random };
    const library = await Library.open({ ...means, openSource, isResumed: snapshot !== null }, config.lists);
    const { changed, events } = await library.refresh(library.local(), AbortSignal.timeout(60_000));
    const { ruleSet, compiled } = await rulesAtStart(library, config, snapshot, changed);
    const rules = new Rules(parts, library, ruleSet);
    rules.#tell(events);
    if (compiled !== null) rules.#tell(await rules.#keep(compiled));
    else if (changed) void rules.#inTurn(() => rules.#compileFresh());
    return rules;
  }

  get ruleSet(): RuleSet {
    return this.#ruleSet;
  }

  lists(): readonly ListStatus[] {
    return this.#before?.status ?? this.#library.status();
  }

  /** What is in force of a list, for those who look for the line that decided, and for who publishes it. */
  textInForce(list: string): ListText | null {
    return this.#before === null ? this.#library.textInForce(list) : (this.#before.texts.get(list) ?? null);
  }

  /** What was put into force by now is kept, too: of each list the text, and how many entries it has. */
  settled(): Promise<unknown> {
    return this.#queue;
  }

  /** Lists without which the daemon must not start, and that have nothing in force. */
  startFailures(): ListStatus[] {
    return this.#library.startFailures();
  }

  /** Asks the sources of lists that are due; from then on those over the network of itself, and files at each call. */
  look(): void {
    for (const name of this.#library.due()) void this.#refresh(name);
    if (identityOfWarningsFor(this.#config.lists) !== this.#warnings)
      void this.#inTurn(() => this.#compileForWarnings());
    this.#sleep();
  }

  /** Asks the sources of these lists now, due or not; resolves once what came is in force or refused. */
  async refresh(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#refresh(name)));
    // What another attempt brought meanwhile.
    await this.#inTurn(() => this.#compileFresh());
  }

  /**
   * Compiles the lists of a new config and puts both into force together, with what else of the configuration changes.
   * @throws Error when it is refused: lists and rules are as they were
   */
  reload(config: Config, more: Partial<Parts>): Promise<void> {
    return this.#inTurn(async () => {
      this.#before = this.#library.inForce();
      const lists = this.#library.setLists(config.lists);
      let compiled: Compiled | null = null;
      try {
        const { events } = await this.#library.refresh(this.#library.local(), this.#abort.signal);
        compiled = await this.#compile(config);
        refuseUnread(config, compiled.lists);
        await this.#parts.change('configuration', { ...more, config, ruleSet: compiled.ruleSet });
        this.#before = null;
        this.#config = config;
        this.#ruleSet = compiled.ruleSet;
        lists.settle();
        this.#tell([...events, ...(await this.#keep(compiled))]);
      } catch (error) {
        if (this.#before !== null) {
          lists.takeBack();
          if (compiled !== null) await dropAsides(compiled);
          if (this.#library.hasFresh()) void this.#inTurn(() => this.#compileFresh());
        }
        throw error;
      } finally {
        this.#before = null;
        this.#sleep();
      }
    });
  }

  /** As `NotifiedLists.notified`. */
  notified(message: Uint8Array, from: Uint8Array): Uint8Array | null {
    return this.#notified.notified(message, from);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#abort.abort(new Error('cenote is stopping'));
    await Promise.all(this.#asking);
    await this.#queue.catch(() => undefined);
  }

  #refresh(name: string): Promise<void> {
    const asking = this.#ask(name);
    this.#asking.add(asking);
    return asking.finally(() => {
      this.#asking.delete(asking);
      this.#sleep();
    });
  }

  async #ask(name: string): Promise<void> {
    const { changed, events } = await this.#library.refresh([name], this.#abort.signal);
    this.#tell(events);
    if (changed) await this.#inTurn(() => this.#compileFresh());
  }

  /** Whoever came first may have taken along what the others brought. */
  async #compileFresh(): Promise<void> {
    if (this.#library.hasFresh() && !this.#abort.signal.aborted) await this.#compileAndCommit();
  }

  /** A warning list is another one: names may be held back now, or no longer. */
  async #compileForWarnings(): Promise<void> {
    if (this.#abort.signal.aborted || identityOfWarningsFor(this.#config.lists) === this.#warnings) return;
    this.#parts.log.info('a warning list has changed: the lists are compiled again');
    await this.#compileAndCommit();
  }

  async #compileAndCommit(): Promise<void> {
    const { log, onTrouble, change } = this.#parts;
    let compiled: Compiled | null = null;
    try {
      compiled = await this.#compile(this.#config);
      await change('lists', { ruleSet: compiled.ruleSet });
      this.#ruleSet = compiled.ruleSet;
      if (this.#isRefused) onTrouble({ id: 'rules', text: 'new rules are in force', state: 'over' });
      this.#isRefused = false;
      this.#tell(await this.#keep(compiled));
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      if (compiled !== null && this.#ruleSet !== compiled.ruleSet) await dropAsides(compiled);
      const why = messageOf(error);
      const text = `new rules could not be put into force, those before stay: ${why}`;
      log.error(text);
      if (!this.#isRefused) onTrouble({ id: 'rules', text, state: 'begun' });
      this.#isRefused = true;
      // The same texts would be refused again: they are looked at later, and ever later.
      for (const { message } of await this.#library.abandon(why)) log.warn(message);
    }
  }

  #compile(config: Config): Promise<Compiled> {
    const { signal } = this.#abort;
    const snapshot = { path: this.#path, lists: config.lists };
    this.#warnings = identityOfWarningsFor(config.lists);
    const once = () => compile(this.#library, snapshot, ++this.#revision, { signal });
    return compileWhole(this.#library, once, signal, (events) => this.#tell(events));
  }

  /** Keeps what the next start needs of rules that are in force. @returns what is worth telling */
  async #keep(result: Compiled): Promise<readonly ListEvent[]> {
    // Before what is kept of the lists: a snapshot that is behind that would be believed.
    await this.#saveSnapshot(result.draft);
    const events = await this.#library.accept(result, result.copies);
    const diskError = this.#library.takeDiskError();
    if (diskError !== null)
      this.#parts.log.warn({ error: diskError }, 'not all of the lists could be kept for the next start');
    return events;
  }

  /** @param draft one that the rules in force are in already */
  async #saveSnapshot(draft: Draft | null): Promise<void> {
    try {
      if (draft !== null) await settle(draft.path, this.#path);
      else await writeSnapshot(this.#path, this.#ruleSet, this.#config.lists);
    } catch (error) {
      // The one before is of rules that are in force no more: the next start must not believe it.
      await drop(this.#path);
      this.#parts.log.warn(
        { error: String(error) },
        'the snapshot of the rules could not be written; the next start reads the lists',
      );
    }
  }

  #tell(events: readonly ListEvent[]): void {
    tellOf(events, this.#parts);
  }

  #sleep(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#abort.signal.aborted) return;
    const waitMs = Math.min(SLEEP_MS_MAX, Math.max(100, this.#library.nextDueInMs() ?? SLEEP_MS_MAX));
    this.#timer = setTimeout(() => this.look(), waitMs);
  }

  #inTurn(job: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(job, job);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}
