// Incidents as rows: the whole as JSON, beside it what is searched by.
//
// Sums are columns: an incident that only grew costs a small update. When its names were asked for, the evidence of the beacon
// score, is written when it opens and closes and every half minute between; a kill costs no more of it than that.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Who } from '../../clients/who.ts';
import type { HitClient } from '../hit.ts';
import { type AskedName, type Incident, namesVersion } from '../incidents/incident.ts';
import { isOf, valuesOf } from './of-machine.ts';
import { numberIn, type Row, textIn } from './row.ts';

export interface IncidentFilter {
  readonly sinceMs?: number;
  readonly state?: 'open' | 'closed';
  readonly who?: Who;
  readonly limit?: number;
}

const TIMES_MS = 30_000;
const COLUMNS = 'body, times, lastMs, hits, furtherHits';

/** What of an incident its row says already. */
interface Written {
  readonly version: number;
  readonly client: HitClient;
  readonly acknowledgedMs: number | null;
  readonly timesUntilMs: number;
}

const isSame = (a: Omit<Written, 'timesUntilMs'>, b: Omit<Written, 'timesUntilMs'>): boolean =>
  a.version === b.version && a.client === b.client && a.acknowledgedMs === b.acknowledgedMs;

export class IncidentTable {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #count: StatementSync;
  #written = new WeakMap<Incident, Written>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#upsert = database.prepare(`INSERT INTO incidents
      (id, subject, state, openedMs, lastMs, hits, furtherHits, body, times) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET state = excluded.state, lastMs = excluded.lastMs, hits = excluded.hits,
        furtherHits = excluded.furtherHits, body = excluded.body, times = coalesce(nullif(excluded.times, '[]'), times)`);
    this.#count = database.prepare('UPDATE incidents SET lastMs = ?, hits = ?, furtherHits = ? WHERE id = ?');
  }

  write(incidents: readonly Incident[]): void {
    for (const incident of incidents) {
      const { id, subject, state, openedMs, lastMs, hits, furtherHits, client, acknowledgedMs } = incident;
      const before = this.#written.get(incident);
      const version = namesVersion(incident);
      if (before !== undefined && state === 'open' && isSame(before, { version, client, acknowledgedMs })) {
        this.#count.run(lastMs, hits, furtherHits, id);
        continue;
      }
      const body = JSON.stringify({ ...incident, names: incident.names.map(withoutTimes) });
      const timesDue = before === undefined || state === 'closed' || lastMs - before.timesUntilMs >= TIMES_MS;
      const times = timesDue ? JSON.stringify(incident.names.map(({ timesMs }) => timesMs)) : null;
      this.#upsert.run(id, subject, state, openedMs, lastMs, hits, furtherHits, body, times ?? '[]');
      const timesUntilMs = timesDue ? lastMs : before.timesUntilMs;
      this.#written.set(incident, { version, client, acknowledgedMs, timesUntilMs });
    }
  }

  /** After a rollback nothing is known to be written. */
  forget(): void {
    this.#written = new WeakMap();
  }

  /** Newest first. */
  find(filter: IncidentFilter = {}): Incident[] {
    const where = ['lastMs >= ?'];
    const values: (string | number)[] = [filter.sinceMs ?? 0];
    if (filter.state !== undefined) {
      where.push('state = ?');
      values.push(filter.state);
    }
    if (filter.who !== undefined) {
      where.push(`(${isOf("body ->> '$.client.ip'", "body ->> '$.client.machine'")})`);
      values.push(...valuesOf(filter.who));
    }
    return this.#database
      .prepare(`SELECT ${COLUMNS} FROM incidents WHERE ${where.join(' AND ')} ORDER BY lastMs DESC LIMIT ?`)
      .all(...values, filter.limit ?? 1000)
      .map(incidentOf);
  }

  byId(id: string): Incident | null {
    const row = this.#database.prepare(`SELECT ${COLUMNS} FROM incidents WHERE id = ?`).get(id);
    return row === undefined ? null : incidentOf(row);
  }

  removeBefore(timeMs: number): void {
    this.#database.prepare("DELETE FROM incidents WHERE lastMs < ? AND state = 'closed'").run(timeMs);
  }
}

const withoutTimes = ({ name, count, firstMs, lastMs }: AskedName) => ({ name, count, firstMs, lastMs });

function incidentOf(row: Row): Incident {
  const incident = JSON.parse(textIn(row, 'body'));
  const times: number[][] = JSON.parse(textIn(row, 'times'));
  const names = incident.names.map((asked: Omit<AskedName, 'timesMs'>, i: number) => ({
    ...asked,
    timesMs: times[i] ?? [],
  }));
  return {
    ...incident,
    names,
    lastMs: numberIn(row, 'lastMs'),
    hits: numberIn(row, 'hits'),
    furtherHits: numberIn(row, 'furtherHits'),
  };
}
