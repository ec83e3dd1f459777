// The resolver threads as the main thread sees them: born, told, asked, replaced when one dies, stopped.
import { isDeepStrictEqual } from 'node:util';
import type { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { assignKnown, type KnownClient } from '../../policy/groups.ts';
import { changesOf } from '../settings.ts';
import { parseBound } from './bound.ts';
import type {
  FromWorker,
  ListenProblem,
  Settings,
  Sockets,
  ToWorker,
  WorkerBirth,
  WorkerReport,
} from './messages.ts';
import { bear, type Newborn, newborn } from './newborn.ts';
import { giveBackSoon } from './spare-memory.ts';

/** A dead thread is replaced after this long, doubled with each death in a row. */
const RESPAWN_MS = { first: 100, longest: 10_000 } as const;
/** A thread that lived this long has recovered. */
const STABLE_MS = 30_000;
/** How long a thread may take to say what it was asked. */
const REPLY_MS = 2_000;

export class PoolError extends Error {
  readonly code: string;

  constructor(problem: ListenProblem) {
    super(problem.message);
    this.name = 'PoolError';
    this.code = problem.code;
  }
}

export type Listening = Pick<Extract<FromWorker, { kind: 'listening' }>, 'bound' | 'notes'>;

export interface PoolParts {
  readonly births: readonly Omit<WorkerBirth, 'settings'>[];
  /** Becomes the first of them. */
  readonly first: Newborn;
  readonly settings: Settings;
  readonly log: Logger;
  /** Something of our own is wrong that people want to hear of. */
  readonly onTrouble: (text: string) => void;
  /** A primary says that its zone has changed. @returns the reply, null for none */
  readonly onNotify: (message: Uint8Array, from: Uint8Array) => Uint8Array | null;
}

interface Member {
  readonly birth: Omit<WorkerBirth, 'settings'>;
  thread: Worker;
  /** False from its end to the birth of the next one. */
  isAlive: boolean;
  deaths: number;
  bornMs: number;
}

export class Pool {
  readonly #members: Member[] = [];
  readonly #log: Logger;
  readonly #onTrouble: (text: string) => void;
  readonly #onNotify: PoolParts['onNotify'];
  readonly #waiters = new Map<number, (message: FromWorker) => void>();
  #settings: Settings;
  /** Whether all threads took them over, or will. */
  #areInForce = true;
  #sequence = 0;
  #stopping = false;
  #sockets: Sockets | null = null;
  #reusePort = false;
  /** Threads that died and were replaced. */
  deaths = 0;

  constructor(parts: PoolParts) {
    this.#log = parts.log;
    this.#onTrouble = parts.onTrouble;
    this.#onNotify = parts.onNotify;
    this.#settings = parts.settings;
    for (const [i, birth] of parts.births.entries()) {
      const thread = this.#spawn(birth, i === 0 ? parts.first : newborn(birth.worker));
      this.#members.push({ birth, thread, isAlive: true, deaths: 0, bornMs: performance.now() });
    }
    for (const member of this.#members) this.#watch(member);
  }

  /**
   * Opens the sockets of all threads. The first one chooses where a port is 0, the others join it there.
   * @returns the bound addresses and what is worth telling the admin
   * @throws PoolError when an address cannot be opened
   */
  async listen(sockets: Sockets): Promise<Listening> {
    this.#reusePort = this.#members.length > 1;
    const [leader, ...others] = this.#members;
    if (leader === undefined)
      throw new PoolError({ code: 'NO_WORKERS', message: 'there is no resolver thread' });
    const first = await this.#listenOne(leader, sockets);
    const { dns, tls, https } = first.bound;
    this.#sockets = { dns: dns.map(parseBound), tls: tls.map(parseBound), https: https.map(parseBound) };
    for (const member of others) await this.#listenOne(member, this.#sockets);
    return first;
  }

  /**
   * Gives all threads new settings.
   * @returns whether each has taken them over; one that is busy or just born does it later
   * @throws Error when one could not
   */
  async apply(settings: Settings): Promise<boolean> {
    const changes = this.#areInForce ? changesOf(this.#settings, settings) : settings;
    this.#settings = settings;
    this.#areInForce = true;
    const answers = await Promise.all(
      this.#members.map((member) => this.#ask(member, (sequence) => ({ kind: 'apply', changes, sequence }))),
    );
    giveBackSoon();
    for (const answer of answers)
      if (answer?.kind === 'applied' && answer.error !== null) {
        this.#areInForce = false;
        throw new Error(answer.error);
      }
    return !answers.includes(null);
  }

  /** Groups by MAC and name follow what is learnt of clients: a small message, and only when somebody's group is another. */
  useClients(known: readonly KnownClient[]): void {
    const { config, assignments: before } = this.#settings;
    const assignments = assignKnown(config.groups, known);
    if (isDeepStrictEqual(assignments, before)) return;
    this.#settings = { ...this.#settings, assignments };
    for (const { thread } of this.#members)
      thread.postMessage({ kind: 'assign', assignments } satisfies ToWorker);
  }

  /** Addresses all threads listen on, of every transport. */
  get bound(): readonly string[] {
    const { dns, tls, https } = this.#sockets ?? { dns: [], tls: [], https: [] };
    return [...dns, ...tls, ...https].map(({ host, port }) =>
      host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    );
  }

  /** What each thread says of itself; a thread that does not answer in time is left out. */
  async reports(): Promise<WorkerReport[]> {
    const answers = await Promise.all(
      this.#members.map((member) => this.#ask(member, (sequence) => ({ kind: 'report', sequence }))),
    );
    return answers.flatMap((answer) => (answer?.kind === 'report' ? [answer.report] : []));
  }

  /** Lets the hits thread see all that was asked up to now; a thread that does not answer in time is not waited for. */
  async flush(): Promise<void> {
    await Promise.all(
      this.#members.map((member) => this.#ask(member, (sequence) => ({ kind: 'flush', sequence }))),
    );
  }

  /** Stops taking queries, lets those that wait be answered, ends the threads. */
  async stop(drainMs: number): Promise<void> {
    this.#stopping = true;
    await Promise.all(
      // One that died and is not replaced yet has nothing to end.
      this.#members.map(async ({ thread, isAlive }) => {
        if (!isAlive) return;
        const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
        thread.postMessage({ kind: 'stop', drainMs } satisfies ToWorker);
        const late = setTimeout(() => void thread.terminate(), drainMs + REPLY_MS);
        await ended;
        clearTimeout(late);
      }),
    );
  }

  #spawn(birth: Omit<WorkerBirth, 'settings'>, thread: Newborn): Worker {
    return bear(thread, { ...birth, settings: this.#settings });
  }

  #watch(member: Member): void {
    const { thread } = member;
    thread.on('message', (message: FromWorker) => {
      if ('sequence' in message) this.#waiters.get(message.sequence)?.(message);
      if (message.kind === 'journal') this.#tellOfJournal(message.error);
      if (message.kind === 'notify') {
        const reply = this.#onNotify(message.message, message.from);
        thread.postMessage({ kind: 'notified', number: message.number, reply } satisfies ToWorker);
      }
    });
    thread.on('error', (error: unknown) => {
      this.#log.error(
        {
          worker: member.birth.worker,
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        },
        'a resolver thread failed',
      );
    });
    thread.on('exit', () => {
      if (member.thread !== thread) return;
      member.isAlive = false;
      if (!this.#stopping) this.#replace(member);
    });
  }

  #tellOfJournal(error: string | null): void {
    if (error === null) {
      this.#log.info('hits are journalled again');
      return;
    }
    const text = `hits cannot be journalled: ${error}; answers go on, hits wait in memory`;
    this.#log.error(text);
    this.#onTrouble(text);
  }

  #replace(member: Member): void {
    giveBackSoon();
    const nowMs = performance.now();
    member.deaths = nowMs - member.bornMs > STABLE_MS ? 1 : member.deaths + 1;
    this.deaths += 1;
    const pauseMs = Math.min(RESPAWN_MS.longest, RESPAWN_MS.first * 2 ** (member.deaths - 1));
    this.#log.warn({ worker: member.birth.worker, pauseMs }, 'a resolver thread ended and is being replaced');
    // Once, however often it dies before it has lived a while.
    if (member.deaths === 1) this.#onTrouble(`resolver thread ${member.birth.worker} ended and is replaced`);
    setTimeout(() => {
      if (this.#stopping) return;
      member.thread = this.#spawn(member.birth, newborn(member.birth.worker));
      member.isAlive = true;
      member.bornMs = performance.now();
      this.#watch(member);
      if (this.#sockets === null) return;
      this.#listenOne(member, this.#sockets).catch((error: unknown) => {
        this.#log.error(
          { worker: member.birth.worker, error: String(error) },
          'a new resolver thread cannot listen',
        );
        void member.thread.terminate();
      });
    }, pauseMs);
  }

  async #listenOne(member: Member, sockets: Sockets): Promise<Listening> {
    return new Promise((resolve, reject) => {
      const { thread } = member;
      const done = (): void => {
        thread.off('message', onMessage);
        thread.off('exit', onExit);
      };
      const onMessage = (message: FromWorker): void => {
        if (message.kind === 'listening') {
          done();
          resolve({ bound: message.bound, notes: message.notes });
        } else if (message.kind === 'cannotListen') {
          done();
          reject(new PoolError(message.problem));
        }
      };
      const onExit = (): void => {
        done();
        reject(
          new PoolError({
            code: 'WORKER_ENDED',
            message: 'a resolver thread ended while it opened its sockets',
          }),
        );
      };
      thread.on('message', onMessage);
      thread.on('exit', onExit);
      thread.postMessage({ kind: 'listen', sockets, reusePort: this.#reusePort } satisfies ToWorker);
    });
  }

  /** Sends a message with a number of its own and waits for the answer with that number; null after REPLY_MS. */
  #ask(member: Member, message: (sequence: number) => ToWorker): Promise<FromWorker | null> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#waiters.delete(sequence);
        resolve(null);
      }, REPLY_MS);
      this.#waiters.set(sequence, (answer) => {
        clearTimeout(late);
        this.#waiters.delete(sequence);
        resolve(answer);
      });
      member.thread.postMessage(message(sequence));
    });
  }
}
