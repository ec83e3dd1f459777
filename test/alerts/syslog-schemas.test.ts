// Each body format against what its published schema demands: CEF 0, ECS 9.4, OCSF 1.8 (base event, DNS Activity 4003,
// Detection Finding 2004, Application Lifecycle 6002), as tables of our own. Every demand is tried on a document that breaks it.
import t from 'tap';
import { type SyslogFormat, syslogMessages } from '../../src/alerts/syslog/messages.ts';
import { nastyNotice, noticeOf } from '../support/hits-receivers.ts';

type Check = (value: unknown) => boolean;
/** Path → what must stand there; `?` at its end: only if it stands there. */
type Demands = Readonly<Record<string, Check>>;

const ORIGIN = { hostName: 'cenote-1', processId: 42 };
const NOTICES = {
  hits: noticeOf(),
  nasty: nastyNotice(),
  further: noticeOf({ furtherHits: 9 }),
  opened: noticeOf({ hits: [], kind: 'opened' }),
  update: noticeOf({ hits: [], kind: 'update' }),
  closed: noticeOf({ hits: [], kind: 'closed' }),
  test: noticeOf({ kind: 'test', text: 'This is a test.' }),
  recovered: noticeOf({ incident: null, hits: [], kind: 'recovered', text: 'the store is written again' }),
  trouble: noticeOf({ incident: null, hits: [], kind: 'trouble', text: 'disk full '.repeat(400) }),
};

const text: Check = (value) => typeof value === 'string' && value.length > 0;
const integer: Check = (value) => Number.isInteger(value);
const timestamp: Check = (value) => Number.isInteger(value) && Number(value) > 1e12;
const oneOf =
  (...allowed: readonly unknown[]): Check =>
  (value) =>
    allowed.includes(value);
const every =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const date: Check = (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(String(value));
const ip: Check = (value) => /^[0-9.]{7,15}$|^[0-9a-f:.]{2,45}$/.test(String(value));

function bodies(format: SyslogFormat): [string, string][] {
  return Object.entries(NOTICES).flatMap(([name, notice]) =>
    syslogMessages(notice, format, ORIGIN).map((message): [string, string] => [
      name,
      /^<\d+>1 (?:\S+ ){5}\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\] (.*)$/s.exec(message)?.[1] ?? '',
    ]),
  );
}

function at(document: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], document);
}

function faults(document: unknown, demands: Demands): string[] {
  return Object.entries(demands).flatMap(([key, check]) => {
    const path = key.replace(/\?$/, '');
    const value = at(document, path);
    if (value === undefined && key !== path) return [];
    return check(value) ? [] : [`${path}: ${JSON.stringify(value)}`];
  });
}

function without(document: unknown, path: string): unknown {
  const copy = structuredClone(document);
  const [last = '', ...above] = path.split('.').reverse();
  delete (at(copy, above.reverse().join('.')) as Record<string, unknown> | undefined)?.[last];
  if (above.length === 0) delete (copy as Record<string, unknown>)[last];
  return copy;
}

const BASE: Demands = {
  activity_id: integer,
  category_uid: integer,
  class_uid: integer,
  type_uid: integer,
  severity_id: oneOf(0, 1, 2, 3, 4, 5, 6, 99),
  time: timestamp,
  'metadata.version': oneOf('1.8.0'),
  'metadata.product.vendor_name': text,
  'metadata.product.name': text,
  'count?': (value) => integer(value) && Number(value) > 0,
  'message?': text,
};
const OCSF: Readonly<Record<number, Demands>> = {
  4003: {
    ...BASE,
    category_uid: oneOf(4),
    activity_id: oneOf(0, 1, 2, 6, 99),
    // At least one endpoint; ours is the client.
    'src_endpoint.ip': ip,
    'src_endpoint.mac?': (value) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(String(value)),
    'query.hostname': text,
    'connection_info.direction_id': oneOf(0, 1, 2, 3, 99),
    'connection_info.protocol_num': oneOf(6, 17),
    'metadata.profiles': (value) => Array.isArray(value) && value.includes('security_control'),
    'rcode_id?': (value) => integer(value) && Number(value) < 100,
    'answers?': every((one) => text(at(one, 'rdata'))),
    'device.hostname': text,
    'device.type_id': integer,
    is_alert: oneOf(true),
    'osint?': every((one) => text(at(one, 'value')) && integer(at(one, 'type_id'))),
    action_id: oneOf(0, 1, 2),
    disposition_id: oneOf(...Array.from({ length: 28 }, (_, i) => i), 99),
  },
  2004: {
    ...BASE,
    category_uid: oneOf(2),
    activity_id: oneOf(0, 1, 2, 3, 99),
    'finding_info.uid': text,
    'finding_info.title': text,
    'finding_info.created_time?': timestamp,
    'finding_info.first_seen_time?': timestamp,
    'finding_info.last_seen_time?': timestamp,
    status_id: oneOf(0, 1, 2, 3, 4, 5, 6, 99),
    'evidences?': every((one) => ip(at(one, 'src_endpoint.ip')) && text(at(one, 'query.hostname'))),
  },
  6002: { ...BASE, category_uid: oneOf(6), activity_id: oneOf(0, 1, 2, 3, 4, 99), 'app.name': text },
};

t.test('OCSF: required fields, types and numbers of each class', async (t) => {
  const seen = new Set<number>();
  for (const [name, body] of bodies('ocsf')) {
    const document = JSON.parse(body);
    const demands = OCSF[document.class_uid];
    if (demands === undefined) throw new Error(`no class ${document.class_uid}`);
    t.same(faults(document, demands), [], `${name}, class ${document.class_uid}`);
    t.equal(document.type_uid, document.class_uid * 100 + document.activity_id);
    t.equal(Math.floor(document.class_uid / 1000), document.category_uid);
    if (seen.has(document.class_uid)) continue;
    seen.add(document.class_uid);
    for (const path of Object.keys(demands).filter((key) => !key.endsWith('?')))
      t.match(
        faults(without(document, path), demands).join(),
        path,
        `${path} is missed when it is not there`,
      );
  }
  t.same([...seen].sort(), [2004, 4003, 6002]);
});

/** Which event.type an event.category allows. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  network: ['access', 'allowed', 'connection', 'denied', 'end', 'info', 'protocol', 'start'],
  intrusion_detection: ['allowed', 'denied', 'info'],
  configuration: ['access', 'change', 'creation', 'deletion', 'info'],
  host: ['access', 'change', 'end', 'info', 'start'],
};
const ECS: Demands = {
  '@timestamp': date,
  'ecs.version': (value) => /^9\.\d+\.\d+$/.test(String(value)),
  message: text,
  'event.id': text,
  'event.kind': oneOf('alert', 'asset', 'enrichment', 'event', 'metric', 'state', 'pipeline_error', 'signal'),
  'event.category': every((value) => String(value) in TYPES),
  'event.type': every((value) => Object.values(TYPES).flat().includes(String(value))),
  'event.severity': integer,
  'event.outcome?': oneOf('failure', 'success', 'unknown'),
  'event.start?': date,
  'event.end?': date,
  'observer.type': text,
  'source.ip?': ip,
  'source.mac?': (value) => /^[0-9A-F]{2}(-[0-9A-F]{2}){5}$/.test(String(value)),
  'network.transport?': oneOf('udp', 'tcp'),
  'network.type?': oneOf('ipv4', 'ipv6'),
  'dns.type?': oneOf('query', 'answer'),
  'dns.response_code?': text,
  'dns.answers?': every((one) => text(at(one, 'data')) && text(at(one, 'type'))),
  'threat.enrichments?': every((one) => text(at(one, 'matched.atomic')) && text(at(one, 'indicator.name'))),
  'observer.hostname': text,
  'dns.question.name?': text,
  'dns.resolved_ip?': every(ip),
  'related.ip?': every(ip),
  'related.hosts?': every(text),
  'threat.indicator.type?': oneOf('domain-name', 'ipv4-addr', 'ipv6-addr', 'url'),
  'threat.indicator.confidence?': oneOf('Not Specified', 'None', 'Low', 'Medium', 'High'),
  'threat.indicator.first_seen?': date,
};
const ECS_FIELD_SETS = [
  '@timestamp',
  'message',
  'ecs',
  'event',
  'observer',
  'source',
  'network',
  'dns',
  'related',
  'rule',
  'threat',
  'tags',
];

t.test(
  'ECS: required fields, allowed values, and nothing of ours outside a field set of our own',
  async (t) => {
    for (const [name, body] of bodies('ecs')) {
      const document = JSON.parse(body);
      t.same(faults(document, ECS), [], name);
      t.same(
        Object.keys(document).filter((key) => ![...ECS_FIELD_SETS, 'cenote'].includes(key)),
        [],
      );
      const { category, type } = document.event;
      for (const one of type)
        t.ok(
          category.some((each: string) => TYPES[each]?.includes(one)),
          `${category} allows ${one}`,
        );
    }
    const document = JSON.parse(bodies('ecs')[0]?.[1] ?? '');
    for (const path of Object.keys(ECS).filter((key) => !key.endsWith('?')))
      t.match(faults(without(document, path), ECS).join(), path, `${path} is missed when it is not there`);
  },
);

/** Keys of the extension dictionary that we use: what their values look like and how long they may be. */
const CEF: Readonly<Record<string, readonly [Check, number]>> = {
  ...Object.fromEntries(
    ['rt', 'start', 'end'].map((key) => [key, [(value) => /^\d{13}$/.test(String(value)), 13]]),
  ),
  src: [(value) => /^\d{1,3}(\.\d{1,3}){3}$/.test(String(value)), 15],
  c6a2: [(value) => /^[0-9a-f:.]+$/.test(String(value)), 45],
  c6a2Label: [oneOf('Source IPv6 Address'), 1023],
  smac: [(value) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(String(value)), 17],
  cnt: [(value) => /^\d+$/.test(String(value)), 10],
  shost: [text, 1023],
  dhost: [text, 1023],
  app: [text, 31],
  proto: [oneOf('UDP', 'TCP'), 31],
  act: [text, 63],
  cat: [text, 1023],
  outcome: [text, 63],
  reason: [text, 1023],
  dvchost: [text, 100],
  externalId: [text, 40],
  msg: [text, 1023],
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`cs${n}`, [text, 4000]])),
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`cs${n}Label`, [text, 1023]])),
};
const UNESCAPED = /(?<=(?:^|[^\\])(?:\\\\)*)\|/;

function cefFaults(body: string): string[] {
  const parts = body.split(UNESCAPED);
  const head = parts.slice(0, 7);
  const extension = parts.slice(7).join('|');
  const pairs = extension.split(/ (?=[A-Za-z0-9]+=)/).map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    return [pair.slice(0, equals), pair.slice(equals + 1)];
  });
  const keys = pairs.map(([key]) => key);
  return [
    ...(head.length === 7 && head.every((field) => field.length > 0) ? [] : ['seven header fields']),
    ...(head[0] === 'CEF:0' ? [] : ['the version']),
    ...(/^(?:[0-9]|10)$/.test(head[6] ?? '') ? [] : [`severity ${head[6]}`]),
    ...((head[5] ?? '').length <= 512 ? [] : ['the name is too long']),
    ...(new Set(keys).size === keys.length ? [] : ['a key twice']),
    ...keys
      .filter((key) => /^(?:cs\d|c6a2)$/.test(key) && !keys.includes(`${key}Label`))
      .map((key) => `${key} has no label`),
    ...pairs.flatMap(([key, raw]) => {
      const value = raw.replace(/\\(.)/g, (_, one) => (one === 'n' ? '\n' : one === 'r' ? '\r' : one));
      const known = CEF[key];
      if (known === undefined) return [`${key} is not in the dictionary`];
      if (/(?:^|[^\\])(?:\\\\)*=/.test(raw)) return [`${key}: an unescaped =`];
      return known[0](value) && value.length <= known[1] ? [] : [`${key}=${value.slice(0, 50)}`];
    }),
  ];
}

t.test('CEF: header, severity, escapes, keys, labels and lengths of the dictionary', async (t) => {
  for (const [name, body] of bodies('cef')) t.same(cefFaults(body), [], name);
  const body = bodies('cef')[0]?.[1] ?? '';
  for (const [broken, fault] of [
    [body.replace('|cenote', ''), 'severity'],
    [body.replace(/\|9\|/, '|11|'), 'severity 11'],
    [body.replace('cs1Label=list ', ''), 'cs1 has no label'],
    [body.replace('act=', 'deed='), 'deed is not in the dictionary'],
    [body.replace(/ rt=\d+|rt=\d+ /, ' rt=today '), 'rt=today'],
    [body.replace('dhost=', 'dhost=a=b'), 'an unescaped ='],
  ] as const)
    t.match(cefFaults(broken).join(), fault, fault);
});
