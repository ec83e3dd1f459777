// Incidents as rows: what is searched by and what grows with every hit; and as parts, the rest as JSON. They are listed by when
// anything of them happened or was told (`newsMs`), so that what was told today of last month is found today.
//
// A row with something big in it is written whole whatever changes of it, so what changes apart lies apart. When its names were
// asked for, the evidence of the beacon score, is written when it opens and closes and every half minute between; a kill
// costs no more of it than that.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Who } from '../../clients/who.ts';
import { namesVersion } from '../incidents/asked-names.ts';
import type { AskedName, Incident } from '../incidents/incident.ts';
import { countsIn, countsOf, hashesIn, octetsOf, type Times, timesIn } from '../incidents/parts.ts';
import { isOf, numberIn, type Row, textIn } from './row.ts';
import { FURTHER_A_PART, PART } from './schema.ts';

export interface IncidentFilter {
  readonly sinceMs?: number;
  readonly state?: 'open' | 'closed';
  readonly who?: Who;
  readonly limit?: number;
}

const TIMES_MS = 30_000;
/** SQL */
function partOf(part: number): string {
  return `(SELECT content FROM incidentParts WHERE incident = id AND part = ${part})`;
}
const COLUMNS = `id, subject, lastMs, hits, furtherHits, sums, ${partOf(PART.body)} AS body, ${partOf(PART.times)} AS times, ${partOf(PART.counts)} AS counts`;

/** What of an incident its row says already. */
interface Written {
  readonly kept: number;
  readonly counted: number;
  /** All but names and sums, by what changes it. */
  readonly rest: string;
  readonly timesUntilMs: number;
  /** How many further names. */
  readonly further: number;
}

/** What grows with every hit. */
type Sums = Pick<Incident, 'visits' | 'outcomes' | 'decided' | 'firstMs' | 'addresses'>;

export class IncidentTable {
  readonly #database: DatabaseSync;
  readonly #upsert: StatementSync;
  readonly #put: StatementSync;
  readonly #parts: StatementSync;
  #written = new WeakMap<Incident, Written>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#upsert = database.prepare(`INSERT INTO incidents
      (id, subject, state, openedMs, lastMs, hits, furtherHits, sums, newsMs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET subject = excluded.subject, state = excluded.state, openedMs = excluded.openedMs,
        lastMs = excluded.lastMs, hits = excluded.hits, furtherHits = excluded.furtherHits, sums = excluded.sums,
        newsMs = excluded.newsMs`);
    this.#put = database.prepare(
      'INSERT INTO incidentParts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET content = excluded.content',
    );
    this.#parts = database.prepare(
      `SELECT content FROM incidentParts WHERE incident = ? AND part >= ${PART.further} ORDER BY part`,
    );
  }

  write(incidents: readonly Incident[]): void {
    for (const incident of incidents) this.#writeOne(incident);
  }

  #writeOne(incident: Incident): void {
    const { id, subject, state, openedMs, lastMs, hits, furtherHits } = incident;
    const before = this.#written.get(incident);
    const { kept, counted } = namesVersion(incident);
    const rest = restOf(incident);
    const sums = JSON.stringify(sumsOf(incident));
    this.#upsert.run(id, subject, state, openedMs, lastMs, hits, furtherHits, sums, newsOf(incident));
    let timesUntilMs = before?.timesUntilMs ?? 0;
    if (before?.kept !== kept || before.rest !== rest) {
      const { timesMs: _times, further: _further, ...shown } = incident;
      const body = JSON.stringify({ ...shown, names: incident.names.map(withoutTimes) });
      this.#put.run(id, PART.body, body);
    }
    if (before?.counted !== counted || before.rest !== rest) {
      this.#put.run(id, PART.counts, countsOf(incident));
      if (before === undefined || state === 'closed' || lastMs - timesUntilMs >= TIMES_MS) {
        const names = incident.names.map((asked) => asked.timesMs);
        this.#put.run(id, PART.times, JSON.stringify({ own: incident.timesMs, names } satisfies Times));
        timesUntilMs = lastMs;
      }
    }
    const further = incident.further.length;
    if (further !== before?.further) this.#writeFurther(incident, before?.further ?? 0);
    this.#written.set(incident, { kept, counted, rest, timesUntilMs, further });
  }

  /** @param written so many of them are there */
  #writeFurther({ id, further }: Incident, written: number): void {
    for (let part = Math.floor(written / FURTHER_A_PART); part * FURTHER_A_PART < further.length; part += 1) {
      const hashes = further.slice(part * FURTHER_A_PART, (part + 1) * FURTHER_A_PART);
      this.#put.run(id, PART.further + part, octetsOf(hashes));
    }
  }

  /** After a rollback nothing is known to be written. */
  forget(): void {
    this.#written = new WeakMap();
  }

  /** Of which something happened or was told since, newest first. */
  find(filter: IncidentFilter = {}): Incident[] {
    const where = ['newsMs >= ?'];
    const values: (string | number)[] = [filter.sinceMs ?? Number.MIN_SAFE_INTEGER];
    if (filter.state !== undefined) {
      where.push('state = ?');
      values.push(filter.state);
    }
    if (filter.who !== undefined) {
      const machine = "coalesce(body ->> '$.machine', body ->> '$.client.machine')";
      const columns = { address: "body ->> '$.client.ip'", machine, users: "body -> '$.users'" };
      const { sql, values: meant } = isOf(filter.who, columns);
      where.push(sql);
      values.push(...meant);
    }
    return this.#database
      .prepare(
        `SELECT ${COLUMNS} FROM incidents WHERE ${where.join(' AND ')} ORDER BY newsMs DESC, id DESC LIMIT ?`,
      )
      .all(...values, filter.limit ?? 1000)
      .map((row) => this.#incidentOf(row));
  }

  byId(id: string): Incident | null {
    const row = this.#database.prepare(`SELECT ${COLUMNS} FROM incidents WHERE id = ?`).get(id);
    return row === undefined ? null : this.#incidentOf(row);
  }

  /** The latest of a subject that has ended, when anything of it happened since a moment. */
  endedOf(subject: string, sinceMs: number): Incident | null {
    const row = this.#database
      .prepare(`SELECT ${COLUMNS} FROM incidents WHERE subject = ? AND state = 'closed' AND newsMs >= ?
        ORDER BY newsMs DESC LIMIT 1`)
      .get(subject, sinceMs);
    return row === undefined ? null : this.#incidentOf(row);
  }

  /** A list has another name, beside the one that it had. */
  relist(from: string, to: string): void {
    this.retitle(`list ${from}`, `list ${to}`);
    const has = "EXISTS (SELECT 1 FROM json_each(content, '$.lists') WHERE value =";
    const set = (changed: string, where: string): void => {
      const closed = "incident IN (SELECT id FROM incidents WHERE state = 'closed')";
      this.#database
        .prepare(
          `UPDATE incidentParts SET content = ${changed} WHERE part = ${PART.body} AND ${closed} AND ${where}`,
        )
        .run(from, to);
    };
    set("json_insert(content, '$.lists[#]', ?2)", `${has} ?1) AND NOT ${has} ?2)`);
    set("json_set(content, '$.list', ?2)", "content ->> '$.list' = ?1");
    const former = `SELECT value FROM json_each(content, '$.formerLists') WHERE value NOT IN (?1, ?2) UNION ALL SELECT ?1`;
    set(
      `json_set(content, '$.formerLists', json((SELECT json_group_array(value) FROM (${former}))))`,
      `${has} ?1) AND ${has} ?2)`,
    );
  }

  /** A campaign has another title: what has ended goes on under it. @param from what of a subject is not the machine */
  retitle(from: string, to: string): void {
    this.#database
      .prepare(`UPDATE incidents SET subject = substr(subject, 1, instr(subject, ' ')) || ?2
        WHERE state = 'closed' AND substr(subject, instr(subject, ' ') + 1) = ?1`)
      .run(from, to);
  }

  removeBefore(timeMs: number): void {
    const { changes } = this.#database
      .prepare("DELETE FROM incidents WHERE newsMs < ? AND state = 'closed'")
      .run(timeMs);
    if (Number(changes) > 0)
      this.#database.exec('DELETE FROM incidentParts WHERE incident NOT IN (SELECT id FROM incidents)');
  }

  #incidentOf(row: Row): Incident {
    const incident = incidentOf(row);
    for (const { content } of this.#parts.all(incident.id)) incident.further.push(...hashesIn(content));
    return incident;
  }
}

const withoutTimes = ({ timesMs: _, ...asked }: AskedName): Omit<AskedName, 'timesMs'> => asked;

const sumsOf = ({ visits, outcomes, decided, firstMs, addresses }: Incident): Sums => ({
  visits,
  outcomes,
  decided,
  firstMs,
  addresses,
});

function newsOf({ openedMs, lastMs, closedMs, toldMs }: Incident): number {
  return Math.max(openedMs, lastMs, closedMs ?? 0, toldMs ?? 0);
}

/** Another text whenever something changed that is neither a name nor a sum. */
function restOf(incident: Incident): string {
  const {
    subject,
    state,
    severity,
    client,
    lists,
    groups,
    users,
    indicators,
    acknowledgedMs,
    note,
    toldMs,
    reopened,
    gaps,
  } = incident;
  const { name, mac, ip, group, user = null } = client;
  const lengths = [
    lists.length,
    groups.length,
    users.length,
    indicators.length,
    gaps.length,
    incident.past?.hits ?? 0,
  ];
  const told = Object.entries(incident.told).flat();
  const last = gaps.at(-1)?.toMs ?? 0;
  return [
    subject,
    state,
    severity,
    name,
    mac,
    ip,
    group,
    user,
    acknowledgedMs,
    note?.timeMs,
    toldMs,
    reopened,
    last,
    incident.furtherIsFloor,
    ...lengths,
    ...told,
    ...[incident.formerLists ?? [], incident.unseenNames ?? []].flat(),
  ].join();
}

function incidentOf(row: Row): Incident {
  const incident = { ...UNKNOWN_OF, ...JSON.parse(textIn(row, 'body')), ...JSON.parse(textIn(row, 'sums')) };
  const { own: timesMs, names: ofNames } = timesIn(JSON.parse(textIn(row, 'times')), incident.names.length);
  const countsOfName = countsIn(row['counts']);
  const names = incident.names.map(
    (asked: Pick<AskedName, 'name' | 'count' | 'firstMs' | 'lastMs'>, i: number) => ({
      visits: 0,
      via: null,
      ...asked,
      ...countsOfName(i),
      timesMs: ofNames[i] ?? [],
    }),
  );
  const { client, list, indicator } = incident;
  return {
    ...incident,
    machine: incident.machine ?? client.ip,
    addresses: incident.addresses ?? [client.ip],
    firstAddress: incident.firstAddress ?? client.ip,
    groups: incident.groups ?? [client.group],
    users: incident.users ?? [],
    lists: incident.lists ?? [list],
    indicators: incident.indicators ?? (indicator === null ? [] : [indicator]),
    told: { ...incident.told },
    outcomes: { ...incident.outcomes },
    decided: { ...incident.decided },
    further: [...(incident.further ?? [])],
    gaps: [...(incident.gaps ?? [])],
    names,
    timesMs,
    subject: textIn(row, 'subject'),
    lastMs: numberIn(row, 'lastMs'),
    hits: numberIn(row, 'hits'),
    furtherHits: numberIn(row, 'furtherHits'),
  };
}

/** What incidents of earlier releases did not note. */
const UNKNOWN_OF = {
  end: null,
  mergedInto: null,
  reopened: 0,
  note: null,
  toldMs: null,
  visits: 0,
  past: null,
  furtherIsFloor: false,
} as const;
