// The audit log as the admin interface uses it: opened when there is something to write or to read, and not before.
import { loadedOnce } from '../../config/disk/loaded-once.ts';
import type { AuditEntry, AuditLog, AuditParts, AuditQuestion } from './log.ts';
import type { AuditRow } from './row.ts';

export class Audit {
  readonly #open: () => Promise<AuditLog>;
  #isOpened = false;

  constructor(parts: AuditParts) {
    this.#open = loadedOnce(async () => {
      const { AuditLog: Log } = await import('./log.ts');
      this.#isOpened = true;
      return new Log(parts);
    });
  }

  /** Resolves once it is on the disk, or cannot be: then that was told. */
  readonly add = async (row: AuditRow): Promise<void> => (await this.#open()).add(row);

  /** The newest first. @throws Error when it cannot be read */
  async ask(
    question: AuditQuestion,
  ): Promise<{ readonly rows: readonly AuditEntry[]; readonly lost: number }> {
    const log = await this.#open();
    return { rows: log.ask(question), lost: log.lost };
  }

  async close(): Promise<void> {
    if (this.#isOpened) (await this.#open()).close();
  }
}
