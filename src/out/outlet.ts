// One output: events gather into batches, batches wait in the spool, and are sent one after the other until the receiver has them.
//
// Invariant: events taken = delivered + lost + those that gather or wait. At least once: what was sent when cenote, or the
// connection, ended is sent again, with the same ids.
import { messageOf } from '../config/coded-error.ts';
import type { OutConfig } from '../config/meant/out.ts';
import { type Clocks, SteadyClock } from '../config/steady-clock.ts';
import { type Line, lineOf } from './event.ts';
import { Filter } from './filter.ts';
import type { OutState } from './messages.ts';
import { type Receiver, Refusal } from './receiver.ts';
import { Spool } from './spool.ts';

export interface OutletOptions extends Clocks {
  readonly config: OutConfig;
  /** Folder of its spool. */
  readonly dir: string;
  readonly receiver: Receiver;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Longer than a receiver should take. */
  readonly patienceMs?: number;
  readonly backoffMs?: number;
}

const PATIENCE_MS = 30_000;
const BACKOFF_MS = 1000;
const BACKOFF_MS_MAX = 60_000;
const RETRY_AFTER_MS_MAX = 600_000;

/** Events refused by themselves by a receiver that has taken nothing since: so many are tried before it is taken to refuse everything. */
const DOUBTFUL_MAX = 16;

type Given = NonNullable<ReturnType<Spool['next']>>;

export class Outlet {
  readonly #options: OutletOptions;
  readonly #clock: SteadyClock;
  readonly #filter: Filter;
  readonly #spool: Spool;
  #gathering: string[] = [];
  #octets = 0;
  #sinceMs = 0;
  #delivered = 0;
  #lost = 0;
  #failures = 0;
  #error: string | null = null;
  #takesPart = false;
  // By the clock.
  #failingMs: number | null = null;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  readonly #sending = new Set<Promise<void>>();
  /** How many events had been delivered when a batch, or the one it was a part of, was first refused. */
  readonly #refusedAt = new WeakMap<Given['batch'], number>();
  /** Held back: whether the receiver refuses them or everything is seen by others. */
  #doubtful: Given['batch'][] = [];
  readonly #closing = new AbortController();

  constructor(options: OutletOptions) {
    this.#options = options;
    this.#clock = new SteadyClock(options.now, options.steady);
    const { config, dir, now } = options;
    const { sizeOctets, ageMs } = config.spool;
    this.#filter = new Filter(config);
    this.#spool = new Spool({
      dir,
      sizeOctets,
      ageMs,
      now,
      lost: (events) => {
        this.#lost += events;
      },
    });
  }

  get state(): OutState {
    const { name, kind } = this.#options.config;
    const { events, octets, oldestMs } = this.#spool;
    const oldest = oldestMs ?? (this.#gathering.length > 0 ? this.#sinceMs : null);
    return {
      name,
      kind,
      waiting: events + this.#gathering.length,
      waitingOctets: octets,
      oldest: oldest === null ? null : new Date(oldest).toISOString(),
      delivered: this.#delivered,
      lost: this.#lost,
      error: this.#error,
      takesPart: this.#error !== null && this.#takesPart,
      failingSince:
        this.#failingMs === null ? null : new Date(this.#clock.wall(this.#failingMs)).toISOString(),
    };
  }

  enqueue({ text, event }: Line): void {
    if (!this.#filter.takes(event)) return;
    const { events, octets } = this.#options.config.batch;
    if (this.#gathering.length > 0 && this.#octets + text.length > octets) this.#seal();
    if (this.#gathering.length === 0) this.#sinceMs = this.#options.now();
    this.#gathering.push(text);
    this.#octets += text.length;
    if (this.#gathering.length >= events) this.#seal();
  }

  /** Call a few times a second. */
  tick(): void {
    const { now, config } = this.#options;
    if (this.#gathering.length > 0 && Math.abs(now() - this.#sinceMs) >= config.batch.waitMs) this.#seal();
    if (this.#sending.size === 0 && this.#clock.now() >= this.#notBeforeMs) this.#tryDoubtful();
    this.#spool.trim();
    if (this.#spool.events === 0) return;
    // One alone tries whether a receiver is back.
    const atOnce = this.#failures > 0 ? 1 : (this.#options.receiver.atOnce ?? 1);
    while (this.#sending.size < atOnce && this.#clock.now() >= this.#notBeforeMs) {
      const first = this.#spool.next();
      if (first === null) return;
      const sending = this.#send(first).finally(() => this.#sending.delete(sending));
      this.#sending.add(sending);
    }
  }

  /** What is not delivered is in the spool then. */
  async close(): Promise<void> {
    this.#seal();
    this.#closing.abort();
    await Promise.all(this.#sending);
    await this.#options.receiver.close();
  }

  #seal(): void {
    if (this.#gathering.length === 0) return;
    this.#spool.add(this.#gathering, this.#sinceMs);
    this.#gathering = [];
    this.#octets = 0;
  }

  /** Batch after batch, from this one on. */
  async #send(first: Given): Promise<void> {
    const { receiver } = this.#options;
    const patienceMs = this.#options.patienceMs ?? receiver.patienceMs ?? PATIENCE_MS;
    for (let given: Given | null = first; given !== null; given = this.#spool.next()) {
      const { batch, lines } = given;
      try {
        const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(patienceMs)]);
        const { again, refused, why } = await receiver.deliver(lines.map(lineOf), signal);
        this.#delivered += lines.length - again.length - refused;
        this.#lost += refused;
        if (again.length < lines.length) this.#tryDoubtful();
        if (again.length > 0) {
          // Who takes a part is there, and busy: the wait begins anew.
          if (again.length < lines.length) this.#failures = 0;
          this.#spool.replace(batch, [again.map(({ text }) => text)]);
          this.#takesPart = again.length < lines.length;
          this.#fail(why ?? 'some events were not taken', null);
          return;
        }
        this.#spool.remove(batch);
        this.#failures = 0;
        this.#error = null;
        this.#failingMs = null;
      } catch (error) {
        if (!this.#closing.signal.aborted && error instanceof Refusal && error.what === 'smaller') {
          if (this.#divide(batch, lines, error.message)) continue;
          this.#spool.putBack(batch);
          this.#takesPart = false;
          this.#fail(error.message, error.retryAfterMs);
          return;
        }
        this.#spool.putBack(batch);
        if (this.#closing.signal.aborted) return;
        this.#takesPart = false;
        this.#fail(messageOf(error), error instanceof Refusal ? error.retryAfterMs : null);
        return;
      }
      if (this.#closing.signal.aborted || this.#clock.now() < this.#notBeforeMs) return;
    }
    if (this.#doubtful.length > 0) this.#fail(this.#error ?? 'some events were not taken', null);
  }

  #tryDoubtful(): void {
    for (const batch of this.#doubtful) this.#spool.putBack(batch);
    this.#doubtful = [];
  }

  /**
   * What is too large is sent in halves. One event that is refused by itself is given up where the receiver has taken another since;
   * one that takes nothing at all may have been set up wrongly, and what waits for it is not to be lost one by one.
   *
   * @returns whether another may be tried
   */
  #divide(batch: Given['batch'], lines: readonly string[], why: string): boolean {
    const at = this.#refusedAt.get(batch) ?? this.#delivered;
    this.#refusedAt.set(batch, at);
    if (lines.length > 1) {
      const middle = lines.length >>> 1;
      const parts = this.#spool.replace(batch, [lines.slice(0, middle), lines.slice(middle)]);
      for (const part of parts) this.#refusedAt.set(part, at);
      return true;
    }
    const isRefusedAlone = this.#delivered > at;
    if (!isRefusedAlone && this.#doubtful.length >= DOUBTFUL_MAX) return false;
    if (isRefusedAlone) {
      this.#spool.remove(batch);
      this.#lost += 1;
    } else this.#doubtful.push(batch);
    this.#error = why;
    this.#takesPart = isRefusedAlone;
    this.#failingMs ??= this.#clock.now();
    return true;
  }

  #fail(why: string, retryAfterMs: number | null): void {
    const { random, backoffMs = BACKOFF_MS } = this.#options;
    this.#error = why;
    this.#failingMs ??= this.#clock.now();
    // Of those under way at once that fail together, one makes the wait longer.
    if (this.#clock.now() >= this.#notBeforeMs) this.#failures += 1;
    const backoff = Math.min(BACKOFF_MS_MAX, backoffMs * 2 ** Math.min(16, this.#failures - 1));
    const waitMs = Math.max(Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX), backoff * (0.5 + random() / 2));
    this.#notBeforeMs = Math.max(this.#notBeforeMs, this.#clock.now() + waitMs);
  }
}
