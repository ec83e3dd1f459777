// The hits thread as the main thread sees it: told what changes, asked what is known, stopped last.
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Answers, FromHits, HitsBirth, HitsSettings, Question, ToHits } from '../../desk/messages.ts';
import { assignKnown, type KnownClient } from '../../policy/groups.ts';

/** A question that scans history may take a while; nobody waits longer. */
const ANSWER_MS = 60_000;
/** How long the last hits and notices may take to be put away. */
const STOP_MS = 8_000;
/** A dead thread is replaced after this long, doubled with each death in a row. */
const RESPAWN_MS = { first: 500, longest: 30_000 } as const;
/** A thread that lived this long has recovered. */
const STABLE_MS = 60_000;

interface Asked {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class HitsThread {
  readonly #log: Logger;
  readonly #onSeen: (addresses: readonly Uint8Array[]) => void;
  readonly #asked = new Map<number, Asked>();
  readonly #birth: HitsBirth;
  #settings: HitsSettings;
  #thread: Worker;
  #number = 0;
  #stopping = false;
  /** Not while a thread that died waits for its successor. */
  #isAlive = true;
  #deaths = 0;
  #bornMs = 0;

  /** @param onSeen told of clients (16 octets) when they first ask something */
  constructor(
    birth: HitsBirth,
    settings: HitsSettings,
    log: Logger,
    onSeen: (addresses: readonly Uint8Array[]) => void,
  ) {
    this.#log = log;
    this.#onSeen = onSeen;
    this.#birth = birth;
    this.#settings = settings;
    this.#thread = this.#spawn();
  }

  use(settings: HitsSettings): void {
    this.#settings = settings;
    this.#post({ kind: 'settings', settings });
  }

  useClients(clients: readonly KnownClient[]): void {
    const assignments = assignKnown(this.#settings.groups, clients);
    this.#settings = { ...this.#settings, clients, assignments };
    this.#post({ kind: 'clients', clients, assignments });
  }

  /** Something of our own is wrong: every receiver is told. */
  trouble(text: string): void {
    this.#post({ kind: 'trouble', text });
  }

  /** Resolves once it works with all it was told up to now. @throws Error when it cannot say so */
  async settled(): Promise<true> {
    await this.ask({ what: 'state' });
    return true;
  }

  /** @throws Error when the thread cannot answer */
  ask<Q extends Question>(question: Q): Promise<Answers[Q['what']]> {
    this.#number += 1;
    const number = this.#number;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asked.delete(number);
        reject(new Error('the hits thread did not answer in time'));
      }, ANSWER_MS);
      this.#asked.set(number, { resolve: resolve as (answer: never) => void, reject, timer });
      this.#post({ kind: 'ask', number, question });
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.#isAlive) return;
    const ended = new Promise<void>((resolve) => this.#thread.once('exit', () => resolve()));
    this.#post({ kind: 'stop' });
    const late = setTimeout(() => void this.#thread.terminate(), STOP_MS);
    await ended;
    clearTimeout(late);
  }

  #post(message: ToHits): void {
    this.#thread.postMessage(message);
  }

  #spawn(): Worker {
    this.#bornMs = performance.now();
    this.#isAlive = true;
    const thread = new Worker(new URL('../../desk/thread.ts', import.meta.url), {
      workerData: this.#birth,
      name: 'hits',
    });
    thread.postMessage({ kind: 'settings', settings: this.#settings } satisfies ToHits);
    thread.on('message', (message: FromHits) => this.#hear(message));
    thread.on('error', (error: unknown) => {
      this.#log.error(
        { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        'the hits thread failed',
      );
    });
    thread.on('exit', () => this.#ended());
    return thread;
  }

  /** Answers go on without it; the journal keeps the hits until it is back. */
  #ended(): void {
    this.#isAlive = false;
    for (const [number] of this.#asked)
      this.#settle(number, (asked) => asked.reject(new Error('the hits thread ended')));
    if (this.#stopping) return;
    this.#deaths = performance.now() - this.#bornMs > STABLE_MS ? 1 : this.#deaths + 1;
    const pauseMs = Math.min(RESPAWN_MS.longest, RESPAWN_MS.first * 2 ** (this.#deaths - 1));
    this.#log.warn({ pauseMs }, 'the hits thread ended and is being replaced');
    setTimeout(() => {
      if (!this.#stopping) this.#thread = this.#spawn();
    }, pauseMs);
  }

  #hear(message: FromHits): void {
    switch (message.kind) {
      case 'answer':
        this.#settle(message.number, (asked) => asked.resolve(message.answer as never));
        return;
      case 'failed':
        this.#settle(message.number, (asked) => asked.reject(new Error(message.error)));
        return;
      case 'log':
        this.#log[message.level](message.message);
        return;
      case 'seen':
        this.#onSeen(message.addresses);
        return;
      case 'ready':
      case 'stopped':
        return;
      default:
        message satisfies never;
    }
  }

  #settle(number: number, how: (asked: Asked) => void): void {
    const asked = this.#asked.get(number);
    if (asked === undefined) return;
    this.#asked.delete(number);
    clearTimeout(asked.timer);
    how(asked);
  }
}
