// The one object through which a resolver thread says what happened: hits (never lost silently), queries (may be lost, by
// number) and counters.
//
// HOT. A hit is held in a fold and, before the answers of its batch are sent, written to the journal by `commit`: its record
// once, then only how often it came. While hits are few each leaves for the ring with its batch; in a flood equal ones share
// a record for up to a second.
// Invariants: hits recorded = Σ count in ring, fold and journal + hitsLost; hits leave the fold in the order of their
// numbers; one that leaves has been committed with the count it leaves with, or the commit failed; none that is held has its
// record in a journal file that is complete.
import type { Query } from '../wire/message/query.ts';
import { AskedWriter, createAsked } from './asked.ts';
import { Calm } from './calm.ts';
import { COUNTER } from './counters.ts';
import { type Emit, Fold } from './fold.ts';
import { encodeHit, HIT_OCTETS_MAX, HitFacts } from './hit-record.ts';
import { encodeQuery, QUERY_RECORD_OCTETS_MAX, QueryFacts } from './query-record.ts';
import { Draft, getNumber, getU32, putNumber, RECORD } from './record.ts';
import { RingWriter } from './ring.ts';

/** Makes hits durable before their answers go out; hits/journal/journal.ts is one. Its methods never throw. */
export interface HitJournal {
  /**
   * Called once, first: goes on well behind the last number that a thread before this one may have given.
   * @returns the number before the next
   */
  resume(last: number): number;
  /** Takes one record (copied); its number in this journal, 1, 2, 3…, or −1 when there is no room before a commit. */
  add(bytes: Uint8Array, offset: number, length: number): number;
  /** Says how often the hit of that number has come by now; there is room for COUNTS_MAX of them before a commit. */
  count(sequence: number, count: number): void;
  /** Writes what was added since the last commit; false when none of it is on disk. */
  commit(): boolean;
  /** Its file is long enough: `close` it when no hit is held that has its record there. */
  readonly isFull: boolean;
  /** Lets the file go; what is added next begins another, which is read without this one. */
  close(): void;
}

export interface RecorderOptions {
  readonly hitRing: SharedArrayBuffer;
  /** Null when neither query log nor history is wanted. */
  readonly queryRing: SharedArrayBuffer | null;
  /** This worker's row of counters.ts. */
  readonly counters: Float64Array;
  /** Of asked.ts: the main thread looks at things seldom while nobody asks. Absent: it is told nothing. */
  readonly asked?: SharedArrayBuffer;
  readonly worker: number;
  /** Wall clock, ms: records say when it was for people. */
  readonly now: () => number;
  readonly journal?: HitJournal | null;
  /** Different hits, and queries, held for folding. */
  readonly places?: number;
  /** 32 random bits. */
  readonly seed?: number;
}

/** Hits whose count changes before they are committed, if need be ahead of their batch's end. */
export const COUNTS_MAX = 4096;
/** Equal hits share a record for at most this long. */
const FOLD_WINDOW_MS = 1000;
/** Queries of the history are folded for longer: nobody is woken by them. */
const QUERY_WINDOW_MS = 2000;
const PLACES = 16_384;
/** A place's share of a fold's memory: the record of a name of some forty octets. */
const OCTETS_A_PLACE = 112;
const RECORD_OCTETS_MAX = Math.max(HIT_OCTETS_MAX, QUERY_RECORD_OCTETS_MAX);

/** Where the last record of a hit or query is held: see Fold.oneMore. */
export interface HeldRecord {
  place: number;
  number: number;
}

export class EventWriter {
  /** Set every field, then call `hit`. */
  readonly hitFacts = new HitFacts();
  /** Set every field, then call `query`. */
  readonly queryFacts = new QueryFacts();
  /** Of the last `hit` or `query`; place −1 when it is held nowhere. */
  readonly held: HeldRecord = { place: -1, number: 0 };
  /** Counters of this worker: `writer.counters[COUNTER.answered]! += 1`. */
  readonly counters: Float64Array;
  readonly #asked: AskedWriter;
  readonly #worker: number;
  readonly #now: () => number;
  readonly #journal: HitJournal | null;
  readonly #hitRing: RingWriter;
  readonly #queryRing: RingWriter | null;
  readonly #hits: Fold;
  readonly #queries: Fold | null;
  readonly #calm = new Calm();
  readonly #draft = new Draft(RECORD_OCTETS_MAX);
  /** By place of #hits: the count that the journal has on disk. */
  readonly #kept: Uint32Array;
  /** Places of #hits whose count is greater than that. */
  readonly #changed = new Int32Array(COUNTS_MAX);
  #changes = 0;
  /** Number of the last hit that left the fold, and the last that the ring's reader knows of. */
  #left = 0;
  #noted = 0;
  readonly #emitHit: Emit;
  readonly #emitQuery: Emit;

  constructor(options: RecorderOptions) {
    const places = options.places ?? PLACES;
    const octets = places * OCTETS_A_PLACE + 2 * (RECORD_OCTETS_MAX + 4);
    const seed = options.seed ?? 0;
    this.counters = options.counters;
    this.#asked = new AskedWriter(options.asked ?? createAsked());
    this.#worker = options.worker;
    this.#now = options.now;
    this.#journal = options.journal ?? null;
    this.#hitRing = new RingWriter(options.hitRing);
    this.#queryRing = options.queryRing === null ? null : new RingWriter(options.queryRing);
    this.#hits = new Fold(places, octets, seed);
    this.#queries = options.queryRing === null ? null : new Fold(places, octets, seed);
    this.#kept = new Uint32Array(places);
    this.#emitHit = (place, word, length) => this.#passHit(place, word, length);
    this.#emitQuery = (_place, word, length) => this.#passQuery(word, length);
    this.#left = this.#journal?.resume(this.#hitRing.noted) ?? 0;
    this.#note();
  }

  /** Records that `query` was decided by a rule as `hitFacts` say. */
  hit(query: Query): void {
    this.counters[COUNTER.hits]! += 1;
    this.#calm.count();
    if (this.#changes === COUNTS_MAX) this.#commit();
    this.hitFacts.worker = this.#worker;
    const length = encodeHit(this.#draft, query, this.hitFacts);
    let place = this.#hits.again(this.#draft, length);
    if (place < 0) place = this.#hold(length);
    this.#point(this.#hits, place);
    if (place < 0) this.#lose(1);
    else this.#change(place);
  }

  /** Records a hit that is equal to the one held there, if it is: see `held`. */
  hitAgain(query: Query, place: number, number: number): boolean {
    if (this.#changes === COUNTS_MAX) this.#commit();
    if (!this.#hits.oneMore(place, number, query.addressWords)) return false;
    this.counters[COUNTER.hits]! += 1;
    this.#calm.count();
    this.#change(place);
    return true;
  }

  /** Notes that the count of a place has risen by one. */
  #change(place: number): void {
    if (this.#hits.countOf(place) !== this.#kept[place]! + 1) return; // changed before in this batch
    this.#changed[this.#changes] = place;
    this.#changes += 1;
  }

  #point(fold: Fold, place: number): void {
    this.held.place = place;
    this.held.number = place < 0 ? 0 : fold.numberOf(place);
  }

  /** Records an answered query as `queryFacts` say, for the history. */
  query(query: Query): void {
    const queries = this.#queries;
    if (queries === null) return;
    const length = encodeQuery(this.#draft, query, this.queryFacts);
    let place = queries.again(this.#draft, length);
    if (place < 0) {
      putNumber(this.#draft.octets, RECORD.time, this.#now());
      while (!queries.hasRoom(length)) queries.emitOldest(this.#emitQuery);
      place = queries.hold(this.#draft, length);
    }
    this.#point(queries, place);
  }

  /** Records a query that is equal to the one held there, if it is: see `held`. */
  queryAgain(query: Query, place: number, number: number): boolean {
    return this.#queries === null || this.#queries.oneMore(place, number, query.addressWords);
  }

  /** Call after a batch was decided and before its answers are sent. Cheap when nothing was hit. */
  commit(): void {
    this.#asked.note();
    this.#commitHeld();
  }

  #commitHeld(): void {
    if (this.#changes === 0) return;
    this.#commit();
    if (this.#calm.isCalm(this.#now())) this.#hits.flush(0, 0, this.#emitHit);
    this.#note();
  }

  /** Passes on what is due; call it a few times a second. */
  tick(): void {
    // What is not answered is held too, and told before it leaves.
    if (!this.isEmpty) this.#asked.note();
    this.#commitHeld();
    const now = this.#now();
    this.#hits.flush(now, FOLD_WINDOW_MS, this.#emitHit);
    this.#note();
    this.#queries?.flush(now, QUERY_WINDOW_MS, this.#emitQuery);
  }

  /** Whether nothing waits for a tick. */
  get isEmpty(): boolean {
    return this.#hits.size === 0 && (this.#queries === null || this.#queries.size === 0);
  }

  /** Passes on everything; call it before the thread ends. */
  flush(): void {
    this.#commitHeld();
    this.#hits.flush(0, 0, this.#emitHit);
    this.#note();
    this.#queries?.flush(0, 0, this.#emitQuery);
  }

  /** Gives the hit in #draft to the journal and holds it; its place, −1 when nobody has room for it. */
  #hold(length: number): number {
    const hits = this.#hits;
    while (!hits.hasRoom(length)) {
      // Nothing leaves before it is committed.
      if (hits.countOf(hits.oldest) !== this.#kept[hits.oldest]) this.#commit();
      if (hits.size > 0 && !hits.emitOldest(this.#emitHit)) return -1;
    }
    const { octets } = this.#draft;
    // When it was asked; what of it is told at its end may have waited for upstreams.
    putNumber(octets, RECORD.time, Math.round(this.#now() - Math.max(0, this.queryFacts.waitedMs)));
    if (this.#journal !== null) {
      let sequence = this.#journal.add(octets, 0, length);
      if (sequence < 0) {
        this.#commit();
        sequence = this.#journal.add(octets, 0, length);
      }
      putNumber(octets, RECORD.sequence, sequence);
    }
    const place = hits.hold(this.#draft, length);
    this.#kept[place] = 0;
    return place;
  }

  /** Has the journal write what changed. After a failure, or at the end of its file, all that is held leaves. */
  #commit(): void {
    const journal = this.#journal;
    const changes = this.#changes;
    this.#changes = 0;
    if (journal === null) return;
    for (let i = 0; i < changes; i += 1) this.#count(journal, this.#changed[i]!);
    const works = journal.commit();
    for (let i = 0; i < changes; i += 1) {
      const place = this.#changed[i]!;
      const count = this.#hits.countOf(place);
      if (works) this.#kept[place] = count;
      else this.counters[COUNTER.hitsUnjournaled]! += count - this.#kept[place]!;
    }
    if (works && !journal.isFull) return;
    this.#hits.flush(0, 0, this.#emitHit);
    if (works) journal.close();
  }

  #count(journal: HitJournal, place: number): void {
    const count = this.#hits.countOf(place);
    if (count === 1) return; // as its record says, which is in this batch
    const offset = this.#hits.offsetOf(place);
    journal.count(getNumber(this.#hits.bytes, offset + RECORD.sequence), count);
  }

  /** A hit that the ring has no room for is no loss when it is on disk: the reader sees the gap and reads it there. */
  #passHit(place: number, word: number, length: number): boolean {
    const taken = this.#hitRing.write(this.#hits.words, word, length);
    if (this.#journal === null) return taken;
    const unkept = this.#hits.countOf(place) - this.#kept[place]!;
    if (!taken && unkept > 0) this.#lose(unkept);
    this.#left = getNumber(this.#hits.bytes, (word << 2) + RECORD.sequence);
    return true;
  }

  /** Tells the ring's reader how far hits have left: what it has not got by then is in the journal, or lost. */
  #note(): void {
    if (this.#left === this.#noted) return;
    this.#noted = this.#left;
    this.#hitRing.note(this.#noted);
  }

  #passQuery(word: number, length: number): boolean {
    const ring = this.#queryRing!;
    const queries = this.#queries!;
    if (!ring.write(queries.words, word, length)) {
      const count = getU32(queries.bytes, (word << 2) + RECORD.count);
      ring.countLost(count);
      this.counters[COUNTER.queryRecordsLost]! += count;
    }
    return true;
  }

  #lose(count: number): void {
    this.#hitRing.countLost(count);
    this.counters[COUNTER.hitsLost]! += count;
  }
}
