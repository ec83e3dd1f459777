// Syslog against receivers over UDP, TCP and TLS, and each body against its format's own rules.
import { createSocket } from 'node:dgram';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import t from 'tap';
import { type SyslogFormat, syslogMessages } from '../../src/alerts/syslog/messages.ts';
import { createSyslogReceiver } from '../../src/alerts/syslog/syslog-receiver.ts';
import { hasUnprintable, nastyNotice, noticeOf } from '../support/hits-receivers.ts';
import { hitOf } from '../support/hits-records.ts';
import { CERTIFICATE } from '../support/listen-certificate.ts';

const ORIGIN = { hostName: 'cenote-1', processId: 42 };
/** RFC 5424 §6: header, structured data, message. */
const RFC5424 =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([\x21-\x7e]{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) (\[[^ \]]+(?: [^ =\]"]+="(?:[^"\\\]]|\\["\\\]])*")*\]) (.*)$/s;

const bodyOf = (message: string): string => RFC5424.exec(message)?.[8] ?? '';
const only = (format: SyslogFormat, notice = noticeOf()) => syslogMessages(notice, format, ORIGIN)[0] ?? '';

t.test('every message is RFC 5424, whatever strangers chose', async (t) => {
  for (const format of ['rfc5424', 'cef', 'ecs', 'ocsf'] as const)
    for (const notice of [
      noticeOf(),
      nastyNotice(),
      noticeOf({ hits: [], kind: 'closed' }),
      noticeOf({ furtherHits: 9 }),
      noticeOf({ incident: null, hits: [], kind: 'trouble', text: 'disk full' }),
    ])
      for (const message of syslogMessages(notice, format, ORIGIN)) {
        t.match(message, RFC5424);
        t.notOk(hasUnprintable(message), `${format}: one line`);
      }
  t.equal(RFC5424.exec(only('rfc5424'))?.[1], String(16 * 8 + 2));
});

t.test('counts of the messages add up to the hits', async (t) => {
  const notice = noticeOf({ hits: [hitOf({ count: 3 }), hitOf({ count: 4 })], furtherHits: 13 });
  const counts = syslogMessages(notice, 'rfc5424', ORIGIN).map((message) =>
    Number(/ count="(\d+)"/.exec(message)?.[1]),
  );
  t.same(counts, [3, 4, 13]);
});

t.test('what was found in the past is told as that, also of an incident that goes on', async (t) => {
  const asked = { name: 'old.evil.example', count: 4, firstMs: 0, lastMs: 1000 };
  for (const kind of ['opened', 'update'] as const) {
    const notice = noticeOf({ kind, found: [asked], furtherFound: 3 });
    const messages = syslogMessages(notice, 'rfc5424', ORIGIN);
    t.match(messages.at(-1), new RegExp(` ${kind.toUpperCase()} \\[.* found="7"`));
    t.notMatch(messages[0], / found="/, 'a hit is of the present');
    t.match(JSON.parse(bodyOf(syslogMessages(notice, 'ecs', ORIGIN).at(-1) ?? '')), {
      event: { dataset: 'cenote.incident' },
      cenote: { found: 7 },
    });
  }
  t.notMatch(syslogMessages(noticeOf({ hits: [] }), 'rfc5424', ORIGIN)[0], / found="/);
});

t.test('what came of it before it was listed stands in a field of each format that has one', async (t) => {
  const asked = { name: 'old.evil.example', count: 4, firstMs: 0, lastMs: 1000 };
  const { incident } = noticeOf();
  const past = {
    hits: 7,
    first: '2026-11-01T08:00:00.000Z',
    last: '2026-11-02T08:00:00.000Z',
    answered: 4,
    local: 0,
    failed: 1,
    blocked: 0,
    rewritten: 0,
    refused: 0,
    unrecorded: 2,
  };
  const found = noticeOf({
    hits: [],
    incident: incident && { ...incident, past },
    found: [asked],
    furtherFound: 3,
  });
  const ofPast = (format: SyslogFormat): string => bodyOf(only(format, found));
  t.match(JSON.parse(ofPast('ecs')).cenote, { past, found: 7 });
  t.match(JSON.parse(ofPast('ocsf')).unmapped, { past, found: 7 });
  t.match(ofPast('cef'), / cn1Label=foundInPast cn1=7 /);
  t.match(ofPast('leef'), /\^found=7\^/);
  const live = noticeOf({ hits: [], kind: 'closed' });
  for (const format of ['ecs', 'ocsf', 'cef', 'leef'] as const)
    t.notMatch(bodyOf(only(format, live)), /past"|found|cn1/i, `${format}: nothing was found for another`);
});

/** A reader of CEF: seven header fields, then key=value with its two escapes. */
function readCef(body: string): { head: string[]; values: Map<string, string> } {
  const parts = body.split(/(?<!\\)(?:\\\\)*\|/);
  const values = new Map<string, string>();
  const extension = body.slice(body.split(/(?<=(?<!\\)(?:\\\\)*)\|/, 7).join('|').length + 1);
  for (const [, key = '', value = ''] of extension.matchAll(
    /([A-Za-z0-9]+)=((?:[^\\=]|\\[\\=])*?)(?= [A-Za-z0-9]+=|$)/g,
  ))
    values.set(key, value.replace(/\\([\\=])/g, '$1'));
  return { head: parts.slice(0, 7), values };
}

t.test('CEF can be read back field by field', async (t) => {
  const { head, values } = readCef(bodyOf(only('cef')));
  t.match(head, ['CEF:0', 'cenote', 'cenote', /\d/, 'hit', /3cx-2023/, '9']);
  t.match(Object.fromEntries(values), {
    src: '192.0.2.7',
    dhost: 'www.akamaicontainer.com',
    act: 'sinkhole',
    cnt: '3',
    cs1Label: 'list',
    cs1: '3cx-2023',
    cs3: '3CX',
  });
  const nasty = readCef(bodyOf(only('cef', nastyNotice())));
  t.equal(nasty.head.length, 7);
  t.match(nasty.values.get('cs1'), 'x"]|\\=<!channel>');
  t.equal(nasty.values.get('c6a2'), '2001:db8::7');
  t.notOk(nasty.values.has('src'));
});

t.test('ECS and OCSF say what their schemas ask for', async (t) => {
  t.match(JSON.parse(bodyOf(only('ecs'))), {
    '@timestamp': '2026-11-23T09:00:00.123Z',
    ecs: { version: /^9\./ },
    event: { kind: 'alert', category: ['network', 'intrusion_detection'], type: ['protocol', 'denied'] },
    dns: { type: 'answer', question: { name: 'www.akamaicontainer.com', type: 'A', class: 'IN' } },
    source: { ip: '192.0.2.7' },
    threat: { indicator: { type: 'domain-name', confidence: 'High' } },
    cenote: { count: 3 },
  });
  t.match(JSON.parse(bodyOf(only('ocsf'))), {
    class_uid: 4003,
    category_uid: 4,
    activity_id: 6,
    type_uid: 400306,
    severity_id: 4,
    time: Date.parse('2026-11-23T09:00:00.123Z'),
    count: 3,
    metadata: { version: '1.8.0', product: { vendor_name: 'cenote' } },
    query: { hostname: 'www.akamaicontainer.com', type: 'A' },
    src_endpoint: { ip: '192.0.2.7' },
  });
  t.match(JSON.parse(bodyOf(only('ocsf', noticeOf({ hits: [], kind: 'closed' })))), {
    class_uid: 2004,
    type_uid: 200403,
    finding_info: { uid: /./, title: /./ },
  });
  const { incident } = noticeOf();
  const seen = incident && {
    ...incident,
    state: 'closed' as const,
    end: 'past' as const,
    retrospective: true,
    acknowledged: '2026-11-02T08:00:00.000Z',
  };
  t.match(
    JSON.parse(bodyOf(only('ocsf', noticeOf({ hits: [], kind: 'closed', incident: seen })))),
    { activity_name: 'Close', status: 'Resolved', is_alert: false },
    'what was found in the past and somebody has seen',
  );
});

const FORMATS = ['rfc5424', 'cef', 'leef', 'ecs', 'ocsf'] as const;
const receiverTo = (transport: 'udp' | 'tcp', port: number) =>
  createSyslogReceiver({ name: 's', transport, host: '127.0.0.1', port, format: 'rfc5424', origin: ORIGIN });

t.test('over UDP a message is a datagram', async (t) => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const got = new Promise<string>((resolve) =>
    socket.once('message', (octets) => resolve(octets.toString())),
  );
  const receiver = receiverTo('udp', socket.address().port);
  await receiver.deliver(noticeOf(), AbortSignal.timeout(5000));
  t.match(await got, RFC5424);
  await receiver.close();
  socket.close();
});

t.test('over TCP messages may end with a line feed, and hold none inside', async (t) => {
  let text = '';
  const server = createServer((socket) => socket.on('data', (octets) => (text += octets)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const format of FORMATS) {
    const framing = 'newline';
    const line = {
      name: 's',
      transport: 'tcp',
      host: '127.0.0.1',
      port,
      format,
      framing,
      origin: ORIGIN,
    } as const;
    const receiver = createSyslogReceiver(line);
    await receiver.deliver(nastyNotice(), AbortSignal.timeout(5000));
    await receiver.close();
  }
  while (text.split('\n').length <= FORMATS.length) await new Promise((resolve) => setImmediate(resolve));
  server.close();
  const lines = text.split('\n');
  t.equal(lines.pop(), '');
  t.equal(lines.length, FORMATS.length);
  for (const line of lines) t.match(line, RFC5424);
});

t.test('over TCP messages are counted octets on one connection, made anew when it was lost', async (t) => {
  const sockets: Socket[] = [];
  let text = '';
  let wake = () => {};
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (octets) => {
      text += octets;
      wake();
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver = receiverTo('tcp', (server.address() as AddressInfo).port);
  const framesOf = (): string[] => {
    const frames: string[] = [];
    const octets = Buffer.from(text);
    for (let at = 0; at < octets.length; ) {
      const space = octets.indexOf(0x20, at);
      const length = Number(octets.toString('utf8', at, space));
      if (space + 1 + length > octets.length) break;
      frames.push(octets.toString('utf8', space + 1, space + 1 + length));
      at = space + 1 + length;
    }
    return frames;
  };
  const frames = async (count: number): Promise<string[]> => {
    while (framesOf().length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return framesOf();
  };
  await receiver.deliver(noticeOf(), AbortSignal.timeout(5000));
  await receiver.deliver(nastyNotice(), AbortSignal.timeout(5000));
  for (const frame of await frames(2)) t.match(frame, RFC5424);
  t.equal(sockets.length, 1);
  const closed = new Promise((resolve) => sockets[0]!.once('close', resolve));
  sockets[0]!.end();
  await closed;
  await receiver.deliver(noticeOf(), AbortSignal.timeout(5000));
  t.equal((await frames(3)).length, 3);
  t.equal(sockets.length, 2);
  await receiver.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  await new Promise((resolve) => server.once('close', resolve));
  await t.rejects(receiverTo('tcp', 1).deliver(noticeOf(), AbortSignal.timeout(5000)), {
    code: 'RECEIVER_UNREACHABLE',
  });
});

t.test('over TLS the receiver must prove who it is', async (t) => {
  let text = '';
  const server = createTls(CERTIFICATE, (socket) => {
    socket.on('data', (octets) => {
      text += octets;
    });
    socket.on('error', () => {});
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiverWith = (authority: string | null) =>
    createSyslogReceiver({
      name: 's',
      transport: 'tls',
      host: '127.0.0.1',
      port,
      format: 'ecs',
      origin: ORIGIN,
      authority,
    });
  await t.rejects(receiverWith(null).deliver(noticeOf(), AbortSignal.timeout(5000)), {
    code: 'RECEIVER_UNREACHABLE',
  });
  t.equal(text, '');
  const receiver = receiverWith(CERTIFICATE.cert);
  await receiver.deliver(noticeOf(), AbortSignal.timeout(5000));
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  await receiver.close();
  await ended;
  t.match(text, /^\d+ <130>1 /);
});

t.test('a test is of another class in every form: nothing of it looks like a hit', async (t) => {
  const notice = noticeOf({ kind: 'test' });
  for (const format of FORMATS) {
    const messages = syslogMessages(notice, format, ORIGIN);
    t.equal(messages.length, 1);
    t.match(messages[0], / TEST \[\S+ notice="\S+" test="true"\] /, format);
    t.match(messages[0], /^<134>/, 'informational');
    t.notMatch(messages[0], /192\.0\.2\.7|akamaicontainer|HIT|sinkhole/, format);
  }
  t.match(bodyOf(only('cef', notice)), /^CEF:0\|cenote\|cenote\|[^|]+\|test\|Test of [^|]+\|0\|cat=test/);
  t.match(bodyOf(only('leef', notice)), /\|test\|\^\|.*cat=test\^sev=1/);
  t.match(JSON.parse(bodyOf(only('ecs', notice))), {
    event: { kind: 'event', action: 'alert-test', dataset: 'cenote.test', category: ['configuration'] },
    tags: ['test'],
    threat: undefined,
    source: undefined,
  });
  t.match(JSON.parse(bodyOf(only('ocsf', notice))), { class_uid: 6002, is_alert: false, severity_id: 1 });
});

t.test('each hit carries its own severity, and that of the list of the campaign', async (t) => {
  const indicator = (confidence: 'low' | 'high') => ({
    campaign: '3CX',
    source: null,
    firstPublished: null,
    confidence,
  });
  const hit = (list: string, confidence: 'low' | 'high', decider = list) =>
    hitOf({
      list: decider,
      indicator: null,
      matches: [{ list, rule: `${list}.example`, indicator: indicator(confidence), mode: 'enforce' }],
    });
  const notice = noticeOf({ hits: [hit('a', 'low'), hit('b', 'high', 'ads')] });
  const severities = (format: SyslogFormat) => syslogMessages(notice, format, ORIGIN).map(bodyOf);
  t.same(
    severities('ocsf').map((body) => JSON.parse(body).severity_id),
    [2, 4],
  );
  t.same(
    severities('ecs').map((body) => JSON.parse(body).event.severity),
    [4, 9],
  );
  t.match(severities('cef')[0], /\|hit\|Listed name asked for: a\|4\|/);
  t.match(severities('cef')[1], /\|hit\|Listed name asked for: b\|9\|.*cs1=b /);
  t.match(severities('rfc5424')[1], /list b \(3CX\): it was blocked by list ads/);
});

t.test('what a monitored name got is said as that', async (t) => {
  const notice = noticeOf({}, { verdict: 'monitor', outcome: 'data', rcode: 'NOERROR', count: 1 });
  t.match(
    bodyOf(only('rfc5424', notice)),
    /asked for \S+ A once, list .*: it was answered, not blocked since list 3cx-2023 only watches \(mode: monitor\) \[monitor\]$/,
  );
  t.match(JSON.parse(bodyOf(only('ocsf', notice))), { action: 'Allowed', rcode: 'NoError', rcode_id: 0 });
  t.match(JSON.parse(bodyOf(only('ecs', notice))), {
    event: { type: ['protocol', 'allowed'], reason: 'data' },
    dns: { response_code: 'NOERROR' },
  });
});

t.test('networks and expressions are no domain names', async (t) => {
  const typeOf = (rule: string) =>
    JSON.parse(bodyOf(only('ecs', noticeOf({}, { rule, via: '203.0.113.9' })))).threat.indicator.type;
  t.equal(typeOf('203.0.113.0/24'), 'ipv4-addr');
  t.equal(typeOf('2001:db8::/32'), 'ipv6-addr');
  t.equal(typeOf('/^c2[0-9]+/'), undefined);
  t.equal(typeOf('evil.example'), 'domain-name');
  t.ok(
    JSON.parse(bodyOf(only('ecs', noticeOf({}, { via: '203.0.113.9' })))).related.ip.includes('203.0.113.9'),
  );
});

t.test('JSON in a datagram is never cut: members go instead', async (t) => {
  const long = 'x'.repeat(300);
  const matches = Array.from({ length: 60 }, (_, i) => ({
    list: `${long}${i}`,
    rule: long,
    indicator: null,
    mode: 'enforce' as const,
  }));
  const notice = noticeOf({}, { matches });
  for (const format of ['ecs', 'ocsf'] as const) {
    t.ok(Buffer.byteLength(only(format, notice)) > 8192);
    const [message = ''] = syslogMessages(notice, format, ORIGIN, 8192);
    t.ok(Buffer.byteLength(message) <= 8192, `${format}: ${Buffer.byteLength(message)}`);
    const body = JSON.parse(bodyOf(message));
    t.equal(body.query?.hostname ?? body.dns?.question?.name, 'www.akamaicontainer.com');
  }
});
