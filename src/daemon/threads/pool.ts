// The resolver threads as the main thread sees them: started, told, asked, replaced when one ends, stopped.

import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { Forwarded } from '../../clients/forwarded.ts';
import type { OwnTrouble } from '../../desk/messages.ts';
import { assignKnown, type KnownClient } from '../../policy/groups.ts';
import { SECRET_OCTETS } from '../../wire/message/server-cookie.ts';
import { formatEndpoint } from '../../wire/names/address.ts';
import { stackOf } from '../log.ts';
import { changesOf } from '../settings.ts';
import { parseBound } from './bound.ts';
import { KeptAlive } from './kept-alive.ts';
import { type Listening, listenOn } from './listening.ts';
import type {
  FromWorker,
  Settings,
  Sockets,
  ToWorker,
  WorkerAssignment,
  WorkerReport,
  ZoneMessage,
} from './messages.ts';
import { assign, type Prestarted, prestart } from './prestart.ts';
import { giveBackSoon } from './spare-memory.ts';

/** A thread that ended is replaced after this long, doubled with each end in a row. */
const RESPAWN_MS = { first: 100, longest: 10_000 } as const;
/** A thread that lived this long has recovered. */
const STABLE_MS = 30_000;
/** How long a thread may take to say what it was asked. */
const REPLY_MS = 2_000;
/** How long a thread may take to make new settings ready: one that was just started loads its code first. */
const PREPARE_MS = 10_000;

/** What a thread has for itself; the rest is the pool's. */
type Assignment = Omit<WorkerAssignment, 'settings' | 'cookieSecret'>;

export interface PoolParts {
  readonly assignments: readonly Assignment[];
  /** Becomes the first of them. */
  readonly first: Prestarted;
  readonly settings: Settings;
  readonly log: Logger;
  /** Trouble of cenote itself that people are told. */
  readonly onTrouble: (trouble: OwnTrouble) => void;
  /** A NOTIFY, or a question about a zone that is served. @returns the reply, null for none */
  readonly onZoneMessage: (message: ZoneMessage) => Promise<Uint8Array | null>;
  readonly onZoneConnection: (given: Extract<FromWorker, { kind: 'zoneConnection' }>) => void;
  /** A machine that a trusted neighbour asks for; null: one that the kernel knows at an address that was not seen before. */
  readonly onForwarded: (told: Forwarded | null) => void;
  /** Makes a thread that waits for its assignment; `prestart` by default. */
  readonly prestart?: (worker: number) => Prestarted;
  readonly prepareMs?: number;
}

interface Member {
  readonly assignment: Assignment;
  readonly kept: KeptAlive<FromWorker>;
}

/** `ended`: the thread ended before it answered; `late`: it did not answer in time. */
type Reply = FromWorker | { readonly kind: 'ended' } | { readonly kind: 'late' };

export class Pool {
  readonly #members: readonly Member[];
  readonly #parts: PoolParts;
  readonly #log: Logger;
  readonly #waiters = new Map<number, (message: Reply) => void>();
  readonly #cookieSecret = Uint8Array.from(randomBytes(SECRET_OCTETS));
  #settings: Settings;
  #sequence = 0;
  #sockets: Sockets | null = null;
  #reusePort = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#log = parts.log;
    this.#settings = parts.settings;
    this.#members = parts.assignments.map((assignment, i) =>
      this.#member(assignment, i === 0 ? parts.first : null),
    );
  }

  /** Threads that ended and were replaced. */
  get deaths(): number {
    return this.#members.reduce((sum, { kept }) => sum + kept.ends, 0);
  }

  /**
   * Opens the sockets of all threads. The first one chooses where a port is 0, the others join it there.
   * @returns the bound addresses and what is worth telling the admin
   * @throws PoolError when an address cannot be opened
   */
  async listen(sockets: Sockets): Promise<Listening> {
    this.#reusePort = this.#members.length > 1;
    const [leader, ...others] = this.#members;
    if (leader === undefined) throw new Error('there is no resolver thread');
    const first = await listenOn(leader.kept.thread, sockets, this.#reusePort);
    const { dns, tls, https } = first.bound;
    this.#sockets = { dns: dns.map(parseBound), tls: tls.map(parseBound), https: https.map(parseBound) };
    for (const { kept } of others) await listenOn(kept.thread, this.#sockets, this.#reusePort);
    return first;
  }

  /**
   * Has all threads make new settings ready; nothing in force changes. One that ends meanwhile, or answers late, takes over
   * what is in force when it is back.
   * @throws Error when one refuses them, or when none answers
   */
  async prepare(settings: Settings, revision: number): Promise<void> {
    const changes = changesOf(this.#settings, settings);
    const answers = await this.#askAll(
      (sequence) => ({ kind: 'prepare', revision, changes, sequence }),
      this.#parts.prepareMs ?? PREPARE_MS,
    );
    for (const answer of answers)
      if (answer.kind === 'prepared' && answer.error !== null) throw new Error(answer.error);
    if (answers.length > 0 && answers.every(({ kind }) => kind === 'late'))
      throw new Error('no resolver thread answered in time');
  }

  /**
   * Has all threads turn to what was prepared under `revision`.
   * @returns whether each has; one that is late or was just started does it later
   */
  async commit(settings: Settings, revision: number): Promise<boolean> {
    // Before anybody is told: a thread that is started from here on begins with them.
    this.#settings = settings;
    const answers = await this.#askAll((sequence) => ({ kind: 'commit', revision, sequence }), REPLY_MS);
    giveBackSoon();
    return answers.every((answer) => answer.kind === 'committed' && answer.isKnown);
  }

  /** Tells all threads. */
  tell(message: Extract<ToWorker, { kind: 'drop' | 'arrived' | 'assign' }>): void {
    for (const { kept } of this.#members) this.#post(kept.thread, message);
  }

  /** Groups by MAC and name follow what is learnt of clients: a small message, and only when somebody's group is another. */
  useClients(known: readonly KnownClient[]): void {
    const { config, assignments: before } = this.#settings;
    const assignments = assignKnown(config.groups, known);
    if (isDeepStrictEqual(assignments, before)) return;
    this.#settings = { ...this.#settings, assignments };
    this.tell({ kind: 'assign', assignments });
  }

  /** Addresses all threads listen on, of every transport. */
  get bound(): readonly string[] {
    const { dns, tls, https } = this.#sockets ?? { dns: [], tls: [], https: [] };
    return [...dns, ...tls, ...https].map(({ host, port }) => formatEndpoint(host, port));
  }

  /** What each thread says of itself; a thread that does not answer in time is left out. */
  async reports(): Promise<WorkerReport[]> {
    const answers = await this.#askAll((sequence) => ({ kind: 'report', sequence }), REPLY_MS);
    return answers.flatMap((answer) => (answer.kind === 'report' ? [answer.report] : []));
  }

  /** What some thread keeps of an upstream's answer, null when none does. @param name wire form */
  async kept(name: Uint8Array, qtype: number, group: number): Promise<Uint8Array | null> {
    const answers = await this.#askAll(
      (sequence) => ({ kind: 'kept', name, qtype, group, sequence }),
      REPLY_MS,
    );
    return (
      answers.map((answer) => (answer.kind === 'kept' ? answer.message : null)).find((one) => one !== null) ??
      null
    );
  }

  /** Lets the hits thread see all that was asked up to now; a thread that does not answer in time is not waited for. */
  async flush(): Promise<void> {
    await this.#askAll((sequence) => ({ kind: 'flush', sequence }), REPLY_MS);
  }

  /** Stops taking queries, lets those that wait be answered, ends the threads. */
  async stop(drainMs: number): Promise<void> {
    await Promise.all(
      this.#members.map(({ kept }) =>
        kept.stop((thread) => this.#post(thread, { kind: 'stop', drainMs }), drainMs + REPLY_MS),
      ),
    );
  }

  #member(assignment: Assignment, first: Prestarted | null): Member {
    let waiting = first;
    const kept: KeptAlive<FromWorker> = new KeptAlive({
      spawn: () => {
        const thread = waiting ?? (this.#parts.prestart ?? prestart)(assignment.worker);
        waiting = null;
        return assign(thread, { ...assignment, cookieSecret: this.#cookieSecret, settings: this.#settings });
      },
      onMessage: (message: FromWorker) => this.#hear(kept.thread, message),
      onError: (error) =>
        this.#log.error({ worker: assignment.worker, error: stackOf(error) }, 'a resolver thread failed'),
      onEnd: (pauseMs, inARow) => this.#ended(assignment.worker, pauseMs, inARow),
      onReplaced: () => this.#listenAgain(assignment.worker, kept),
      pausesMs: RESPAWN_MS,
      stableMs: STABLE_MS,
    });
    return { assignment, kept };
  }

  #hear(thread: Worker, message: FromWorker): void {
    if ('sequence' in message) this.#waiters.get(message.sequence)?.(message);
    if (message.kind === 'journal') this.#tellOfJournal(message.error);
    // Started, or late, while others were told: it is given all that is in force, or ends and its successor is.
    if (message.kind === 'committed' && !message.isKnown) void this.#bringUp(thread);
    if (message.kind === 'forwarded') this.#parts.onForwarded(message.told);
    if (message.kind === 'zoneConnection') this.#parts.onZoneConnection(message);
    if (message.kind === 'notify' || message.kind === 'zoneQuestion') this.#answerZone(thread, message);
  }

  /** Whatever a stranger's message does to those who read it, the thread gets an answer. */
  async #answerZone(thread: Worker, message: ZoneMessage): Promise<void> {
    const reply = await this.#parts.onZoneMessage(message).catch((error: unknown) => {
      this.#log.error({ error: stackOf(error) }, 'a message about a zone could not be answered');
      return null;
    });
    this.#post(thread, { kind: 'zoneAnswer', number: message.number, reply });
  }

  async #bringUp(thread: Worker): Promise<void> {
    const revision = -1;
    const changes = this.#settings;
    const answer = await this.#ask(
      thread,
      (sequence) => ({ kind: 'prepare', revision, changes, sequence }),
      PREPARE_MS,
    );
    if (answer.kind === 'prepared' && answer.error === null && changes === this.#settings)
      await this.#ask(thread, (sequence) => ({ kind: 'commit', revision, sequence }), REPLY_MS);
    else if (answer.kind !== 'ended') await thread.terminate();
  }

  #tellOfJournal(error: string | null): void {
    const isOver = error === null;
    const text = isOver
      ? 'hits are journalled again'
      : `hits cannot be journalled: ${error}; answers go on, hits wait in memory`;
    this.#log[isOver ? 'info' : 'error'](text);
    this.#parts.onTrouble({ id: 'journal', text, state: isOver ? 'over' : 'begun' });
  }

  #ended(worker: number, pauseMs: number, inARow: number): void {
    giveBackSoon();
    this.#log.warn({ worker, pauseMs }, 'a resolver thread ended and is being replaced');
    // Once, however often it ends before it has lived a while.
    if (inARow === 1)
      this.#parts.onTrouble({
        id: `resolver-thread-${worker}`,
        text: `resolver thread ${worker} ended and is replaced`,
        state: 'once',
      });
  }

  #listenAgain(worker: number, kept: KeptAlive<FromWorker>): void {
    if (this.#sockets === null) return;
    const { thread } = kept;
    listenOn(thread, this.#sockets, this.#reusePort).catch((error: unknown) => {
      this.#log.error({ worker, error: String(error) }, 'a new resolver thread cannot listen');
      void thread.terminate();
    });
  }

  #post(thread: Worker, message: ToWorker): void {
    thread.postMessage(message);
  }

  /** Of all threads that are there. */
  #askAll(message: (sequence: number) => ToWorker, forMs: number): Promise<Reply[]> {
    const alive = this.#members.filter(({ kept }) => kept.isAlive);
    return Promise.all(alive.map(({ kept }) => this.#ask(kept.thread, message, forMs)));
  }

  /** Sends a message with a number of its own and waits for the answer with that number. */
  #ask(thread: Worker, message: (sequence: number) => ToWorker, forMs: number): Promise<Reply> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    return new Promise((resolve) => {
      const settle = (reply: Reply): void => {
        clearTimeout(late);
        thread.off('exit', onExit);
        this.#waiters.delete(sequence);
        resolve(reply);
      };
      const onExit = (): void => settle({ kind: 'ended' });
      const late = setTimeout(() => settle({ kind: 'late' }), forMs);
      thread.once('exit', onExit);
      this.#waiters.set(sequence, settle);
      this.#post(thread, message(sequence));
    });
  }
}
