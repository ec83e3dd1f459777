// Splunk HTTP Event Collector: events one behind the other in a body; with `ack`, a batch is delivered once the indexer has it.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { OutConfig } from '../../config/values/out-config.ts';
import type { Line } from '../event.ts';
import { ALL_TAKEN, type Outcome, type Receiver, Refusal } from '../receiver.ts';
import { HttpClient, isSuccess, jsonOf, refusalOf } from './http.ts';

const ACK_MS = 1000;
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

  async function acknowledged(ackId: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await wait(ackMs, undefined, { signal });
      const reply = await client.post({
        path: `/services/collector/ack?channel=${channel}`,
        type: 'application/json',
        body: JSON.stringify({ acks: [ackId] }),
        headers,
        signal,
      });
      if (!isSuccess(reply)) throw new Refusal('later', refusalOf(reply).message, reply.retryAfterMs);
      if (jsonOf<{ acks?: Record<string, boolean> }>(reply)?.acks?.[String(ackId)] === true) return;
    }
  }

  return {
    async deliver(batch: readonly Line[], signal: AbortSignal): Promise<Outcome> {
      const reply = await client.post({
        path: '/services/collector/event',
        type: 'application/json',
        body: batch.map((line) => eventText(line, config, resolver)).join('\n'),
        headers,
        signal,
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
      await acknowledged(answer.ackId, signal);
      return ALL_TAKEN;
    },
    close: () => client.close(),
  };
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
