// Grafana Loki's push API: a line of JSON each, in few streams. Labels are of three kinds and never a name or an address: each set
// of them is a stream, and Loki keeps an index and chunks for every one.
import type { OutConfig } from '../../config/meant/out.ts';
import type { Line } from '../event.ts';
import { ALL_TAKEN, type Outcome, type Receiver } from '../receiver.ts';
import { HttpClient, isSuccess, refusalOf } from './http.ts';

export function lokiReceiver(config: OutConfig, resolver: string): Receiver {
  const client = new HttpClient(config, 'Bearer');
  return {
    async deliver(batch: readonly Line[], signal: AbortSignal): Promise<Outcome> {
      const streams = Map.groupBy(batch, labelOf);
      const body = {
        streams: [...streams].map(([outcome, lines]) => ({
          stream: {
            job: 'cenote',
            host: resolver,
            event: lines[0]!.event.event,
            ...(outcome.includes(' ') ? { outcome: outcome.split(' ')[1] } : {}),
          },
          // In the order of their times, as older versions want them.
          values: lines
            .map(({ event, text }): [ms: number, text: string] => [Date.parse(event.time), text])
            .sort(([a], [b]) => a - b)
            .map(([ms, text]) => [`${ms}000000`, text]),
        })),
      };
      const reply = await client.post({
        path: '/loki/api/v1/push',
        type: 'application/json',
        body: JSON.stringify(body),
        signal,
      });
      if (!isSuccess(reply)) throw refusalOf(reply);
      return ALL_TAKEN;
    },
    close: () => client.close(),
  };
}

/** The kind, and one of six outcomes of a query. */
const labelOf = ({ event }: Line): string =>
  event.event === 'query' ? `query ${event.outcome}` : event.event;
