// The audit log as the admin interface uses it: opened when there is something to write or to read, and not before.
import type { AuditEntry, AuditLog, AuditParts, AuditQuestion } from './log.ts';
import type { AuditRow } from './row.ts';

export class Audit {
  readonly #parts: AuditParts;
  #log: Promise<AuditLog> | null = null;

  constructor(parts: AuditParts) {
    this.#parts = parts;
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
    (await this.#log)?.close();
  }

  #open(): Promise<AuditLog> {
    this.#log ??= import('./log.ts').then(({ AuditLog: Log }) => new Log(this.#parts));
    return this.#log;
  }
}
