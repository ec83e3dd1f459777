// Takes a site's batch into the central store: rows and mark in one transaction, so that a hit is there once whatever dies when.
//
// A batch that does not follow the mark is refused and nothing of it is stored: the answer says from where on the site has to send.
// What of a batch is there already is left out by its number; the key (time, ULID) keeps out what a site's new store sends again.
import type { Batch, HitsPart } from '../messages/batch.ts';
import type { Mark } from '../messages/mark.ts';
import type { Database } from './connection.ts';
import { clientsOf, putNotes } from './notes.ts';
import { Partitions } from './partitions.ts';
import { type Learnt, SharedRows } from './shared-rows.ts';
import type { Connection, Row } from './statement.ts';
import { ulidOfUuid, uuidOfUlid } from './ulid-octets.ts';

export interface Taken {
  readonly mark: Mark;
  /** False: it does not follow the mark, and nothing of it was stored. */
  readonly isTaken: boolean;
  /** Hits that are new. */
  readonly hits: number;
}

interface Life extends Mark {
  readonly id: number;
}

/** What is remembered of the rows of one server: another, to which it was failed over or restored, may lack the last of them. */
interface Known {
  readonly server: string;
  readonly partitions: Partitions;
  readonly shared: SharedRows;
}

export class BatchTaker {
  readonly #database: Database;
  readonly #now: () => number;
  #known: Known;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
    this.#known = this.#nothingKnownOf('');
  }

  /** @throws Error when the database cannot be reached, or it is not known whether it stored it: send it again */
  async store(site: string, batch: Batch): Promise<Taken> {
    for (;;) {
      const known = this.#known;
      await this.#prepare(known, batch.hits.timeMs);
      const learnt: Learnt = new Map();
      const taken = await this.#database.transaction(async (connection) => {
        const server = await serverOf(connection);
        return server === known.server ? this.#storeBy(site, batch, known, learnt, connection) : server;
      });
      if (typeof taken !== 'string') {
        known.shared.keep(learnt);
        return taken;
      }
      if (this.#known === known) this.#known = this.#nothingKnownOf(taken);
    }
  }

  #nothingKnownOf(server: string): Known {
    return { server, partitions: new Partitions(this.#now), shared: new SharedRows() };
  }

  /** Removes what is older. */
  async removeBefore(timeMs: number): Promise<void> {
    await this.#database.transaction(async (connection) => {
      await this.#known.partitions.removeBefore(timeMs, connection);
      const before = [new Date(timeMs)];
      await connection.query("DELETE FROM cenote.incidents WHERE news < $1 AND state = 'closed'", before);
      await connection.query('DELETE FROM cenote.finds WHERE time < $1', before);
      await connection.query("DELETE FROM cenote.troubles WHERE noted < $1 AND state <> 'begun'", before);
    });
  }

  async #prepare({ partitions }: Known, timesMs: readonly number[]): Promise<void> {
    const months = partitions.missing(timesMs);
    if (months.length === 0) return;
    await this.#database.transaction((connection) => partitions.make(months, connection));
    partitions.made(months);
  }

  async #storeBy(
    site: string,
    batch: Batch,
    { shared }: Known,
    learnt: Learnt,
    connection: Connection,
  ): Promise<Taken> {
    const { hits, notes, removedThrough } = batch;
    const life = await lifeOf(site, batch.epoch, connection);
    const { epoch, lastId } = life;
    const isGap = hits.after > life.hits && removedThrough < hits.after;
    if (isGap || notes.after > life.notes)
      return { mark: { epoch, hits: life.hits, lastId, notes: life.notes }, isTaken: false, hits: 0 };
    if (hits.after > life.hits)
      await connection.query(
        'INSERT INTO cenote.removed (life, hitsAfter, hitsThrough) VALUES ($1, $2, $3)',
        [life.id, life.hits, hits.after],
      );
    const known = Math.max(0, life.hits - hits.after);
    const inserted = await insertHits({ site, life, hits, known, shared, learnt }, connection);
    if (notes.through > life.notes) {
      const rows = notes.rows.filter(({ number }) => number > life.notes);
      // One that was found in the history alone has no hit; it is asked for by its name all the same.
      await shared.clients(site, clientsOf(rows), learnt, connection);
      await putNotes({ site, life: life.id }, rows, connection);
    }
    const mark: Mark = {
      epoch,
      hits: Math.max(life.hits, hits.through),
      lastId: hits.through > life.hits ? (hits.id.at(-1) ?? null) : lastId,
      notes: Math.max(life.notes, notes.through),
    };
    await connection.query(
      `UPDATE cenote.lives SET hits = $2, lastId = $3, notes = $4, committed = now(), whole = coalesce($5, whole) WHERE id = $1`,
      [
        life.id,
        mark.hits,
        mark.lastId === null ? null : uuidOfUlid(mark.lastId),
        mark.notes,
        batch.isAll ? new Date(batch.atMs) : null,
      ],
      'life-put',
    );
    return { mark, isTaken: true, hits: inserted };
  }
}

interface Inserted {
  readonly site: string;
  readonly life: Life;
  readonly hits: HitsPart;
  /** So many of the first are there already. */
  readonly known: number;
  readonly shared: SharedRows;
  readonly learnt: Learnt;
}

async function insertHits(
  { site, life, hits, known, shared, learnt }: Inserted,
  connection: Connection,
): Promise<number> {
  const size = hits.id.length - known;
  if (size <= 0) return 0;
  const kinds = await shared.kinds(hits.kinds, learnt, connection);
  const clients = await shared.clients(site, hits.clients, learnt, connection);
  const names = await shared.names([...hits.name, ...hits.via], learnt, connection);
  const from = <T>(column: readonly T[]): readonly T[] => (known === 0 ? column : column.slice(known));
  const rows = await connection.query(
    INSERT_HITS,
    [
      from(hits.timeMs).map((timeMs) => new Date(timeMs).toISOString()),
      from(hits.id).map(uuidOfUlid),
      hits.after + known,
      from(names.slice(0, hits.id.length)),
      life.id,
      from(hits.client).map((place) => clients[place]),
      from(hits.kind).map((place) => kinds[place]),
      from(hits.count),
      from(hits.rule).map((rule) => (typeof rule === 'number' ? rule : null)),
      from(names.slice(hits.id.length)),
      from(hits.visit).map((visit) => (visit === null ? null : uuidOfUlid(visit))),
      from(hits.rule).map((rule) => (typeof rule === 'number' ? null : rule)),
      from(hits.matches).map((matches) => (matches === null ? null : String(matches))),
    ],
    'hits-put',
  );
  return Number(rows[0]?.['inserted'] ?? 0);
}

const INSERT_HITS = `WITH put AS (
  INSERT INTO cenote.hits (time, id, number, name, life, client, kind, count, tail, via, visit, rule, matches)
  SELECT time, id, $3::bigint + place, name, $5::int, client, kind, count, tail, via, visit, rule, matches
  FROM unnest($1::timestamptz[], $2::uuid[], $4::bigint[], $6::int[], $7::int[], $8::int[], $9::smallint[], $10::bigint[], $11::uuid[],
    $12::text[], $13::text[]) WITH ORDINALITY
    AS t(time, id, name, client, kind, count, tail, via, visit, rule, matches, place)
  ON CONFLICT DO NOTHING RETURNING 1
) SELECT count(*)::int AS inserted FROM put`;

/** Differs after each start of a server, and where its tables were made anew. A replica that is promoted has been another server all the time. */
async function serverOf(connection: Connection): Promise<string> {
  const [row] = await connection.query(
    `SELECT pg_postmaster_start_time() || ' ' || 'cenote.names'::regclass::oid AS server`,
  );
  return String(row?.['server']);
}

/** That of this epoch, which nobody else changes until this transaction ends. */
async function lifeOf(site: string, epoch: string, connection: Connection): Promise<Life> {
  const find = (): Promise<readonly Row[]> =>
    connection.query(
      'SELECT id, hits, lastId AS "lastId", notes FROM cenote.lives WHERE site = $1 AND epoch = $2 FOR UPDATE',
      [site, epoch],
      'life-get',
    );
  let [row] = await find();
  if (row === undefined) {
    await connection.query('INSERT INTO cenote.lives (site, epoch) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      site,
      epoch,
    ]);
    [row] = await find();
  }
  if (row === undefined) throw new Error(`the central store has no row of site ${site} that was just made`);
  const lastId = row['lastId'];
  return {
    id: Number(row['id']),
    epoch,
    hits: Number(row['hits']),
    lastId: typeof lastId === 'string' ? ulidOfUuid(lastId) : null,
    notes: Number(row['notes']),
  };
}
