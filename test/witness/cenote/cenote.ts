// cenote in one process under a clock that the office moves: a resolver thread's walk, recorder and journal, the main thread's
// client book, and the desk. All of it is the product's; only sockets, threads and timers are not there.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outletsOf } from '../../../src/alerts/create.ts';
import { AnswerCache } from '../../../src/cache/answer-cache.ts';
import { ClientBook } from '../../../src/clients/client-book.ts';
import type { Config } from '../../../src/config/config.ts';
import { hitsSettingsOf, settingsOf } from '../../../src/daemon/settings.ts';
import { ForwardedClients } from '../../../src/daemon/threads/forwarded.ts';
import { rulingOf } from '../../../src/daemon/threads/make-ruling.ts';
import { answerQuestion } from '../../../src/desk/answers.ts';
import { HitsService } from '../../../src/desk/hits-service.ts';
import type { Answers, FromHits, Question } from '../../../src/desk/messages.ts';
import { counterRow, createCounters, sumCounters } from '../../../src/events/counters.ts';
import { EventWriter } from '../../../src/events/event-writer.ts';
import { createRing } from '../../../src/events/ring.ts';
import { searchStore } from '../../../src/hits/hunt/search.ts';
import { createUlidMaker } from '../../../src/hits/ulid.ts';
import { Journal } from '../../../src/journal/journal.ts';
import { answerTexts } from '../../../src/policy/answer-texts.ts';
import { assignKnown, type KnownClient } from '../../../src/policy/groups.ts';
import type { RuleSet } from '../../../src/policy/rule.ts';
import { minuteOfWeek } from '../../../src/policy/schedule.ts';
import { Views } from '../../../src/policy/views.ts';
import { Budgets, createBudgets } from '../../../src/resolver/budgets.ts';
import { RingObserver } from '../../../src/resolver/ring-observer.ts';
import { Walk } from '../../../src/resolver/walk.ts';
import { type Asker, FAILURE } from '../../../src/upstream/exchange.ts';
import { OUTCOME, Query, type Transport } from '../../../src/wire/message/query.ts';
import type { FakeClock } from '../../support/clock.ts';
import type { Receivers } from './receivers.ts';

export interface Surroundings {
  readonly dir: string;
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
const REPLY_OCTETS = 4096;
const ulid = createUlidMaker();

export class Cenote {
  readonly desk: HitsService;
  readonly book: ClientBook;
  readonly #around: Surroundings;
  readonly #events: EventWriter;
  readonly #walk: Walk;
  readonly #journal: Journal;
  readonly #counters = createCounters(1);
  readonly #parts = {
    views: new Views([], 0),
    budgets: new Budgets(createBudgets(1, 1024)),
    forwarded: new ForwardedClients(),
    served: () => ({ tls: [], https: [] }),
    cookieSecret: new Uint8Array(16),
    tell: () => undefined,
  };
  #inForce: InForce;
  #known: readonly KnownClient[];
  #asked: { readonly message: Uint8Array; readonly asker: Asker; readonly ticket: number }[] = [];
  #late: Uint8Array | null = null;
  #life = { isOver: false };
  readonly said: string[] = [];

  constructor(around: Surroundings, inForce: InForce) {
    const { dir, wall, monotonic, random, receivers, neighbours } = around;
    this.#around = around;
    this.#inForce = inForce;
    const boot = ulid(wall.now());
    const [hitRing, queryRing] = [createRing(RING_OCTETS), createRing(RING_OCTETS)];
    this.book = new ClientBook({
      config: inForce.config,
      own: () => [],
      changed: (update) => this.desk.useMachines(update),
      regrouped: (known) => this.#regroup(known),
      report: (problem) => this.said.push(problem),
      dir,
      now: wall.now,
      neighbours,
    });
    this.#known = this.book.known;
    const life = this.#life;
    this.desk = new HitsService({
      assignment: { boot, dir, hitRings: [hitRing], queryRings: [queryRing], journal: true, stdout: false },
      settings: hitsSettingsOf({ ...inForce, known: this.#known }),
      now: wall.now,
      monotonic: monotonic.now,
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
    this.#journal = new Journal({
      dir: join(dir, 'journal'),
      boot,
      worker: 0,
      now: monotonic.now,
      report: () => undefined,
      segmentOctetsMax: 100_000,
    });
    this.#events = new EventWriter({
      hitRing,
      queryRing,
      counters: counterRow(this.#counters, 0),
      worker: 0,
      now: wall.now,
      journal: this.#journal,
      places: 2048,
    });
    this.#explain();
    const { cache } = inForce.config;
    this.#walk = new Walk({
      ruling: rulingOf(this.#settings(), this.#parts),
      cacheConfig: cache,
      cache: new AnswerCache({ ...cache, entries: 500, bytesMax: 1 << 18 }),
      forwarder: {
        ask: (message, length, asker, ticket) => {
          this.#asked.push({ message: message.slice(0, length), asker, ticket });
        },
        close: async () => undefined,
      },
      observer: new RingObserver(this.#events, () => this.#walk.ruling.policy.ruleSet.revision),
      nowMs: monotonic.now,
      seed: 1,
    });
    this.#setMinute();
  }

  get counters() {
    return sumCounters(this.#counters);
  }

  /** Asks as a client does. @param address 16 octets @returns the reply; null: there is none */
  ask(message: Uint8Array, address: Uint8Array, transport: Transport): Uint8Array | null {
    const query = new Query(message, new Uint8Array(REPLY_OCTETS));
    query.messageLength = message.length;
    query.address.set(address);
    query.transport = transport;
    query.arrivedMs = this.#around.monotonic.now();
    this.#late = null;
    query.origin = {
      send: (late) => {
        this.#late = late.reply.slice(0, late.replyLength);
      },
      abandon: () => undefined,
    };
    const outcome = this.#walk.answer(query);
    const reply = outcome === OUTCOME.answered ? query.reply.slice(0, query.replyLength) : null;
    this.#upstreamsAnswer();
    this.#events.commit();
    return outcome === OUTCOME.waiting ? this.#late : reply;
  }

  /** What the threads do several times a second. */
  async turn(): Promise<void> {
    this.tick();
    this.desk.tick();
    await settled();
  }

  /** What a resolver thread alone does. */
  tick(): void {
    this.#setMinute();
    this.#events.tick();
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
    this.#known = this.book.known;
    const settings = hitsSettingsOf({ ...inForce, known: this.#known });
    this.desk.context.prepareLists(settings.ruleSet, settings.groups);
    const resolver = (): void => {
      this.#walk.apply(rulingOf(this.#settings(), this.#parts));
      this.#explain();
      this.#setMinute();
    };
    if (first === 'resolver') resolver();
    this.desk.useSettings(settings);
    if (first === 'desk') resolver();
  }

  async question<What extends Question['what']>(
    question: Extract<Question, { what: What }>,
  ): Promise<Answers[What]> {
    this.#events.flush();
    return (await answerQuestion(this.desk, question)) as Answers[What];
  }

  /** The desk hears all that the resolver thread holds. */
  flush(): void {
    this.#events.flush();
  }

  async stop(): Promise<void> {
    this.#events.flush();
    await settled();
    await this.desk.stop();
    this.#life.isOver = true;
    await this.book.stop();
  }

  /** As `kill -9`: nobody writes, sends or hears anything more. */
  kill(): void {
    this.#life.isOver = true;
    this.#journal.close();
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
    const { forwarded } = this.#parts;
    this.#walk.apply({
      ...this.#walk.ruling,
      groups: forwarded.groups(this.#inForce.config.groups, assignments),
    });
  }

  #settings() {
    return settingsOf({ ...this.#inForce, hosts: [], certificate: null, known: this.#known });
  }

  #explain(): void {
    const { config, ruleSet } = this.#inForce;
    this.#journal.explain(
      ruleSet,
      config.groups.map(({ name }) => name),
      answerTexts(config.sinkhole.answer),
    );
  }

  #setMinute(): void {
    const { paused } = this.#settings();
    this.#walk.ruling.policy.setMinute(minuteOfWeek(new Date(this.#around.wall.now())), paused);
  }

  #upstreamsAnswer(): void {
    for (let next = this.#asked.shift(); next !== undefined; next = this.#asked.shift()) {
      const answer = this.#around.upstream(next.message);
      const { asker, ticket } = next;
      if (answer === null) asker.settled(ticket, new Uint8Array(0), 0, FAILURE.timeout, 'upstream.example');
      else asker.settled(ticket, answer, answer.length, FAILURE.none, 'upstream.example');
    }
  }
}

/** What was begun in this turn of the event loop has ended. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
