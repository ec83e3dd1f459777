// A thread that is replaced when it ends: with growing pauses while it dies young, and at once known to whoever asks it.
import type { Worker } from 'node:worker_threads';

export interface KeptAliveOptions<Message> {
  /** Makes the next one; called again after each end. */
  readonly spawn: () => Worker;
  /** Attached to each: its messages. */
  readonly onMessage: (message: Message) => void;
  /** What it threw at last. */
  readonly onError: (error: unknown) => void;
  /** It ended and is replaced after `pauseMs`; `inARow` counts ends since it last lived long. */
  readonly onEnd: (pauseMs: number, inARow: number) => void;
  /** Its successor has been started. */
  readonly onReplaced: () => void;
  /** The first pause, and the longest; it doubles with each end in a row. */
  readonly pausesMs: { readonly first: number; readonly longest: number };
  /** One that lived this long has recovered. */
  readonly stableMs: number;
  /** Monotonic, ms. */
  readonly now?: () => number;
}

export class KeptAlive<Message> {
  readonly #options: KeptAliveOptions<Message>;
  readonly #now: () => number;
  #thread: Worker;
  #isAlive = true;
  #isStopping = false;
  #startedMs: number;
  #inARow = 0;
  #timer: NodeJS.Timeout | null = null;
  /** Ends since the start. */
  ends = 0;

  constructor(options: KeptAliveOptions<Message>) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#startedMs = this.#now();
    this.#thread = this.#start();
  }

  /** The present one, or the last while its successor is still to come. */
  get thread(): Worker {
    return this.#thread;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Lets it end by itself. @param forMs then it is ended */
  async stop(ask: (thread: Worker) => void, forMs: number): Promise<void> {
    this.#isStopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (!this.#isAlive) return;
    const thread = this.#thread;
    const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    ask(thread);
    const late = setTimeout(() => void thread.terminate(), forMs);
    await ended;
    clearTimeout(late);
  }

  #start(): Worker {
    const { spawn, onMessage, onError } = this.#options;
    const thread = spawn();
    thread.on('message', onMessage);
    thread.on('error', onError);
    thread.on('exit', () => this.#ended(thread));
    return thread;
  }

  #ended(thread: Worker): void {
    if (thread !== this.#thread || !this.#isAlive) return;
    this.#isAlive = false;
    if (this.#isStopping) return;
    const { pausesMs, stableMs, onEnd } = this.#options;
    this.ends += 1;
    this.#inARow = this.#now() - this.#startedMs > stableMs ? 1 : this.#inARow + 1;
    const pauseMs = Math.min(pausesMs.longest, pausesMs.first * 2 ** (this.#inARow - 1));
    onEnd(pauseMs, this.#inARow);
    this.#replaceAfter(pauseMs);
  }

  /** Where the system has no room for a thread, it is tried again and again. */
  #replaceAfter(pauseMs: number): void {
    const { pausesMs, onError, onReplaced } = this.#options;
    this.#timer = setTimeout(() => {
      if (this.#isStopping) return;
      try {
        this.#thread = this.#start();
      } catch (error) {
        onError(error);
        this.#replaceAfter(pausesMs.longest);
        return;
      }
      this.#startedMs = this.#now();
      this.#isAlive = true;
      onReplaced();
    }, pauseMs);
  }
}
