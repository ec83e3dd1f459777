// Elasticsearch and OpenSearch: `create` of an ECS document each by `_bulk`. What is there already under its id was delivered before.
import type { OutConfig } from '../../config/meant/out.ts';
import type { Line } from '../event.ts';
import type { Outcome, Receiver } from '../receiver.ts';
import { Refusal } from '../receiver.ts';
import { ecsOf } from './ecs.ts';
import { HttpClient, isSuccess, jsonOf, refusalOf } from './http.ts';

interface BulkAnswer {
  readonly errors?: boolean;
  readonly items?: readonly {
    readonly create?: {
      readonly status?: number;
      readonly error?: { readonly type?: string; readonly reason?: string };
    };
  }[];
}

const INDEX = 'cenote';
/** A document with that id is there. */
const CONFLICT = 409;

export function bulkReceiver(config: OutConfig): Receiver {
  const client = new HttpClient(config, 'ApiKey');
  const index = config.index ?? INDEX;
  return {
    async deliver(batch: readonly Line[], signal: AbortSignal): Promise<Outcome> {
      const body = batch.map(
        ({ event }) =>
          `${JSON.stringify({ create: { _index: index, _id: event.id } })}\n${JSON.stringify(ecsOf(event))}\n`,
      );
      const reply = await client.post({
        path: '/_bulk',
        type: 'application/x-ndjson',
        body: body.join(''),
        signal,
      });
      if (!isSuccess(reply)) throw refusalOf(reply);
      return outcomeOf(batch, jsonOf<BulkAnswer>(reply));
    },
    close: () => client.close(),
  };
}

function outcomeOf(batch: readonly Line[], answer: BulkAnswer | null): Outcome {
  const items = answer?.items;
  if (items === undefined || items.length !== batch.length)
    throw new Refusal(
      'later',
      'the answer is none of `_bulk`: it does not say of each event what became of it',
    );
  const again: Line[] = [];
  let refused = 0;
  let why: string | null = null;
  batch.forEach((line, i) => {
    const { status = 0, error } = items[i]?.create ?? {};
    if ((status >= 200 && status < 300) || status === CONFLICT) return;
    why ??= `item ${status}: ${error?.type ?? 'refused'}: ${(error?.reason ?? '').slice(0, 200)}`;
    if (status === 429 || status >= 500 || status === 0) again.push(line);
    else refused += 1;
  });
  // No privilege for the index, an index that is not there: of that each item says the same, and the answer 200.
  if (refused === batch.length) throw new Refusal('smaller', why ?? 'all items were refused');
  return { again, refused, why };
}
