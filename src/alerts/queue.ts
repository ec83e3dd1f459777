// The notices one receiver has not taken yet, delivered in order, one at a time, with patience: a receiver that is down, slow or
// refuses is tried again at growing, jittered intervals, and gets everything once it is back.
//
// One that refuses may have been set up wrongly (a credential, a format), or not take this notice: what it refuses lets others go first.
// Where it takes one of those, what it refused before is tried once more, and given up if it is refused again. Where it takes none, all
// waits until somebody mends it.
import type { Notice, Receiver, ReceiverError } from './receiver.ts';

/** Told when the receiver begins to fail, when it works again (null), and of each notice that is given up. */
export type ReceiverReport = (receiver: string, error: Error | null, givenUp?: Notice) => void;

export interface QueueOptions {
  readonly receiver: Receiver;
  /** Monotonic, ms. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  /** Whether it may be told now; one that may not lets others go first. Unset: any may. */
  readonly mayTell?: (notice: Notice) => boolean;
  /** The notice is out of the queue: taken, or given up. */
  readonly onGone: (notice: Notice, reason: 'taken' | 'refused' | 'crowded') => void;
  readonly report: ReceiverReport;
  readonly waitingMax?: number;
  readonly timeoutMs?: number;
}

const WAITING_MAX = 10_000;
const TIMEOUT_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 60_000;
/** Of one that refuses: who asks all the time with a wrong password is locked out. */
const REFUSED_RETRY_MAX_MS = 10 * 60_000;
/** A notice that is refused is tried this often before others go first, should the receiver be wrong for a moment. */
const REFUSALS_MAX = 8;
/** For those who say "later" while others have taken it: about an hour. */
const PARTLY_ATTEMPTS_MAX = 64;

/** Of a notice that some of a receiver's have taken. */
interface Rest {
  failures: number;
  refusals: number;
  nextMs: number;
}

export class ReceiverQueue {
  readonly #options: QueueOptions;
  readonly #waiting: Notice[] = [];
  readonly #rests = new Map<Notice, Rest>();
  #flight: { readonly notice: Notice; readonly controller: AbortController } | null = null;
  /** What was refused and lets others go first → whether others were taken since. */
  readonly #refused = new Map<Notice, boolean>();
  #lastTried: Notice | null = null;
  #failures = 0;
  /** Of the notice that is tried, one after the other. */
  #refusals = 0;
  #nextMs = Number.NEGATIVE_INFINITY;
  #lastError: Error | null = null;
  /** Since when not everything is taken, by `now`. */
  #failingMs: number | null = null;
  #delivered = 0;
  #givenUp = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  get receiver(): Receiver {
    return this.#options.receiver;
  }

  /** Those not taken yet, oldest first. */
  get notices(): readonly Notice[] {
    return this.#waiting;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get state(): {
    readonly receiver: string;
    readonly waiting: number;
    readonly delivered: number;
    readonly givenUp: number;
    /** Why not all is taken; null: it is. */
    readonly error: string | null;
    /** With an error: whether a part is taken all the same. */
    readonly takesPart: boolean;
    /** For how long, ms. */
    readonly failingForMs: number | null;
  } {
    return {
      receiver: this.receiver.name,
      waiting: this.#waiting.length,
      delivered: this.#delivered,
      givenUp: this.#givenUp,
      error: this.#lastError?.message ?? null,
      takesPart: this.#lastError !== null && (this.#lastError as Partial<ReceiverError>).isPartly === true,
      failingForMs: this.#failingMs === null ? null : this.#options.now() - this.#failingMs,
    };
  }

  push(notice: Notice): void {
    this.#waiting.push(notice);
    if (this.#waiting.length > (this.#options.waitingMax ?? WAITING_MAX)) {
      // Never the one in flight: the oldest after it.
      const crowded = this.#waiting[this.#waiting[0] === this.#flight?.notice ? 1 : 0];
      if (crowded !== undefined) {
        this.#remove(crowded);
        this.#gone(crowded, 'crowded', this.#lastError);
      }
    }
    this.tick();
  }

  /** What waits is tried now, not when its pause is over. */
  wake(): void {
    if (this.#nextMs === Number.POSITIVE_INFINITY) return;
    this.#nextMs = Number.NEGATIVE_INFINITY;
    this.#lastTried = null;
    this.tick();
  }

  /** Another attempt is made within so many ms. */
  isDueWithin(ms: number): boolean {
    const inMs = this.#nextMs - this.#options.now();
    return this.#waiting.length > 0 && Number.isFinite(inMs) && inMs < ms;
  }

  /** Begins the next attempt when it is time. */
  tick(): void {
    const now = this.#options.now();
    if (this.#waiting.length === 0 || this.#flight !== null || now < this.#nextMs) return;
    const { mayTell = () => true } = this.#options;
    const isDue = (one: Notice): boolean =>
      mayTell(one) && now >= (this.#rests.get(one)?.nextMs ?? Number.NEGATIVE_INFINITY);
    // In turns with the oldest: once the receiver is mended, all goes in order.
    const isNext = (one: Notice): boolean => this.#refused.get(one) !== false && isDue(one);
    const oldest = this.#waiting.find(isDue);
    const notice = this.#lastTried === oldest ? (this.#waiting.find(isNext) ?? oldest) : oldest;
    if (notice === undefined) return;
    this.#lastTried = notice;
    const flight = new AbortController();
    this.#flight = { notice, controller: flight };
    const timer = setTimeout(
      () => flight.abort(new Error('no answer in time')),
      this.#options.timeoutMs ?? TIMEOUT_MS,
    );
    const hung = new Promise<never>((_, reject) => {
      flight.signal.addEventListener('abort', () => reject(flight.signal.reason));
    });
    Promise.race([this.receiver.deliver(notice, flight.signal), hung])
      .then(
        () => this.#taken(notice),
        (error) => this.#failed(notice, error instanceof Error ? error : new Error(String(error))),
      )
      .finally(() => clearTimeout(timer));
  }

  /** Lets go of the receiver; what waits stays in the outbox for the next start. */
  async close(): Promise<void> {
    this.#flight?.controller.abort(new Error('cenote is stopping'));
    this.#nextMs = Number.POSITIVE_INFINITY;
    await this.receiver.close();
  }

  #taken(notice: Notice): void {
    this.#flight = null;
    this.#remove(notice);
    this.#delivered += 1;
    this.#refusals = 0;
    for (const refused of this.#refused.keys()) this.#refused.set(refused, true);
    this.#options.onGone(notice, 'taken');
    const isWell = this.#failures > 0 || (this.#lastError !== null && this.#rests.size === 0);
    if (isWell) this.#options.report(this.receiver.name, null);
    if (this.#rests.size === 0) {
      this.#lastError = null;
      this.#failingMs = null;
    }
    this.#goesOn();
  }

  #goesOn(): void {
    this.#failures = 0;
    if (this.#nextMs !== Number.POSITIVE_INFINITY) this.#nextMs = Number.NEGATIVE_INFINITY;
    this.tick();
  }

  #failed(notice: Notice, error: Error): void {
    this.#flight = null;
    if (this.#nextMs === Number.POSITIVE_INFINITY) return;
    const { permanent = false, isPartly = false, retryAfterMs = null } = error as Partial<ReceiverError>;
    if (isPartly) {
      this.#failingMs ??= this.#options.now();
      this.#takenByOthers(notice, error, permanent);
      return;
    }
    if (permanent && this.#refused.get(notice) === true) {
      // It is this one that the receiver does not take: it takes others.
      this.#remove(notice);
      this.#gone(notice, 'refused', error);
      this.#goesOn();
      return;
    }
    this.#failingMs ??= this.#options.now();
    this.#failures += 1;
    this.#lastError = error;
    if (this.#failures === 1) this.#options.report(this.receiver.name, error);
    if (permanent) this.#letOthersFirst(notice);
    const asked = Math.min(retryAfterMs ?? 0, 10 * RETRY_MAX_MS);
    const pauseMs = this.#pauseAfter(this.#failures, permanent ? REFUSED_RETRY_MAX_MS : RETRY_MAX_MS);
    this.#nextMs = this.#options.now() + Math.max(pauseMs, asked);
  }

  #letOthersFirst(notice: Notice): void {
    this.#refusals += 1;
    if (this.#refused.size === 0 && this.#refusals < REFUSALS_MAX) return;
    this.#refusals = 0;
    this.#refused.set(notice, false);
  }

  /** The rest are tried again beside what follows, which does not wait for them. */
  #takenByOthers(notice: Notice, error: Error, permanent: boolean): void {
    const rest = this.#rests.get(notice) ?? { failures: 0, refusals: 0, nextMs: 0 };
    if (this.#rests.size === 0) this.#options.report(this.receiver.name, error);
    rest.failures += 1;
    if (permanent) rest.refusals += 1;
    rest.nextMs = this.#options.now() + this.#pauseAfter(rest.failures, RETRY_MAX_MS);
    this.#rests.set(notice, rest);
    this.#lastError = error;
    this.#refusals = 0;
    if (rest.refusals >= REFUSALS_MAX || rest.failures >= PARTLY_ATTEMPTS_MAX) {
      this.#remove(notice);
      this.#gone(notice, 'refused', error);
    }
    this.#goesOn();
  }

  #pauseAfter(failures: number, maxMs: number): number {
    const pause = Math.min(maxMs, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 20));
    return pause * (0.5 + this.#options.random() / 2);
  }

  #remove(notice: Notice): void {
    const at = this.#waiting.indexOf(notice);
    if (at >= 0) this.#waiting.splice(at, 1);
    this.#rests.delete(notice);
    this.#refused.delete(notice);
  }

  #gone(notice: Notice, reason: 'refused' | 'crowded', error: Error | null): void {
    this.#givenUp += 1;
    this.#options.report(this.receiver.name, error, notice);
    this.#options.onGone(notice, reason);
  }
}
