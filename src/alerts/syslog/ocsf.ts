// OCSF 1.3: a hit is DNS Activity (4003) under the Security Control profile, an incident a Detection Finding (2004).
import type { Hit } from '../../hits/hit.ts';
import type { IncidentSummary } from '../../hits/incidents/summary.ts';
import { describe } from '../describe.ts';
import { plain } from '../escape.ts';
import type { Notice } from '../receiver.ts';
import { VERSION } from '../version.ts';

const OCSF_VERSION = '1.3.0';
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
const QUERY = 1;
const DETECTION_FINDING = 2004;
const APPLICATION_LIFECYCLE = 6002;

export function ocsfOfHit(hit: Hit, incident: IncidentSummary): string {
  const { client, question } = hit;
  const [severityId, severity] = SEVERITY[incident.severity];
  const passed = hit.verdict === 'monitor';
  return JSON.stringify({
    category_uid: 4,
    category_name: 'Network Activity',
    class_uid: DNS_ACTIVITY,
    class_name: 'DNS Activity',
    activity_id: QUERY,
    activity_name: 'Query',
    type_uid: DNS_ACTIVITY * 100 + QUERY,
    type_name: 'DNS Activity: Query',
    time: Date.parse(hit.time),
    severity_id: severityId,
    severity,
    count: hit.count,
    message: `${client.ip} asked for ${question.name}`,
    metadata: { ...metadata(['security_control']), uid: hit.id, correlation_uid: incident.id },
    action_id: passed ? 1 : 2,
    action: passed ? 'Allowed' : 'Denied',
    disposition_id: passed ? 1 : 2,
    disposition: passed ? 'Allowed' : 'Blocked',
    query: { hostname: question.name, type: question.type, class: question.class },
    src_endpoint: endpoint(client),
    connection_info: {
      direction_id: 2,
      direction: 'Outbound',
      protocol_num: hit.transport === 'udp' ? 17 : 6,
      protocol_name: hit.transport === 'udp' ? 'udp' : 'tcp',
    },
    firewall_rule: {
      name: plain(hit.rule),
      uid: plain(hit.list),
      desc: plain(incident.campaign ?? hit.list),
    },
    unmapped: {
      group: plain(client.group),
      via: hit.via,
      confidence: hit.indicator?.confidence ?? null,
      source: hit.indicator?.source == null ? null : plain(hit.indicator.source),
    },
  });
}

export function ocsfOfNotice(notice: Notice): string {
  const { incident, kind } = notice;
  if (incident === null) return trouble(notice);
  const { title, sentence } = describe(notice);
  const [severityId, severity] = SEVERITY[incident.severity];
  const [activityId, activity] = FINDING[kind === 'trouble' ? 'opened' : kind];
  return JSON.stringify({
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
    status_id: kind === 'closed' ? 4 : 1,
    status: kind === 'closed' ? 'Resolved' : 'New',
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
    unmapped: { list: plain(incident.list), beacon: incident.beacon },
  });
}

function trouble(notice: Notice): string {
  return JSON.stringify({
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: APPLICATION_LIFECYCLE,
    class_name: 'Application Lifecycle',
    activity_id: 99,
    activity_name: 'Problem',
    type_uid: APPLICATION_LIFECYCLE * 100 + 99,
    type_name: 'Application Lifecycle: Other',
    time: Date.parse(notice.time),
    severity_id: SEVERITY.high[0],
    severity: SEVERITY.high[1],
    message: plain(notice.text, 1000),
    metadata: { ...metadata([]), uid: notice.id },
    app: { name: 'cenote', vendor_name: 'cenote', version: VERSION },
  });
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
}) {
  return {
    ip: client.ip,
    ...(client.mac === null ? {} : { mac: client.mac }),
    ...(client.name === null ? {} : { hostname: plain(client.name) }),
  };
}
