// The hits thread as the main thread sees it: told what changes, asked what is known, stopped last.
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Asked, MachineUpdate } from '../../clients/machine.ts';
import type {
  Answers,
  FromHits,
  HitsAssignment,
  HitsSettings,
  OwnTrouble,
  Question,
  ToHits,
} from '../../desk/messages.ts';
import { stackOf } from '../log.ts';
import { KeptAlive } from './kept-alive.ts';

/** A question that scans history may take a while; nobody waits longer. */
const ANSWER_MS = 60_000;
/** How long it may take to say that it knows new rules; it never holds up what protects. */
const PREPARE_MS = 3_000;
/** How long the last hits and notices may take to be stored. */
const STOP_MS = 8_000;
/** A thread that ended is replaced after this long, doubled with each end in a row. */
const RESPAWN_MS = { first: 500, longest: 30_000 } as const;
/** A thread that lived this long has recovered. */
const STABLE_MS = 60_000;

/** In a flood of hits V8 would take 64 MB for what is garbage in the next instant. */
const YOUNG_MB = 6;

const ENDED: OwnTrouble = {
  id: 'hits-thread',
  text: 'the hits thread ended and was replaced; no hit that was answered is lost',
  state: 'once',
};

/** A number that no preparation has. */
const NOTHING_PREPARED = -1;

interface Waiting {
  readonly question: Question;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export interface HitsThreadParts {
  readonly assignment: HitsAssignment;
  readonly settings: HitsSettings;
  readonly log: Logger;
  /** All that is known of machines: each thread begins with it. */
  readonly machines: () => MachineUpdate;
  /** Told of addresses that asked something. */
  readonly onSeen: (asked: readonly Asked[]) => void;
  /** Makes the thread; tests make another. */
  readonly spawn?: (assignment: HitsAssignment) => Worker;
}

export class HitsThread {
  readonly #log: Logger;
  readonly #onSeen: HitsThreadParts['onSeen'];
  readonly #asked = new Map<number, Waiting>();
  readonly #kept: KeptAlive<FromHits>;
  #settings: HitsSettings;
  /** What the next one begins with. */
  #next: HitsAssignment;
  /** Why it is being replaced, where somebody asked for that. */
  #why: OwnTrouble | null = null;
  #number = 0;
  /** The thread that knows the settings prepared last, and their number. */
  #prepared: { readonly thread: Worker; readonly number: number } | null = null;
  #waiter: { readonly number: number; readonly settle: (error: string | null) => void } | null = null;
  /** It takes over a store of an earlier version, and answers nothing meanwhile. */
  isTakingOver = false;

  constructor({ assignment, settings, log, machines, onSeen, spawn = spawnDesk }: HitsThreadParts) {
    this.#log = log;
    this.#onSeen = onSeen;
    this.#settings = settings;
    this.#next = assignment;
    this.#kept = new KeptAlive<FromHits>({
      spawn: () => {
        const thread = spawn(this.#next);
        this.isTakingOver = false;
        // What a thread that ended had taken out of the rings and not stored is a gap.
        const { watchedSinceMs: _, ...anew } = this.#next;
        this.#next = { ...anew, isReplacement: true };
        thread.postMessage({ kind: 'settings', settings: this.#settings } satisfies ToHits);
        thread.postMessage({ kind: 'machines', update: machines() } satisfies ToHits);
        return thread;
      },
      onMessage: (message: FromHits) => this.#hear(message),
      onError: (error) => this.#log.error({ error: stackOf(error) }, 'the hits thread failed'),
      onEnd: (pauseMs) => this.#ended(pauseMs),
      onReplaced: () => {
        for (const [number, { question }] of this.#asked) this.#post({ kind: 'ask', number, question });
        this.trouble(this.#why ?? ENDED);
        this.#why = null;
      },
      pausesMs: RESPAWN_MS,
      stableMs: STABLE_MS,
    });
  }

  /** Ends since the start. */
  get deaths(): number {
    return this.#kept.ends;
  }

  /**
   * Has it learn what the rules of new settings mean. One that is being replaced, or is busy, learns it at the commit.
   * @throws Error when it refuses
   */
  async prepare(settings: HitsSettings): Promise<void> {
    this.#prepared = null;
    if (!this.#kept.isAlive) return;
    this.#number += 1;
    const number = this.#number;
    const { thread } = this.#kept;
    const error = await new Promise<string | null>((resolve) => {
      const settle = (answer: string | null): void => {
        clearTimeout(late);
        thread.off('exit', onExit);
        this.#waiter = null;
        resolve(answer);
      };
      const onExit = (): void => settle(null);
      const late = setTimeout(() => settle(null), PREPARE_MS);
      thread.once('exit', onExit);
      this.#waiter = { number, settle };
      this.#post({ kind: 'prepare', number, settings });
    });
    if (error !== null) throw new Error(error);
    this.#prepared = { thread, number };
  }

  /** Has it use settings; those that were prepared it knows already. */
  commit(settings: HitsSettings): void {
    const prepared = this.#prepared;
    this.#prepared = null;
    this.#settings = settings;
    if (prepared !== null && prepared.thread === this.#kept.thread && this.#kept.isAlive)
      this.#post({ kind: 'commit', number: prepared.number });
    else this.#post({ kind: 'settings', settings });
  }

  /** Forgets what was prepared. */
  drop(): void {
    this.#prepared = null;
    this.#post({ kind: 'commit', number: NOTHING_PREPARED });
  }

  useAssignments(assignments: HitsSettings['assignments']): void {
    this.#settings = { ...this.#settings, assignments };
    this.#post({ kind: 'assign', assignments });
  }

  /** What became known of machines. */
  useMachines(update: MachineUpdate): void {
    this.#post({ kind: 'machines', update });
  }

  /** Something of our own is wrong: every receiver is told. */
  trouble(trouble: OwnTrouble): void {
    this.#post({ kind: 'trouble', ...trouble });
  }

  /** Resolves once it works with all it was told up to now and reads nothing of before. @throws Error when it cannot say so */
  settled(): Promise<true> {
    return this.ask({ what: 'turned' });
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
      this.#asked.set(number, { question, resolve: resolve as (answer: never) => void, reject, timer });
      // While there is none, the next one is asked.
      if (this.#kept.isAlive) this.#post({ kind: 'ask', number, question });
    });
  }

  /** Has its successor begin with the files that are in its folder now. @param why every receiver is told */
  replace(why: OwnTrouble): void {
    this.#why = why;
    this.#post({ kind: 'stop' });
  }

  stop(): Promise<void> {
    return this.#kept.stop((thread) => thread.postMessage({ kind: 'stop' } satisfies ToHits), STOP_MS);
  }

  #post(message: ToHits): void {
    this.#kept.thread.postMessage(message);
  }

  /** Answers go on without it; the journal keeps the hits until it is back. */
  #ended(pauseMs: number): void {
    for (const [number] of this.#asked)
      this.#settle(number, (asked) => asked.reject(new Error('the hits thread ended')));
    this.#log.warn({ pauseMs }, 'the hits thread ended and is being replaced');
  }

  #hear(message: FromHits): void {
    this.isTakingOver = message.kind === 'takingOver';
    switch (message.kind) {
      case 'answer':
        this.#settle(message.number, (asked) => asked.resolve(message.answer as never));
        return;
      case 'failed':
        this.#settle(message.number, (asked) => asked.reject(new Error(message.error)));
        return;
      case 'prepared':
        if (this.#waiter?.number === message.number) this.#waiter.settle(message.error);
        return;
      case 'log':
        this.#log[message.level](message.message);
        return;
      case 'seen':
        this.#onSeen(message.asked);
        return;
      case 'stopped':
        // All that it had taken out is stored: the rings keep the rest for its successor.
        this.#next = { ...this.#next, watchedSinceMs: Date.now() };
        return;
      case 'ready':
      case 'takingOver':
        return;
      default:
        message satisfies never;
    }
  }

  #settle(number: number, how: (asked: Waiting) => void): void {
    const asked = this.#asked.get(number);
    if (asked === undefined) return;
    this.#asked.delete(number);
    clearTimeout(asked.timer);
    how(asked);
  }
}

function spawnDesk(assignment: HitsAssignment): Worker {
  return new Worker(new URL('../../desk/thread.ts', import.meta.url), {
    workerData: assignment,
    name: 'hits',
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
}
