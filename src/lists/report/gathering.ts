// Gathers what a report gives: each name once, each thing left out once with its reason, both within bounds.
import { judge } from './judge.ts';
import { type Candidate, LEFT_OUT, type LeftOut, type LeftOutReason, type Taken } from './report.ts';
import { type ExtractOptions, extract } from './text/extract.ts';

/** A list of more names is not made from a report. */
const TAKEN_MAX = 1_000_000;
/** What a person will look through; the rest is counted. */
const LEFT_OUT_MAX = 5_000;
const TEXT_CHARACTERS_MAX = 300;

export interface Place {
  /** 1-based; 0 when the report has no lines. */
  readonly line: number;
  readonly column: number;
}

export interface Wishes {
  /** Names to take although they would be left out. */
  readonly take?: readonly string[];
  /** Names to leave out although they would be taken. */
  readonly leaveOut?: readonly string[];
  /** Take what a report marks as not meant for detection (MISP's `to_ids`), which many reports never set. */
  readonly takeUnflagged?: boolean;
}

export class Gathering {
  readonly #taken = new Map<string, Taken>();
  readonly #leftOut = new Map<string, LeftOut>();
  readonly #take: ReadonlySet<string>;
  readonly #leave: ReadonlySet<string>;
  readonly #takeUnflagged: boolean;
  /** Left out, but beyond what is kept to show. */
  leftOutMore = 0;

  constructor(wishes: Wishes) {
    this.#take = new Set(wishes.take);
    this.#leave = new Set(wishes.leaveOut);
    this.#takeUnflagged = wishes.takeUnflagged ?? false;
  }

  get takenCount(): number {
    return this.#taken.size;
  }

  get taken(): Taken[] {
    return [...this.#taken.values()];
  }

  /** Without what is taken from elsewhere in the report. */
  get leftOut(): LeftOut[] {
    return [...this.#leftOut.values()].filter(({ name }) => name === null || !this.#taken.has(name));
  }

  /** Text in which only what is defanged counts. */
  text(source: string, place: Place, options: ExtractOptions = {}): void {
    extract(source, options, (candidate) => this.#judge(moved(candidate, place), {}));
  }

  /** The value of a field that holds names or URLs: a plain one counts. */
  typed(value: string, place: Place, said: Taken['said'] = {}): void {
    let found = 0;
    extract(value, { isTyped: true }, (candidate) => {
      found += 1;
      this.#judge(moved(candidate, place), said);
    });
    if (found === 0 && value.trim() !== '')
      this.leave(value, isAddressLike(value) ? 'address' : 'not-a-name', place);
  }

  /** A value that its report marks as not meant for detection. */
  unflagged(value: string, place: Place, said: Taken['said']): void {
    if (this.#takeUnflagged) this.typed(value, place, said);
    else this.leave(value, 'benign', place);
  }

  /** @param more what is special about this one */
  leave(text: string, reason: LeftOutReason, place: Place, more?: string): void {
    const explanation = more === undefined ? LEFT_OUT[reason] : `${LEFT_OUT[reason]}; ${more}`;
    this.#keepOut({ text, name: null, reason, explanation, line: place.line, column: place.column });
  }

  #judge(candidate: Candidate, said: Taken['said']): void {
    const judged = judge(candidate);
    if (judged.kind === 'ignore') return;
    const { line, column } = candidate;
    const { name, printed } = judged;
    const isWanted = name !== null && this.#take.has(name);
    if (name !== null && (isWanted || judged.kind === 'take') && !this.#leave.has(name)) {
      if (this.#taken.has(name) || this.#taken.size >= TAKEN_MAX) return;
      this.#taken.set(name, { name, printed, line, column, said, isExact: false });
      return;
    }
    const { reason, explanation } =
      judged.kind === 'take'
        ? { reason: 'excluded' as const, explanation: LEFT_OUT.excluded }
        : { reason: judged.reason, explanation: judged.explanation };
    this.#keepOut({ text: printed, name, reason, explanation, line, column });
  }

  #keepOut(left: LeftOut): void {
    const text = left.text.slice(0, TEXT_CHARACTERS_MAX).trim();
    const key = `${left.reason} ${left.name ?? text}`;
    if (this.#leftOut.has(key)) return;
    if (this.#leftOut.size >= LEFT_OUT_MAX) this.leftOutMore += 1;
    else this.#leftOut.set(key, { ...left, text });
  }
}

/** A candidate found in a cell or a value stands where the cell stands. */
function moved(candidate: Candidate, place: Place): Candidate {
  const isFirstLine = candidate.line === 1;
  return {
    ...candidate,
    line: place.line + candidate.line - 1,
    column: isFirstLine ? place.column + candidate.column - 1 : candidate.column,
  };
}

/** An IPv6 address, perhaps with a port, or a network. */
function isAddressLike(value: string): boolean {
  return /^\[?[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}(\]|\/|%|$)/i.test(value.trim());
}
