// Searches the history whenever the lists have changed, and again when the last seconds before the change are written.
import type { Merge } from '../clients/machine.ts';
import type { GroupConfig, SinkholeAnswer } from '../config/config.ts';
import type { RuleFinding } from '../hits/hunt/rule-hunt.ts';
import type { Searcher } from '../hits/hunt/search.ts';
import type { Tables } from '../hits/store/store.ts';
import { RowCloser } from '../hits/store/told/close-rows.ts';
import { NOTHING_RENAMED, type Renamed, type Retitled } from '../hits/titles.ts';
import type { Assignment } from '../policy/groups.ts';
import { hasAlerts, type RuleSet } from '../policy/rule.ts';

export interface PastWatchOptions {
  readonly searcher: Searcher;
  /** Ids of machines that became others. */
  readonly merges: () => readonly Merge[];
  readonly monotonic: () => number;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Writes what is gathered for the history, so that it is searched too; false when the store takes nothing. */
  readonly before: () => boolean;
  /** @param listedMs since when the lists in force have what was found */
  readonly onFinding: (finding: RuleFinding, listedMs: number) => void;
  /** Has what was found stored at once: a kill before that would have it found, and told, again. */
  readonly store: () => void;
  /** Told when searching begins to fail (with the error) and when it works again (null). */
  readonly onState: (error: Error | null) => void;
}

export interface Lists {
  readonly ruleSet: RuleSet;
  readonly groups: readonly GroupConfig[];
  readonly assignments: readonly Assignment[];
  readonly sinkhole: SinkholeAnswer;
}

/** Resolver threads hold queries for two seconds; the second is for a busy machine. */
const AGAIN_MS = [3000, 15_000] as const;
/** Resolver threads hold queries, and the desk gathers them: in a minute all is in the history. */
const SETTLED_MS = 60_000;
/** A search that failed is made again, for as long as it fails: what lists gained is not forgotten. Twice as late each time. */
const RETRY_MS = { first: 15_000, longest: 3_600_000 } as const;

export class PastWatch {
  readonly #options: PastWatchOptions;
  #dueMs: number | null = null;
  #round = 0;
  #running: Promise<void> | null = null;
  /** How often in a row. */
  #failed = 0;
  #stopped = false;
  #untold: RuleFinding[] = [];
  #listedMs = 0;
  /** Counts changes of names: a search that began before one does not know what was told by the names of now. */
  #renames = 0;
  /** What was told of them is not noted under their new names yet. */
  #retitled: Retitled[] = [];
  #relisted: Retitled[] = [];

  constructor(options: PastWatchOptions) {
    this.#options = options;
  }

  /** Whether there is something to write. */
  get hasUnsaved(): boolean {
    return this.#untold.length + this.#retitled.length + this.#relisted.length > 0;
  }

  /** @param renamed since the last call */
  listsChanged({ retitled, relisted }: Renamed = NOTHING_RENAMED): void {
    this.#retitled.push(...retitled);
    this.#relisted.push(...relisted);
    if (retitled.length + relisted.length > 0) this.#renames += 1;
    this.#dueMs = this.#options.monotonic();
    this.#listedMs = this.#options.now();
    this.#round = 0;
  }

  get isOwed(): boolean {
    return this.#dueMs !== null;
  }

  /** @param sinceMs how far back the history is to be believed */
  tick(lists: Lists, sinceMs: number): void {
    if (this.#dueMs === null || this.#running !== null || this.#options.monotonic() < this.#dueMs) return;
    this.#dueMs = null;
    this.#running = this.#search(lists, sinceMs)
      .then(
        () => this.#ended(null),
        (error) => this.#ended(error instanceof Error ? error : new Error(String(error))),
      )
      .finally(() => {
        this.#running = null;
      });
  }

  write(tables: Tables): void {
    const closer = new RowCloser(tables);
    for (const { asker, lists, indicator, askings } of this.#untold) {
      const { machine } = asker;
      const campaign = indicator?.campaign ?? null;
      const of = lists.map((list) => ({ list, campaign }));
      for (const { name, lastMs, told = [] } of askings) {
        for (const list of lists) tables.told.write({ machine, name, list, campaign }, lastMs);
        for (const rows of told) closer.close(rows, of);
      }
    }
    // A search waits for these to be written: what was found was found before.
    for (const table of [tables.told, tables.tellings, tables.elsewhere, tables.incidents]) {
      for (const { from, to } of this.#retitled) table.retitle(from, to);
      for (const { from, to } of this.#relisted) table.relist(from, to);
    }
  }

  written(): void {
    this.#untold = [];
    this.#retitled = [];
    this.#relisted = [];
  }

  /** Resolves when the search that runs has ended; what it ends with is told to nobody. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Lists that changed meanwhile have set a time of their own. */
  #ended(error: Error | null): void {
    if (this.#stopped) return;
    const before = this.#failed;
    this.#failed = error === null ? 0 : before + 1;
    const retryMs = Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** before);
    const again = error === null ? AGAIN_MS[this.#round] : retryMs;
    if (this.#dueMs === null && again !== undefined) {
      this.#dueMs = this.#options.monotonic() + again;
      if (error === null) this.#round += 1;
    }
    if (before > 0 !== this.#failed > 0) this.#options.onState(error);
  }

  async #search(lists: Lists, sinceMs: number): Promise<void> {
    const { searcher, merges, before, onFinding, store } = this.#options;
    const listedMs = this.#listedMs;
    const renames = this.#renames;
    if (!hasAlerts(lists.ruleSet)) return;
    if (this.hasUnsaved) store();
    if (this.hasUnsaved || !before()) throw new Error('the store takes nothing at present');
    const { ruleSet, groups, assignments, sinkhole } = lists;
    const findings = await searcher.search({
      by: 'rules',
      rulebook: { ruleSet, groups, assignments, answer: sinkhole },
      lists: null,
      sinceMs,
      merges: merges(),
      onlyNews: true,
      settledMs: listedMs - SETTLED_MS,
      namesMax: Number.MAX_SAFE_INTEGER,
    });
    // The next search finds them, by the names of now.
    if (renames !== this.#renames) return;
    for (const finding of findings) {
      this.#untold.push(finding);
      onFinding(finding, listedMs);
    }
    if (findings.length > 0) store();
  }
}
