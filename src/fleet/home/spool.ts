// A site's own store as the spool of what goes home: read beside the thread that writes it, in the order in which that stored it.
//
// Nothing is copied and nothing is marked here: what the head has is what the head says.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { summaryOf } from '../../hits/incidents/summary.ts';
import type { NumberedRow } from '../../hits/store/hit-batches.ts';
import { type Tables, tablesOf } from '../../hits/store/store.ts';
import type { Batch, HitsPart, NotesPart } from '../messages/batch.ts';
import type { Mark } from '../messages/mark.ts';
import { HitsInOrder } from './hits-in-order.ts';
import type { Pseudonyms } from './pseudonyms.ts';

export interface SpoolOptions {
  /** Of the store's file. */
  readonly path: string;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Null: machines go home under their names and addresses. */
  readonly pseudonyms: Pseudonyms | null;
}

/** Where a batch begins. */
export interface Position {
  readonly hits: number;
  readonly notes: number;
}

/** How much of what waits goes into one batch. */
export interface Sizes {
  readonly hitsMax: number;
  readonly notesMax: number;
}

interface Open {
  readonly database: DatabaseSync;
  readonly tables: Tables;
  readonly inOrder: HitsInOrder;
  readonly inode: number;
  readonly epoch: string;
}

/** A reader waits for nobody: what is locked is read the next time. */
const BUSY_MS = 50;

export class Spool {
  readonly #options: SpoolOptions;
  #open: Open | null = null;
  /** Of the store's epoch, those that went on after it was set back. */
  #derived = '';
  #version = -1;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** What numbers mean here. @throws Error when the store cannot be read now */
  get epoch(): string {
    const { epoch } = this.#opened();
    return this.#derived === '' ? epoch : this.#derived;
  }

  /** Whether anything was stored since this was last asked. @throws Error when the store cannot be read now */
  hasChanged(): boolean {
    const { database } = this.#opened();
    const version = Number(database.prepare('PRAGMA data_version').get()?.['data_version'] ?? 0);
    if (version === this.#version) return false;
    this.#version = version;
    return true;
  }

  /** What waits behind a position. @throws Error when the store cannot be read now */
  behind({ hits, notes }: Position): Position {
    const { tables, inOrder } = this.#opened();
    const last = tables.notes.last;
    return { hits: Math.max(0, inOrder.last - hits), notes: Math.max(0, last - notes) };
  }

  /**
   * Holds the head's mark against the store. A store that was set back (restored, or from a disk that lied) has given the same numbers to
   * other hits, or has fewer: then all goes home once more, under another epoch, and what is there already is left out there.
   * @returns whether the mark speaks of this store
   */
  accept({ epoch, hits, lastId, notes }: Mark): boolean {
    const { inOrder, tables } = this.#opened();
    if (epoch !== this.epoch) return false;
    const own = hits === 0 ? null : inOrder.idOf(hits);
    const areOurs = hits <= inOrder.last && (own === null || lastId === null || own === lastId);
    if (areOurs && notes <= tables.notes.last) return true;
    this.#derived = createHash('sha256')
      .update(`${epoch} ${hits} ${lastId} ${notes}`)
      .digest('hex')
      .slice(0, 32);
    return false;
  }

  /** A batch with nothing, which follows nothing: the head answers it with its mark. @throws Error when the store cannot be read now */
  question(): Batch {
    const nothing = { after: 0, through: 0 };
    const columns = { id: [], timeMs: [], count: [], client: [], kind: [], name: [], rule: [], via: [] };
    return {
      epoch: this.epoch,
      atMs: this.#options.now(),
      removedThrough: 0,
      hits: { ...nothing, clients: [], kinds: [], ...columns, matches: [], visit: [] },
      notes: { ...nothing, rows: [] },
      isAll: false,
    };
  }

  /** What follows a position; empty when there is nothing. @throws Error when the store cannot be read now */
  batch(from: Position, { hitsMax, notesMax }: Sizes): Batch {
    const { tables, inOrder, database } = this.#opened();
    database.exec('BEGIN');
    try {
      const removedThrough = Math.max(0, inOrder.first - 1);
      const after = Math.max(from.hits, removedThrough);
      const rows = inOrder.after(after, hitsMax);
      const hits = this.#hitsPart(after, rows, tables);
      const notes = this.#notesPart(from.notes, notesMax, tables);
      const isAll = hits.through >= inOrder.last && notes.through >= tables.notes.last;
      return { epoch: this.epoch, atMs: this.#options.now(), removedThrough, hits, notes, isAll };
    } finally {
      database.exec('COMMIT');
    }
  }

  close(): void {
    this.#open?.database.close();
    this.#open = null;
  }

  #hitsPart(after: number, rows: readonly NumberedRow[], tables: Tables): HitsPart {
    const { pseudonyms } = this.#options;
    const clients = new Places();
    const kinds = new Places();
    const columns = rows.map(({ row }) => {
      const shared = tables.hits.sharedOf(row);
      return {
        row,
        client: clients.of(row.client, () => pseudonyms?.client(shared.client) ?? shared.client),
        kind: kinds.of(row.kind, () => shared.kind),
      };
    });
    const through = rows.at(-1)?.number ?? after;
    if (through - after !== rows.length)
      throw new Error(`hits ${after + 1} to ${through} of the store are ${rows.length}, not all of them`);
    return {
      after,
      through,
      clients: clients.texts,
      kinds: kinds.texts,
      id: rows.map(({ row }) => row.id),
      timeMs: rows.map(({ row }) => row.timeMs),
      count: rows.map(({ row }) => row.count),
      client: columns.map(({ client }) => client),
      kind: columns.map(({ kind }) => kind),
      name: rows.map(({ row }) => row.name),
      rule: rows.map(({ row }) => row.rule),
      via: rows.map(({ row }) => row.via),
      matches: rows.map(({ row }) => row.matches),
      visit: rows.map(({ row }) => row.visit),
    };
  }

  #notesPart(after: number, notesMax: number, tables: Tables): NotesPart {
    const { pseudonyms } = this.#options;
    const noted = tables.notes.after(after, notesMax);
    const rows = noted.flatMap(({ number, kind, id, body }) => {
      const incident = body === null ? tables.incidents.byId(id) : null;
      const told = incident === null ? body : JSON.stringify(summaryOf(incident));
      // An incident that was removed meanwhile has nothing to say.
      return told === null ? [] : [{ number, kind, id, body: pseudonyms?.note(kind, told) ?? told }];
    });
    return { after, through: noted.at(-1)?.number ?? after, rows };
  }

  #opened(): Open {
    const { path } = this.#options;
    const inode = statSync(path).ino;
    if (this.#open?.inode === inode) return this.#open;
    this.close();
    const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_MS });
    try {
      database.exec('PRAGMA cache_size = -1024');
      const tables = tablesOf(database);
      const inOrder = new HitsInOrder(database);
      this.#open = { database, tables, inOrder, inode, epoch: inOrder.epoch };
    } catch (error) {
      database.close();
      throw error;
    }
    this.#derived = '';
    this.#version = -1;
    return this.#open;
  }
}

/** Texts by the number that they have in the store, each once. */
class Places {
  readonly texts: string[] = [];
  readonly #places = new Map<number, number>();

  of(number: number, text: () => string): number {
    const known = this.#places.get(number);
    if (known !== undefined) return known;
    const place = this.texts.push(text()) - 1;
    this.#places.set(number, place);
    return place;
  }
}
