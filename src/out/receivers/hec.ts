// Splunk HTTP Event Collector: events one behind the other in a body; with `ack`, a batch is delivered once the indexer has it.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { OutConfig } from '../../config/meant/out.ts';
import type { Line } from '../event.ts';
import { ALL_TAKEN, type Outcome, type Receiver, Refusal } from '../receiver.ts';
import { HttpClient, isSuccess, jsonOf, type Reply, refusalOf } from './http.ts';

const ACK_MS = 1000;
/** Indexers confirm after seconds: one batch after the other would be a few hundred events a second. */
const AT_ONCE = 16;
/** What is not confirmed by then is sent again: Splunk's own advice. */
const INDEXED_MS = 5 * 60_000;
/** For an answer itself. */
const ANSWER_MS = 30_000;
/** Questions in a row that fail before what waits is sent again: each is asked twice as long after the one before, half a minute in all. */
const FAILED_MAX = 5;
/** Codes of HEC that say that the token, index or channel is wrong though the status is 400. */
const OF_SETTINGS: readonly number[] = [7, 10, 11];

interface HecAnswer {
  readonly text?: string;
  readonly code?: number;
  readonly ackId?: number;
}

export function hecReceiver(config: OutConfig, resolver: string, ackMs = ACK_MS): Receiver {
  const client = new HttpClient(config, 'Splunk');
  const channel = randomUUID();
  const headers = { 'x-splunk-request-channel': channel };
  const acks = new Acks(ackMs, async (ids) => {
    const reply = await client.post({
      path: `/services/collector/ack?channel=${channel}`,
      type: 'application/json',
      body: JSON.stringify({ acks: ids }),
      headers,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (!isSuccess(reply)) throw ackRefusal(reply);
    const told = jsonOf<{ acks?: Record<string, boolean> }>(reply)?.acks ?? {};
    return ids.filter((id) => told[String(id)] === true);
  });

  return {
    ...(config.ack ? { atOnce: AT_ONCE, patienceMs: INDEXED_MS } : {}),
    async deliver(batch: readonly Line[], signal: AbortSignal): Promise<Outcome> {
      const reply = await client.post({
        path: '/services/collector/event',
        type: 'application/json',
        body: batch.map((line) => eventText(line, config, resolver)).join('\n'),
        headers,
        signal: config.ack ? AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) : signal,
      });
      const answer = jsonOf<HecAnswer>(reply);
      if (!isSuccess(reply)) {
        const isOfSettings = OF_SETTINGS.includes(answer?.code ?? 0);
        throw isOfSettings ? new Refusal('later', refusalOf(reply).message) : refusalOf(reply);
      }
      if (!config.ack) return ALL_TAKEN;
      if (answer?.ackId === undefined)
        throw new Refusal(
          'later',
          'the token has no indexer acknowledgement; turn it on there, or `ack` off here',
        );
      await acks.of(answer.ackId, signal);
      return ALL_TAKEN;
    },
    close: () => client.close(),
  };
}

/** To ask again is of no use. */
class WrongQuestion extends Refusal {}

/** Why Splunk did not say which batches it has indexed. */
function ackRefusal(reply: Reply): Refusal {
  const { message, what } = refusalOf(reply);
  return new (what === 'smaller' ? WrongQuestion : Refusal)('later', message, reply.retryAfterMs);
}

/** What the indexer has not confirmed yet, asked about together. */
class Acks {
  readonly #everyMs: number;
  readonly #ask: (ids: readonly number[]) => Promise<readonly number[]>;
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();
  #isAsking = false;

  /** @param ask says which of these are confirmed */
  constructor(everyMs: number, ask: (ids: readonly number[]) => Promise<readonly number[]>) {
    this.#everyMs = everyMs;
    this.#ask = ask;
  }

  async of(id: number, signal: AbortSignal): Promise<void> {
    const confirmed = Promise.withResolvers<void>();
    const end = (): void => confirmed.reject(signal.reason);
    this.#waiting.set(id, confirmed);
    signal.addEventListener('abort', end, { once: true });
    if (!this.#isAsking) void this.#asking();
    try {
      await confirmed.promise;
    } finally {
      signal.removeEventListener('abort', end);
      if (this.#waiting.get(id) === confirmed) this.#waiting.delete(id);
    }
  }

  async #asking(): Promise<void> {
    this.#isAsking = true;
    let failed = 0;
    while (this.#waiting.size > 0) {
      await wait(this.#everyMs * 2 ** failed);
      const asked = [...this.#waiting];
      if (asked.length === 0) break;
      try {
        const confirmed = new Set(await this.#ask(asked.map(([id]) => id)));
        failed = 0;
        for (const [id, { resolve }] of asked) if (confirmed.has(id)) resolve();
      } catch (error) {
        failed += 1;
        // What Splunk has taken, it has, whether or not it can say so just now. A question that it calls wrong stays wrong.
        if (failed === FAILED_MAX || error instanceof WrongQuestion) {
          failed = 0;
          for (const [, { reject }] of asked) reject(error);
        }
      }
      // Who was told has left by then.
      await null;
    }
    this.#isAsking = false;
  }
}

/** Its own time, in seconds; the event itself is the line as it is. */
function eventText({ text, event }: Line, { index }: OutConfig, resolver: string): string {
  const about = {
    time: Date.parse(event.time) / 1000,
    host: resolver,
    source: 'cenote',
    sourcetype: `cenote:${event.event}`,
    ...(index === null ? {} : { index }),
  };
  return `${JSON.stringify(about).slice(0, -1)},"event":${text}}`;
}
