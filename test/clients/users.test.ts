// Who is logged on where: RADIUS packets, Windows events in every form, and sessions over time.
import t from 'tap';
import { MachineTable } from '../../src/clients/machine-table.ts';
import { readAccounting } from '../../src/clients/users/radius.ts';
import { userOf } from '../../src/clients/users/session.ts';
import { Sessions, type Told, usersOf } from '../../src/clients/users/sessions.ts';
import { SyslogFrames } from '../../src/clients/users/syslog-frames.ts';
import { readLogonEvent } from '../../src/clients/users/windows.ts';
import { machinesOfUser, whoMeant } from '../../src/clients/who.ts';
import { addressToText, textToAddress } from '../../src/wire/names/address.ts';
import { isGenuineReply, radiusPacket } from '../support/radius-packet.ts';

const octets = (text: string): Uint8Array => textToAddress(text) ?? new Uint8Array(16);
const secret = 'shared secret';

t.test('RADIUS accounting is taken of those alone who know the secret', (t) => {
  const attributes = [
    [1, 'anna'],
    [4, Uint8Array.of(192, 0, 2, 1)],
    [8, Uint8Array.of(192, 0, 2, 7)],
    [31, '02-00-00-00-00-07:staff'],
    [33, Uint8Array.of(1, 2, 3)],
    [33, Uint8Array.of(4)],
    [40, 1],
    [41, 3],
    [44, 'session-1'],
    [97, Uint8Array.of(0, 64, 0x20, 1, 0xd, 0xb8, 0, 1, 0, 2)],
    [168, octets('2001:db8::7')],
  ] as const;
  for (const signed of [false, true]) {
    const request = radiusPacket({ secret, attributes, signed });
    const received = readAccounting(request, secret);
    if (received.kind !== 'accounting') return t.fail(received.kind);
    const { said, reply } = received;
    t.match(said, {
      status: 'start',
      user: 'anna',
      sessionId: 'session-1',
      nas: '192.0.2.1',
      delaySeconds: 3,
    });
    t.equal(said.mac, '02:00:00:00:00:07');
    t.same(
      said.networks.map(({ bytes, bits }) => `${addressToText(bytes)}/${bits}`),
      ['192.0.2.7/128', '2001:db8:1:2::/64', '2001:db8::7/128'],
    );
    t.ok(isGenuineReply(reply, request, secret), 'the reply proves the secret too');
    t.ok(
      reply.includes(Buffer.from([33, 5, 1, 2, 3, 33, 3, 4])),
      'with the state of proxies, in their order',
    );
    t.equal(readAccounting(request, 'another').kind, 'refused');
    for (let at = 0; at < request.length; at += 1) {
      const other = Buffer.from(request);
      other[at] = (other[at] ?? 0) ^ 1;
      if (readAccounting(other, secret).kind !== 'refused') t.fail(`octet ${at} may change`);
      if (readAccounting(request.subarray(0, at), secret).kind !== 'refused') t.fail(`cut at ${at}`);
    }
  }
  const status = readAccounting(radiusPacket({ secret, attributes: [], code: 12 }), secret);
  t.equal(status.kind, 'refused', 'a Status-Server has to be signed');
  const none = [
    ['an address that the access server chooses', [8, Uint8Array.of(255, 255, 255, 254)]],
    ['a telephone number', [31, '491711234567']],
    ['an address as calling station', [31, '198.51.100.3']],
  ] as const;
  for (const [what, attribute] of none) {
    const received = readAccounting(radiusPacket({ secret, attributes: [[40, 1], attribute] }), secret);
    t.match(received, { said: { networks: [], mac: null } }, what);
  }
  for (const written of ['020000000007', '02:00:00:00:00:07', '0200.0000.0007', '02-00-00-00-00-07']) {
    const received = readAccounting(
      radiusPacket({
        secret,
        attributes: [
          [40, 3],
          [31, written],
        ],
      }),
      secret,
    );
    t.match(received, {
      said: { status: 'interim', mac: written === '020000000007' ? null : '02:00:00:00:00:07' },
    });
  }
  t.end();
});

const begun = { kind: 'begun', user: 'anna', domain: 'CORP', id: 'dc1.corp.example 0x3e7abc' };
const text4624 = (tab: string): string =>
  `An account was successfully logged on.${tab}Subject:${tab}Security ID:${tab}S-1-0-0${tab}Account Name:${tab}-${tab}Account Domain:${tab}-${tab}Logon ID:${tab}0x0${tab}Logon Information:${tab}Logon Type:${tab}3${tab}New Logon:${tab}Security ID:${tab}S-1-5-21-1-2-3-1104${tab}Account Name:${tab}anna${tab}Account Domain:${tab}CORP${tab}Logon ID:${tab}0x3E7ABC${tab}Logon GUID:${tab}{00000000-0000-0000-0000-000000000000}${tab}Network Information:${tab}Workstation Name:${tab}PC7${tab}Source Network Address:${tab}192.0.2.7${tab}Source Port:${tab}50123`;
const data = {
  TargetUserSid: 'S-1-5-21-1-2-3-1104',
  TargetUserName: 'anna',
  TargetDomainName: 'CORP',
  TargetLogonId: '0x3e7abc',
  LogonType: '3',
  IpAddress: '192.0.2.7',
};
const winlogbeat = (event: number | string, event_data: object): string =>
  JSON.stringify({
    '@timestamp': '2026-11-29T10:00:00.000Z',
    event: { code: String(event), provider: 'Microsoft-Windows-Security-Auditing' },
    host: { name: 'collector' },
    winlog: { computer_name: 'DC1.corp.example', event_id: event, event_data },
  });
const nxlog = (EventID: number, fields: object): string =>
  `<14>Nov 29 10:00:00 DC1 Microsoft-Windows-Security-Auditing[672]: ${JSON.stringify({ EventTime: '2026-11-29 10:00:00', Hostname: 'DC1.corp.example', EventID, SourceName: 'Microsoft-Windows-Security-Auditing', ...fields })}`;
const snare = (event: number, text: string): string =>
  `<14>Nov 29 10:00:00 DC1 MSWinEventLog\t1\tSecurity\t4711\tSun Nov 29 10:00:00 2026\t${event}\tMicrosoft-Windows-Security-Auditing\tCORP\\anna\tN/A\tSuccess Audit\tDC1.corp.example\tLogon\t\t${text}\t4710`;
const structured = (event: number): string =>
  `<14>1 2026-11-29T10:00:00.000Z DC1.corp.example Microsoft-Windows-Security-Auditing 672 - [NXLOG@14506 EventID="${event}" Computer="DC1.corp.example" TargetUserName="anna" TargetDomainName="CORP" TargetLogonId="0x3e7abc" LogonType="3" IpAddress="192.0.2.7"] An account`;
const xml = (event: number): string =>
  `<14>Nov 29 10:00:00 DC1 <Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Microsoft-Windows-Security-Auditing" Guid="{54849625-5478-4994-a5ba-3e3b0328c30d}"/><EventID>${event}</EventID><Computer>DC1.corp.example</Computer></System><EventData>${Object.entries(
    data,
  )
    .map(([name, value]) => `<Data Name="${name}">${value}</Data>`)
    .join('')}</EventData></Event>`;
const wazuh = (event: number): string =>
  JSON.stringify({
    win: {
      system: { eventID: String(event), computer: 'DC1.corp.example' },
      eventdata: Object.fromEntries(
        Object.entries(data).map(([k, v]) => [k[0]?.toLowerCase() + k.slice(1), v]),
      ),
    },
  });

t.test('a Windows logon is read in every form that it comes in', (t) => {
  const forms: Readonly<Record<string, (event: number) => string>> = {
    winlogbeat: (event) => winlogbeat(event, data),
    'winlogbeat in RFC 5424': (event) =>
      `<14>1 2026-11-29T10:00:00Z relay winlogbeat - - - ${winlogbeat(String(event), data)}`,
    nxlog: (event) => nxlog(event, data),
    snare: (event) =>
      snare(
        event,
        event === 4624
          ? text4624('  ')
          : text4624('  ')
              .replace('New Logon:', 'X:')
              .replace(/Subject:.*X:/, 'Subject:'),
      ),
    'snare through rsyslog': (event) =>
      snare(
        event,
        event === 4624 ? text4624('#011') : text4624(' ').replace(/Subject:.*New Logon:/, 'Subject:'),
      ).replaceAll('\t', '#011'),
    structured,
    xml,
    wazuh,
  };
  for (const [form, message] of Object.entries(forms)) {
    const logon = readLogonEvent(message(4624), '198.51.100.1');
    t.match(logon, begun, form);
    t.equal(logon?.kind === 'begun' ? addressToText(logon.address) : '', '192.0.2.7', form);
    for (const end of [4634, 4647])
      t.same(readLogonEvent(message(end), '198.51.100.1'), { kind: 'ended', id: begun.id }, `${form} ${end}`);
  }
  t.end();
});

t.test('machines, services and logons at the machine itself are no users', (t) => {
  const nobody: readonly (readonly [string, Partial<typeof data>])[] = [
    ['a machine account', { TargetUserName: 'PC7$' }],
    ['the system', { TargetUserName: 'SYSTEM', TargetDomainName: 'NT AUTHORITY', TargetUserSid: 'S-1-5-18' }],
    [
      'the system in German',
      { TargetUserName: 'SYSTEM', TargetDomainName: 'NT-AUTORITÄT', TargetUserSid: 'S-1-5-18' },
    ],
    ['anonymous', { TargetUserName: 'ANONYMOUS-ANMELDUNG', TargetUserSid: 'S-1-5-7' }],
    ['a window manager', { TargetUserName: 'DWM-1', TargetDomainName: 'Window Manager' }],
    ['a service', { LogonType: '5' }],
    ['a task', { LogonType: '4' }],
    ['loopback', { IpAddress: '127.0.0.1' }],
    ['loopback by IPv6', { IpAddress: '::1' }],
    ['loopback, mapped', { IpAddress: '::ffff:127.0.0.1' }],
    ['at the console', { IpAddress: '-' }],
    ['a link-local address of another link', { IpAddress: 'fe80::1%4' }],
    ['no user', { TargetUserName: '-' }],
  ];
  const wrong = nobody.filter(
    ([, fields]) => readLogonEvent(winlogbeat(4624, { ...data, ...fields }), '') !== null,
  );
  t.same(wrong, []);
  const names: Readonly<Record<string, string | null>> = {
    anna: 'anna',
    'CORP\\anna': 'CORP\\anna',
    'anna@corp.example': 'anna@corp.example',
    'host/pc7.corp.example': null,
    'CORP\\PC7$': null,
    'pc7$@corp.example': null,
    '020000000007': null,
    '02-00-00-00-00-07': null,
    'an\nna': null,
    '': null,
    ['x'.repeat(300)]: null,
  };
  t.same(Object.fromEntries(Object.keys(names).map((name) => [name.slice(0, 300), userOf(name)])), names);
  const strange = [
    '',
    '{',
    '{"EventID":4624}',
    '[]',
    'null',
    '<Event>',
    snare(4624, ''),
    '{"a":{"b":{"c":{"d":{"e":{"f":{"g":1}}}}}}}',
  ];
  t.same(
    strange.map((message) => readLogonEvent(message, 'x')),
    strange.map(() => null),
  );
  t.end();
});

t.test('syslog over TCP is cut into messages as senders frame them', (t) => {
  const all = 'first\n5 <14>x7 <14>y\nzlast\0\n';
  for (let size = 1; size <= all.length; size += 1) {
    const frames = new SyslogFrames();
    const got: string[] = [];
    for (let at = 0; at < all.length; at += size)
      got.push(...(frames.push(Buffer.from(all.slice(at, at + size))) ?? ['too long']));
    t.same(got, ['first', '<14>x', '<14>y\nz', 'last'], `${size} octets at a time`);
  }
  t.equal(new SyslogFrames().push(Buffer.from('999999 x')), null);
  t.equal(new SyslogFrames().push(Buffer.alloc(70_000, 65)), null);
  t.end();
});

t.test('a user is said of the time in which the session was, and of its machine alone', (t) => {
  const table = new MachineTable();
  const sessions = new Sessions(table);
  const told = (more: Partial<Told>): Told => ({
    id: 'a',
    user: 'anna',
    domain: null,
    saidBy: 'radius',
    from: 'switch',
    networks: [{ bytes: octets('192.0.2.7'), bits: 128 }],
    mac: null,
    fromMs: 1000,
    expiresMs: 90_000,
    ...more,
  });
  const users = (ip: string, timeMs: number): readonly string[] =>
    usersOf(table.sessionsAt(octets(ip), timeMs));
  const pc = (id: string, mac: string, ip: string, fromMs: number, toMs: number | null = null) => {
    const who = { id, name: null, nameFrom: null, mac };
    table.apply({
      machines: [{ ...who, key: `mac:${mac}`, firstMs: fromMs, lastMs: fromMs }],
      bindings: [{ address: octets(ip), who, fromMs, toMs }],
      merges: [],
    });
  };
  sessions.tell(told({}), 1000);
  t.same(
    [999, 1000, 89_999, 90_000].map((timeMs) => users('192.0.2.7', timeMs).length),
    [0, 1, 1, 0],
  );
  t.same(users('192.0.2.8', 5000), []);
  pc('m-a', '02:00:00:00:00:0a', '192.0.2.7', 2000);
  pc('m-a', '02:00:00:00:00:0a', '2001:db8::a', 2000);
  sessions.look(2500);
  t.same(users('2001:db8::a', 3000), ['anna'], 'at all addresses of the machine');
  pc('m-a', '02:00:00:00:00:0a', '192.0.2.7', 2000, 4000);
  pc('m-b', '02:00:00:00:00:0b', '192.0.2.7', 4000);
  t.same(users('192.0.2.7', 3999), ['anna']);
  t.same(users('192.0.2.7', 4001), [], 'who has the address now is not she');
  sessions.end('a', 6000);
  t.same([users('2001:db8::a', 5999), users('2001:db8::a', 6000)], [['anna'], []]);

  const prefix = { bytes: octets('2001:db8:1:2::'), bits: 64 };
  sessions.tell(
    told({ id: 'p', user: 'bert', networks: [prefix], mac: '02:00:00:00:00:0b', fromMs: 7000 }),
    7000,
  );
  t.same(users('2001:db8:1:2::99', 7001), ['bert'], 'a prefix');
  t.same(users('192.0.2.7', 7001), ['bert'], 'a MAC');
  sessions.tell(
    told({ id: 'p', user: 'bert', networks: [{ bytes: octets('192.0.2.9'), bits: 128 }], fromMs: 8000 }),
    8000,
  );
  t.same(
    [users('192.0.2.9', 7999), users('192.0.2.9', 8000), users('2001:db8:1:2::99', 8000)],
    [[], ['bert'], ['bert']],
  );
  sessions.tell(
    told({ id: 'q', user: 'Anna', networks: [{ bytes: octets('192.0.2.9'), bits: 128 }], fromMs: 8500 }),
    8500,
  );
  t.same(users('192.0.2.9', 9000), ['bert', 'Anna'], 'two at once');
  t.match(whoMeant(table, 'user:BERT'), { ips: [], users: ['bert'] });
  t.ok(whoMeant(table, 'bert')?.machines.includes('m-b'), 'where that user is or was');
  t.same(machinesOfUser(table, 'bert', 8001).includes('m-b'), true);
  t.equal(whoMeant(table, 'carla'), null);
  t.same(
    whoMeant(table, 'user:carla'),
    { machines: [], ips: [], users: ['carla'] },
    'of whom hits may know though no session does any more',
  );
  sessions.endThose(() => true, 9500);
  t.same(users('192.0.2.9', 9500), []);
  t.same([...sessions.open], []);

  const copy = new MachineTable();
  copy.apply(table.snapshot(0));
  t.same(
    usersOf(copy.sessionsAt(octets('192.0.2.9'), 9000)),
    ['bert', 'Anna'],
    'another thread knows the same',
  );
  t.end();
});
