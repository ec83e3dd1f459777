// Hits as rows: written with the numbers of the journal they came from, read back as the same lines.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Who } from '../../clients/who.ts';
import type { Hit, HitClient } from '../hit.ts';
import { jsonOf } from '../log/hit-line.ts';
import { momentToText, textToMoment } from '../log/moment.ts';
import type { MatchMode } from '../matches.ts';
import { SharedTexts } from './interner.ts';
import { isOf, valuesOf } from './of-machine.ts';
import { numberIn, type Row, textIn, textOrNull } from './row.ts';
import { HITS_A_BLOCK } from './schema.ts';

/** How far the hits of one resolver thread, of one start of the daemon, are stored. */
export interface Watermark {
  readonly boot: string;
  readonly worker: number;
  readonly sequence: number;
}

export interface HitFilter {
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly who?: Who;
  readonly list?: string;
  readonly limit?: number;
}

const LIMIT_DEFAULT = 1000;
const ROWS_REMOVED_A_STEP = 5000;
const KINDS_RECENT = 8;

export class HitTable {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #mark: StatementSync;
  readonly #enter: StatementSync;
  /** Clients that are known to be in the block that is written. */
  readonly #inBlock = new Set<number>();
  #block = -1;
  readonly #kinds: SharedTexts;
  readonly #clients: SharedTexts;
  /** The kinds of the latest hits: most are of a few. */
  #recentKinds: { readonly of: Hit; readonly id: number }[] = [];
  #clientIds = new WeakMap<HitClient, { readonly of: Hit; readonly id: number }>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#kinds = new SharedTexts(database, { table: 'hitKinds', column: 'list' });
    this.#clients = new SharedTexts(database, { table: 'hitClients', column: 'ip' });
    this.#insert = database.prepare(
      `INSERT INTO hits (id, timeMs, count, client, kind, name, rule, via, matches, visit)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#mark = database.prepare(`INSERT INTO watermarks (boot, worker, sequence) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence)`);
    this.#enter = database.prepare('INSERT OR IGNORE INTO hitBlocks (client, block) VALUES (?, ?)');
  }

  /** All inside one transaction: the hits and how far the journal is stored with them belong together. */
  write(hits: readonly Hit[], watermarks: readonly Watermark[]): void {
    for (const hit of hits) {
      const { client, question, rule } = hit;
      const { name } = question;
      const clientId = this.#clientId(hit, client);
      const { lastInsertRowid } = this.#insert.run(
        hit.id,
        textToMoment(hit.time),
        hit.count,
        clientId,
        this.#kindId(hit),
        name,
        // Most rules are the name or its end: then how much of it.
        name.endsWith(rule) ? rule.length : rule,
        hit.via,
        matchesOf(hit),
        hit.visit === hit.id ? null : hit.visit,
      );
      this.#noteBlock(clientId, Number(lastInsertRowid));
    }
    for (const { boot, worker, sequence } of watermarks) this.#mark.run(boot, worker, sequence);
  }

  watermarks(): Watermark[] {
    return this.#database
      .prepare('SELECT boot, worker, sequence FROM watermarks')
      .all()
      .map((row) => ({
        boot: textIn(row, 'boot'),
        worker: numberIn(row, 'worker'),
        sequence: numberIn(row, 'sequence'),
      }));
  }

  /** Watermarks of other starts, whose journals are gone. */
  removeWatermarksExcept(boot: string): void {
    this.#database.prepare('DELETE FROM watermarks WHERE boot <> ?').run(boot);
  }

  /** Newest first. */
  find(filter: HitFilter): Hit[] {
    const where = ['timeMs >= ?', 'timeMs <= ?'];
    const values: (string | number)[] = [filter.sinceMs ?? 0, filter.untilMs ?? Number.MAX_SAFE_INTEGER];
    let from = 'hits';
    if (filter.who !== undefined) {
      const clients = this.#clientsOf(filter.who);
      from = inBlocksOf(clients);
      where.push(`client IN (${clients})`);
    }
    if (filter.list !== undefined) {
      where.push('kind IN (SELECT id FROM hitKinds WHERE list = ?)');
      values.push(filter.list);
    }
    return this.#database
      .prepare(
        `SELECT h.id, timeMs, count, name, rule, via, matches, visit, c.body AS client, k.body AS kind
         FROM (SELECT hits.* FROM ${from} WHERE ${where.join(' AND ')} ORDER BY timeMs DESC, number DESC LIMIT ?) h
         JOIN hitClients c ON c.id = h.client JOIN hitKinds k ON k.id = h.kind
         ORDER BY timeMs DESC, number DESC`,
      )
      .all(...values, filter.limit ?? LIMIT_DEFAULT)
      .map(toHit);
  }

  /** Hits whose name, or what stood behind it, is taken: reads all of that time, so it is for a process of its own. */
  *each(sinceMs: number, takes: (name: string, via: string | null) => boolean): Generator<Hit> {
    const numbers: number[] = [];
    const select = this.#database.prepare('SELECT number, name, via FROM hits WHERE timeMs >= ?');
    for (const row of select.iterate(sinceMs))
      if (takes(textIn(row, 'name'), textOrNull(row, 'via'))) numbers.push(numberIn(row, 'number'));
    const one =
      this.#database.prepare(`SELECT h.id, timeMs, count, name, rule, via, matches, visit, c.body AS client, k.body AS kind
      FROM hits h JOIN hitClients c ON c.id = h.client JOIN hitKinds k ON k.id = h.kind WHERE h.number = ?`);
    for (const number of numbers) {
      const row = one.get(number);
      if (row !== undefined) yield toHit(row);
    }
  }

  /** When a client's asking for a name was first a hit, ms; null when it never was. @param verdict of the hit; any unless said */
  firstOf(ip: string, name: string, verdict: Hit['verdict'] | null = null): number | null {
    const clients = this.#clientsOf({ ips: [ip], machines: [] });
    const ofKind = "SELECT id FROM hitKinds WHERE ? IS NULL OR ? = body ->> '$.verdict'";
    const row = this.#database
      .prepare(
        `SELECT min(timeMs) AS first FROM ${inBlocksOf(clients)}
         WHERE client IN (${clients}) AND name = ? AND kind IN (${ofKind})`,
      )
      .get(name, verdict, verdict);
    return numberIn(row, 'first') || null;
  }

  /** Rows and the hits they stand for. */
  count(): { readonly rows: number; readonly hits: number } {
    const row = this.#database
      .prepare('SELECT count(*) AS rows, coalesce(sum(count), 0) AS hits FROM hits')
      .get();
    return { rows: numberIn(row, 'rows'), hits: numberIn(row, 'hits') };
  }

  /** Removes the oldest, at most a few thousand. @returns whether more is left */
  removeBefore(timeMs: number): boolean {
    const { changes } = this.#database
      .prepare('DELETE FROM hits WHERE number IN (SELECT number FROM hits WHERE timeMs < ? LIMIT ?)')
      .run(timeMs, ROWS_REMOVED_A_STEP);
    if (Number(changes) > 0)
      this.#database.exec(
        `DELETE FROM hitBlocks WHERE block < (SELECT coalesce(min(number), 0) / ${HITS_A_BLOCK} FROM hits)`,
      );
    return Number(changes) >= ROWS_REMOVED_A_STEP;
  }

  forget(): void {
    this.#kinds.forget();
    this.#clients.forget();
    this.#recentKinds = [];
    this.#inBlock.clear();
    this.#clientIds = new WeakMap();
  }

  /** Numbers, for SQL. */
  #clientsOf(who: Who): string {
    return this.#database
      .prepare(`SELECT id FROM hitClients WHERE ${isOf('ip', "body ->> '$.machine'")}`)
      .all(...valuesOf(who))
      .map((row) => numberIn(row, 'id'))
      .join();
  }

  #noteBlock(client: number, number: number): void {
    const block = Math.floor(number / HITS_A_BLOCK);
    if (block !== this.#block) {
      this.#block = block;
      this.#inBlock.clear();
    }
    if (this.#inBlock.has(client)) return;
    this.#inBlock.add(client);
    this.#enter.run(client, block);
  }

  #kindId(hit: Hit): number {
    for (const recent of this.#recentKinds) if (isOfKind(recent.of, hit)) return recent.id;
    const id = this.#kinds.idOf(kindOf(hit), hit.list);
    if (this.#recentKinds.length >= KINDS_RECENT) this.#recentKinds.shift();
    this.#recentKinds.push({ of: hit, id });
    return id;
  }

  #clientId(hit: Hit, client: HitClient): number {
    const known = this.#clientIds.get(client);
    if (known !== undefined && known.of.machine === hit.machine && known.of.through === hit.through)
      return known.id;
    const id = this.#clients.idOf(clientOf(hit), client.ip);
    this.#clientIds.set(client, { of: hit, id });
    return id;
  }
}

/** SQL: the blocks in which these clients have hits. */
function inBlocksOf(clients: string): string {
  return `(SELECT DISTINCT block FROM hitBlocks WHERE client IN (${clients})) b
    JOIN hits ON number BETWEEN b.block * ${HITS_A_BLOCK} AND b.block * ${HITS_A_BLOCK} + ${HITS_A_BLOCK - 1}`;
}

/** Whether `kindOf` says the same of two hits; those that share no object may be told apart though they are equal. */
function isOfKind(a: Hit, b: Hit): boolean {
  return (
    a.question.type === b.question.type &&
    a.list === b.list &&
    a.verdict === b.verdict &&
    a.outcome === b.outcome &&
    a.rcode === b.rcode &&
    a.transport === b.transport &&
    a.worker === b.worker &&
    a.indicator === b.indicator &&
    a.answer === b.answer &&
    a.question.class === b.question.class &&
    a.resolver === b.resolver
  );
}

/** What hits of one machine at one address share, as JSON. */
function clientOf({ client, machine, through }: Hit): string {
  const known = machine === (client.machine ?? client.mac ?? client.ip) && through === null;
  return known ? jsonOf(client) : JSON.stringify({ ...client, machine, through });
}

/** Null: its own rule is the only one. 0: none. */
function matchesOf({ matches, list, rule, verdict }: Hit): string | number | null {
  const [first] = matches;
  if (first === undefined) return 0;
  const isOwn = first.list === list && first.rule === rule && first.mode === modeOf(verdict);
  return matches.length === 1 && isOwn ? null : jsonOf(matches);
}

/** What hits of one rule, type, transport, verdict and outcome share, as JSON. */
function kindOf(hit: Hit): string {
  const { question, transport, verdict, list, answer, indicator, worker, outcome, rcode, resolver } = hit;
  const tail =
    `"answer":${jsonOf(answer)},"indicator":${indicator === null ? 'null' : jsonOf(indicator)},"worker":${worker}` +
    `,"outcome":"${outcome}","rcode":${rcode === null ? 'null' : `"${rcode}"`},"resolver":${JSON.stringify(resolver)}}`;
  return `{"type":"${question.type}","class":"${question.class}","transport":"${transport}","verdict":"${verdict}","list":${JSON.stringify(list)},${tail}`;
}

function toHit(row: Row): Hit {
  const kind = JSON.parse(textIn(row, 'kind'));
  const { machine, through, nameFrom, ...rest } = JSON.parse(textIn(row, 'client'));
  // Before the machine was known its name had no source either.
  const client = nameFrom === undefined ? rest : { ...rest, machine, nameFrom };
  const id = textIn(row, 'id');
  const name = textIn(row, 'name');
  const { rule: entry, matches } = row;
  const rule = typeof entry === 'number' ? name.slice(name.length - entry) : String(entry);
  const own = { list: kind.list, rule, indicator: kind.indicator, mode: modeOf(kind.verdict) };
  return {
    event: 'hit',
    id,
    time: momentToText(numberIn(row, 'timeMs')),
    count: numberIn(row, 'count'),
    client,
    question: { name, type: kind.type, class: kind.class },
    transport: kind.transport,
    verdict: kind.verdict,
    rule,
    list: kind.list,
    answer: kind.answer,
    via: textOrNull(row, 'via'),
    indicator: kind.indicator,
    worker: kind.worker,
    machine: machine ?? client.mac ?? client.ip,
    visit: textOrNull(row, 'visit') ?? id,
    matches: matches === 0 ? [] : matches === null ? [own] : JSON.parse(String(matches)),
    outcome: kind.outcome ?? 'unrecorded',
    rcode: kind.rcode ?? null,
    through: through ?? null,
    resolver: kind.resolver ?? '',
  };
}

const modeOf = (verdict: Hit['verdict']): MatchMode => (verdict === 'monitor' ? 'monitor' : 'enforce');
