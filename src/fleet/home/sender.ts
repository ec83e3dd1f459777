// A site sends home what its store has beyond the head's mark. The mark is the head's word alone (`done`, after PostgreSQL has committed):
// what a NATS server acknowledged may be lost with it, and is sent again.
//
// A few batches go ahead of the mark, each after the one before was taken by the stream. Without a word from the head they are sent
// again, at longer and longer intervals; where the head refuses one, from its mark on.
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../config/coded-error.ts';
import type { LinkState } from '../link.ts';
import { type Batch, HITS_A_BATCH, NOTES_A_BATCH, writeBatch } from '../messages/batch.ts';
import { type Done, readDone } from '../messages/done.ts';
import type { Mark } from '../messages/mark.ts';
import type { IsSigned } from '../signing.ts';
import { doneSubject, hitsSubject } from '../subjects.ts';
import type { HomeState } from './home-state.ts';
import type { Position, Sizes, Spool } from './spool.ts';

/** What the sender needs of the link. */
export interface Carrier {
  readonly state: LinkState;
  readonly octetsMax: number;
  onUp(then: () => void): void;
  listen(subject: string, heard: (octets: Uint8Array) => void): void;
  keep(subject: string, octets: Uint8Array, turnsMs: readonly number[]): Promise<number>;
}

export interface SenderOptions {
  readonly site: string;
  readonly link: Carrier;
  readonly spool: Spool;
  /** As this site, what goes home. */
  readonly seal: (batch: Uint8Array) => Uint8Array;
  /** Whether the head signed it. */
  readonly isSigned: IsSigned;
  readonly report: (level: 'info' | 'warn', text: string) => void;
  /** Monotonic, ms. */
  readonly monotonic: () => number;
  readonly times?: Partial<SenderTimes>;
  /** Hits of a batch; unset, the most that the head takes. */
  readonly hitsMax?: number;
}

/** All ms. */
interface SenderTimes {
  /** How often the store is looked at. */
  readonly look: number;
  /** Without a word of the head for so long what was sent is sent again; doubled each time, up to `resendMax`. */
  readonly resend: number;
  readonly resendMax: number;
  /** With nothing to send the head is told that there is nothing. */
  readonly idle: number;
  /** Between incidents and the like that are told. */
  readonly notes: number;
}

const TIMES: SenderTimes = { look: 500, resend: 5_000, resendMax: 120_000, idle: 30_000, notes: 2_000 };
/** A batch that takes the line for longer has its pings wait too long; after one that was not quick one has fewer hits. */
const KEEP_MS = [12_000];
const [QUICK_MS, HITS_SLOW] = [2_000, 500];
/** Batches that may be on their way; the head refuses all that follows a gap, and one refusal is heard. */
const [AHEAD_MAX, REFUSED_MS] = [2, 1_000];
/** What a stream does not take, or nobody answered, is tried again after this long, doubled each time. */
const REST_MS = 500;
const REST_MS_MAX = 60_000;

export class Sender {
  readonly #options: SenderOptions;
  readonly #times: SenderTimes;
  readonly #abort = new AbortController();
  #wake = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #mark: Mark | null = null;
  #sent: Position = { hits: 0, notes: 0 };
  #movedMs = 0;
  #waitMs: number;
  #heardMs: number | null = null;
  #isOfAnother = false;
  #refusedMs = Number.NEGATIVE_INFINITY;
  #notedMs = Number.NEGATIVE_INFINITY;
  #saidMs = Number.NEGATIVE_INFINITY;
  #trouble: string | null = null;
  #failures = 0;
  #restUntilMs = Number.NEGATIVE_INFINITY;
  #hasMore = true;
  readonly #hitsMost: number;
  /** Hits of the next batch: fewer over a slow line, where many do not arrive in time, and its pings wait behind them. */
  #hitsMax: number;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#hitsMost = options.hitsMax ?? HITS_A_BATCH;
    this.#hitsMax = this.#hitsMost;
    this.#times = { ...TIMES, ...options.times };
    this.#waitMs = this.#times.resend;
    // What was on its way when the connection ended may be lost.
    options.link.onUp(() => this.#begin());
    options.link.listen(doneSubject(options.site), (octets) => this.#hear(octets));
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake.abort();
    await this.#loop;
    this.#options.spool.close();
  }

  get state(): HomeState {
    const waiting = this.#mark === null ? null : this.#waitingBehind(this.#mark);
    return { waiting, heardMs: this.#heardMs, isOfAnother: this.#isOfAnother, trouble: this.#trouble };
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      let isMore = false;
      try {
        isMore = await this.#step();
      } catch (error) {
        // The hits thread makes its store a moment after the start.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#failed(error);
      }
      if (isMore) continue;
      this.#wake = new AbortController();
      if (signal.aborted) return;
      await pause(this.#times.look, undefined, { signal: this.#wake.signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  /** @returns whether there is more to do at once */
  async #step(): Promise<boolean> {
    const { link, monotonic, spool } = this.#options;
    const nowMs = monotonic();
    if (link.state.is !== 'up' || nowMs < this.#restUntilMs) return false;
    if (this.#mark === null) return this.#ask(nowMs);
    if (this.#isBehind() && nowMs - this.#movedMs >= this.#waitMs) this.#rewind();
    if (spool.hasChanged()) this.#hasMore = true;
    if (spool.epoch !== this.#mark.epoch) {
      this.#begin();
      return true;
    }
    const isAhead = this.#sent.hits - this.#mark.hits >= AHEAD_MAX * this.#hitsMax;
    const isIdle = nowMs - this.#saidMs >= this.#times.idle;
    if (isAhead || !(this.#hasMore || isIdle)) return false;
    return this.#sendNext(nowMs, isIdle);
  }

  async #sendNext(nowMs: number, isIdle: boolean): Promise<boolean> {
    const areNotesDue = nowMs - this.#notedMs >= this.#times.notes;
    const sizes = { hitsMax: this.#hitsMax, notesMax: areNotesDue ? NOTES_A_BATCH : 0 };
    const { batch, octets } = this.#made(sizes);
    const { hits, notes } = batch;
    const isEmpty = hits.through === this.#sent.hits && notes.through === this.#sent.notes;
    this.#hasMore = !batch.isAll;
    if (isEmpty && !isIdle) return false;
    if (!this.#isBehind()) this.#movedMs = nowMs;
    // Noted before it is known to be kept: the head's answer may be here first.
    this.#sent = { hits: hits.through, notes: notes.through };
    this.#saidMs = nowMs;
    if (notes.rows.length > 0 && notes.rows.length < NOTES_A_BATCH) this.#notedMs = nowMs;
    await this.#keep(octets);
    return !isEmpty && this.#hasMore;
  }

  /** One that a server takes: of much text that packs badly, fewer. */
  #made({ hitsMax, notesMax }: Sizes): { readonly batch: Batch; readonly octets: Uint8Array } {
    const batch = this.#options.spool.batch(this.#sent, { hitsMax, notesMax });
    const octets = writeBatch(batch);
    if (octets.length <= this.#options.link.octetsMax || (hitsMax <= 1 && notesMax <= 1))
      return { batch, octets };
    return this.#made({ hitsMax: Math.ceil(hitsMax / 4), notesMax: Math.ceil(notesMax / 4) });
  }

  /** How far the head is; less and less often while it does not say. */
  async #ask(nowMs: number): Promise<boolean> {
    if (nowMs - this.#saidMs < this.#waitMs) return false;
    const question = writeBatch(this.#options.spool.question());
    if (this.#saidMs !== Number.NEGATIVE_INFINITY) this.#waitMs = this.#longer();
    this.#saidMs = nowMs;
    await this.#keep(question);
    return false;
  }

  async #keep(octets: Uint8Array): Promise<void> {
    const { link, site, seal, monotonic } = this.#options;
    const begunMs = monotonic();
    try {
      await link.keep(hitsSubject(site), seal(octets), KEEP_MS);
    } finally {
      const next = monotonic() - begunMs < QUICK_MS ? this.#hitsMax * 2 : HITS_SLOW;
      this.#hitsMax = Math.min(this.#hitsMost, next);
    }
    this.#failures = 0;
    this.#told(null);
  }

  #hear(octets: Uint8Array): void {
    const { monotonic, spool, report, site, isSigned } = this.#options;
    const done = readDone(site, octets, isSigned);
    if (done === null) return;
    const nowMs = monotonic();
    try {
      if (done.epoch !== spool.epoch) {
        this.#isOfAnother = this.#heardMs === null;
        return;
      }
      // Each time: whoever writes to the stream under this site's name moves the head's mark over hits that are not there.
      if (!spool.accept(done)) {
        report(
          'warn',
          'the head has other hits of this site under the numbers of this store, which was set back, or somebody sends under its name; all of it is sent anew, and is there once',
        );
        this.#begin();
        return;
      }
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#heardMs = nowMs;
    this.#isOfAnother = false;
    this.#moveTo(done, nowMs);
  }

  #moveTo(done: Done, nowMs: number): void {
    const known = this.#mark;
    this.#mark = done;
    if (done.hits !== known?.hits || done.notes !== known.notes || !this.#isBehind()) {
      this.#movedMs = nowMs;
      this.#waitMs = this.#times.resend;
    }
    const isRefused = !done.isTaken && nowMs - this.#refusedMs >= REFUSED_MS;
    if (isRefused) this.#refusedMs = nowMs;
    const isFurther = done.hits > this.#sent.hits || done.notes > this.#sent.notes;
    if (known === null || isRefused || isFurther) this.#rewind();
    this.#wake.abort();
  }

  /** Nothing is known of the head's mark. */
  #begin(): void {
    this.#mark = null;
    this.#saidMs = Number.NEGATIVE_INFINITY;
    this.#waitMs = this.#times.resend;
    this.#wake.abort();
  }

  #failed(error: unknown): void {
    const { monotonic } = this.#options;
    this.#told(messageOf(error));
    this.#restUntilMs = monotonic() + Math.min(REST_MS_MAX, REST_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    this.#rewind();
  }

  /** The head has not all that was sent. */
  #isBehind(): boolean {
    const mark = this.#mark;
    return mark !== null && (this.#sent.hits > mark.hits || this.#sent.notes > mark.notes);
  }

  /** From the mark on again. */
  #rewind(): void {
    const mark = this.#mark;
    if (mark === null) return;
    if (this.#isBehind()) this.#waitMs = this.#longer();
    this.#sent = { hits: mark.hits, notes: mark.notes };
    this.#movedMs = this.#options.monotonic();
    this.#hasMore = true;
  }

  #longer(): number {
    return Math.min(this.#times.resendMax, this.#waitMs * 2);
  }

  #waitingBehind(mark: Mark): Position | null {
    try {
      return this.#options.spool.behind(mark);
    } catch {
      return null;
    }
  }

  /** Told once, and when it is over. */
  #told(trouble: string | null): void {
    const before = this.#trouble;
    this.#trouble = trouble;
    const { report } = this.#options;
    if (trouble !== null && trouble !== before)
      report('warn', `hits do not go home: ${trouble}; they wait in the store`);
    else if (trouble === null && before !== null) report('info', 'hits go home again');
  }
}
