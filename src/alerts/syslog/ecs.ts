// Elastic Common Schema: one JSON document a hit (event.kind alert, DNS fields, the indicator that matched).
import type { Hit } from '../../hits/hit.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import { describe } from '../describe.ts';
import { plain } from '../escape.ts';
import type { Notice } from '../receiver.ts';
import { VERSION } from '../version.ts';

const ECS_VERSION = '8.11.0';
const SEVERITY = { low: 4, medium: 6, high: 9 } as const;
const CONFIDENCE = { low: 'Low', medium: 'Medium', high: 'High' } as const;

export function ecsOfHit(hit: Hit, incident: IncidentSummary): string {
  const { client, question, indicator } = hit;
  const passed = hit.verdict === 'monitor';
  return JSON.stringify({
    '@timestamp': hit.time,
    ecs: { version: ECS_VERSION },
    message: `${client.ip} asked for ${question.name}`,
    event: {
      id: hit.id,
      kind: 'alert',
      category: ['network', 'intrusion_detection'],
      type: ['protocol', passed ? 'allowed' : 'denied'],
      action: `dns-${hit.verdict}`,
      outcome: 'success',
      severity: SEVERITY[incident.severity],
      module: 'cenote',
      dataset: 'cenote.hit',
      provider: 'cenote',
    },
    observer: observer(),
    source: sourceOf(client),
    network: {
      protocol: 'dns',
      transport: hit.transport === 'udp' ? 'udp' : 'tcp',
      type: familyOf(client.ip),
    },
    dns: {
      type: 'query',
      question: { name: question.name, type: question.type, class: question.class },
      ...(hit.answer.length === 0 ? {} : { resolved_ip: hit.answer }),
    },
    related: {
      ip: [client.ip],
      hosts: [question.name, ...(client.name === null ? [] : [plain(client.name)])],
    },
    rule: { name: plain(hit.rule), ruleset: plain(hit.list) },
    threat: {
      indicator: {
        type: 'domain-name',
        name: plain(hit.rule),
        ...(indicator?.source == null ? {} : { provider: plain(indicator.source) }),
        ...(indicator?.confidence == null ? {} : { confidence: CONFIDENCE[indicator.confidence] }),
        ...(indicator?.firstPublished == null
          ? {}
          : { first_seen: `${indicator.firstPublished}T00:00:00.000Z` }),
      },
    },
    cenote: {
      count: hit.count,
      incident: incident.id,
      campaign: incident.campaign === null ? null : plain(incident.campaign),
      group: plain(client.group),
      via: hit.via,
    },
  });
}

export function ecsOfNotice(notice: Notice): string {
  const { incident } = notice;
  const { sentence } = describe(notice);
  return JSON.stringify({
    '@timestamp': notice.time,
    ecs: { version: ECS_VERSION },
    message: sentence,
    event: {
      id: notice.id,
      kind: incident === null ? 'event' : 'alert',
      category: incident === null ? ['host'] : ['network', 'intrusion_detection'],
      type: [notice.kind === 'closed' ? 'end' : 'info'],
      action: `incident-${notice.kind}`,
      severity: incident === null ? SEVERITY.high : SEVERITY[incident.severity],
      module: 'cenote',
      dataset: 'cenote.incident',
      provider: 'cenote',
      ...(incident === null ? {} : { start: incident.first, end: incident.last }),
    },
    observer: observer(),
    ...(incident === null
      ? {}
      : {
          source: sourceOf(incident.client),
          related: { ip: [incident.client.ip], hosts: incident.names.map(({ name }) => name) },
          rule: { ruleset: plain(incident.list) },
          cenote: {
            incident: incident.id,
            campaign: incident.campaign === null ? null : plain(incident.campaign),
            group: plain(incident.client.group),
            count: notice.furtherHits > 0 ? notice.furtherHits : incident.hits,
            retrospective: incident.retrospective,
          },
        }),
  });
}

const observer = () => ({ vendor: 'cenote', product: 'cenote', type: 'dns', version: VERSION });
const familyOf = (ip: string): string => (ip.includes(':') ? 'ipv6' : 'ipv4');

function sourceOf(client: {
  readonly ip: string;
  readonly mac: string | null;
  readonly name: string | null;
}) {
  return {
    ip: client.ip,
    address: client.ip,
    // ECS writes MAC addresses as RFC 7042 does.
    ...(client.mac === null ? {} : { mac: client.mac.toUpperCase().replaceAll(':', '-') }),
    ...(client.name === null ? {} : { domain: plain(client.name) }),
  };
}
