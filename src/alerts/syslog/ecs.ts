// Elastic Common Schema: one JSON document a hit (event.kind alert, DNS fields, the indicator that matched).
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { type Hit, usersIn } from '../../hits/hit.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import { textOf } from '../describe.ts';
import { plain } from '../escape.ts';
import type { Notice } from '../receiver.ts';
import { VERSION } from '../version.ts';
import { fittingJson } from './fit.ts';
import { foundIn, isDenied, kindOfRule, type OwnMatch, ownMatch } from './of-hit.ts';

const ECS_VERSION = '9.4.0';
const SEVERITY = { low: 4, medium: 6, high: 9 } as const;
const CONFIDENCE = { low: 'Low', medium: 'Medium', high: 'High' } as const;

/** The most dispensable first. */
const SPARE = [
  'cenote.matches',
  'related.hosts',
  'threat',
  'cenote.campaign',
  'rule',
  'cenote.past',
  'message',
  'source.domain',
  'related',
] as const;

export function ecsOfHit(hit: Hit, incident: IncidentSummary, octetsMax: number): string {
  const { client, question, rcode } = hit;
  const own = ownMatch(hit, incident);
  const denied = isDenied(hit);
  const via = hit.via !== null && isIP(hit.via) > 0 ? [hit.via] : [];
  const document = {
    '@timestamp': hit.time,
    ecs: { version: ECS_VERSION },
    message: `${client.ip} asked for ${question.name}`,
    event: {
      id: hit.id,
      kind: 'alert',
      category: ['network', 'intrusion_detection'],
      type: ['protocol', denied ? 'denied' : 'allowed'],
      action: `dns-${hit.verdict}`,
      outcome: 'success',
      reason: hit.outcome,
      severity: SEVERITY[own.severity],
      module: 'cenote',
      dataset: 'cenote.hit',
      provider: 'cenote',
    },
    observer: observer(hit.resolver),
    source: sourceOf(client),
    ...(client.user == null ? {} : { user: { name: plain(client.user) } }),
    network: {
      protocol: 'dns',
      transport: hit.transport === 'udp' ? 'udp' : 'tcp',
      type: familyOf(client.ip),
    },
    dns: {
      type: 'answer',
      question: { name: question.name, type: question.type, class: question.class },
      ...(rcode === null ? {} : { response_code: rcode }),
      ...(hit.answer.length === 0
        ? {}
        : {
            answers: hit.answer.map((data) => ({
              name: question.name,
              type: question.type,
              class: question.class,
              data,
            })),
            resolved_ip: hit.answer,
          }),
    },
    related: {
      ip: [...new Set([client.ip, ...via, ...hit.answer])],
      hosts: [question.name, ...(client.name === null ? [] : [plain(client.name)])],
      ...(usersIn(client).length === 0 ? {} : { user: usersIn(client).map((user) => plain(user)) }),
    },
    rule: { name: plain(own.rule), ruleset: plain(own.list) },
    threat: threatOf(hit, own),
    cenote: {
      count: hit.count,
      incident: incident.id,
      machine: hit.machine,
      visit: hit.visit,
      outcome: hit.outcome,
      decided_by: plain(hit.list),
      campaign: incident.campaign === null ? null : plain(incident.campaign),
      group: plain(client.group),
      via: hit.via,
      matches: hit.matches.map(({ list, rule, mode }) => ({ list: plain(list), rule: plain(rule), mode })),
    },
  };
  return fittingJson(document, SPARE, octetsMax);
}

/** ECS has no type for an expression. */
const INDICATOR_TYPE = {
  name: 'domain-name',
  ipv4: 'ipv4-addr',
  ipv6: 'ipv6-addr',
  expression: null,
} as const;

function threatOf(hit: Hit, { rule, indicator }: OwnMatch) {
  const kind = kindOfRule(rule);
  const type = INDICATOR_TYPE[kind];
  const described = {
    ...(type === null ? { description: 'A regular expression' } : { type }),
    name: plain(rule),
    ...(indicator?.source == null ? {} : { provider: plain(indicator.source) }),
    ...(indicator?.confidence == null ? {} : { confidence: CONFIDENCE[indicator.confidence] }),
    ...(indicator?.firstPublished == null ? {} : { first_seen: `${indicator.firstPublished}T00:00:00.000Z` }),
  };
  const field =
    hit.via === null ? 'dns.question.name' : kind === 'name' ? 'dns.answers.data' : 'dns.resolved_ip';
  const matched = { atomic: hit.via ?? hit.question.name, field, type: 'indicator_match_rule' };
  return { indicator: described, enrichments: [{ indicator: described, matched }] };
}

export function ecsOfNotice(notice: Notice, octetsMax: number): string {
  const { incident, kind } = notice;
  const isTest = kind === 'test';
  const document = {
    '@timestamp': notice.time,
    ecs: { version: ECS_VERSION },
    message: textOf(notice),
    event: {
      id: notice.id,
      kind: incident === null || isTest ? 'event' : 'alert',
      category: isTest
        ? ['configuration']
        : incident === null
          ? ['host']
          : ['network', 'intrusion_detection'],
      type: [kind === 'closed' || kind === 'recovered' ? (incident === null ? 'end' : 'info') : 'info'],
      action: isTest ? 'alert-test' : incident === null ? `cenote-${kind}` : `incident-${kind}`,
      severity: isTest
        ? 0
        : incident === null
          ? kind === 'recovered'
            ? SEVERITY.low
            : SEVERITY.high
          : SEVERITY[incident.severity],
      module: 'cenote',
      dataset: isTest ? 'cenote.test' : incident === null ? 'cenote.health' : 'cenote.incident',
      provider: 'cenote',
      ...(incident === null || isTest ? {} : { start: incident.first, end: incident.last }),
      ...(incident?.end == null || isTest ? {} : { reason: incident.end }),
    },
    observer: observer(hostname()),
    // What a rule for incidents looks at is not there in a test.
    ...(incident === null || isTest ? { tags: [isTest ? 'test' : kind] } : detailsOf(notice, incident)),
  };
  return fittingJson(document, SPARE, octetsMax);
}

function detailsOf(notice: Notice, incident: IncidentSummary) {
  const { furtherHits } = notice;
  const found = foundIn(notice);
  return {
    source: sourceOf(incident.client),
    related: {
      ip: [...incident.addresses],
      hosts: incident.names.map(({ name }) => name),
      ...(incident.users.length === 0 ? {} : { user: incident.users.map((user) => plain(user)) }),
    },
    rule: { ruleset: plain(incident.list) },
    cenote: {
      incident: incident.id,
      machine: incident.machine,
      campaign: incident.campaign === null ? null : plain(incident.campaign),
      group: plain(incident.client.group),
      count: furtherHits > 0 ? furtherHits : incident.hits,
      visits: incident.visits,
      outcomes: incident.outcomes,
      ...(incident.past === null ? {} : { past: incident.past }),
      retrospective: incident.retrospective,
      ...(found > 0 ? { found } : {}),
      state: incident.state,
    },
  };
}

const observer = (hostName: string) => ({
  vendor: 'cenote',
  product: 'cenote',
  type: 'dns',
  version: VERSION,
  hostname: hostName,
});
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
