// The audit log as the admin interface uses it: opened when there is something to write or to read, and not before.
import { loadedOnce } from '../../config/disk/loaded-once.ts';
import type { AuditEntry, AuditLog, AuditParts, AuditQuestion } from './log.ts';
import type { AuditRow } from './row.ts';

export class Audit {
  readonly #open: () => Promise<AuditLog>;
  /** Null until something is written or read. */
  #log: AuditLog | null = null;

  constructor(parts: AuditParts) {
    this.#open = loadedOnce(async () => {
      const { AuditLog: Log } = await import('./log.ts');
      this.#log = new Log(parts);
      return this.#log;
    });
  }

  /** Resolves once it is on the disk, or cannot be: then that was told. */
  readonly add = async (row: AuditRow): Promise<void> => (await this.#open()).add(row);

  /** The newest first. @throws Error when it cannot be read */
  async ask(
    question: AuditQuestion,
  ): Promise<{ readonly rows: readonly AuditEntry[]; readonly missing: number }> {
    const log = await this.#open();
    return { rows: log.ask(question), missing: log.missing };
  }

  /** Why changes are not in it yet; null when all are. */
  whyWaiting(): string | null {
    return this.#log?.whyWaiting() ?? null;
  }

  async close(): Promise<void> {
    this.#log?.close();
  }
}
