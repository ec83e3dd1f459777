// A filter as tests of numbers: of kinds, of askers, of names.
import { RESULT_NAMES } from '../../events/result.ts';
import { kindOf } from '../kind.ts';
import { OUTCOMES, outcomeOf } from '../outcome.ts';
import type { Summary } from '../summary.ts';
import { NameTest } from './name-test.ts';
import type { OpenedLog } from './opened.ts';
import type { LogFilter } from './question.ts';

export class Wanted {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Null: all. */
  readonly askers: ReadonlySet<number> | null;
  readonly name: NameTest | null;
  /** Whether any kind will do. */
  readonly isAnyKind: boolean;
  readonly #filter: LogFilter;
  /** Number of the list or upstream that is meant; null: any; −1: one that no row has. */
  readonly #source: number | null;
  readonly #kinds = new Map<number, boolean>();

  constructor(log: OpenedLog, filter: LogFilter) {
    const { sinceMs, untilMs, who, name, list, upstream, qtype, outcome } = filter;
    this.#filter = filter;
    this.sinceMs = sinceMs;
    this.untilMs = untilMs;
    this.askers = who === null ? null : log.askersOf(who);
    this.name = name === null ? null : new NameTest(name);
    const [what, source] = list !== null ? ['list', list] : ['upstream', upstream];
    // What a list decided no upstream answered.
    const isNone = list !== null && upstream !== null;
    this.#source = source === null ? null : isNone ? -1 : (log.sourceOf(what, source) ?? -1);
    this.isAnyKind = this.#source === null && qtype === null && outcome === null;
  }

  /** Whether nothing can be meant: a list or machine of which there is no row. */
  get isNothing(): boolean {
    return this.#source === -1 || this.askers?.size === 0;
  }

  takesKind(number: number): boolean {
    if (this.isAnyKind) return true;
    let takes = this.#kinds.get(number);
    if (takes === undefined) {
      takes = this.#isMeant(number);
      this.#kinds.set(number, takes);
    }
    return takes;
  }

  /** Whether a block of these sums may have rows that are meant. */
  mayHave({ askers, kinds }: Summary): boolean {
    const hasAsker = this.askers === null || [...this.askers].some((asker) => askers.has(asker));
    return hasAsker && (this.isAnyKind || [...kinds.keys()].some((kind) => this.takesKind(kind)));
  }

  #isMeant(number: number): boolean {
    const kind = kindOf(number);
    const { qtype, outcome } = this.#filter;
    if (qtype !== null && kind.qtype !== qtype) return false;
    if (this.#source !== null && kind.source !== this.#source) return false;
    return outcome === null || OUTCOMES[outcomeOf(kind)] === outcome || RESULT_NAMES[kind.result] === outcome;
  }
}
