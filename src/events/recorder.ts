// The one object through which a resolver thread says what happened: hits (never lost silently), queries (may be lost, by
// number) and counters.
//
// HOT. With a journal, `commit` writes what was hit since the last commit to disk in one write; call it before the answers
// of a batch are sent. Without one, equal hits share a record for up to a second and `commit` only passes on what is due.
// Invariant: hits recorded = Σ count in ring and fold + hitsLost.
import type { Query } from '../wire/query.ts';
import { COUNTER } from './counters.ts';
import { type Emit, Fold } from './fold.ts';
import { encodeHit, HIT_OCTETS_MAX, HitFacts } from './hit-record.ts';
import { encodeQuery, QUERY_RECORD_OCTETS_MAX, QueryFacts } from './query-record.ts';
import { getU32, putNumber, RECORD } from './record.ts';
import { RingWriter } from './ring.ts';

/** Makes hits durable before their answers go out; hits/journal/journal.ts is one. Its methods never throw. */
export interface HitJournal {
  /** Called once, first: goes on well behind the last number that a thread before this one may have given. */
  resume(last: number): void;
  /** Takes one record (copied); its number in this journal, 1, 2, 3…, or −1 when there is no room before a commit. */
  add(bytes: Uint8Array, offset: number, length: number): number;
  /** Writes what was added since the last commit; false when none of it is on disk. */
  commit(): boolean;
}

export interface RecorderOptions {
  readonly hitRing: SharedArrayBuffer;
  /** Null when neither query log nor history is wanted. */
  readonly queryRing: SharedArrayBuffer | null;
  /** This worker's row of counters.ts. */
  readonly counters: Float64Array;
  readonly worker: number;
  /** Wall clock, ms: records say when it was for people. */
  readonly now: () => number;
  readonly journal?: HitJournal | null;
  /** Different hits, and queries, held for folding. */
  readonly places?: number;
}

/** Equal hits share a record for at most this long. */
const FOLD_WINDOW_MS = 1000;
/** Queries of the log and history are folded for longer: nobody is woken by them. */
const QUERY_WINDOW_MS = 2000;

export class Recorder {
  /** Set every field, then call `hit`. */
  readonly hitFacts = new HitFacts();
  /** Set every field, then call `query`. */
  readonly queryFacts = new QueryFacts();
  /** Counters of this worker: `recorder.counters[COUNTER.answered]! += 1`. */
  readonly counters: Float64Array;
  readonly #worker: number;
  readonly #now: () => number;
  readonly #journal: HitJournal | null;
  readonly #hitRing: RingWriter;
  readonly #queryRing: RingWriter | null;
  readonly #hits: Fold;
  readonly #queries: Fold | null;
  readonly #record = new Uint8Array(HIT_OCTETS_MAX);
  readonly #emitHit: Emit;
  readonly #emitQuery: Emit;
  #uncommitted = false;
  /** Of the batch that is not committed: hits, those of them the ring had no room for, and the last number given. */
  #batchHits = 0;
  #batchMissed = 0;
  #sequence = 0;

  constructor(options: RecorderOptions) {
    const places = options.places ?? 1024;
    this.counters = options.counters;
    this.#worker = options.worker;
    this.#now = options.now;
    this.#journal = options.journal ?? null;
    this.#hitRing = new RingWriter(options.hitRing);
    this.#queryRing = options.queryRing === null ? null : new RingWriter(options.queryRing);
    this.#hits = new Fold(places, HIT_OCTETS_MAX);
    this.#queries = options.queryRing === null ? null : new Fold(places, QUERY_RECORD_OCTETS_MAX);
    this.#journal?.resume(this.#hitRing.noted);
    this.#emitHit = (bytes, offset, length) => this.#passHit(bytes, offset, length);
    this.#emitQuery = (bytes, offset, length) => this.#passQuery(bytes, offset, length);
  }

  /** Records that `query` was decided by a rule as `hitFacts` say. */
  hit(query: Query): void {
    const { counters } = this;
    counters[COUNTER.hits]! += 1;
    this.hitFacts.worker = this.#worker;
    const length = encodeHit(this.#record, query, this.hitFacts, this.#now());
    if (!this.#hits.add(this.#record, length, this.#emitHit)) this.#lose(1);
    this.#uncommitted = true;
  }

  /** Records an answered query as `queryFacts` say, for the query log and the history. */
  query(query: Query): void {
    if (this.#queries === null) return;
    const length = encodeQuery(this.#record, query, this.queryFacts, this.#now());
    this.#queries.add(this.#record, length, this.#emitQuery);
  }

  /** Call after a batch was decided and before its answers are sent. Cheap when nothing was hit. */
  commit(): void {
    if (this.#journal === null || !this.#uncommitted) return;
    this.#uncommitted = false;
    this.#hits.flush(0, 0, this.#emitHit);
    this.#commitJournal(this.#journal);
  }

  /** Passes on what is due; call it a few times a second. */
  tick(): void {
    this.commit();
    const now = this.#now();
    this.#hits.flush(now, FOLD_WINDOW_MS, this.#emitHit);
    this.#queries?.flush(now, QUERY_WINDOW_MS, this.#emitQuery);
  }

  /** Passes on everything; call it before the thread ends. */
  flush(): void {
    this.commit();
    this.#hits.flush(0, 0, this.#emitHit);
    this.#queries?.flush(0, 0, this.#emitQuery);
  }

  #passHit(bytes: Uint8Array, offset: number, length: number): boolean {
    const journal = this.#journal;
    if (journal === null) return this.#hitRing.writeFrom(bytes, offset, length);
    let sequence = journal.add(bytes, offset, length);
    if (sequence < 0) {
      this.#commitJournal(journal);
      sequence = journal.add(bytes, offset, length);
    }
    this.#sequence = sequence;
    putNumber(bytes, offset + RECORD.sequence, sequence);
    const count = getU32(bytes, offset + RECORD.count);
    this.#batchHits += count;
    if (!this.#hitRing.writeFrom(bytes, offset, length)) this.#batchMissed += count;
    return true;
  }

  /** A hit that the ring missed is no loss when it is on disk: the reader sees the gap in the numbers and reads it there. */
  #commitJournal(journal: HitJournal): void {
    if (!journal.commit()) {
      this.counters[COUNTER.hitsUnjournaled]! += this.#batchHits;
      if (this.#batchMissed > 0) this.#lose(this.#batchMissed);
    }
    this.#batchHits = 0;
    this.#batchMissed = 0;
    this.#hitRing.note(this.#sequence);
  }

  #passQuery(bytes: Uint8Array, offset: number, length: number): boolean {
    const ring = this.#queryRing;
    if (ring === null || !ring.writeFrom(bytes, offset, length)) {
      const count = getU32(bytes, offset + RECORD.count);
      ring?.countLost(count);
      this.counters[COUNTER.queryRecordsLost]! += count;
    }
    return true;
  }

  #lose(count: number): void {
    this.#hitRing.countLost(count);
    this.counters[COUNTER.hitsLost]! += count;
  }
}
