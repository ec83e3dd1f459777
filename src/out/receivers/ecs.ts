// Events in the Elastic Common Schema, in the words in which hits go to syslog (alerts/syslog/ecs.ts).
import { VERSION } from '../../config/version.ts';
import { usersIn } from '../../hits/hit.ts';
import { type OutEvent, type QueryEvent, sentenceOf } from '../event.ts';

const ECS_VERSION = '9.4.0';
type Of<K extends OutEvent['event']> = Extract<OutEvent, { event: K }>;

export function ecsOf(event: OutEvent): object {
  return {
    '@timestamp': event.time,
    ecs: { version: ECS_VERSION },
    message: sentenceOf(event),
    observer: {
      vendor: 'cenote',
      product: 'cenote',
      type: 'dns',
      version: VERSION,
      hostname: event.resolver,
    },
    ...partOf(event),
  };
}

function partOf(event: OutEvent): object {
  switch (event.event) {
    case 'query':
      return ofQuery(event);
    case 'hit':
      return ofHit(event);
    case 'incident':
      return ofIncident(event);
    case 'find':
      return ofFind(event);
    default:
      return event satisfies never;
  }
}

const DENIED = ['blocked', 'rewritten', 'refused', 'dropped', 'limited', 'withheld'];

const about = (
  event: OutEvent,
  kind: 'event' | 'alert',
  outcome: { readonly action: string; readonly result: string | null },
) => ({
  id: event.id,
  kind,
  category: kind === 'event' ? ['network'] : ['network', 'intrusion_detection'],
  ...(outcome.result === null
    ? { type: ['info'] }
    : {
        type: ['protocol', DENIED.includes(outcome.result) ? 'denied' : 'allowed'],
        outcome: outcome.result === 'failed' ? 'failure' : 'success',
        reason: outcome.result,
      }),
  action: outcome.action,
  module: 'cenote',
  dataset: `cenote.${event.event}`,
  provider: 'cenote',
});

function ofQuery(event: QueryEvent): object {
  const { client, name, type, transport, rcode, list, rule, upstream, from, count, waitedMs, outcome } =
    event;
  return {
    event: {
      ...about(event, 'event', { action: `dns-${outcome}`, result: event.result }),
      ...(waitedMs === null ? {} : { duration: Math.round(waitedMs * 1e6) }),
    },
    source: sourceOf(client),
    network: networkOf(client.ip, transport),
    dns: {
      type: rcode === null ? 'query' : 'answer',
      question: { name, type, class: event.class },
      ...(rcode === null ? {} : { response_code: rcode }),
    },
    related: { ip: [client.ip], hosts: hostsOf(name, client.name) },
    ...(list === null ? {} : { rule: { ...(rule === null ? {} : { name: rule }), ruleset: list } }),
    cenote: { count, machine: client.machine, group: client.group, from, upstream, outcome },
  };
}

function ofHit(event: Of<'hit'>): object {
  const { client, question, answer, rcode, matches } = event;
  const users = usersIn(client);
  const [first] = matches;
  return {
    event: about(event, 'alert', { action: `dns-${event.verdict}`, result: event.outcome }),
    source: sourceOf(client),
    ...(client.user == null ? {} : { user: { name: client.user } }),
    network: networkOf(client.ip, event.transport),
    dns: {
      type: 'answer',
      question,
      ...(rcode === null ? {} : { response_code: rcode }),
      ...(answer.length === 0
        ? {}
        : { answers: answer.map((data) => ({ ...question, data })), resolved_ip: answer }),
    },
    related: {
      ip: [...new Set([client.ip, ...answer])],
      hosts: hostsOf(question.name, client.name),
      ...(users.length === 0 ? {} : { user: users }),
    },
    rule: { name: event.rule, ruleset: event.list },
    ...(first?.indicator == null ? {} : { threat: { indicator: indicatorOf(first.rule, first.indicator) } }),
    cenote: {
      count: event.count,
      machine: event.machine,
      visit: event.visit,
      group: client.group,
      via: event.via,
      campaign: event.indicator?.campaign ?? null,
      matches: matches.map(({ list, rule, mode }) => ({ list, rule, mode })),
    },
  };
}

function ofIncident(event: Of<'incident'>): object {
  const { incident, change } = event;
  return {
    event: {
      ...about(event, 'alert', { action: `incident-${change}`, result: null }),
      start: incident.first,
      end: incident.last,
    },
    source: sourceOf(incident.client),
    related: { ip: incident.addresses, hosts: incident.names.map(({ name }) => name) },
    rule: { ruleset: incident.list },
    cenote: {
      incident: incident.id,
      machine: incident.machine,
      campaign: incident.campaign,
      group: incident.client.group,
      count: incident.hits,
      severity: incident.severity,
      state: incident.state,
    },
  };
}

function ofFind(event: Of<'find'>): object {
  const { client, names, rules, list, lists } = event;
  return {
    event: {
      ...about(event, 'alert', { action: 'asked-before-listed', result: null }),
      start: event.first,
      end: event.last,
    },
    source: sourceOf(client),
    related: { ip: [client.ip], hosts: names.map(({ name }) => name) },
    rule: { ...(rules.length === 0 ? {} : { name: rules[0] }), ruleset: list },
    cenote: {
      count: event.count,
      machine: event.machine,
      group: client.group,
      lists,
      listed_at: event.listedAt,
      campaign: event.indicator?.campaign ?? null,
    },
  };
}

function indicatorOf(rule: string, indicator: NonNullable<Of<'hit'>['indicator']>): object {
  return {
    name: rule,
    ...(indicator.source == null ? {} : { provider: indicator.source }),
    ...(indicator.firstPublished == null ? {} : { first_seen: `${indicator.firstPublished}T00:00:00.000Z` }),
  };
}

interface Named {
  readonly ip: string;
  readonly name: string | null;
  readonly mac: string | null;
}

const sourceOf = ({ ip, name, mac }: Named) => ({
  // A pseudonym has the form of an address too.
  ip,
  address: ip,
  ...(mac === null ? {} : { mac: mac.toUpperCase().replaceAll(':', '-') }),
  ...(name === null ? {} : { domain: name }),
});

const networkOf = (ip: string, transport: string) => ({
  protocol: 'dns',
  transport: transport === 'udp' ? 'udp' : 'tcp',
  type: ip.includes(':') ? 'ipv6' : 'ipv4',
});

const hostsOf = (name: string, client: string | null): string[] => [
  name,
  ...(client === null ? [] : [client]),
];
