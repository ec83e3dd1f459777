// Reads the configuration and compiles a few names in one thread that ends when nothing came for a while: its code and its heap go with it.
// To start one costs some 0.1 s of CPU, so changes that follow each other share it (docs/decisions/0112).
import { Worker } from 'node:worker_threads';
import { giveBackSoon } from '../spare-memory.ts';
import { RELOAD_JOBS } from './reload-jobs.ts';

/** Policies of a head come every few seconds when somebody works on them; after that the thread is memory that nobody needs. */
const KEPT_MS = 30_000;
/** Lists that come over the network at once share the thread of the start. */
const AFTER_START_MS = 2000;

type Jobs = typeof RELOAD_JOBS;
type AskedOf<Job extends keyof Jobs> = Parameters<Jobs[Job]>[0];
type AnswerOf<Job extends keyof Jobs> = Awaited<ReturnType<Jobs[Job]>>;

export interface AskedOfThread {
  readonly id: number;
  readonly job: string;
  readonly asked: unknown;
}

export interface SaidByThread {
  readonly id: number;
  /** Null: it failed. Why is said by who does it again: an error that was copied from thread to thread lacks its code. */
  readonly answer: unknown;
}

export interface ReloadThreadParts {
  readonly body: URL;
  /** The same in this thread, where no other can be had. */
  readonly here: Jobs;
  readonly keptMs: number;
  readonly afterStartMs: number;
}

export class ReloadThread {
  readonly #parts: ReloadThreadParts;
  #thread: Worker | null = null;
  #count = 0;
  #ending: NodeJS.Timeout | undefined;
  /** Who waits for its answer, by the id of what was asked. */
  readonly #waiting = new Map<number, (answer: unknown) => void>();

  constructor(parts: ReloadThreadParts) {
    this.#parts = parts;
  }

  /** @returns a copy, but for shared memory. @throws what the job throws */
  async do<Job extends keyof Jobs>(job: Job, asked: AskedOf<Job>): Promise<AnswerOf<Job>> {
    const answer = await this.#byThread(job, asked);
    if (answer !== null) return answer as AnswerOf<Job>;
    const here = this.#parts.here[job] as (asked: AskedOf<Job>) => Promise<AnswerOf<Job>>;
    return here(asked);
  }

  /** The start is over: unless it has something to do it ends soon, since a flood may come at once. */
  endSoon(): void {
    if (this.#waiting.size === 0) this.#endIn(this.#parts.afterStartMs);
  }

  /** Null where it failed, or no thread can be had (memory, file descriptors). */
  #byThread(job: string, asked: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      const id = ++this.#count;
      this.#waiting.set(id, resolve);
      try {
        this.#thread ??= this.#start();
        const message: AskedOfThread = { id, job, asked };
        this.#thread.postMessage(message);
        this.#busyOrNot();
      } catch {
        this.#said({ id, answer: null });
      }
    });
  }

  #start(): Worker {
    const thread = new Worker(this.#parts.body, { name: 'reload' });
    thread.on('message', (said: SaidByThread) => this.#said(said));
    // Its exit follows.
    thread.on('error', () => undefined);
    thread.once('exit', () => {
      if (this.#thread === thread) this.#thread = null;
      else if (this.#thread !== null) return;
      for (const id of this.#waiting.keys()) this.#said({ id, answer: null });
      giveBackSoon();
    });
    return thread;
  }

  #said({ id, answer }: SaidByThread): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
    this.#busyOrNot();
  }

  /** While it has nothing to do it keeps no process alive, and its end comes nearer. */
  #busyOrNot(): void {
    clearTimeout(this.#ending);
    if (this.#waiting.size > 0) return void this.#thread?.ref();
    this.#thread?.unref();
    this.#endIn(this.#parts.keptMs);
  }

  #endIn(ms: number): void {
    clearTimeout(this.#ending);
    this.#ending = setTimeout(() => {
      void this.#thread?.terminate();
      this.#thread = null;
    }, ms).unref();
  }
}

export const reloadThread = new ReloadThread({
  body: new URL('./reload-thread-body.ts', import.meta.url),
  here: RELOAD_JOBS,
  keptMs: KEPT_MS,
  afterStartMs: AFTER_START_MS,
});
