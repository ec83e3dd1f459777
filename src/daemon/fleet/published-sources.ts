// Where the texts of published lists came from when a person published them (`fleet/head/sources.json`): a text from elsewhere belongs to a configuration
// that is not published yet, and to its other settings. A list of names to allow must not go out under the settings of the list that it took the place of.
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../config/coded-error.ts';
import { keptFile } from '../../config/disk/kept-file.ts';
import { KEPT_MODE, writeWhole } from '../../config/disk/whole-file.ts';
import type { SaidList } from '../../fleet/policy/draft.ts';

const stored = z.record(z.string(), z.string());

export class PublishedSources {
  readonly #path: string;
  readonly #report: (level: 'warn', text: string) => void;
  /** Name of a list → digest of its source; none of what an earlier release published. Null: it is not known. */
  #sources: Readonly<Record<string, string>> | null;

  constructor(dir: string, report: (level: 'warn', text: string) => void) {
    this.#path = join(dir, 'sources.json');
    this.#report = report;
    const { value, problem } = keptFile(this.#path, stored, {});
    this.#sources = problem === null ? value : null;
    if (problem !== null)
      report(
        'warn',
        `${problem}: until \`cenote fleet publish\` the texts of published lists stay as they are`,
      );
  }

  /** Whether a list's text is from where it was when it was published, as far as that was ever noted. */
  isOf({ name, key }: SaidList): boolean {
    if (this.#sources === null) return key === null;
    const published = this.#sources[name];
    return published === undefined || key === null || key === published;
  }

  published(lists: readonly SaidList[]): void {
    this.#sources = Object.fromEntries(lists.flatMap(({ name, key }) => (key === null ? [] : [[name, key]])));
    try {
      writeWhole(this.#path, `${JSON.stringify(this.#sources)}\n`, KEPT_MODE);
    } catch (error) {
      this.#report('warn', `where lists come from cannot be kept (${this.#path}): ${messageOf(error)}`);
    }
  }
}
