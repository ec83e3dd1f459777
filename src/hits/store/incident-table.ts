// Incidents as rows: the whole as JSON, beside it what is searched by.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Incident } from '../incidents/incident.ts';
import { numberIn, textIn } from './row.ts';

export interface IncidentFilter {
  readonly sinceMs?: number;
  readonly state?: 'open' | 'closed';
  readonly ip?: string;
  readonly limit?: number;
}

export class IncidentTable {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #hunt: StatementSync;
  readonly #hunted: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#upsert = database.prepare(`INSERT INTO incidents (id, subject, state, openedMs, lastMs, body)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET state = excluded.state, lastMs = excluded.lastMs, body = excluded.body`);
    this.#hunt = database.prepare(`INSERT INTO hunted (client, list, name, lastMs) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET lastMs = max(lastMs, excluded.lastMs)`);
    this.#hunted = database.prepare('SELECT lastMs FROM hunted WHERE client = ? AND list = ? AND name = ?');
  }

  write(incidents: readonly Incident[]): void {
    for (const incident of incidents) {
      const { id, subject, state, openedMs, lastMs } = incident;
      this.#upsert.run(id, subject, state, openedMs, lastMs, JSON.stringify(incident));
    }
  }

  /** Newest first. */
  find(filter: IncidentFilter = {}): Incident[] {
    const where = ['lastMs >= ?'];
    const values: (string | number)[] = [filter.sinceMs ?? 0];
    if (filter.state !== undefined) {
      where.push('state = ?');
      values.push(filter.state);
    }
    if (filter.ip !== undefined) {
      where.push('subject >= ? AND subject < ?');
      values.push(`${filter.ip} `, `${filter.ip}!`); // '!' follows the space
    }
    return this.#database
      .prepare(`SELECT body FROM incidents WHERE ${where.join(' AND ')} ORDER BY lastMs DESC LIMIT ?`)
      .all(...values, filter.limit ?? 1000)
      .map((row) => JSON.parse(textIn(row, 'body')) as Incident);
  }

  byId(id: string): Incident | null {
    const row = this.#database.prepare('SELECT body FROM incidents WHERE id = ?').get(id);
    return row === undefined ? null : (JSON.parse(textIn(row, 'body')) as Incident);
  }

  /** Until when a client's asking for a name has been told as past; 0 when it never was. */
  huntedUntil(ip: string, list: string, name: string): number {
    return numberIn(this.#hunted.get(ip, list, name), 'lastMs');
  }

  writeHunted(ip: string, list: string, name: string, lastMs: number): void {
    this.#hunt.run(ip, list, name, lastMs);
  }

  removeBefore(timeMs: number): void {
    this.#database.prepare("DELETE FROM incidents WHERE lastMs < ? AND state = 'closed'").run(timeMs);
    this.#database.prepare('DELETE FROM hunted WHERE lastMs < ?').run(timeMs);
  }
}
