// One resolver thread of the product without its sockets: the walk, the recorder and the journal.
import { AnswerCache } from '../../../src/cache/answer-cache.ts';
import { EventWriter, type RecorderOptions } from '../../../src/events/event-writer.ts';
import { Journal, type JournalOptions } from '../../../src/journal/journal.ts';
import { answerTexts } from '../../../src/policy/answer-texts.ts';
import { minuteOfWeek } from '../../../src/policy/schedule.ts';
import { RingObserver } from '../../../src/resolver/ring-observer.ts';
import { Walk } from '../../../src/resolver/walk.ts';
import { type Asker, FAILURE } from '../../../src/upstream/exchange.ts';
import { OUTCOME, Query, type Transport } from '../../../src/wire/message/query.ts';
import type { InForce } from './cenote.ts';

export interface WorkerOptions {
  readonly journal: JournalOptions;
  readonly events: Omit<RecorderOptions, 'journal'>;
  readonly walk: Pick<ConstructorParameters<typeof Walk>[0], 'ruling' | 'cacheConfig' | 'nowMs'>;
  readonly inForce: InForce;
  /** What an upstream server answers; null: nothing. */
  readonly upstream: (message: Uint8Array) => Uint8Array | null;
}

const REPLY_OCTETS = 4096;

export class Worker {
  readonly #options: WorkerOptions;
  readonly #events: EventWriter;
  readonly #walk: Walk;
  readonly #journal: Journal;
  #asked: { readonly message: Uint8Array; readonly asker: Asker; readonly ticket: number }[] = [];
  #late: Uint8Array | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#journal = new Journal(options.journal);
    this.#events = new EventWriter({ ...options.events, journal: this.#journal });
    this.explain(options.inForce);
    const { cacheConfig } = options.walk;
    this.#walk = new Walk({
      ...options.walk,
      cache: new AnswerCache({ ...cacheConfig, entries: 500, bytesMax: 1 << 18 }),
      forwarder: {
        ask: (message, length, asker, ticket) => {
          this.#asked.push({ message: message.slice(0, length), asker, ticket });
        },
        close: async () => undefined,
      },
      observer: new RingObserver(this.#events, () => this.#walk.ruling.policy.ruleSet.revision),
      seed: 1,
    });
  }

  /** Asks as a client does. @param address 16 octets @param front who said that address @returns the reply; null: there is none */
  ask(
    message: Uint8Array,
    address: Uint8Array,
    transport: Transport,
    front: Uint8Array | null = null,
  ): Uint8Array | null {
    const query = new Query(message, new Uint8Array(REPLY_OCTETS));
    query.messageLength = message.length;
    query.address.set(address);
    query.transport = transport;
    query.isForwarded = front !== null;
    if (front !== null) query.sender.set(front);
    query.arrivedMs = this.#options.walk.nowMs();
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

  get ruling(): Walk['ruling'] {
    return this.#walk.ruling;
  }

  apply(ruling: Walk['ruling']): void {
    this.#walk.apply(ruling);
  }

  explain({ config, ruleSet }: InForce): void {
    this.#journal.explain(
      ruleSet,
      config.groups.map(({ name }) => name),
      answerTexts(config.sinkhole.answer),
    );
  }

  /** @param paused by number of the group */
  setMinute(nowMs: number, paused: Parameters<Walk['ruling']['policy']['setMinute']>[1]): void {
    this.#walk.ruling.policy.setMinute(minuteOfWeek(new Date(nowMs)), paused);
    this.#walk.ruling.policy.setTime(nowMs);
  }

  tick(): void {
    this.#events.tick();
  }

  flush(): void {
    this.#events.flush();
  }

  /** As `kill -9`. */
  kill(): void {
    this.#journal.close();
  }

  #upstreamsAnswer(): void {
    for (let next = this.#asked.shift(); next !== undefined; next = this.#asked.shift()) {
      const answer = this.#options.upstream(next.message);
      const { asker, ticket } = next;
      if (answer === null) asker.settled(ticket, new Uint8Array(0), 0, FAILURE.timeout, 'upstream.example');
      else asker.settled(ticket, answer, answer.length, FAILURE.none, 'upstream.example');
    }
  }
}
