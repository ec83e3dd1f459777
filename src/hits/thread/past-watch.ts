// Searches the history whenever the lists have changed, and again when the last seconds before the change are written.
import type { GroupConfig, SinkholeAnswer } from '../../config/config.ts';
import type { Assignment } from '../../policy/groups.ts';
import type { RuleSet } from '../../policy/rule.ts';
import type { HitClient } from '../hit.ts';
import { drive } from '../hunt/past.ts';
import { huntRules } from '../hunt/rule-hunt.ts';
import type { PastFinding } from '../incidents/registry.ts';
import type { Store, Tables } from '../store/store.ts';

export interface PastWatchOptions {
  readonly store: Store;
  readonly monotonic: () => number;
  readonly client: (ip: string, group: string) => HitClient;
  /** Writes what is gathered for the history, so that it is searched too. */
  readonly before: () => void;
  readonly onFinding: (finding: PastFinding) => void;
  readonly onError: (error: Error) => void;
}

export interface Lists {
  readonly ruleSet: RuleSet;
  readonly groups: readonly GroupConfig[];
  readonly assignments: readonly Assignment[];
  readonly sinkhole: SinkholeAnswer;
}

/** Resolver threads hold queries for two seconds; the second is for a busy machine. */
const AGAIN_MS = [3000, 15_000] as const;

export class PastWatch {
  readonly #options: PastWatchOptions;
  #dueMs: number | null = null;
  #round = 0;
  #running: Promise<void> | null = null;
  #untold: PastFinding[] = [];

  constructor(options: PastWatchOptions) {
    this.#options = options;
  }

  /** Findings that are not written down as told. */
  get untold(): number {
    return this.#untold.length;
  }

  listsChanged(): void {
    this.#dueMs = this.#options.monotonic();
    this.#round = 0;
  }

  /** @param sinceMs how far back the history is to be believed */
  tick(lists: Lists, sinceMs: number): void {
    if (this.#dueMs === null || this.#running !== null || this.#options.monotonic() < this.#dueMs) return;
    const again = AGAIN_MS[this.#round];
    this.#round += 1;
    this.#dueMs = again === undefined ? null : this.#options.monotonic() + again;
    this.#running = this.#search(lists, sinceMs)
      .catch((error) => this.#options.onError(error instanceof Error ? error : new Error(String(error))))
      .finally(() => {
        this.#running = null;
      });
  }

  write(tables: Tables): void {
    for (const { client, list, askings } of this.#untold)
      for (const { name, lastMs } of askings) tables.incidents.writeHunted(client.ip, list, name, lastMs);
  }

  written(): void {
    this.#untold = [];
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  async #search(lists: Lists, sinceMs: number): Promise<void> {
    const { store, monotonic, client, before, onFinding } = this.#options;
    before();
    const tables = store.read((present) => present, null);
    if (tables === null) throw new Error('the store cannot be read');
    const { ruleSet, groups, assignments, sinkhole } = lists;
    const search = huntRules(tables, {
      rulebook: { ruleSet, groups, assignments, answer: sinkhole },
      client,
      lists: null,
      sinceMs,
      onlyNews: true,
    });
    for (const finding of await drive(search, monotonic)) {
      this.#untold.push(finding);
      onFinding(finding);
    }
  }
}
