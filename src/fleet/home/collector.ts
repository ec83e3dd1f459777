// The head takes what sites send home: of each site one batch after the other (the next is read meanwhile), into the central store, and answers how far it is.
//
// A message is given back to the server only after PostgreSQL has committed; one that comes twice finds its rows there. What cannot be
// read, or stored whoever sends it, is dropped, and is as if it had not come: the site sends it again.
import { setTimeout as pause } from 'node:timers/promises';
import {
  AckPolicy,
  type Consumer,
  type JsMsg,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { messageOf } from '../../config/coded-error.ts';
import { SteadyClock } from '../../config/steady-clock.ts';
import type { Link } from '../link.ts';
import { type Batch, readBatch } from '../messages/batch.ts';
import { writeDone } from '../messages/done.ts';
import type { Sign } from '../signing.ts';
import { isOfValues } from '../store/connection.ts';
import type { BatchTaker, Taken } from '../store/take-batch.ts';
import { makeStream } from '../streams.ts';
import { doneSubject, hitsStream, hitsSubject } from '../subjects.ts';
import { Turns } from './turns.ts';

export interface CollectorOptions {
  readonly link: Pick<Link, 'connection' | 'tell'>;
  /** What came in a site's name, or null: the site did not sign it. */
  readonly open: (site: string, octets: Uint8Array) => Uint8Array | null;
  /** As the head, what is told to sites. */
  readonly sign: Sign;
  readonly taker: Pick<BatchTaker, 'store'>;
  readonly report: (level: 'info' | 'warn', text: string) => void;
  readonly onTaken?: (site: string, taken: Taken) => void;
  /** How long a message may take before the server gives it out again. */
  readonly ackMs?: number;
}

interface Came {
  readonly message: JsMsg;
  readonly batch: Batch;
}

interface StoreTrouble {
  readonly why: string;
  /** Kept by a clock that nobody sets, told by the wall clock; ms. */
  readonly sinceMs: number;
}

const CONSUMER = 'home';
/** One is stored, and the next is read. */
const AHEAD = 2;
/** Batches of all sites that are fetched, read or stored at once: a thousand sites that were cut off come back together. */
const TURNS = 8;
const IDLE = (): void => undefined;
/** The shortest that the client waits. */
const SOON_MS = 1_000;
/** A site that is not heard for long fills its stream with what it sends again, and no more. */
const STREAM_OCTETS = 8 * 1024 * 1024;
const ACK_MS = 10_000;
const NS_A_MS = 1e6;
const WAIT_MS = 20_000;
const UNCONNECTED_MS = 250;
const RETRY_MS = 1_000;
/** Between two that the site did not send: they shall cost the head little, and hold the site's own up little. */
const FORGED_MS = 20;
const RETRY_MS_MAX = 30_000;

export class Collector {
  readonly #options: CollectorOptions;
  readonly #sites = new Map<string, AbortController>();
  readonly #taking = new Set<Promise<void>>();
  readonly #turns = new Turns(TURNS);
  readonly #clock = new SteadyClock();
  #storeTrouble: StoreTrouble | null = null;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Why the store takes nothing; null: it does. */
  get storeTrouble(): StoreTrouble | null {
    const trouble = this.#storeTrouble;
    return trouble === null ? null : { ...trouble, sinceMs: this.#clock.wall(trouble.sinceMs) };
  }

  /** Those that are collected from, from now on. */
  use(sites: readonly string[]): void {
    for (const [site, abort] of this.#sites)
      if (!sites.includes(site)) {
        abort.abort();
        this.#sites.delete(site);
      }
    for (const site of sites) {
      if (this.#sites.has(site)) continue;
      const abort = new AbortController();
      this.#sites.set(site, abort);
      void this.#collect(site, abort.signal);
    }
  }

  /** What is being stored is; a message that came meanwhile is the server's again when the link ends. */
  async stop(): Promise<void> {
    for (const abort of this.#sites.values()) abort.abort();
    this.#sites.clear();
    await Promise.allSettled(this.#taking);
  }

  async #collect(site: string, signal: AbortSignal): Promise<void> {
    const { link } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      const { connection } = link;
      let waitMs = UNCONNECTED_MS;
      try {
        if (connection !== null) await this.#collectOver(connection, site, signal, () => (failures = 0));
      } catch {
        // The connection ended, or the stream is gone with a store that the server lost: it is made anew.
        waitMs = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** Math.min(failures, 10));
        failures += 1;
      }
      await pause(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #collectOver(
    connection: NatsConnection,
    site: string,
    signal: AbortSignal,
    worked: () => void,
  ): Promise<void> {
    const consumer = await consumerOf(connection, site, this.#options.ackMs ?? ACK_MS);
    const isOver = (): boolean => signal.aborted || this.#options.link.connection !== connection;
    let storing: Promise<void> = Promise.resolve();
    // A site that has something has a turn before it is fetched; one that has nothing is waited for without one.
    let hasMore = true;
    while (!isOver()) {
      let end = hasMore ? await this.#turns.next() : IDLE;
      try {
        if (isOver()) break;
        const message = await consumer.next({ expires: hasMore ? SOON_MS : WAIT_MS });
        worked();
        hasMore = message !== null;
        if (message === null || signal.aborted) continue;
        if (end === IDLE) end = await this.#turns.next();
        // Read while the database works on the one before.
        const came = this.#read(site, message);
        await storing;
        if (typeof came === 'number') {
          end();
          await pause(came, undefined, { signal, ref: false }).catch(() => undefined);
        } else {
          storing = this.#store(site, came).finally(end);
          // What fails is heard where the next one waits for it; until then nobody does.
          const ended = storing.catch(() => undefined);
          this.#taking.add(ended);
          void ended.finally(() => this.#taking.delete(ended));
          end = IDLE;
        }
      } finally {
        end();
      }
    }
    await storing;
  }

  /** @returns what came; else how long nothing more is taken of this site, ms: one that sends what is dropped all the time costs little */
  #read(site: string, message: JsMsg): Came | number {
    const { report, open } = this.#options;
    const body = open(site, message.data);
    if (body === null) {
      message.term();
      return FORGED_MS;
    }
    try {
      return { message, batch: readBatch(body) };
    } catch (error) {
      report('warn', `site ${site} sent what cannot be read (${messageOf(error)}); it is dropped`);
      message.term();
      return RETRY_MS;
    }
  }

  async #store(site: string, { message, batch }: Came): Promise<void> {
    const { taker, link, report, sign, onTaken } = this.#options;
    let taken: Taken;
    try {
      taken = await taker.store(site, batch);
    } catch (error) {
      if (isOfBatch(error)) {
        report(
          'warn',
          `site ${site} sent what the central store cannot hold (${messageOf(error)}); it is dropped`,
        );
        message.term();
        return;
      }
      this.#storeTold(messageOf(error));
      message.nak(RETRY_MS);
      return;
    }
    this.#storeTold(null);
    link.tell(doneSubject(site), writeDone(site, { ...taken.mark, isTaken: taken.isTaken }, sign));
    message.ack();
    onTaken?.(site, taken);
  }

  #storeTold(trouble: string | null): void {
    const before = this.#storeTrouble?.why ?? null;
    this.#storeTrouble =
      trouble === null ? null : { why: trouble, sinceMs: this.#storeTrouble?.sinceMs ?? this.#clock.now() };
    const { report } = this.#options;
    if (trouble !== null && trouble !== before)
      report('warn', `the central store takes nothing (${trouble}); sites keep what they have until it does`);
    else if (trouble === null && before !== null) report('info', 'the central store takes hits again');
  }
}

async function consumerOf(connection: NatsConnection, site: string, ackMs: number): Promise<Consumer> {
  const name = hitsStream(site);
  const subjects = [hitsSubject(site), `${hitsSubject(site)}.>`];
  await makeStream(connection, {
    name,
    subjects,
    max_bytes: STREAM_OCTETS,
    retention: RetentionPolicy.Workqueue,
  });
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const wanted = { ack_policy: AckPolicy.Explicit, max_ack_pending: AHEAD, ack_wait: ackMs * NS_A_MS };
  await manager.consumers.add(name, { durable_name: CONSUMER, ...wanted });
  return jetstream(connection).consumers.get(name, CONSUMER);
}

/** Only this one cannot be stored: bodies of it that are JSON of another kind, or values that no column takes. */
const isOfBatch = (error: unknown): boolean => error instanceof TypeError || isOfValues(error);
