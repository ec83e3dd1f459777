// Puts what the head published into force beside what this site's own file says. A mistake in that file, made since it was last in force,
// does not hold the policy up: then it is put into force beside what the file said before, and the mistake is told as it was.
import { readFileSync } from 'node:fs';
import { messageOf } from '../../config/coded-error.ts';
import type { Loaded } from '../../config/load.ts';
import type { Supervisor } from '../supervisor.ts';

export interface ApplyingParts {
  readonly supervisor: Pick<Supervisor, 'config' | 'reload' | 'lastReload' | 'useChanged'>;
  /** What the configuration would be, were this the file's text. */
  readonly loadText: (text: string) => Promise<Loaded>;
}

export class Applying {
  readonly #parts: ApplyingParts;
  /** The file as it was when it was last put into force; null: it is not known. */
  #good: string | null = null;
  #isBeside = false;
  /** Texts that were put into force are looked at one after another. */
  #judging: Promise<void> = Promise.resolve();

  constructor(parts: ApplyingParts) {
    this.#parts = parts;
  }

  /** A configuration was put into force. */
  committed(): void {
    if (this.#isBeside) return;
    const text = this.#text();
    // It may have been written since.
    this.#judging = this.#judging.then(() => this.#keepGood(text));
  }

  async #keepGood(text: string | null): Promise<void> {
    if (text === null || text === this.#good) return;
    try {
      if ((await this.#parts.loadText(text)).config !== null) this.#good = text;
    } catch {
      // It cannot be read now, for want of memory or file descriptors: the text that was good before is kept.
    }
  }

  /** @returns why it was refused; null when it is in force */
  async apply(): Promise<string | null> {
    const { supervisor, loadText } = this.#parts;
    await supervisor.reload('the head published a policy');
    const why = supervisor.lastReload?.error ?? null;
    await this.#judging;
    const good = this.#good;
    if (why === null || good === null || this.#text() === good) return why;
    this.#isBeside = true;
    try {
      await supervisor.useChanged(await loadText(good));
    } catch (error) {
      return messageOf(error);
    } finally {
      this.#isBeside = false;
    }
    // The file is as wrong as it was.
    await supervisor.reload('the head published a policy');
    return null;
  }

  #text(): string | null {
    try {
      return readFileSync(this.#parts.supervisor.config.file, 'utf8');
    } catch {
      return null;
    }
  }
}
