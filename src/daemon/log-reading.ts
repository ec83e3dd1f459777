// The thread that reads the query log, as the main thread sees it: there only while somebody asks.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RouteError } from '../admin/route.ts';
import { messageOf } from '../config/coded-error.ts';
import type { LogAnswers, LogQuestion } from '../querylog/read/question.ts';
import type { AskedOfLog, LogReading as Assignment, SaidOfLog } from '../querylog/read/thread.ts';

const ENTRY: URL = new URL('../querylog/read/thread.ts', import.meta.url);
/** Nobody has asked for so long: its memory goes back. */
const IDLE_MS = 60_000;
/** A search of all that is kept may take some seconds; nobody waits longer. */
const ANSWER_MS = 30_000;
const WAITING_MAX = 32;
const YOUNG_MB = 8;

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class LogReading {
  readonly #path: string;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | null = null;
  #number = 0;
  #idle: NodeJS.Timeout | null = null;

  /** @param dir `events.dir` */
  constructor(dir: string) {
    this.#path = join(dir, 'log.db');
  }

  /** @throws RouteError LOG_UNREADABLE, LOG_BUSY */
  ask<Q extends LogQuestion>(question: Q): Promise<LogAnswers[Q['what']]> {
    if (this.#waiting.size >= WAITING_MAX)
      return Promise.reject(
        new RouteError(503, 'LOG_BUSY', 'so many questions to the query log are waiting already; ask again'),
      );
    this.#number += 1;
    const number = this.#number;
    const thread = this.#running();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => void this.stop('it took longer than 30 seconds'), ANSWER_MS);
      const settle = (): void => {
        clearTimeout(late);
        this.#waiting.delete(number);
        this.#rest();
      };
      this.#waiting.set(number, {
        resolve: (answer) => {
          settle();
          resolve(answer);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      thread.postMessage({ number, question } satisfies AskedOfLog);
    });
  }

  /** Ends the thread; whoever waits is told why. */
  async stop(why = 'it is being closed'): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    this.#rejectAll(why);
    if (this.#idle !== null) clearTimeout(this.#idle);
    await thread?.terminate();
  }

  #running(): Worker {
    if (this.#thread !== null) return this.#thread;
    const thread = new Worker(ENTRY, {
      workerData: { path: this.#path } satisfies Assignment,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    thread.on('message', (said: SaidOfLog) => {
      const waiting = this.#waiting.get(said.number);
      if ('error' in said) waiting?.reject(unreadable(said.error));
      else waiting?.resolve(said.answer as never);
    });
    const ended = (why: string): void => {
      if (this.#thread !== thread) return;
      this.#thread = null;
      this.#rejectAll(why);
    };
    thread.on('error', (error) => ended(messageOf(error)));
    thread.on('exit', () => ended('its thread ended'));
    thread.unref();
    this.#thread = thread;
    return thread;
  }

  #rejectAll(why: string): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(unreadable(why));
  }

  /** Ends the thread when nobody has asked for a while. */
  #rest(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#waiting.size === 0) void this.stop();
    }, IDLE_MS);
    this.#idle.unref();
  }
}

const unreadable = (why: string): RouteError =>
  new RouteError(503, 'LOG_UNREADABLE', `the query log cannot be read: ${why}`);
