// What rules of lists take out of force: rules voided by `$badfilter`, by one text for each (adblock.ts says which rules are the
// same), and rewrites that `@@…$dnsrewrite` takes back.
import { mixed, placeIn } from './rough-hash.ts';

/** More of them void nothing: a real list has some dozens. */
const CANCELS_MAX = 65_536;
const TAKEN_BACK_MAX = 4096;
/** Names that one rewrite is taken back for, beyond which more are not. */
const EXCEPT_MAX = 64;

export interface TakenBack {
  /** Lower-case text; it and all below. */
  readonly host: string;
  /** One text for equal rewrites; null takes all back. */
  readonly rewrite: string | null;
  readonly important: boolean;
}

/** Of a hash of what a rule covers, as many as make one in sixteen look like another. */
const PLACES = 1_048_576;
const CARET = 0x5e;

/** No rule more can be voided, and this reading does not count: it is begun anew with what it taught. */
export class NothingMoreToLearn extends Error {}

export class Cancels {
  readonly #keys = new Set<string>();
  /** By hash of their texts up to the first `^`: most rules are told apart from all of them by that. */
  #places: Uint8Array | null = null;
  readonly #takenBack: TakenBack[] = [];
  readonly #takenBackKeys = new Set<string>();

  get size(): number {
    return this.#keys.size + this.#takenBack.length;
  }

  /** Whether any rule is void. */
  get hasKeys(): boolean {
    return this.#keys.size > 0;
  }

  /** Whether more keys void nothing. */
  get isFull(): boolean {
    return this.#keys.size >= CANCELS_MAX;
  }

  /** Whether any rewrite is taken back. */
  get hasTakenBack(): boolean {
    return this.#takenBack.length > 0;
  }

  add(key: string): void {
    if (this.isFull) return;
    this.#keys.add(key);
    this.#places ??= new Uint8Array(PLACES);
    let hash = 0;
    for (let at = 0; at < key.length; at += 1) {
      const code = key.charCodeAt(at);
      hash = mixed(hash, code);
      if (code === CARET) break;
    }
    this.#places[placeIn(hash, PLACES)] = 1;
  }

  /** Whether a key may be among them that begins with these octets, the last of them the only `^`. */
  mayHave(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#places === null) return false;
    let hash = 0;
    for (let at = start; at < end; at += 1) hash = mixed(hash, bytes[at]!);
    return this.#places[placeIn(hash, PLACES)] === 1;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  takeBack(taken: TakenBack): void {
    const key = JSON.stringify(taken);
    if (this.#takenBackKeys.has(key) || this.#takenBack.length >= TAKEN_BACK_MAX) return;
    this.#takenBackKeys.add(key);
    this.#takenBack.push(taken);
  }

  /**
   * @param host what a rewriting rule covers, with what is below; null for an expression
   * @returns names for which it is taken back; null when that is all that it covers
   */
  exceptFrom(host: string | null, rewrite: string, important: boolean): readonly string[] | null {
    const except: string[] = [];
    for (const taken of this.#takenBack) {
      if (important && !taken.important) continue;
      if (taken.rewrite !== null && taken.rewrite !== rewrite) continue;
      if (host !== null && isBelow(host, taken.host)) return null;
      if ((host === null || isBelow(taken.host, host)) && except.length < EXCEPT_MAX) except.push(taken.host);
    }
    return except;
  }
}

const isBelow = (host: string, above: string): boolean => host === above || host.endsWith(`.${above}`);
