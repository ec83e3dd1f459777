// One block as a search reads it: column after column, each only when it is asked for.
import { numberIn, type Row } from '../../hits/store/row.ts';
import {
  type BlockNames,
  decodeNames,
  decodeNumbers,
  decodeOctets,
  decodePlaces,
  decodeTimes,
} from '../block.ts';
import { hasRule, hasWait } from '../kind.ts';
import type { OpenedLog } from './opened.ts';

/**
 * Heads of the blocks that may have rows of a time, the newest first. Make the view of a block when it is read, and let it go: it
 * keeps the columns that it read.
 */
export const headsOf = (log: OpenedLog, sinceMs: number, untilMs: number): Row[] =>
  log.all(
    'SELECT id, stretch, fromMs, toMs, rows, queries FROM blocks WHERE toMs >= ? AND fromMs < ? ORDER BY toMs DESC',
    sinceMs,
    untilMs,
  );

export class BlockView {
  readonly stretch: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: number;
  readonly queries: number;
  readonly #log: OpenedLog;
  readonly #id: number;
  #names: BlockNames | null = null;
  #kinds: Float64Array | null = null;
  #askers: Float64Array | null = null;
  #times: Float64Array | null = null;
  #counts: Float64Array | null = null;
  #waits: Uint8Array | null = null;
  #rules: Float64Array | null = null;

  /** @param head one of `headsOf` */
  constructor(log: OpenedLog, head: Row) {
    this.#log = log;
    this.#id = numberIn(head, 'id');
    this.stretch = numberIn(head, 'stretch');
    this.fromMs = numberIn(head, 'fromMs');
    this.toMs = numberIn(head, 'toMs');
    this.rows = numberIn(head, 'rows');
    this.queries = numberIn(head, 'queries');
  }

  get summary(): Uint8Array {
    return this.#column('summary');
  }

  get names(): BlockNames {
    this.#names ??= decodeNames(this.#column('names'));
    return this.#names;
  }

  get kinds(): Float64Array {
    this.#kinds ??= decodePlaces(this.#column('kinds'), this.rows);
    return this.#kinds;
  }

  get askers(): Float64Array {
    this.#askers ??= decodePlaces(this.#column('askers'), this.rows);
    return this.#askers;
  }

  get timesMs(): Float64Array {
    this.#times ??= decodeTimes(this.#column('times'), this.fromMs, this.names);
    return this.#times;
  }

  /** Queries that a row stands for. */
  get counts(): Float64Array {
    this.#counts ??=
      this.queries === this.rows
        ? new Float64Array(this.rows).fill(1)
        : decodeNumbers(this.#column('counts'), new Float64Array(this.rows), () => true);
    return this.#counts;
  }

  get waits(): Uint8Array {
    this.#waits ??= decodeOctets(this.#column('waits'), this.kinds, hasWait);
    return this.#waits;
  }

  get rules(): Float64Array {
    this.#rules ??= decodeNumbers(this.#column('rules'), this.kinds, hasRule);
    return this.#rules;
  }

  /** The number of a row's name. */
  nameAt(at: number): number {
    const { numbers, begins } = this.names;
    let [low, high] = [0, numbers.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (begins[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return numbers[low]!;
  }

  #column(name: string): Uint8Array {
    const body = this.#log.get(`SELECT ${name} AS body FROM blocks WHERE id = ?`, this.#id)?.['body'];
    if (!(body instanceof Uint8Array)) throw new Error('a block of the query log is gone');
    return body;
  }
}
