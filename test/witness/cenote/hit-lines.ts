// The hit log as whoever follows the file reads it: lines that came since the last look, through rotations.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Find } from '../../../src/hits/find.ts';

export class HitLines {
  readonly #dir: string;
  readonly #seen = new Set<string>();
  #inode = 0;
  #size = 0;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Finds that were logged since the last call. */
  finds(): Find[] {
    const path = join(this.#dir, 'hits.jsonl');
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || (stat.ino === this.#inode && stat.size === this.#size)) return [];
    const isRotated = this.#inode !== 0 && stat.ino !== this.#inode;
    const files = isRotated ? [join(this.#dir, 'hits.1.jsonl'), path] : [path];
    this.#inode = stat.ino;
    this.#size = stat.size;
    return files.flatMap((file) => this.#findsIn(file));
  }

  #findsIn(path: string): Find[] {
    const lines = readFileSync(path, { encoding: 'utf8', flag: 'a+' }).split('\n');
    return lines
      .filter((line) => line.startsWith('{"event":"find"'))
      .map((line) => JSON.parse(line) as Find)
      .filter(({ id }) => !this.#seen.has(id) && this.#seen.add(id));
  }
}
