// OpenTelemetry logs by OTLP over HTTP, as JSON. What a collector refuses in a partial success is not sent again: the protocol says so.

import type { OutConfig } from '../../config/meant/out.ts';
import { VERSION } from '../../config/version.ts';
import { type Line, type OutEvent, sentenceOf } from '../event.ts';
import { ALL_TAKEN, type Outcome, type Receiver } from '../receiver.ts';
import { HttpClient, isSuccess, jsonOf, refusalOf } from './http.ts';

interface OtlpAnswer {
  readonly partialSuccess?: {
    readonly rejectedLogRecords?: string | number;
    readonly errorMessage?: string;
  };
}

type Value = string | number | null | undefined;

/** SeverityNumber: INFO, WARN. */
const SEVERITY = { info: 9, warn: 13 } as const;

export function otlpReceiver(config: OutConfig, resolver: string): Receiver {
  const client = new HttpClient(config, 'Bearer');
  return {
    async deliver(batch: readonly Line[], signal: AbortSignal): Promise<Outcome> {
      const observedTimeUnixNano = nanos(Date.now());
      const reply = await client.post({
        path: '/v1/logs',
        type: 'application/json',
        body: JSON.stringify({
          resourceLogs: [
            {
              resource: {
                attributes: attributes({
                  'service.name': 'cenote',
                  'service.version': VERSION,
                  'host.name': resolver,
                }),
              },
              scopeLogs: [
                {
                  scope: { name: 'cenote', version: VERSION },
                  logRecords: batch.map(({ event }) => ({ ...recordOf(event), observedTimeUnixNano })),
                },
              ],
            },
          ],
        }),
        signal,
      });
      if (!isSuccess(reply)) throw refusalOf(reply);
      const { rejectedLogRecords = 0, errorMessage = '' } = jsonOf<OtlpAnswer>(reply)?.partialSuccess ?? {};
      const refused = Math.max(0, Math.min(batch.length, Math.trunc(Number(rejectedLogRecords)) || 0));
      return refused === 0 ? ALL_TAKEN : { again: [], refused, why: String(errorMessage).slice(0, 200) };
    },
    close: () => client.close(),
  };
}

function recordOf(event: OutEvent): object {
  const isQuery = event.event === 'query';
  return {
    timeUnixNano: nanos(Date.parse(event.time)),
    severityNumber: isQuery ? SEVERITY.info : SEVERITY.warn,
    severityText: isQuery ? 'INFO' : 'WARN',
    eventName: `cenote.${event.event}`,
    body: { stringValue: sentenceOf(event) },
    attributes: attributes({ 'cenote.event.id': event.id, ...saidOf(event) }),
  };
}

function saidOf(event: OutEvent): Readonly<Record<string, Value>> {
  const client = event.event === 'incident' ? event.incident.client : event.client;
  const who = {
    'client.address': client.ip,
    'cenote.client.name': client.name,
    'cenote.client.mac': client.mac,
    'cenote.client.group': client.group,
    'cenote.client.machine': event.event === 'query' ? event.client.machine : client.machine,
  };
  switch (event.event) {
    case 'query':
      return {
        'dns.question.name': event.name,
        'cenote.question.type': event.type,
        'cenote.outcome': event.outcome,
        'cenote.result': event.result,
        'cenote.rcode': event.rcode,
        'cenote.list': event.list,
        'cenote.rule': event.rule,
        'cenote.upstream': event.upstream,
        'cenote.transport': event.transport,
        'cenote.count': event.count,
        'cenote.waited_ms': event.waitedMs,
        ...who,
      };
    case 'hit':
      return {
        'dns.question.name': event.question.name,
        'cenote.question.type': event.question.type,
        'cenote.verdict': event.verdict,
        'cenote.result': event.outcome,
        'cenote.rcode': event.rcode,
        'cenote.list': event.list,
        'cenote.rule': event.rule,
        'cenote.via': event.via,
        'cenote.campaign': event.indicator?.campaign,
        'cenote.count': event.count,
        ...who,
      };
    case 'incident':
      return {
        'cenote.incident.id': event.incident.id,
        'cenote.incident.change': event.change,
        'cenote.list': event.incident.list,
        'cenote.campaign': event.incident.campaign,
        'cenote.count': event.incident.hits,
        'cenote.severity': event.incident.severity,
        ...who,
      };
    case 'find':
      return {
        'cenote.list': event.list,
        'cenote.campaign': event.indicator?.campaign,
        'cenote.count': event.count,
        'cenote.listed_at': event.listedAt,
        'cenote.first': event.first,
        'cenote.last': event.last,
        ...who,
      };
    default:
      return event satisfies never;
  }
}

/** Whole numbers of 64 bits are text in JSON. */
function attributes(values: Readonly<Record<string, Value>>): object[] {
  return Object.entries(values).flatMap(([key, value]): object[] => {
    if (value === null || value === undefined) return [];
    if (typeof value === 'string') return [{ key, value: { stringValue: value } }];
    return [{ key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }];
  });
}

const nanos = (ms: number): string => `${Math.floor(ms)}000000`;
