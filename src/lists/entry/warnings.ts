// What everybody uses: a name that a report or feed would block although it is on a warning list is held back and asked about.
//
// A warning list is a file of the user's: a popularity list (`1,example.com`), a MISP warninglist (JSON with `list`), or names
// one a line. An entry is held back when it is such a name, or stands above one that it would block along with itself.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { hostToName, nameToText } from '../../wire/names/presentation.ts';
import { EVERYDAY } from './everyday.ts';
import { identityOfWarnings, warningFiles } from './warning-files.ts';

/** Names of all warning lists together. */
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
  readonly #names = new Map<string, Warning>();
  /** Names above them. */
  readonly #above = new Map<string, Warning>();
  /** Files that could not be read, or have no names in them, in words. */
  readonly problems: string[] = [];

  constructor(files: readonly string[]) {
    for (const name of EVERYDAY) this.#add(name, 'a name that everybody uses');
    for (const file of files) this.#read(file);
  }

  /** @param name lower case, A-labels @param coversBelow whether the names below it go with it */
  of(name: string, coversBelow: boolean): Warning | null {
    const bare = name.startsWith('www.') ? name.slice(4) : name;
    return (
      this.#names.get(name) ?? this.#names.get(bare) ?? (coversBelow ? this.#above.get(name) : null) ?? null
    );
  }

  #read(path: string): void {
    let files: readonly string[];
    try {
      files = warningFiles(path);
    } catch (error) {
      this.problems.push(`the warning list cannot be read: ${codeOf(error)} (${path})`);
      return;
    }
    for (const file of files) {
      try {
        const found = this.#readText(readFileSync(file, 'utf8'), titleOf(file));
        if (found === 0 && files.length === 1)
          this.problems.push(`the warning list has no names that could be compared (${file})`);
      } catch (error) {
        this.problems.push(`the warning list cannot be read: ${codeOf(error)} (${file})`);
      }
    }
  }

  /** @returns how many names it has */
  #readText(text: string, title: string): number {
    if (/^\s*\{/.test(text)) return this.#readMisp(JSON.parse(text), title);
    let found = 0;
    let at = 0;
    while (at < text.length && this.#names.size < NAMES_MAX) {
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
    if (!Array.isArray(list) || (type !== 'hostname' && type !== 'string' && type !== undefined)) return 0;
    const where = typeof name === 'string' ? name.slice(0, 120) : title;
    let found = 0;
    for (const item of list)
      if (typeof item === 'string' && this.#names.size < NAMES_MAX && this.#add(item, where)) found += 1;
    return found;
  }

  #add(written: string, where: string): boolean {
    const wire = hostToName(written.replace(/^\*?\./, '').replace(/\.$/, ''));
    if (wire === null || wire.length < 4) return false;
    const name = nameToText(wire);
    if (!name.includes('.')) return false;
    const warning: Warning = { name, where };
    if (!this.#names.has(name)) this.#names.set(name, warning);
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const above = name.slice(dot + 1);
      if (above.includes('.') && !this.#above.has(above)) this.#above.set(above, warning);
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
