// An AdminState that a test writes down, and a way to ask a server for one path with chosen headers.

import { type Agent, request } from 'node:http';
import type { GroupView } from '../../src/admin/clients/group-routes.ts';
import type { ClientView } from '../../src/admin/clients/routes.ts';
import type { IncidentDetail } from '../../src/admin/events/state.ts';
import type { ListView } from '../../src/admin/lists/list-view.ts';
import type { ReportView } from '../../src/admin/lists/report-routes.ts';
import type { FiguresView } from '../../src/admin/metrics/figures.ts';
import type { OverrideView } from '../../src/admin/overrides/routes.ts';
import type { ChangeView, SettingsView } from '../../src/admin/overrides/settings-routes.ts';
import type { AdminState, DecisionView, HealthView, StatusView } from '../../src/admin/state.ts';
import type { HuntFinding } from '../../src/desk/messages.ts';
import type { Coverage } from '../../src/hits/coverage.ts';
import type { Hit } from '../../src/hits/hit.ts';
import type { IncidentSummary } from '../../src/hits/incidents/summary.ts';
import type { LogAnswers } from '../../src/querylog/read/question.ts';
import { addressToText, textToAddress } from '../../src/wire/names/address.ts';

export const LIST: ListView = {
  name: '3cx-2023',
  source: '/etc/cenote/blocklists/3cx-2023.yaml',
  byHand: false,
  action: 'sinkhole',
  mode: 'enforce',
  format: 'indicators',
  entries: 21,
  patterns: 0,
  skipped: 0,
  skips: [],
  expired: 0,
  nextExpiry: null,
  undated: 0,
  state: 'good',
  since: '2026-11-23T09:00:00.000Z',
  why: null,
  inForce: true,
  fetching: false,
  condition: 'ok',
  overdue: false,
  lastGood: '2026-11-23T09:00:00.000Z',
  lastChange: '2026-11-23T09:00:00.000Z',
  lastCheck: '2026-11-23T09:00:00.000Z',
  nextCheck: null,
  lastError: null,
};

export const DECISION: DecisionView = {
  name: 'www.akamaicontainer.com',
  type: 'A',
  client: { ip: '192.0.2.7', name: 'till-3', mac: null, group: 'default' },
  verdict: 'sinkhole',
  rewritten: false,
  access: 'allowed',
  answeredBy: 'lists',
  own: null,
  leadsTo: null,
  blockedTarget: null,
  records: [],
  via: null,
  rule: 'akamaicontainer.com',
  list: '3cx-2023',
  indicator: {
    campaign: '3CX',
    source: 'https://report.example/3cx',
    firstPublished: '2023-03-29',
    confidence: 'high',
    note: null,
    expires: null,
  },
  answer: ['0.0.0.0'],
  entries: [
    {
      list: '3cx-2023',
      rule: 'akamaicontainer.com',
      scope: 'subtree',
      action: 'sinkhole',
      mode: 'enforce',
      used: true,
      holds: true,
    },
  ],
  paused: false,
  outsideSchedule: false,
  reply: { rcode: 'NOERROR', records: ['A 0.0.0.0'] },
  upstreamAnswer: null,
  upstreams: { setting: 'upstreams.default', servers: ['system'] },
  inspected: true,
  rebinding: 'protected',
  lines: [{ list: '3cx-2023', line: 12, text: '  - akamaicontainer.com' }],
};

export const HEALTHY: HealthView = {
  healthy: true,
  ready: true,
  revision: 1,
  since: '2026-11-23T08:00:00.000Z',
  refused: null,
  problems: [],
};

export const STATUS: StatusView = {
  version: '0.1.0',
  pid: 42,
  startedAt: '2026-11-23T08:00:00.000Z',
  uptimeSeconds: 3600,
  listening: ['127.0.0.1:5335', '[::1]:5335'],
  admin: '127.0.0.1:5380',
  workers: { configured: 1, answering: 1, replaced: 0, hitsReplaced: 0 },
  config: { file: '/etc/cenote/cenote.yaml', lastReload: null, waitsForRestart: [] },
  certificate: null,
  rules: { names: 21, patterns: 0, revision: 1 },
  lists: { total: 1, stale: [], missing: [] },
  served: { zones: [], lists: [] },
  paused: [],
  pausedMachines: [],
  upstreams: [
    {
      name: '9.9.9.9:53',
      transport: 'udp',
      fallback: false,
      healthy: true,
      condition: 'answers',
      state: 'answers',
      rttMs: 12.5,
      queries: 7,
      responses: 7,
      failures: 0,
    },
  ],
  cache: { entries: 5, octets: 900, hits: 3, misses: 7 },
  out: [
    {
      name: 'siem',
      kind: 'hec',
      waiting: 3,
      waitingOctets: 512,
      oldest: '2026-11-23T11:59:00.000Z',
      delivered: 40,
      lost: 0,
      error: null,
      takesPart: false,
      failingSince: null,
    },
  ],
  hitLog: { failing: false, linesLost: 0, stdoutLost: 0 },
  counters: { queriesUdp: 10, queriesTcp: 2, hits: 4, hitsLost: 0 },
  users: { listening: ['RADIUS 127.0.0.1:1813'], sessions: 1, accepted: 2, strangers: 0, refused: 0 },
  health: HEALTHY,
};

export const HIT: Hit = {
  event: 'hit',
  id: '01JDCN5B9VC0000000000000A1',
  time: '2026-11-23T09:00:00.123Z',
  count: 1,
  client: { ip: '192.0.2.7', name: 'till-3', mac: null, group: 'default' },
  question: { name: 'www.akamaicontainer.com', type: 'A', class: 'IN' },
  transport: 'udp',
  verdict: 'sinkhole',
  rule: 'akamaicontainer.com',
  list: '3cx-2023',
  answer: ['0.0.0.0'],
  via: null,
  indicator: {
    campaign: '3CX',
    source: 'https://report.example/3cx',
    firstPublished: '2023-03-29',
    confidence: 'high',
  },
  worker: 0,
  machine: '192.0.2.7',
  visit: '01JDCN5B9VC0000000000000A1',
  matches: [],
  outcome: 'blocked',
  rcode: 'NOERROR',
  through: null,
  resolver: 'resolver.example',
};

export const INCIDENT: IncidentSummary = {
  id: '01JDCN5B9VC0000000000000B2',
  state: 'open',
  severity: 'high',
  retrospective: false,
  client: HIT.client,
  list: HIT.list,
  campaign: '3CX',
  about: '3CX',
  indicator: HIT.indicator,
  opened: HIT.time,
  first: HIT.time,
  last: '2026-11-23T09:30:00.000Z',
  closed: null,
  acknowledged: null,
  hits: 7,
  names: [
    { name: HIT.question.name, count: 7, visits: 7, first: HIT.time, last: '2026-11-23T09:30:00.000Z' },
  ],
  furtherHits: 0,
  beacon: { score: 0.97, intervalMs: 300_000, sightings: 7 },
  machine: '192.0.2.7',
  addresses: ['192.0.2.7'],
  firstAddress: '192.0.2.7',
  groups: ['default'],
  users: [],
  lists: [HIT.list],
  indicators: [],
  formerLists: [],
  visits: 7,
  outcomes: { blocked: 7 },
  decided: { [HIT.list]: 7 },
  past: null,
  furtherNames: 0,
  furtherNamesAtLeast: false,
  beaconTooFew: null,
  end: null,
  unseenNames: [],
  mergedInto: null,
  reopened: 0,
  unwatched: [],
  told: null,
};

export const MACHINE: ClientView = {
  id: 'm-0000000007',
  name: 'till-3',
  nameFrom: 'lease',
  mac: 'aa:bb:cc:dd:ee:ff',
  group: 'default',
  firstSeen: HIT.time,
  lastSeen: HIT.time,
  user: 'anna',
  logons: [{ user: 'anna', domain: 'CORP', saidBy: 'windows', from: HIT.time, to: null }],
  addresses: [
    {
      ip: '192.0.2.7',
      through: null,
      name: 'till-3',
      nameFrom: 'lease',
      mac: 'aa:bb:cc:dd:ee:ff',
      from: HIT.time,
      to: null,
    },
  ],
};

export const DETAIL: IncidentDetail = {
  incident: INCIDENT,
  note: null,
  visits: Array.from({ length: 7 }, (_, visit) =>
    new Date(Date.parse(HIT.time) + visit * 300_000).toISOString(),
  ),
  hits: [HIT],
  areHitsCut: false,
};

export const GROUP: GroupView = {
  name: 'default',
  clients: ['any'],
  lists: [{ name: '3cx-2023', always: false, byHand: false }],
  schedule: null,
  inForce: true,
  upstreams: null,
  inspected: true,
  rebinding: true,
  machines: 1,
  paused: false,
  pausedUntil: null,
};

export const COVERAGE: Coverage = {
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-23T12:00:00.000Z',
  gaps: [],
  furtherGaps: 0,
  lost: 0,
  unnamed: 0,
  waiting: 0,
  gapsUnknownUntil: null,
  isWhole: true,
};

export const FINDING: HuntFinding = {
  client: { ip: '192.0.2.7', name: 'till-3', mac: 'aa:bb:cc:dd:ee:ff', group: 'default' },
  furtherNames: 0,
  list: '3cx-2023',
  rules: ['akamaicontainer.com'],
  isOfGroup: true,
  names: [
    {
      name: HIT.question.name,
      via: null,
      count: 3,
      countMax: 3,
      visits: 2,
      first: '2026-11-16T09:00:00.000Z',
      last: HIT.time,
      answered: 2,
      failed: 1,
      blocked: 0,
      rewritten: 0,
      refused: 0,
      local: 0,
      unrecorded: 0,
      allowed: 0,
    },
  ],
};

export const FIGURES: FiguresView = {
  endings: [
    { transport: 'udp', ending: 'cached', count: 6 },
    { transport: 'udp', ending: 'tcpOnly', count: 4 },
    { transport: 'tcp', ending: 'sinkholed', count: 2 },
  ],
  replies: [{ rcode: 'NOERROR', count: 12 }],
  waits: { boundsMs: [1, 10], counts: [3, 2, 1], sumMs: 1234 },
  hits: [{ list: 'a"b', group: 'default', count: 4 }],
  openIncidents: 2,
  out: STATUS.out,
  receivers: [{ receiver: 'webhook hooks.example', waiting: 1, delivered: 5, givenUp: 0 }],
};

export const OVERRIDE: OverrideView = {
  id: 'k7m2p',
  action: 'allow',
  name: 'cdn.example',
  client: null,
  group: null,
  reason: 'the shop needs it',
  since: '2026-11-23T11:00:00.000Z',
  until: null,
  inForce: true,
};

const LOG_COVERAGE = { since: '2026-11-20T08:00:00.000Z', gaps: [], lost: 0 } as const;
export const LOG_ANSWERS: LogAnswers = {
  caught: { lists: [], coverage: LOG_COVERAGE },
  rows: {
    rows: [
      {
        time: '2026-11-23T09:00:00.000Z',
        count: 1,
        client: { ip: '192.0.2.7', name: 'till-3', mac: null, group: 'default', machine: 'm-0123456789' },
        name: '=cmd.example',
        type: 'A',
        class: 'IN',
        transport: 'udp',
        result: 'data',
        outcome: 'upstream',
        rcode: 'NOERROR',
        list: null,
        rule: null,
        upstream: '192.0.2.53:53',
        from: 'upstream',
        waitedMs: 12,
      },
    ],
    next: null,
    coverage: LOG_COVERAGE,
  },
  tail: { rows: [], after: 7, isCut: false, ids: [], missed: 0 },
  top: {
    top: [{ what: '192.0.2.7', name: 'till-3', queries: 4, blocked: 1 }],
    approximate: false,
    queries: 4,
    coverage: LOG_COVERAGE,
  },
  chart: {
    stepMs: 600_000,
    points: [{ time: '2026-11-23T09:00:00.000Z', counts: [1, 0, 3, 0, 0, 0] }],
    coverage: LOG_COVERAGE,
  },
};

export const SETTINGS: SettingsView = {
  file: '/etc/cenote/cenote.yaml',
  digest: 'd1',
  readOnly: null,
  lines: [
    { line: 1, text: 'cache:', path: null, value: null },
    { line: 2, text: '  entries: 20000 # <b>enough</b>', path: ['cache', 'entries'], value: '20000' },
  ],
  waitsForRestart: ['listen.dns'],
};
export const CHANGE: ChangeView = {
  file: SETTINGS.file,
  diff: [
    { kind: 'same', text: 'cache:' },
    { kind: 'removed', text: '  entries: 20000' },
    { kind: 'added', text: '  entries: 30000' },
  ],
  digest: 'd2',
  written: true,
};
export const REPORT: ReportView = {
  name: 'report',
  kind: 'text',
  title: 'A campaign',
  campaign: 'APT-X',
  published: '2026-11-20',
  source: null,
  taken: [
    { name: 'evil.example', printed: 'evil[.]example', line: 3, place: null, scope: 'subtree' },
    { name: 'c2.example', printed: 'c2[.]example', line: 4, place: 'page 2', scope: 'exact' },
  ],
  doubtful: [
    { name: 'cdn.example', text: 'cdn.example', why: 'top-1m, rank 7', line: 5 },
    { name: null, text: '<i>half', why: 'may be two words', line: 6 },
  ],
  leftOut: [
    { name: 'vendor.example', text: 'vendor.example', why: 'written plainly, not defanged', line: 7 },
  ],
  leftOutMore: 3,
  addresses: 1,
  warnings: [],
};

export function stateOf(change: Partial<AdminState> = {}): AdminState {
  return {
    status: () => STATUS,
    lists: () => [LIST],
    refreshLists: async () => [LIST],
    decide: (asked) => ({ ...DECISION, name: asked.name, type: asked.type }),
    health: () => STATUS.health,
    counters: () => STATUS.counters,
    figures: () => FIGURES,
    published: () => ({ zones: [], lists: [] }),
    servedLists: () => [],
    askLog: async (question) => LOG_ANSWERS[question.what] as never,
    keepsLog: () => true,
    leavesHitsOut: () => false,
    isLogHeldUp: async () => false,
    hits: async () => [HIT],
    hunt: async () => [FINDING],
    keepsHistory: () => true,
    coverage: async () => COVERAGE,
    alerting: () => ['3cx-2023'],
    incidents: async () => [INCIDENT],
    acknowledge: async (id) => (id === INCIDENT.id ? { ...INCIDENT, acknowledged: INCIDENT.last } : null),
    clientPage: async () => ({ clients: [MACHINE], total: 1 }),
    groups: () => [GROUP],
    incident: async (id) => (id === INCIDENT.id ? DETAIL : null),
    noteIncident: async (id, text) =>
      id === INCIDENT.id
        ? { isKept: true, was: DETAIL.note, detail: { ...DETAIL, note: { text, time: HIT.time } } }
        : null,
    pushClients: () => undefined,
    whoIs: (text) => {
      const address = textToAddress(text);
      if (address !== null) return { machines: [MACHINE.id], ips: [addressToText(address)] };
      return [MACHINE.name, MACHINE.id].includes(text) ? { machines: [MACHINE.id], ips: [] } : null;
    },
    client: async ({ ips: [ip = '192.0.2.7'] }) => ({
      ip,
      name: 'till-3',
      nameFrom: 'lease',
      mac: null,
      machine: MACHINE.id,
      addresses: [ip],
      user: MACHINE.user,
      logons: MACHINE.logons,
      incidents: [INCIDENT],
      hits: [HIT],
      history: [
        {
          name: 'evil.example',
          first: HIT.time,
          last: HIT.time,
          count: 2,
          blocked: true,
          outcome: 'blocked',
          ip: '192.0.2.7',
          visits: 1,
        },
      ],
      areHitsCut: false,
      isHistoryCut: false,
      others: [],
    }),
    testAlerts: async () => [{ receiver: 'webhook hooks.example', error: null }],
    listCatches: async () => ({
      catches: [{ list: LIST.name, queries: 7, alone: 5, looked: 7 }],
      coverage: LOG_COVERAGE,
    }),
    settings: () => SETTINGS,
    changeSetting: async (asked) => ({ ...CHANGE, written: !asked.dryRun, waitsForRestart: [] }),
    addGroup: async (_, { dryRun }) => ({ ...CHANGE, written: !dryRun }),
    changeGroup: async (_, { dryRun }) => ({ ...CHANGE, written: !dryRun }),
    removeGroup: async (_, { dryRun }) => ({ ...CHANGE, written: !dryRun }),
    addList: async (_, { dryRun }) => ({ ...CHANGE, written: !dryRun, list: dryRun ? null : LIST }),
    removeList: async (_, { dryRun }) => ({ ...CHANGE, written: !dryRun, list: null }),
    watchList: async (_, monitor, { dryRun }) => ({
      ...CHANGE,
      written: !dryRun,
      list: dryRun ? null : { ...LIST, mode: monitor ? 'monitor' : 'enforce' },
    }),
    readReport: async (asked) => ({ ...REPORT, name: asked.name ?? REPORT.name }),
    blockReport: async (asked) => ({
      ...CHANGE,
      name: asked.name ?? REPORT.name,
      path: '/etc/cenote/blocklists/report.yaml',
      gained: 2,
      entries: 2,
      findings: [FINDING],
      coverage: COVERAGE,
      keepsHistory: true,
    }),
    overrides: () => [OVERRIDE],
    override: async (asked) => ({ ...OVERRIDE, action: asked.action, name: asked.name }),
    removeOverride: async (id) => (id === OVERRIDE.id ? OVERRIDE : null),
    paused: () => [],
    pause: async () => undefined,
    resume: async () => undefined,
    ...change,
  };
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
}

export interface HttpOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** An address of this machine; unset, the one that the system takes. */
  readonly from?: string;
  /** For many questions over few connections. */
  readonly agent?: Agent;
}

/** @param bound `127.0.0.1:5380` */
export function ask(bound: string, path: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const [host = '', port = ''] = bound.split(':');
  const length = options.body === undefined ? {} : { 'content-length': Buffer.byteLength(options.body) };
  const headers = { ...length, ...options.headers };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{ host, port, path, headers, method: options.method ?? 'GET', agent: options.agent ?? false },
        ...(options.from === undefined ? {} : { localAddress: options.from }),
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json: jsonOf(text) });
        });
      },
    );
    // A server may close a connection that it keeps for more just as a question is sent on it (RFC 9112, section 9.3.1).
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      outgoing.reusedSocket && error.code === 'ECONNRESET'
        ? resolve(ask(bound, path, options))
        : reject(error),
    );
    outgoing.end(options.body);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
