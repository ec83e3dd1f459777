// cenote in one process under a clock that the office moves: a resolver thread's walk, recorder and journal, the main thread's
// client book, and the desk. All of it is the product's; only sockets, threads and timers are not there.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outletsOf } from '../../../src/alerts/create.ts';
import { ClientBook } from '../../../src/clients/client-book.ts';
import type { Config } from '../../../src/config/config.ts';
import { hitsSettingsOf, settingsOf } from '../../../src/daemon/settings.ts';
import { rulingOf } from '../../../src/daemon/threads/make-ruling.ts';
import { WhoAsks } from '../../../src/daemon/threads/who-asks.ts';
import { answerQuestion } from '../../../src/desk/answers.ts';
import { HitsService } from '../../../src/desk/hits-service.ts';
import type { Answers, FromHits, Question } from '../../../src/desk/messages.ts';
import { counterRow, createCounters, sumCounters } from '../../../src/events/counters.ts';
import { createRing } from '../../../src/events/ring.ts';
import { searchStore } from '../../../src/hits/hunt/search.ts';
import { createUlidMaker } from '../../../src/hits/ulid.ts';
import { assignKnown, type KnownClient } from '../../../src/policy/groups.ts';
import type { RuleSet } from '../../../src/policy/rule.ts';
import { Views } from '../../../src/policy/views.ts';
import { Budgets, createBudgets } from '../../../src/resolver/budgets.ts';
import type { Transport } from '../../../src/wire/message/query.ts';
import type { FakeClock } from '../../support/clock.ts';
import type { Receivers } from './receivers.ts';
import { Worker } from './worker.ts';

export interface Surroundings {
  readonly dir: string;
  /** How many resolver threads. */
  readonly workers: number;
  readonly wall: FakeClock;
  /** Ms. */
  readonly monotonic: FakeClock;
  readonly random: () => number;
  readonly receivers: Receivers;
  /** What the kernel says: address → MAC. */
  readonly neighbours: () => ReadonlyMap<string, string>;
  /** What an upstream server answers; null: nothing. */
  readonly upstream: (message: Uint8Array) => Uint8Array | null;
}

export interface InForce {
  readonly config: Config;
  readonly ruleSet: RuleSet;
  /** Names of groups. */
  readonly paused: readonly string[];
}

const RING_OCTETS: number = 1 << 18;
const ulid = createUlidMaker();

export class Cenote {
  readonly desk: HitsService;
  readonly book: ClientBook;
  readonly #around: Surroundings;
  readonly #workers: readonly Worker[];
  readonly #who: readonly WhoAsks[];
  readonly #counters;
  readonly #parts = {
    views: new Views([], 0),
    budgets: new Budgets(createBudgets(1, 1024)),
    served: () => ({ tls: [], https: [] }),
    cookieSecret: new Uint8Array(16),
  };
  #inForce: InForce;
  #known: readonly KnownClient[];
  #life = { isOver: false };
  /** A box has named a machine since the main thread looked last. */
  #isTold = false;
  readonly said: string[] = [];

  constructor(around: Surroundings, inForce: InForce) {
    const { dir, wall, monotonic, random, receivers, neighbours, upstream, workers } = around;
    const threads = Array.from({ length: workers }, (_, worker) => worker);
    this.#counters = createCounters(workers);
    this.#around = around;
    this.#who = threads.map((worker) => this.#whoAsks(worker));
    this.#inForce = inForce;
    const boot = ulid(wall.now());
    const [hitRings, queryRings] = [0, 1].map(() => threads.map(() => createRing(RING_OCTETS)));
    if (hitRings === undefined || queryRings === undefined) throw new Error('two kinds of rings');
    this.book = new ClientBook({
      config: inForce.config,
      own: () => [],
      changed: (update) => this.desk.useMachines(update),
      regrouped: (known) => this.#regroup(known),
      arrived: (told, isAnother) => {
        for (const [i, who] of this.#who.entries())
          who.hear({ ...told, isAnother }, this.#workers[i]?.ruling.identities ?? null);
      },
      report: (problem) => this.said.push(problem),
      dir,
      now: wall.now,
      neighbours,
    });
    this.#known = this.book.known;
    const life = this.#life;
    this.desk = new HitsService({
      assignment: { boot, dir, hitRings, queryRings, journal: true, stdout: false },
      settings: hitsSettingsOf({ ...inForce, known: this.#known }),
      now: wall.now,
      monotonic: monotonic.now,
      steady: monotonic.now,
      random,
      send: (message) => this.#hear(message),
      resolver: 'resolver.example',
      outletsOf: (alerts) => receivers.inPlaceOf(outletsOf(alerts), life),
      searcherOf: (path) => ({
        search: async (request) => searchStore(path, request) as never,
        close: async () => undefined,
      }),
    });
    this.desk.useMachines(this.book.machines);
    const { cache } = inForce.config;
    this.#workers = threads.map(
      (worker) =>
        new Worker({
          journal: {
            dir: join(dir, 'journal'),
            boot,
            worker,
            now: monotonic.now,
            report: () => undefined,
            segmentOctetsMax: 100_000,
          },
          events: {
            hitRing: hitRings[worker] ?? createRing(0),
            queryRing: queryRings[worker] ?? null,
            counters: counterRow(this.#counters, worker),
            worker,
            now: wall.now,
            places: 2048,
          },
          walk: {
            ruling: rulingOf(this.#settings(), this.#partsOf(worker)),
            cacheConfig: cache,
            nowMs: monotonic.now,
          },
          inForce,
          upstream,
        }),
    );
    this.#setMinute();
  }

  get config(): Config {
    return this.#inForce.config;
  }

  get counters() {
    return sumCounters(this.#counters);
  }

  /** Asks as a client does. @param address 16 octets @param front who said that address @returns the reply; null: there is none */
  ask(
    message: Uint8Array,
    address: Uint8Array,
    transport: Transport,
    worker: number,
    front: Uint8Array | null = null,
  ): Uint8Array | null {
    return this.#workers[worker]?.ask(message, address, transport, front) ?? null;
  }

  /** What the threads do several times a second. */
  async turn(): Promise<void> {
    this.hearOfMachines();
    this.tick();
    this.desk.tick();
    await settled();
  }

  /** The main thread looks at what the box said of machines. */
  hearOfMachines(): void {
    if (!this.#isTold) return;
    this.#isTold = false;
    this.book.refresh();
    for (const who of this.#who) who.forget();
  }

  /** What resolver threads alone do. */
  tick(): void {
    this.#setMinute();
    for (const worker of this.#workers) worker.tick();
  }

  /** What a DHCP server and the kernel say now is looked at. @param leases the text of the server's file */
  lookAround(leases: string): void {
    const path = join(this.#around.dir, 'dhcp.leases');
    writeFileSync(`${path}.new`, leases);
    renameSync(`${path}.new`, path);
    this.book.refresh();
  }

  /** A reload, a list's refresh, a pause. @param first who turns to it first */
  use(inForce: InForce, first: 'desk' | 'resolver' = 'desk'): void {
    this.#inForce = inForce;
    this.book.use(inForce.config);
    this.#known = this.book.known;
    const settings = hitsSettingsOf({ ...inForce, known: this.#known });
    this.desk.context.prepareLists(settings.ruleSet, settings.groups);
    const resolver = (): void => {
      for (const [i, worker] of this.#workers.entries()) {
        worker.apply(rulingOf(this.#settings(), this.#partsOf(i)));
        worker.explain(inForce);
      }
      this.#setMinute();
    };
    if (first === 'resolver') resolver();
    this.desk.useSettings(settings);
    if (first === 'desk') resolver();
  }

  async question<What extends Question['what']>(
    question: Extract<Question, { what: What }>,
  ): Promise<Answers[What]> {
    this.flush();
    return (await answerQuestion(this.desk, question)) as Answers[What];
  }

  /** The desk hears all that resolver threads hold. */
  flush(): void {
    this.hearOfMachines();
    for (const worker of this.#workers) worker.flush();
  }

  async stop(): Promise<void> {
    this.flush();
    await settled();
    await this.desk.stop();
    this.#life.isOver = true;
    await this.book.stop();
  }

  /** As `kill -9`: nobody writes, sends or hears anything more. */
  kill(): void {
    this.hearOfMachines();
    this.#life.isOver = true;
    for (const worker of this.#workers) worker.kill();
    this.desk.store.close();
    void this.desk.log.close();
  }

  #hear(message: FromHits): void {
    if (message.kind === 'seen') this.book.saw(message.asked);
    if (message.kind === 'log') this.said.push(`${message.level} ${message.message}`);
  }

  #regroup(known: readonly KnownClient[]): void {
    this.#known = known;
    const assignments = assignKnown(this.#inForce.config.groups, known);
    this.desk.useAssignments(assignments);
    for (const who of this.#who) who.heard();
  }

  #partsOf(worker: number) {
    return { ...this.#parts, ...(this.#who[worker] ?? this.#whoAsks(worker)) };
  }

  #whoAsks(worker: number): WhoAsks {
    return new WhoAsks({
      settings: () => this.#settings(),
      neighbour: null,
      send: (message) => {
        if (message.kind !== 'forwarded') return;
        this.#isTold = true;
        this.book.forwarded(message.told);
      },
      clocks: { now: this.#around.wall.now, monotonic: this.#around.monotonic.now },
      handedOver: () => this.#workers[worker]?.flush(),
      regroup: (groups) => {
        const own = this.#workers[worker];
        own?.apply({ ...own.ruling, groups });
      },
    });
  }

  #settings() {
    return settingsOf({ ...this.#inForce, hosts: [], certificate: null, known: this.#known });
  }

  #setMinute(): void {
    const { paused } = this.#settings();
    for (const worker of this.#workers) worker.setMinute(this.#around.wall.now(), paused);
  }
}

/** What was begun in this turn of the event loop has ended. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
