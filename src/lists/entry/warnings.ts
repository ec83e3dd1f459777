// What everybody uses: a name that a report or feed would block although it is on a warning list is held back and asked about.
//
// A warning list is a file of the user's: a popularity list (`1,example.com`), a MISP warninglist (JSON with `list`), names
// or addresses one a line. An entry is held back when it is one of them, or would block one along with itself.
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Network } from '../../wire/names/plain-network.ts';
import { usualText } from '../../wire/names/presentation.ts';
import { EVERYDAY } from './everyday.ts';
import { WarnedNetworks } from './warned-networks.ts';
import { identityOfWarnings, warningFiles } from './warning-files.ts';

/** Of MISP's lists: what can be compared; the others are expressions and parts of texts. */
const TYPES: ReadonlySet<string> = new Set(['hostname', 'string', 'cidr']);
const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}(\/|$)|:/;
/** Names and addresses of all warning lists together. */
const NAMES_MAX = 2_000_000;
/** Of a popularity list: further down stand names that few know. */
const RANK_MAX = 10_000;

/** Why a name is held back. */
export interface Warning {
  /** The name on the warning list: the entry itself, or one below it. */
  readonly name: string;
  /** Which list, and its rank there. */
  readonly where: string;
}

export class Warnings {
  /** Who says so of each name. */
  readonly #names = new Map<string, string>();
  /** Of each name above them, one below it. */
  readonly #above = new Map<string, string>();
  readonly #networks = new WarnedNetworks();
  #namesMax = Number.POSITIVE_INFINITY;
  /** An entry was left out for want of room. */
  #hasMore = false;
  /** Files that could not be read, or have no names in them, in words. */
  readonly problems: string[] = [];

  /** @param namesMax names and addresses of all together */
  constructor(files: readonly string[], namesMax = NAMES_MAX) {
    for (const name of EVERYDAY) this.#add(name, 'a name that everybody uses');
    this.#namesMax = namesMax;
    for (const file of files) this.#read(file);
  }

  /** @param name lower case, A-labels @param coversBelow whether the names below it go with it */
  of(name: string, coversBelow: boolean): Warning | null {
    const known = this.#names.has(name) || !name.startsWith('www.') ? name : name.slice(4);
    const warned = this.#names.has(known) ? known : coversBelow ? this.#above.get(name) : undefined;
    return warned === undefined ? null : { name: warned, where: this.#names.get(warned)! };
  }

  /** Of an address or network, who says that everybody uses it, or one that it holds. */
  ofNetwork(network: Network): string | null {
    return this.#networks.of(network);
  }

  #read(path: string): void {
    let files: readonly string[];
    try {
      // A popularity list of a million names must not take the room of the small ones.
      files = warningFiles(path)
        .map((file) => ({ file, octets: statSync(file).size }))
        .sort((a, b) => a.octets - b.octets)
        .map(({ file }) => file);
    } catch (error) {
      this.problems.push(`the warning list cannot be read: ${codeOf(error)} (${path})`);
      return;
    }
    for (const file of files) {
      if (this.#hasMore) break;
      try {
        const found = this.#readText(readFileSync(file, 'utf8'), titleOf(file));
        if (found === 0 && files.length === 1)
          this.problems.push(`the warning list has no names or addresses that could be compared (${file})`);
      } catch (error) {
        this.problems.push(`the warning list cannot be read: ${codeOf(error)} (${file})`);
      }
      if (this.#hasMore)
        this.problems.push(
          `the warning lists have more than ${this.#namesMax} names and addresses; what stands behind them is not looked at (${file})`,
        );
    }
  }

  /** @returns how many names it has */
  #readText(text: string, title: string): number {
    if (/^\s*\{/.test(text)) return this.#readMisp(JSON.parse(text), title);
    let found = 0;
    let at = 0;
    while (at < text.length && !this.#hasMore) {
      const end = text.indexOf('\n', at);
      const line = text.slice(at, end < 0 ? text.length : end).trim();
      at = end < 0 ? text.length : end + 1;
      const ranked = /^"?(\d{1,8})"?[,;\t]"?([^",;\t]+)"?/.exec(line);
      if (ranked !== null && Number(ranked[1]) > RANK_MAX) break;
      const name = ranked === null ? line : (ranked[2] ?? '');
      const where = ranked === null ? title : `number ${ranked[1]} of ${title}`;
      if (!name.startsWith('#') && this.#add(name, where)) found += 1;
    }
    return found;
  }

  #readMisp(document: unknown, title: string): number {
    const { name, type, list } = document as { name?: unknown; type?: unknown; list?: unknown };
    if (!Array.isArray(list) || !(type === undefined || TYPES.has(type as string))) return 0;
    const where = typeof name === 'string' ? name.slice(0, 120) : title;
    let found = 0;
    for (const item of list)
      if (typeof item === 'string' && !this.#hasMore && this.#add(item, where)) found += 1;
    return found;
  }

  get #isFull(): boolean {
    return this.#names.size + this.#networks.size >= this.#namesMax;
  }

  #add(written: string, where: string): boolean {
    if (ADDRESS.test(written)) {
      const became = this.#networks.add(written, where, !this.#isFull);
      if (became === 'left out') this.#hasMore = true;
      return became === 'there';
    }
    const name = usualText(written.replace(/^\*?\./, '').replace(/\.$/, ''));
    if (name === null || !name.includes('.')) return false;
    if (this.#names.has(name)) return true;
    if (this.#isFull) {
      this.#hasMore = true;
      return false;
    }
    this.#names.set(name, where);
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const above = name.slice(dot + 1);
      if (!above.includes('.') || this.#above.has(above)) break;
      this.#above.set(above, name);
    }
    return true;
  }
}

const titleOf = (file: string): string =>
  basename(file) === 'list.json' ? basename(dirname(file)) : basename(file);

const codeOf = (error: unknown): string =>
  error instanceof SyntaxError ? 'not JSON' : String((error as { code?: unknown } | null)?.code ?? error);

let known: { readonly key: string; readonly warnings: Warnings } | null = null;

/** The same for the same files, until one of them changes. */
export function warningsOf(files: readonly string[]): Warnings {
  const key = identityOfWarnings(files);
  if (known?.key !== key) known = { key, warnings: new Warnings(files) };
  return known.warnings;
}
