// The thread that publishes as the main thread sees it: there only where something is served, notified of the rules in force, asked
// what resolver threads are asked, and given connections.
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { FromPublisher, PublishSettings, PublishState, ToPublisher } from '../../publish/messages.ts';
import { stackOf } from '../log.ts';
import { KeptAlive } from './kept-alive.ts';

/** A thread that ended is replaced after this long, doubled with each end in a row. */
const RESPAWN_MS = { first: 500, longest: 30_000 } as const;
/** A thread that lived this long has recovered. */
const STABLE_MS = 60_000;
const STOP_MS = 2_000;
/** It may be making a large zone; a secondary asks again. */
const ANSWER_MS = 5_000;

const NOTHING: PublishState = { zones: [], lists: [] };

export interface PublishThreadParts {
  /** Folder of what is kept. */
  readonly dir: string;
  readonly log: Logger;
}

export class PublishThread {
  readonly #parts: PublishThreadParts;
  readonly #waiting = new Map<number, (reply: Uint8Array | null) => void>();
  #kept: KeptAlive<FromPublisher> | null = null;
  #settings: PublishSettings | null = null;
  /** Of questions. */
  #asked = 0;
  /** Of settings: the last told, and the last that is worked with. */
  #told = 0;
  #turned = 0;
  #onTurned: (() => void)[] = [];
  /** What it last reported of itself. */
  state: PublishState = NOTHING;

  constructor(parts: PublishThreadParts) {
    this.#parts = parts;
  }

  /** Serves what the configuration says of these rules; once something was served, also nothing. */
  use(settings: PublishSettings): void {
    const { zones, lists } = settings.serve;
    if (this.#kept === null && zones.length + lists.length === 0) return;
    this.#settings = settings;
    this.#told += 1;
    if (this.#kept === null) this.#kept = this.#start();
    else this.#post({ kind: 'settings', number: this.#told, settings });
  }

  /** Resolves once it reads nothing of rules before those it was told last; false when it ended before. */
  async settled(): Promise<boolean> {
    const number = this.#told;
    while (this.#turned < number) {
      if (this.#kept?.isAlive !== true) return false;
      await new Promise<void>((resolve) => this.#onTurned.push(resolve));
    }
    return true;
  }

  /** A question about a served zone. @param from 16 octets @returns null where nothing is said */
  ask(message: Uint8Array, from: Uint8Array, isUdp: boolean): Promise<Uint8Array | null> {
    if (this.#kept?.isAlive !== true) return Promise.resolve(null);
    this.#asked += 1;
    const number = this.#asked;
    return new Promise((resolve) => {
      const late = setTimeout(() => settle(null), ANSWER_MS);
      const settle = (reply: Uint8Array | null): void => {
        clearTimeout(late);
        this.#waiting.delete(number);
        resolve(reply);
      };
      this.#waiting.set(number, settle);
      this.#post({ kind: 'question', number, message, from, isUdp });
    });
  }

  /** A connection on which a zone is asked for; the descriptor is ours. */
  connect(fd: number, octets: Uint8Array, from: Uint8Array): void {
    if (this.#kept?.isAlive === true) this.#post({ kind: 'connection', fd, octets, from });
    else new Socket({ fd }).destroy();
  }

  async stop(): Promise<void> {
    await this.#kept?.stop((thread) => thread.postMessage({ kind: 'stop' } satisfies ToPublisher), STOP_MS);
  }

  #start(): KeptAlive<FromPublisher> {
    const { dir, log } = this.#parts;
    return new KeptAlive<FromPublisher>({
      spawn: () => {
        const url = new URL('../../publish/thread.ts', import.meta.url);
        const thread = new Worker(url, { workerData: { dir }, name: 'publish' });
        if (this.#settings !== null)
          thread.postMessage({
            kind: 'settings',
            number: this.#told,
            settings: this.#settings,
          } satisfies ToPublisher);
        return thread;
      },
      onMessage: (message: FromPublisher) => this.#hear(message),
      onError: (error) =>
        log.error({ error: stackOf(error) }, 'the thread that serves zones and lists failed'),
      onEnd: (pauseMs) => {
        for (const settle of this.#waiting.values()) settle(null);
        this.#wake();
        log.warn({ pauseMs }, 'the thread that serves zones and lists ended and is being replaced');
      },
      onReplaced: () => undefined,
      pausesMs: RESPAWN_MS,
      stableMs: STABLE_MS,
    });
  }

  #post(message: ToPublisher): void {
    this.#kept?.thread.postMessage(message);
  }

  #wake(): void {
    for (const resolve of this.#onTurned.splice(0)) resolve();
  }

  #hear(message: FromPublisher): void {
    switch (message.kind) {
      case 'turned':
        this.#turned = Math.max(this.#turned, message.number);
        this.#wake();
        return;
      case 'reply':
        this.#waiting.get(message.number)?.(message.reply);
        return;
      case 'state':
        this.state = message.state;
        return;
      case 'log':
        this.#parts.log[message.level](message.message);
        return;
      default:
        message satisfies never;
    }
  }
}
