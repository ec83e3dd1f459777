// The configuration file changed from the admin interface: shown before, read as the daemon would read it, put into force through the
// same transaction as all else, and only then written.
import { createHash } from 'node:crypto';
import { accessSync, constants, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { kept, RouteError } from '../../admin/route.ts';
import { messageOf } from '../../config/coded-error.ts';
import { realPathOf } from '../../config/disk/real-path.ts';
import { writeWhole } from '../../config/disk/whole-file.ts';
import type { Loaded } from '../../config/load.ts';
import { problemText } from '../../config/problem.ts';
import { EditError } from './edit-error.ts';
import type { DiffLine, Edit, Texts } from './edits.ts';

export interface SettingsFileParts extends Pick<Texts, 'edited'> {
  /** As the configuration in force was read from. */
  readonly file: () => string;
  /** What a file with this text would be. */
  readonly load: (text: string) => Loaded | Promise<Loaded>;
  /** Puts it into force, and writes it before the file is read again. @throws Error when it is refused, or what `write` throws: then nothing changed */
  readonly use: (loaded: Loaded, write: () => void) => Promise<void>;
}

export interface Changed {
  readonly file: string;
  /** Secrets hidden. */
  readonly diff: readonly DiffLine[];
  /** Of the text that was there, or is there now: a change that was looked at is made of the same text. */
  readonly digest: string;
  readonly isWritten: boolean;
}

export interface ChangeOptions {
  /** Only what would be done. */
  readonly dryRun: boolean;
  /** The digest of the text that somebody looked at; null or unset: whatever is there. */
  readonly base?: string | null;
}

export class SettingsFile {
  readonly #parts: SettingsFileParts;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: SettingsFileParts) {
    this.#parts = parts;
  }

  /** @throws EditError */
  read(): { readonly file: string; readonly text: string; readonly digest: string } {
    const file = realPathOf(this.#parts.file());
    try {
      const text = readFileSync(file, 'utf8');
      return { file, text, digest: digestOf(text) };
    } catch (error) {
      throw new EditError('EDIT_UNREADABLE', `the configuration cannot be read: ${codeOf(error)} (${file})`);
    }
  }

  /** Why it cannot be written; null when it can. */
  whyReadOnly(): string | null {
    const file = realPathOf(this.#parts.file());
    try {
      accessSync(file, constants.W_OK);
      accessSync(dirname(file), constants.W_OK);
      return null;
    } catch (error) {
      return `the user that cenote runs as may not write ${file} and its folder (${codeOf(error)})`;
    }
  }

  /**
   * What belongs to one change beyond the configuration's own text: nothing else changes here until it has ended, however it ends.
   * @param work changes the file by what it is given; `change` itself would wait for this turn to end
   */
  inTurn<T>(work: (change: SettingsFile['change']) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => work((edit, options) => this.#change(edit, options)));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /**
   * One after another: checked, put into force, written.
   * @throws EditError, or RouteError NOT_KEPT: then nothing changed
   */
  change(edit: Edit, options: ChangeOptions): Promise<Changed> {
    return this.inTurn((changeNow) => changeNow(edit, options));
  }

  async #change(edit: Edit, { dryRun, base = null }: ChangeOptions): Promise<Changed> {
    const { file, text, digest } = this.read();
    if (base !== null && base !== digest) throw overtaken(file);
    const { text: next, diff } = await this.#parts.edited({ text, edit });
    const loaded = await this.#parts.load(next);
    if (loaded.config === null)
      throw new EditError(
        'EDIT_MISTAKE',
        `the configuration would have a mistake, nothing was changed: ${loaded.problems.slice(0, 2).map(problemText).join('; ')}`,
      );
    if (dryRun || next === text) return { file, diff, digest, isWritten: false };
    const readOnly = this.whyReadOnly();
    if (readOnly !== null) throw new EditError('EDIT_READ_ONLY', `${readOnly}; nothing was changed`);
    await this.#use(loaded, () => {
      // An editor or `cenote lists add` may have written it while lists were compiled.
      if (this.read().digest !== digest) throw overtaken(file);
      kept(file, () => writeWhole(file, next));
    });
    return { file, diff, digest: digestOf(next), isWritten: true };
  }

  async #use(loaded: Loaded, write: () => void): Promise<void> {
    try {
      await this.#parts.use(loaded, write);
    } catch (error) {
      if (error instanceof EditError || error instanceof RouteError) throw error;
      const why = messageOf(error);
      throw new EditError('EDIT_REFUSED', `it was refused, what was in force stays in force: ${why}`);
    }
  }
}

const overtaken = (file: string): EditError =>
  new EditError(
    'EDIT_OVERTAKEN',
    `somebody else changed the configuration meanwhile; look at it again (${file})`,
  );

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
