// Lease files of three servers, as they are and as they should not be.
import { renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { LeaseFile } from '../../src/clients/leases/lease-file.ts';
import { saidOf } from '../../src/clients/leases/pushed.ts';
import { leasesOf, parseLeases } from '../../src/clients/leases/read.ts';

const never = Number.POSITIVE_INFINITY;
const read = (written: string | Uint8Array, writtenMs?: number) => {
  const said = parseLeases(typeof written === 'string' ? Buffer.from(written) : written, writtenMs);
  return said === null ? null : leasesOf(said);
};
/** In order of their addresses, without the identifiers. */
const sorted = (written: string | Uint8Array, writtenMs?: number) =>
  read(written, writtenMs)
    ?.toSorted((a, b) => (a.ip < b.ip ? -1 : 1))
    .map(({ ip, mac, name, endsMs }) => ({ ip, mac, name, endsMs })) ?? null;

t.test('dnsmasq: a line a lease, IPv6 behind its duid line, other hardware marked', async (t) => {
  const text = [
    '1764010000 AA:BB:CC:DD:EE:07 10.0.0.7 Till-3 01:aa:bb:cc:dd:ee:07',
    '0 aa:bb:cc:dd:ee:08 10.0.0.8 * *',
    '1764010000 06-aa:bb:cc:dd:ee:09 10.0.0.9 nas *',
    'duid 00:01:00:01:2a:2b:2c:2d:aa:bb:cc:dd:ee:ff',
    '1764010000 123456 2001:DB8:0:0::7 till-3 00:01:00:01',
    '1764010000 aa:bb:cc:dd:ee:0a 10.0.0.10 half',
  ].join('\n');
  t.same(sorted(text), [
    { ip: '10.0.0.10', mac: 'aa:bb:cc:dd:ee:0a', name: 'half', endsMs: never },
    { ip: '10.0.0.7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3', endsMs: never },
    { ip: '10.0.0.8', mac: 'aa:bb:cc:dd:ee:08', name: null, endsMs: never },
    { ip: '10.0.0.9', mac: 'aa:bb:cc:dd:ee:09', name: 'nas', endsMs: never },
    { ip: '2001:db8::7', mac: null, name: 'till-3', endsMs: never },
  ]);
});

t.test('ISC dhcpd: the last that is said of an address holds, and a lease may end', async (t) => {
  const text = `
# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;
lease 10.0.0.7 {
  starts 2 2026/11/24 08:00:00;
  ends 2 2026/11/24 18:00:00;
  binding state active;
  next binding state free;
  hardware ethernet aa:bb:cc:dd:ee:07;
  client-hostname "till-3";
}
lease 10.0.0.8 {
  ends never;
  binding state active;
  hardware ethernet aa:bb:cc:dd:ee:08;
  client-hostname "evil\\"}\\nhost";
}
lease 10.0.0.9 { binding state active; hardware ethernet aa:bb:cc:dd:ee:09; client-hostname "gone"; }
lease 10.0.0.9 { binding state free; hardware ethernet aa:bb:cc:dd:ee:09; }
ia-na "\\001\\000" {
  iaaddr 2001:db8::7 { binding state active; ends epoch 1795000000; }
}
lease 10.0.0.11 { binding state act`;
  t.same(sorted(text), [
    { ip: '10.0.0.7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3', endsMs: Date.UTC(2026, 10, 24, 18) },
    { ip: '10.0.0.8', mac: 'aa:bb:cc:dd:ee:08', name: null, endsMs: never },
    { ip: '2001:db8::7', mac: null, name: null, endsMs: 1_795_000_000_000 },
  ]);
});

t.test('Kea: columns by their names, in both files; a later line replaces an earlier one', async (t) => {
  const four = [
    'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id',
    '10.0.0.7,aa:bb:cc:dd:ee:07,01:aa,3600,1764000000,1,0,0,old-name,0,,0',
    '10.0.0.7,aa:bb:cc:dd:ee:07,01:aa,3600,1764010000,1,0,0,till-3.office.example.,0,,0',
    '10.0.0.8,aa:bb:cc:dd:ee:08,,3600,1764010000,1,0,0,declined,1,,0',
    '10.0.0.9,aa:bb:cc:dd:ee:09,,3600,1764010000,1,0,0,a&#x2cb,0,,0',
    '10.0.0.12,aa:bb:cc:dd:ee:0c,,3600,1764010000,1,1,1,phone.,0,,0',
    '10.0.0.13,aa:bb:cc:dd:ee:0d,,4294967295,5000000000,1,0,0,for-ever,0,,0',
    '10.0.0.14,aa:bb:cc:dd:ee:0e,,3600,1764010000,1,0,0,reclaimed,0,,0',
    '10.0.0.14,aa:bb:cc:dd:ee:0e,,3600,1764010000,1,0,0,,2,,0',
    '10.0.0.15,aa:bb:cc:dd:ee:0f,,3600,1764010000,1,0,0,removed,0,,0',
    '10.0.0.15,aa:bb:cc:dd:ee:0f,,0,1764010000,1,0,0,,2,,0',
    '10.0.0.10,aa:bb:cc',
  ].join('\n');
  t.same(sorted(four), [
    { ip: '10.0.0.12', mac: 'aa:bb:cc:dd:ee:0c', name: 'phone', endsMs: 1_764_010_000_000 },
    { ip: '10.0.0.13', mac: 'aa:bb:cc:dd:ee:0d', name: 'for-ever', endsMs: never },
    { ip: '10.0.0.7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3.office.example', endsMs: 1_764_010_000_000 },
    { ip: '10.0.0.9', mac: 'aa:bb:cc:dd:ee:09', name: null, endsMs: 1_764_010_000_000 },
  ]);
  const six = [
    'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context',
    '2001:db8::7,00:01,3600,1764010000,1,1800,0,7,128,0,0,till-3,aa:bb:cc:dd:ee:07,0,',
  ].join('\n');
  t.same(sorted(six), [
    { ip: '2001:db8::7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3', endsMs: 1_764_010_000_000 },
  ]);
});

t.test('an empty file has no leases, another file is none', async (t) => {
  t.same(read(''), []);
  t.same(read('# nothing yet\n'), []);
  t.equal(read('<!doctype html><title>Login</title>'), null);
  t.equal(read('root:x:0:0:root:/root:/bin/sh\n'), null);
});

t.test('a name that is no host name is no name, whoever sent it', async (t) => {
  for (const name of [
    '<img/src=x>',
    '=cmd|calc',
    '$(id)',
    'a..b',
    '-a',
    'a\u001b[31m',
    'x'.repeat(64),
    '{{7*7}}',
    '"quoted"',
    '10.0.0.1',
    '127.1',
  ])
    t.equal(read(`1764010000 aa:bb:cc:dd:ee:07 10.0.0.7 ${name} *`)?.[0]?.name, null, name);
});

t.test('what a client sent in a string is no statement of an ISC file', async (t) => {
  const text = `
lease 10.0.0.7 {
  binding state active;
  hardware ethernet aa:bb:cc:dd:ee:07;
  uid "\\001\\252}\\007";
  set vendor-class-identifier = "x\\"; } lease 10.0.0.1 { hardware ethernet 66:66:66:66:66:66; client-hostname \\"router\\"; }";
  option agent.circuit-id "lease 10.0.0.2 { binding state active; client-hostname \\"nas\\"; }";
  on expiry { set lease 10.0.0.3 { } }
  client-hostname "till-3";
}
failover peer "lease 10.0.0.4 {" state { my state normal; }
ia-na "\\001\\000\\000\\000\\000\\001\\252}" {
  iaaddr 2001:db8::7 { binding state active; ends never; }
}
iaaddr 2001:db8::66 { binding state active; }
`.replaceAll('\\\\', '\\');
  t.same(read(text), [
    {
      ip: '10.0.0.7',
      mac: 'aa:bb:cc:dd:ee:07',
      name: 'till-3',
      duid: null,
      clientId: '01:aa:7d:07',
      endsMs: never,
    },
    { ip: '2001:db8::7', mac: null, name: null, duid: '00:01:aa:7d', clientId: null, endsMs: never },
  ]);
});

t.test('a row of Kea that a client broke plants no lease', async (t) => {
  const text = [
    'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id',
    '10.0.0.7,aa:bb:cc:dd:ee:07,,3600,1764010000,1,0,0,bro',
    '10.0.0.1,66:66:66:66:66:66,,3600,1764010000,1,0,0,router,0,,0',
    'ken,0,,0',
    '10.0.0.8,aa:bb:cc:dd:ee:08,,3600,1764010000,1,0,0,printer,0,,0',
  ].join('\n');
  t.notOk(sorted(text)?.some(({ ip }) => ip === '10.0.0.1'));
  t.match(
    sorted(text)?.find(({ ip }) => ip === '10.0.0.8'),
    { name: 'printer' },
  );
});

t.test('Kea after its cleanup: the leases stand beside the file, which is a header', async (t) => {
  const head = 'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state';
  const row = (host: number, name: string) =>
    `10.0.0.${host},aa:bb:cc:dd:ee:0${host},,3600,1764010000,1,0,0,${name},0`;
  const named = (files: Record<string, string>) => {
    const path = `${t.testdir(files)}/kea-leases4.csv`;
    const file = new LeaseFile({ path, report: (problem) => t.equal(problem, null), mustExist: true });
    t.equal(file.read(), file.read(), 'nothing changed: the same leases');
    return file.read().map(({ ip, name }) => [ip, name]);
  };
  const main = 'kea-leases4.csv';
  t.same(named({ [main]: head, [`${main}.2`]: `${head}\n${row(7, 'till-3')}` }), [['10.0.0.7', 'till-3']]);
  t.same(
    named({
      [`${main}.2`]: `${head}\n${row(7, 'old')}\n${row(8, 'printer')}`,
      [`${main}.1`]: `${head}\n${row(7, 'newer')}\n`,
      [main]: `${head}\n${row(9, 'nas')}`,
    }),
    [
      ['10.0.0.7', 'newer'],
      ['10.0.0.8', 'printer'],
      ['10.0.0.9', 'nas'],
    ],
  );
  t.same(
    named({
      [`${main}.completed`]: `${head}\n${row(7, 'newest')}`,
      [`${main}.2`]: `${head}\n${row(8, 'gone')}`,
      [main]: head,
    }),
    [['10.0.0.7', 'newest']],
  );
});

t.test('why a lease file cannot be used is told once a reason, with what holds meanwhile', async (t) => {
  const [path, next] = [join(t.testdir({}), 'dnsmasq.leases'), join(t.testdirName, 'next')];
  const told: unknown[] = [];
  const file = new LeaseFile({
    path,
    report: (...said) => told.push(said[0] && said.join('; ')),
    mustExist: true,
  });
  const stages = [
    () => undefined,
    () => writeFileSync(path, '<html>Sign in</html>'),
    () => writeFileSync(path, '0 aa:bb:cc:dd:ee:07 10.0.0.7 till-3 *\n'),
    () => {
      writeFileSync(next, '<html>Sign in again</html>');
      renameSync(next, path);
    },
    () => unlinkSync(path),
    () => writeFileSync(path, ''),
  ];
  const hosts = stages.map((change) => {
    change();
    file.read();
    return file.read().map(({ name }) => name);
  });
  t.same(hosts, [[], [], ['till-3'], ['till-3'], [], []]);
  t.same(told, [
    'there is no such file; nothing of it is known',
    'its content is not of a known form; nothing of it is known',
    null,
    'its content is not of a known form; what was read before stays',
    'there is no such file; nothing of it is known',
    null,
  ]);
});

t.test('a lease of dnsmasq ends when nobody is there to remove it', async (t) => {
  const line = (ends: number) => `${ends} aa:bb:cc:dd:ee:07 10.0.0.7 till-3 *`;
  const ends = (seconds: number, writtenMs: number) => read(line(seconds), writtenMs)?.[0]?.endsMs;
  t.equal(
    ends(1_764_010_000, 1_764_000_000_000),
    1_764_010_000_000 + 3_600_000,
    'not written since: an hour later',
  );
  t.equal(ends(1_764_010_000, 1_764_010_000_001), never, 'written after the end: believed');
  t.equal(ends(1000, 1_764_000_000_000), 1_000_000, 'of 1970: ended');
  t.equal(ends(0, 1_764_000_000_000), never);
});

t.test('identifiers of DHCPv6 clients are read, delegated prefixes are none', async (t) => {
  t.match(read('duid 00:01:00:01\n0 123456 2001:db8::7 till-3 00:01:AA:07'), [
    { duid: '00:01:aa:07', clientId: null },
  ]);
  const six = [
    'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state',
    '2001:db8::7,00:01:AA,3600,1764010000,1,1800,0,7,128,0,0,till-3,,0',
    '2001:db8:7::,00:01:AA,3600,1764010000,1,1800,2,7,56,0,0,router,,0',
  ].join('\n');
  t.match(read(six), [{ ip: '2001:db8::7', duid: '00:01:aa', mac: null }]);
  t.equal(read(six)?.length, 1);
});

t.test('busybox udhcpd: binary, remaining seconds after when it was written', async (t) => {
  const file = Buffer.alloc(8 + 2 * 36);
  file.writeBigInt64BE(1_764_000_000n, 0);
  for (const [i, name] of ['till-3', 'twenty-octets-of-name'].entries()) {
    const at = 8 + i * 36;
    file.writeUInt32BE(600, at);
    file.set([10, 0, 0, 7 + i, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 7 + i], at + 4);
    file.write(name.slice(0, 20), at + 14, 'latin1');
  }
  t.same(sorted(file), [
    { ip: '10.0.0.7', mac: 'aa:bb:cc:dd:ee:07', name: 'till-3', endsMs: 1_764_000_600_000 },
    { ip: '10.0.0.8', mac: 'aa:bb:cc:dd:ee:08', name: 'twenty-octets-of-nam', endsMs: 1_764_000_600_000 },
  ]);
  t.equal(read(file.subarray(0, 70)), null, 'half a file is none');
});

t.test('odhcpd and systemd-networkd', async (t) => {
  const odhcpd = [
    '# br-lan 0001000123456789aabbccddee07 1a2b3c till-3 1764010000 7 128 2001:db8::7/128 fd00::7/128',
    '2001:db8::7\ttill-3',
    '# br-lan aabbccddee08 ipv4 printer -1 c0a80108 32 10.0.0.8/32',
    '# br-lan 000100 2 - 1764010000 8 56 2001:db8:8::/56',
  ].join('\n');
  t.match(
    read(odhcpd)?.map(({ ip, name, mac, duid, endsMs }) => [ip, name, mac, duid, endsMs]),
    [
      ['2001:db8::7', 'till-3', null, '00:01:00:01:23:45:67:89:aa:bb:cc:dd:ee:07', 1_764_010_000_000],
      ['fd00::7', 'till-3', null, /^00:01/, 1_764_010_000_000],
      ['10.0.0.8', 'printer', 'aa:bb:cc:dd:ee:08', null, never],
    ],
  );
  const networkd = JSON.stringify({
    BootID: 'x',
    Leases: [
      {
        ClientId: [1, 0xaa],
        Address: [10, 0, 0, 7],
        Hostname: 'till-3',
        HardwareAddress: [170, 187, 204, 221, 238, 7],
        ExpirationRealtimeUSec: 1_764_010_000_000_000,
      },
      { Hostname: 'no address' },
    ],
  });
  t.same(read(networkd), [
    {
      ip: '10.0.0.7',
      mac: 'aa:bb:cc:dd:ee:07',
      name: 'till-3',
      duid: null,
      clientId: '01:aa',
      endsMs: 1_764_010_000_000,
    },
  ]);
  t.equal(read('{"Leases": 7}'), null);
});

t.test('what is damaged in a file takes nothing with it but itself', async (t) => {
  const hosts = (text: string | Uint8Array) => read(text)?.map(({ ip, name }) => `${ip} ${name}`);
  const isc = (host: number) =>
    `lease 10.0.0.${host} {\n  binding state active;\n  client-hostname "h${host}";\n}\n`;
  const cut = 'lease 10.0.0.9 {\n  binding state active;\n';
  t.same(hosts(isc(7) + cut + isc(8)), ['10.0.0.7 h7', '10.0.0.8 h8'], 'a lease without its end');
  t.same(hosts(`${isc(7)}${cut}  client-ho${isc(6)}${isc(8)}`), ['10.0.0.7 h7', '10.0.0.8 h8']);
  t.same(hosts(`${isc(7)}}\0\0\0\0 on expiry {\n${isc(8)}`), ['10.0.0.7 h7', '10.0.0.8 h8']);
  const head = 'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state';
  const kea = (host: number) => `10.0.0.${host},,,3600,1764010000,1,0,0,h${host},0`;
  t.same(hosts([head, kea(7), '\0\0\0,0', kea(8)].join('\n')), ['10.0.0.7 h7', '10.0.0.8 h8']);
  t.same(
    hosts(
      '1764010000 aa:bb:cc:dd:ee:07 10.0.0.7 h7 *\n17640\0\0\0\n1764010000 aa:bb:cc:dd:ee:08 10.0.0.8 h8 *\n',
    ),
    ['10.0.0.7 h7', '10.0.0.8 h8'],
  );
  t.equal(read(new Uint8Array(100)), null, 'nothing but zeros is no lease file');
  const Address = [10, 0, 0, 7];
  const wrong = [
    null,
    7,
    { Address: [10, 0, 0, 256] },
    { Address: ['10', 0, 0, 5] },
    { Address: [10, 0, 0], Hostname: 'short' },
    { Address, Hostname: 7, HardwareAddress: 7, ClientId: ['x'], ExpirationRealtimeUSec: 'x' },
    { Address: [10, 0, 0, 8], Hostname: 'h8' },
  ];
  t.same(hosts(JSON.stringify({ Leases: wrong })), ['10.0.0.7 null', '10.0.0.8 h8']);
});

t.test('a name that is not ASCII is read as UTF-8, and where it is none as Latin-1', async (t) => {
  const names = (text: string, encoding: 'utf8' | 'latin1') => read(Buffer.from(text, encoding))?.[0]?.name;
  const forms = [
    (name: string) => `1764010000 aa:bb:cc:dd:ee:07 10.0.0.7 ${name} *`,
    (name: string) =>
      `address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n10.0.0.7,,,3600,1764010000,1,0,0,${name},0`,
    (name: string) => `lease 10.0.0.7 { binding state active; client-hostname "${name}"; }`,
    (name: string) => `# br-lan aabbccddee08 ipv4 ${name} -1 c0a80108 32 10.0.0.7/32`,
  ];
  for (const form of forms) {
    t.equal(names(form('Müller'), 'utf8'), 'xn--mller-kva');
    t.equal(names(form('Müller'), 'latin1'), 'xn--mller-kva');
  }
  t.equal(names(forms[0]?.('voilà') ?? '', 'utf8'), 'xn--voil-3na', 'one of its octets is a no-break space');
  const json = (name: string) => JSON.stringify({ Leases: [{ Address: [10, 0, 0, 7], Hostname: name }] });
  t.equal(names(json('Müller'), 'utf8'), 'xn--mller-kva');
  const octal = 'lease 10.0.0.7 { binding state active; client-hostname "M\\303\\274ller"; }';
  t.equal(names(octal, 'utf8'), 'xn--mller-kva', 'as dhcpd writes it');
});

t.test('what another program pushes is checked as a lease is, and ends', async (t) => {
  for (const mac of ['AA-BB-CC-DD-EE-07', 'aa:bb:cc:dd:ee:07', 'aabb.ccdd.ee07', 'AABBCCDDEE07'])
    t.equal(saidOf({ ip: '192.0.2.7', mac }, 0).lease?.mac, 'aa:bb:cc:dd:ee:07', mac);
  for (const mac of ['', 'aabbccddee', '000000000000', 'aabbccddee07ff', 'zz:bb:cc:dd:ee:07'])
    t.equal(saidOf({ ip: '192.0.2.7', mac }, 0).lease?.mac, null, mac);
  const nowMs = 1_764_000_000_000;
  t.same(
    leasesOf([
      saidOf({ ip: '192.0.2.7', mac: 'AA-BB-CC-DD-EE-07', name: 'Till-3' }, nowMs),
      saidOf({ ip: '2001:DB8::8', duid: '0001AA', name: '<b>', until: '2026-11-29T00:00:00Z' }, nowMs),
      saidOf({ ip: 'nobody' }, nowMs),
    ]),
    [
      {
        ip: '192.0.2.7',
        mac: 'aa:bb:cc:dd:ee:07',
        name: 'till-3',
        duid: null,
        clientId: null,
        endsMs: nowMs + 86_400_000,
      },
      {
        ip: '2001:db8::8',
        mac: null,
        name: null,
        duid: '00:01:aa',
        clientId: null,
        endsMs: Date.UTC(2026, 10, 29),
      },
    ],
  );
});

const WINDOWS = [
  { ip: '10.0.0.20', mac: '00:15:5d:01:02:03', name: 'pc7.corp.example', endsMs: never },
  { ip: '10.0.0.9', mac: '00:11:22:33:44:55', name: 'printer', endsMs: never },
];

t.test('Windows: what PowerShell, netsh and the console write, in the encodings that they use', async (t) => {
  const csv = [
    '#TYPE Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/DHCP/DhcpServerv4Lease',
    '"IPAddress","ScopeId","AddressState","ClientId","Description","HostName","LeaseExpiryTime"',
    '"10.0.0.20","10.0.0.0","Active","00-15-5D-01-02-03","Anna, ""2nd"" floor","PC7.corp.example.","11/30/2026 6:12:00 PM"',
    '"10.0.0.9","10.0.0.0","ActiveReservation","00-11-22-33-44-55",,"printer",',
    '"10.0.0.30","10.0.0.0","Expired","00-15-5d-01-02-04",,"gone","11/20/2026 6:12:00 PM"',
    '"10.0.0.31","10.0.0.0","Declined","1f-00-00-0a",,"BAD_ADDRESS","11/20/2026 6:12:00 PM"',
    '"10.0.0.32","10.0.0.0","InactiveReservation","00-15-5d-01-02-05",,"away",',
    '"224.0.0.9","10.0.0.0","Active","00-15-5d-01-02-06",,"many",',
  ].join('\r\n');
  t.same(sorted(csv), WINDOWS);
  t.same(sorted(`\ufeff${csv}`), WINDOWS, 'UTF-8 with its mark');
  t.same(sorted(Buffer.from(`\ufeff${csv}`, 'utf16le')), WINDOWS, 'UTF-16');
  t.same(
    sorted(csv.replaceAll('","', '";"').replaceAll(',,', ';;').replaceAll(/,$/gm, ';')),
    WINDOWS,
    'of a culture',
  );
  const shown = [
    '',
    'IPAddress       ScopeId         ClientId             HostName             AddressState         LeaseExpiryTime',
    '---------       -------         --------             --------             ------------         ---------------',
    '10.0.0.20       10.0.0.0        00-15-5d-01-02-03    PC7.corp.example     Active               30.11.2026 18:12:00',
    '10.0.0.9        10.0.0.0        00-11-22-33-44-55    printer              ActiveReservation',
    '10.0.0.31       10.0.0.0        1f-00-00-0a          BAD_ADDRESS          Declined             20.11.2026 18:12:00',
    '10.0.0.33       10.0.0.0        00-15-5d-01-02-07    a-name-that-is-to... Offered',
  ].join('\r\n');
  t.same(sorted(Buffer.from(`\ufeff${shown}`, 'utf16le')), WINDOWS, 'as it is shown');
  const listed = [
    'Client IP Address\tName\tLease Expiration\tType\tUnique ID\tDescription',
    '10.0.0.20\tPC7.corp.example\t11/30/2026 6:12:00 PM\tDHCP\t00155d010203\t',
    '10.0.0.9\tprinter\tReservation (active)\tDHCP\t001122334455\t',
    '10.0.0.32\taway\tReservation (inactive)\tDHCP\t00155d010205\t',
  ].join('\r\n');
  t.same(sorted(listed), WINDOWS, 'the console’s list');
  const netsh = `
Changed the current scope context to 10.0.0.0 scope.

Type : N - NONE, D - DHCP B - BOOTP, U - UNSPECIFIED, R - RESERVATION IP
============================================================================================
IP Address      - Subnet Mask    - Unique ID           - Lease Expires        -Type -Name
============================================================================================

10.0.0.20       - 255.255.255.0  - 00-15-5d-01-02-03   -11/30/2026 6:12:00 PM -D-  PC7.corp.example
10.0.0.9        - 255.255.255.0  -00-11-22-33-44-55    - NEVER EXPIRES        -U-  printer
10.0.0.31       - 255.255.255.0  -1f-00-00-0a          - INACTIVE             -D-  BAD_ADDRESS
10.0.0.34       - 255.255.255.0  - 00-15-5d-01-02-08   -2026-11-30 18:12:00   -D-  evil-D-nas

No of Clients(version 4): 4 in the Scope : 10.0.0.0.
`;
  const evil = { ip: '10.0.0.34', mac: '00:15:5d:01:02:08', name: 'evil-d-nas', endsMs: never };
  t.same(sorted(netsh), [WINDOWS[0], evil, WINDOWS[1]]);
  const dump = `
# ====================================================================
#  Configuration Information for Server 10.0.0.1
# ====================================================================
Dhcp Server \\\\10.0.0.1 add scope 10.0.0.0 255.255.255.0 "office" ""
Dhcp Server \\\\10.0.0.1 Scope 10.0.0.0 Add reservedip 10.0.0.9 001122334455 "printer" "" "BOTH"
`;
  t.same(sorted(dump), [WINDOWS[1]], 'a dump has reservations alone');
});

t.test('Windows: the export has reservations, leases, times with a zone, and IPv6', async (t) => {
  const xml = `<?xml version="1.0" encoding="utf-8"?>
<DHCPServer xmlns="http://schemas.microsoft.com/windows/DHCPServer">
  <MajorVersion>10</MajorVersion>
  <IPv4><Scopes><Scope><ScopeId>10.0.0.0</ScopeId><Name>office</Name>
    <Reservations>
      <Reservation><Name>printer</Name><IPAddress>10.0.0.9</IPAddress><ClientId>00-11-22-33-44-55</ClientId><Type>Both</Type></Reservation>
      <Reservation><Name>till-3</Name><IPAddress>10.0.0.10</IPAddress><ClientId>00-11-22-33-44-66</ClientId><Type>Both</Type></Reservation>
    </Reservations>
    <Leases>
      <Lease><IPAddress>10.0.0.20</IPAddress><ScopeId>10.0.0.0</ScopeId><ClientId>00-15-5d-01-02-03</ClientId>
        <HostName>PC7.corp.example</HostName><AddressState>Active</AddressState><LeaseExpiryTime>2026-12-07 10:11:12Z</LeaseExpiryTime></Lease>
      <Lease><IPAddress>10.0.0.10</IPAddress><ClientId>00-11-22-33-44-66</ClientId><HostName>x</HostName><AddressState>InactiveReservation</AddressState></Lease>
      <Lease><IPAddress>10.0.0.21</IPAddress><ClientId>00-15-5d-01-02-09</ClientId>
        <HostName>&lt;/HostName&gt;&lt;HostName&gt;nas</HostName><AddressState>Active</AddressState></Lease>
    </Leases></Scope></Scopes></IPv4>
  <IPv6><Scopes><Scope><Prefix>2001:db8::</Prefix><Leases>
      <Lease><IPAddress>2001:db8::7</IPAddress><ClientDuid>00-01-00-01-2a-2b</ClientDuid><Iaid>7</Iaid><HostName>PC7.corp.example</HostName></Lease>
    </Leases></Scope></Scopes></IPv6>
</DHCPServer>`;
  const { endsMs: _, ...pc7 } = WINDOWS[0]!;
  t.same(sorted(xml), [
    { ip: '10.0.0.10', mac: '00:11:22:33:44:66', name: 'till-3', endsMs: never },
    { ...pc7, endsMs: Date.UTC(2026, 11, 7, 10, 11, 12) },
    { ip: '10.0.0.21', mac: '00:15:5d:01:02:09', name: null, endsMs: never },
    WINDOWS[1],
    { ip: '2001:db8::7', mac: null, name: 'pc7.corp.example', endsMs: never },
  ]);
  t.equal(read(xml)?.find(({ ip }) => ip === '2001:db8::7')?.duid, '00:01:00:01:2a:2b');
});
