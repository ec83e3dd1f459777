// OCSF 1.8: a hit is DNS Activity (4003) under the Security Control profile, an incident a Detection Finding (2004).
import type { Hit } from '../../hits/hit.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import { describe, textOf } from '../describe.ts';
import { plain } from '../escape.ts';
import type { Notice } from '../receiver.ts';
import { VERSION } from '../version.ts';
import { fittingJson } from './fit.ts';
import { foundIn, isDenied, kindOfRule, type OwnMatch, ownMatch } from './of-hit.ts';

const OCSF_VERSION = '1.8.0';
const SEVERITY = { low: [2, 'Low'], medium: [3, 'Medium'], high: [4, 'High'] } as const;
const FINDING = {
  opened: [1, 'Create'],
  update: [2, 'Update'],
  closed: [3, 'Close'],
  reopened: [2, 'Update'],
  recovered: [3, 'Close'],
  test: [1, 'Create'],
} as const;
const DNS_ACTIVITY = 4003;
/** Query and response in one. */
const TRAFFIC = 6;
const DETECTION_FINDING = 2004;
const APPLICATION_LIFECYCLE = 6002;

const INFORMATIONAL = [1, 'Informational'] as const;
/** RCODE → rcode_id and its caption (RFC 6895). */
const RCODE: Readonly<Record<string, readonly [number, string]>> = {
  NOERROR: [0, 'NoError'],
  FORMERR: [1, 'FormError'],
  SERVFAIL: [2, 'ServError'],
  NXDOMAIN: [3, 'NXDomain'],
  NOTIMP: [4, 'NotImp'],
  REFUSED: [5, 'Refused'],
};
const CONFIDENCE = { low: [1, 'Low'], medium: [2, 'Medium'], high: [3, 'High'] } as const;
/** OSINT object: type_id of an indicator. */
const INDICATOR = {
  name: [2, 'Domain'],
  ipv4: [1, 'IP Address'],
  ipv6: [1, 'IP Address'],
  expression: [99, 'Other'],
} as const;
/** The most dispensable first. */
const SPARE = [
  'unmapped',
  'osint',
  'evidences',
  'answers',
  'firewall_rule',
  'message',
  'finding_info.desc',
  'src_endpoint.hostname',
] as const;

export function ocsfOfHit(hit: Hit, incident: IncidentSummary, octetsMax: number): string {
  const { client, question, rcode } = hit;
  const own = ownMatch(hit, incident);
  const [severityId, severity] = SEVERITY[own.severity];
  const denied = isDenied(hit);
  const known = rcode === null ? undefined : (RCODE[rcode] ?? [99, rcode]);
  const udp = hit.transport === 'udp';
  const document = {
    category_uid: 4,
    category_name: 'Network Activity',
    class_uid: DNS_ACTIVITY,
    class_name: 'DNS Activity',
    activity_id: TRAFFIC,
    activity_name: 'Traffic',
    type_uid: DNS_ACTIVITY * 100 + TRAFFIC,
    type_name: 'DNS Activity: Traffic',
    time: Date.parse(hit.time),
    query_time: Date.parse(hit.time),
    severity_id: severityId,
    severity,
    count: hit.count,
    message: `${client.ip} asked for ${question.name}`,
    metadata: {
      ...metadata(['security_control', 'osint', 'host']),
      uid: hit.id,
      correlation_uid: incident.id,
    },
    action_id: denied ? 2 : 1,
    action: denied ? 'Denied' : 'Allowed',
    disposition_id: denied ? 2 : 1,
    disposition: denied ? 'Blocked' : 'Allowed',
    is_alert: true,
    ...confidenceOf(own),
    query: { hostname: question.name, type: question.type, class: question.class },
    ...(known === undefined ? {} : { rcode_id: known[0], rcode: known[1] }),
    ...(hit.answer.length === 0
      ? {}
      : { answers: hit.answer.map((rdata) => ({ rdata, type: question.type, class: question.class })) }),
    src_endpoint: endpoint(client),
    dst_endpoint: { hostname: plain(hit.resolver) },
    device: { hostname: plain(hit.resolver), type_id: 1, type: 'Server' },
    connection_info: {
      direction_id: 2,
      direction: 'Outbound',
      protocol_num: udp ? 17 : 6,
      protocol_name: udp ? 'udp' : 'tcp',
    },
    firewall_rule: {
      name: plain(own.rule),
      uid: plain(own.list),
      desc: plain(incident.campaign ?? own.list),
    },
    osint: [osintOf(own)],
    unmapped: {
      group: plain(client.group),
      via: hit.via,
      machine: hit.machine,
      visit: hit.visit,
      outcome: hit.outcome,
      decided_by: plain(hit.list),
      matches: hit.matches.map(({ list, rule, mode }) => ({ list: plain(list), rule: plain(rule), mode })),
    },
  };
  return fittingJson(document, SPARE, octetsMax);
}

function confidenceOf({ indicator }: OwnMatch) {
  if (indicator?.confidence == null) return {};
  const [id, caption] = CONFIDENCE[indicator.confidence];
  return { confidence_id: id, confidence: caption };
}

function osintOf(own: OwnMatch) {
  const { rule, indicator } = own;
  const [typeId, type] = INDICATOR[kindOfRule(rule)];
  return {
    value: plain(rule),
    type_id: typeId,
    type,
    ...confidenceOf(own),
    ...(indicator?.campaign == null ? {} : { campaign: { name: plain(indicator.campaign) } }),
    ...(indicator?.source == null ? {} : { vendor_name: plain(indicator.source) }),
  };
}

export function ocsfOfNotice(notice: Notice, octetsMax: number): string {
  const { incident, kind } = notice;
  if (incident === null || kind === 'test') return fittingJson(ownEvent(notice), SPARE, octetsMax);
  const { title, sentence } = describe(notice);
  const [severityId, severity] = SEVERITY[incident.severity];
  const [activityId, activity] = FINDING[kind === 'trouble' ? 'opened' : kind];
  const [statusId, status] = statusOf(incident);
  const found = foundIn(notice);
  const document = {
    category_uid: 2,
    category_name: 'Findings',
    class_uid: DETECTION_FINDING,
    class_name: 'Detection Finding',
    activity_id: activityId,
    activity_name: activity,
    type_uid: DETECTION_FINDING * 100 + activityId,
    type_name: `Detection Finding: ${activity}`,
    time: Date.parse(notice.time),
    severity_id: severityId,
    severity,
    status_id: statusId,
    status,
    ...(incident.end === null ? {} : { status_detail: incident.end }),
    is_alert: incident.state === 'open' || (incident.retrospective && notice.kind !== 'closed'),
    count: notice.furtherHits > 0 ? notice.furtherHits : incident.hits,
    message: sentence,
    metadata: { ...metadata([]), uid: notice.id, correlation_uid: incident.id },
    finding_info: {
      uid: incident.id,
      title,
      desc: sentence,
      created_time: Date.parse(incident.opened),
      first_seen_time: Date.parse(incident.first),
      last_seen_time: Date.parse(incident.last),
      types: [incident.retrospective ? 'Past DNS query of a listed name' : 'DNS query of a listed name'],
    },
    evidences: incident.names.slice(0, 20).map(({ name }) => ({
      src_endpoint: endpoint(incident.client),
      query: { hostname: name },
    })),
    unmapped: {
      list: plain(incident.list),
      machine: incident.machine,
      visits: incident.visits,
      outcomes: incident.outcomes,
      ...(incident.past === null ? {} : { past: incident.past }),
      ...(found > 0 ? { found } : {}),
      beacon: incident.beacon,
    },
  };
  return fittingJson(document, SPARE, octetsMax);
}

/** Only silence says that it is over, and somebody who has seen what was found in the past; of the other ends nobody knows. */
function statusOf({ state, end, acknowledged }: IncidentSummary): readonly [number, string] {
  const isOver = end === 'silent' || end === null || (end === 'past' && acknowledged !== null);
  if (state === 'closed' && isOver) return [4, 'Resolved'];
  if (state === 'closed' && end !== 'past') return [99, 'Not watched'];
  return acknowledged === null ? [1, 'New'] : [2, 'In Progress'];
}

/** Of cenote itself; also a test, which no rule for findings or DNS activity sees. */
function ownEvent(notice: Notice) {
  const isTest = notice.kind === 'test';
  const [severityId, severity] = notice.kind === 'trouble' ? SEVERITY.high : INFORMATIONAL;
  return {
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: APPLICATION_LIFECYCLE,
    class_name: 'Application Lifecycle',
    activity_id: 99,
    activity_name: isTest ? 'Test' : notice.kind === 'recovered' ? 'Recovered' : 'Problem',
    type_uid: APPLICATION_LIFECYCLE * 100 + 99,
    type_name: 'Application Lifecycle: Other',
    time: Date.parse(notice.time),
    severity_id: severityId,
    severity,
    is_alert: notice.kind === 'trouble',
    message: plain(textOf(notice), 1000),
    metadata: {
      ...metadata(['security_control']),
      uid: notice.id,
      ...(isTest ? { labels: ['test'] } : {}),
      ...(notice.trouble === null ? {} : { correlation_uid: notice.trouble.id }),
    },
    app: { name: 'cenote', vendor_name: 'cenote', version: VERSION },
  };
}

const metadata = (profiles: readonly string[]) => ({
  version: OCSF_VERSION,
  product: { name: 'cenote', vendor_name: 'cenote', version: VERSION },
  profiles,
});

function endpoint(client: {
  readonly ip: string;
  readonly mac: string | null;
  readonly name: string | null;
  readonly user?: string | null;
}) {
  return {
    ip: client.ip,
    ...(client.user == null ? {} : { owner: { name: plain(client.user) } }),
    ...(client.mac === null ? {} : { mac: client.mac }),
    ...(client.name === null ? {} : { hostname: plain(client.name) }),
  };
}
