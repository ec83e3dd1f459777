// Those who ask, lists and upstreams, and rules that are not the end of a name: each a row of the log's file, known by its number.
//
// The writer gives the numbers itself, so that a row can be taken in before its asker is in the file; what is new is written with
// the batch that first speaks of it.
import { OctetTable } from '../events/octet-table.ts';
import type { AskerFacts } from '../hits/store/askers.ts';
import { numberIn } from '../hits/store/row.ts';
import { dayOf } from '../hits/store/schema.ts';
import type { Database } from './log-file.ts';

/** Who asked, as was known then. */
export interface LoggedAsker extends Omit<AskerFacts, 'machine'> {
  readonly machine?: string;
}

export type SourceKind = 'list' | 'upstream';

/** So many are remembered; past it all are looked up again. */
const REMEMBERED_MAX = 65_536;
const SOURCES_MAX = 0xffff;
const UPSTREAMS_MAX = 1024;

interface Numbered {
  readonly id: number;
  /** The last day on which the file knows it in use. */
  day: number;
}

type Values = readonly (string | null)[];

/** One table: key → number. */
class NumberedTable {
  readonly #name: 'askers' | 'rules' | 'sources';
  readonly #columns: string;
  readonly #known = new Map<string, Numbered>();
  #unwritten: { readonly id: number; readonly values: Values; readonly day: number }[] = [];
  #touched: Numbered[] = [];
  #next = 0;

  constructor(name: 'askers' | 'rules' | 'sources', columns: string) {
    this.#name = name;
    this.#columns = columns;
  }

  get next(): number {
    return this.#next;
  }

  open(database: Database): void {
    this.#known.clear();
    this.#unwritten = [];
    this.#touched = [];
    this.#next = numberIn(database.prepare(`SELECT max(id) AS top FROM ${this.#name}`).get(), 'top') + 1;
  }

  /** @param find reads the row of that key, if there is one */
  idOf(key: string, values: Values, day: number, find: () => number | null): number {
    let known = this.#known.get(key);
    if (known === undefined) {
      const id = find();
      known = { id: id ?? this.#next, day: id === null ? day : 0 };
      if (id === null) {
        this.#unwritten.push({ id: this.#next, values, day });
        this.#next += 1;
      }
      this.#known.set(key, known);
    }
    if (known.day < day) {
      known.day = day;
      this.#touched.push(known);
    }
    return known.id;
  }

  write(database: Database, hasDay: boolean): void {
    for (const { id, values, day } of this.#unwritten) {
      const all = [id, ...values, ...(hasDay ? [day] : [])];
      const marks = all.map(() => '?').join(', ');
      database
        .prepare(`INSERT OR REPLACE INTO ${this.#name} (${this.#columns}) VALUES (${marks})`)
        .run(...all);
    }
    if (!hasDay || this.#touched.length === 0) return;
    const touch = database.prepare(`UPDATE ${this.#name} SET day = ? WHERE id = ?`);
    for (const { id, day } of this.#touched) touch.run(day, id);
  }

  written(): void {
    if (this.#unwritten.length > 0) this.#unwritten = [];
    if (this.#touched.length > 0) this.#touched = [];
    if (this.#known.size > REMEMBERED_MAX) this.#known.clear();
  }
}

export class NumberedTables {
  readonly #askers = new NumberedTable('askers', 'id, key, machine, ip, name, mac, inGroup, day');
  readonly #rules = new NumberedTable('rules', 'id, text, day');
  readonly #sources = new NumberedTable('sources', 'id, what, name');
  /** By the object that says who asked: there is one of each. */
  #byClient = new WeakMap<LoggedAsker, { readonly id: number; readonly day: number }>();
  /** Upstreams as records name them, and the number of each. */
  readonly #upstreams = new OctetTable();
  #upstreamIds: number[] = [];
  readonly #sourceIds = { list: new Map<string, number>(), upstream: new Map<string, number>() };
  #database: Database | null = null;

  /** Numbers of a file that was open before mean nothing from now on. */
  open(database: Database): void {
    this.#database = database;
    this.#byClient = new WeakMap();
    this.#upstreamIds = [];
    for (const ids of Object.values(this.#sourceIds)) ids.clear();
    for (const table of [this.#askers, this.#rules, this.#sources]) table.open(database);
  }

  askerId(asker: LoggedAsker, timeMs: number): number {
    const day = dayOf(timeMs);
    const known = this.#byClient.get(asker);
    if (known !== undefined && known.day >= day) return known.id;
    const { machine = asker.ip, ip, name, mac, group } = asker;
    const key = JSON.stringify([machine, ip, name, mac, group]);
    const id = this.#askers.idOf(key, [key, machine, ip, name, mac, group], day, () =>
      this.#find('SELECT id FROM askers WHERE key = ?', key),
    );
    this.#byClient.set(asker, { id, day });
    return id;
  }

  ruleId(text: string, timeMs: number): number {
    return this.#rules.idOf(text, [text], dayOf(timeMs), () =>
      this.#find('SELECT id FROM rules WHERE text = ?', text),
    );
  }

  /** 0 when there are too many. */
  sourceId(what: SourceKind, name: string): number {
    const ids = this.#sourceIds[what];
    const known = ids.get(name);
    if (known !== undefined) return known;
    if (this.#sources.next > SOURCES_MAX) return 0;
    const id = this.#sources.idOf(`${what} ${name}`, [what, name], 0, () =>
      this.#find('SELECT id FROM sources WHERE what = ? AND name = ?', what, name),
    );
    ids.set(name, id);
    return id;
  }

  /** The same of an upstream whose name is `bytes[at .. at + length)`. */
  upstreamId(bytes: Uint8Array, at: number, length: number): number {
    if (this.#upstreams.size >= UPSTREAMS_MAX) {
      this.#upstreams.clear();
      this.#upstreamIds = [];
    }
    const number = this.#upstreams.numberOf(bytes, at, length);
    const id =
      this.#upstreamIds[number] ??
      this.sourceId('upstream', Buffer.from(bytes.subarray(at, at + length)).toString());
    this.#upstreamIds[number] = id;
    return id;
  }

  /** Call inside a transaction, and `written` when it is committed. */
  write(database: Database): void {
    this.#askers.write(database, true);
    this.#rules.write(database, true);
    this.#sources.write(database, false);
  }

  written(): void {
    this.#askers.written();
    this.#rules.written();
    this.#sources.written();
  }

  #find(sql: string, ...values: string[]): number | null {
    const row = this.#database?.prepare(sql).get(...values);
    return row === undefined ? null : numberIn(row, 'id');
  }
}
