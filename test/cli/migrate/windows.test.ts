// `cenote migrate` of what admins have of Windows DNS Server: registry exports, zone files, and what PowerShell and dnscmd write.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { run } from '../../support/cli-run.ts';
import { decided, migrated } from '../../support/migrated.ts';

/** As PowerShell and reg.exe write text: UTF-16, with the mark of its order, and the line ends of Windows. */
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le');

/** A value of several texts, folded as reg.exe folds it. */
function multi(...texts: readonly string[]): string {
  const octets = Buffer.from(`${texts.map((text) => `${text}\0`).join('')}\0`, 'utf16le');
  const hex = [...octets].map((octet) => octet.toString(16).padStart(2, '0'));
  return `hex(7):${hex.join(',').replace(/((?:..,){20})/g, '$1\\\n  ')}`;
}

const ROOT = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\DNS Server\\Zones';
const zone = (name: string, type: number, ...values: readonly string[]): string =>
  [`[${ROOT}\\${name}]`, `"Type"=dword:0000000${type}`, ...values, ''].join('\n');

const ZONES = `Windows Registry Editor Version 5.00

[${ROOT}]

${zone('corp.example', 1, '"DsIntegrated"=dword:00000001')}
${zone('_msdcs.corp.example', 1, '"DsIntegrated"=dword:00000001')}
${zone('2.0.192.in-addr.arpa', 1, '"DatabaseFile"="2.0.192.in-addr.arpa.dns"')}
${zone('Bad.Example', 1, '"DatabaseFile"="000-sinkhole.dns"')}
${zone('worse.example', 1, '"DatabaseFile"="000-sinkhole.dns"')}
${zone('page.example', 1, '"DatabaseFile"="page.example.dns"')}
${zone('nothing.example', 1, '"DatabaseFile"="nothing.example.dns"')}
${zone('torn.example', 1, '"DatabaseFile"="torn.example.dns"')}
${zone('lab.example', 1, '"DatabaseFile"="lab.example.dns"')}
${zone('partner.example', 4, `"MasterServers"=${multi('198.51.100.53', '2001:db8::53')}`, '"ForwarderTimeout"=dword:00000003')}
${zone('old.example', 4, '"MasterServers"="198.51.100.54 198.51.100.55"')}
${zone('copy.example', 2, `"MasterServers"=${multi('198.51.100.56')}`, '"DatabaseFile"="copy.example.dns"')}
${zone('GlobalNames', 1, '"DsIntegrated"=dword:00000001')}
${zone('TrustAnchors', 1)}
${zone('..Cache', 0)}
${zone('127.in-addr.arpa', 1)}`;

const PARAMETERS = `Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\DNS\\Parameters]
"Forwarders"=${multi('192.0.2.1', '192.0.2.2')}
"IsSlave"=dword:00000000
"ListenAddresses"=${multi('10.0.0.10', '127.0.0.1')}
"PreviousLocalHostname"="dc1.corp.example"
`;

const soa = (file: string, name: string): string => `;
;  Database file ${file} for ${name} zone.
;      Zone version:  12
;

@                       IN  SOA dc1.corp.example.  hostmaster.corp.example. (
                        \t12           ; serial number
                        \t900          ; refresh
                        \t600          ; retry
                        \t86400        ; expire
                        \t3600       ) ; default TTL

;
;  Zone NS records
;

@                       NS\tdc1.corp.example.

;
;  Zone records
;

`;

const FILES = {
  '000-sinkhole.dns': `${soa('000-sinkhole.dns', '000-sinkhole.local')}@                       A\t0.0.0.0\n*                       A\t0.0.0.0\n`,
  'page.example.dns': `${soa('page.example.dns', 'page.example')}@                       A\t10.0.0.80\n*                       A\t10.0.0.80\n`,
  'nothing.example.dns': soa('nothing.example.dns', 'nothing.example'),
  'torn.example.dns': `${soa('torn.example.dns', 'torn.example')}note                    TXT\t( "no end )\n`,
  'lab.example.dns': `${soa('lab.example.dns', 'lab.example')}build                   [AGE:3591234] 1200\tA\t10.0.0.21
                        [AGE:3591234] 1200\tAAAA\t2001:db8::21
mail                    MX\t10\tbuild.lab.example.
`,
  '2.0.192.in-addr.arpa.dns': `${soa('2.0.192.in-addr.arpa.dns', '2.0.192.in-addr.arpa')}9                       PTR\ttill-9.corp.example.\n`,
};

t.test('Windows DNS Server by its registry and its zone files', async (t) => {
  const cwd = t.testdir({ dns: FILES });
  writeFileSync(join(cwd, 'dns', 'zones.reg'), utf16(ZONES));
  writeFileSync(join(cwd, 'dns', 'parameters.reg'), utf16(PARAMETERS));
  const { yaml, without, differs } = await migrated(t, cwd, ['windows-dns', 'dns']);
  t.match((await run(['check', '-c', 'out/cenote.yaml'], { cwd })).stdout, /: OK$/m);
  t.same(
    await decided(cwd, 'out', [
      'bad.example',
      'www.worse.example',
      'page.example',
      'any.page.example',
      'nothing.example',
      'www.nothing.example',
      'corp.example',
      'lab.example',
      'torn.example',
      'other.example',
    ]),
    [
      'bad.example → sinkhole 0.0.0.0',
      'www.worse.example → sinkhole 0.0.0.0',
      'page.example → sinkhole 10.0.0.80',
      'any.page.example → sinkhole 10.0.0.80',
      'nothing.example → nxdomain',
      'www.nothing.example → nxdomain',
      'corp.example → pass',
      'lab.example → pass',
      'torn.example → pass',
      'other.example → pass',
    ],
  );
  t.match(yaml, /dns:\n {4}- 0\.0\.0\.0:53\n/, 'the network asks it');
  t.match(yaml, /default:\n {4}- 192\.0\.2\.1\n {4}- 192\.0\.2\.2\n/);
  for (const [name, servers] of [
    ['corp.example', ['10.0.0.10']],
    ['lab.example', ['10.0.0.10']],
    ['torn.example', ['10.0.0.10']],
    ['2.0.192.in-addr.arpa', ['10.0.0.10']],
    ['partner.example', ['198.51.100.53', '2001:db8::53']],
    ['old.example', ['198.51.100.54', '198.51.100.55']],
    ['copy.example', ['198.51.100.56']],
  ] as const)
    t.match(yaml, `${name}:\n${servers.map((one) => `      - ${one}\n`).join('')}`, name);
  t.notMatch(yaml, /_msdcs|TrustAnchors|127\.in-addr/i, 'what lies in a zone goes with it');
  t.same(without, ['zone GlobalNames']);
  t.match(differs.join('\n'), /stay on the Windows server/);
});

t.test('Windows DNS Server by what PowerShell writes', async (t) => {
  const address = (text: string): object => ({ AddressFamily: 2, IPAddressToString: text });
  const policy = (Name: string, Action: string, Criteria: object[], more: object = {}): object => ({
    Name, Action, Criteria, Condition: 'AND', IsEnabled: true, Level: 'Server', ProcessingOrder: 1, ...more,
  }); // biome-ignore format: one a line would be forty
  const fqdn = (Criteria: string): object => ({ CriteriaType: 'Fqdn', Criteria });
  const all = {
    ServerSetting: { ListeningIPAddress: [address('10.0.0.10')] },
    ServerForwarder: { IPAddress: [address('192.0.2.1')], UseRootHint: true, Timeout: 3 },
    ServerZone: [
      { ZoneName: 'corp.example', ZoneType: 'Primary', IsDsIntegrated: true, IsAutoCreated: false },
      { ZoneName: '0.in-addr.arpa', ZoneType: 'Primary', IsAutoCreated: true },
      { ZoneName: 'partner.example', ZoneType: 'Forwarder', MasterServers: [address('198.51.100.53')] },
    ],
    Policies: [
      policy('Block list', 'Ignore', [fqdn('EQ,*.bad.example,worse.example')]),
      policy('Guests', 'Deny', [
        fqdn('EQ,intranet.example'),
        { CriteriaType: 'ClientSubnet', Criteria: 'EQ,Guests' },
      ]),
      policy('Night', 'Ignore', [
        fqdn('EQ,games.example'),
        { CriteriaType: 'TimeOfDay', Criteria: 'EQ,22:00-06:00' },
      ]),
      policy('White list', 'Ignore', [fqdn('NE,good.example')]),
      policy('Off', 'Ignore', [fqdn('EQ,off.example')], { IsEnabled: false }),
    ],
    CimInstanceProperties: [
      { Name: 'Policies', Value: [policy('Block list', 'Ignore', [fqdn('EQ,*.bad.example,worse.example')])] },
    ],
    Subnets: [{ Name: 'guests', IPV4Subnet: ['198.51.100.0/24'], IPV6Subnet: null }],
  };
  const cwd = t.testdir({});
  writeFileSync(join(cwd, 'dns.json'), utf16(JSON.stringify(all)));
  const { yaml, without } = await migrated(t, cwd, ['windowsdns', 'dns.json']);
  t.same(
    await decided(cwd, 'out', [
      'www.bad.example',
      'worse.example',
      'www.worse.example',
      'intranet.example',
      'intranet.example A 198.51.100.7',
      'worse.example A 198.51.100.7',
      'off.example',
    ]),
    [
      'www.bad.example → drop',
      'worse.example → drop',
      'www.worse.example → pass',
      'intranet.example → pass',
      'intranet.example A 198.51.100.7 → refused',
      'worse.example A 198.51.100.7 → drop',
      'off.example → pass',
    ],
  );
  t.notMatch(yaml, /block-list-2/, 'what is said twice is taken once');
  t.match(yaml, /partner\.example:\n {6}- 198\.51\.100\.53\n/);
  t.match(yaml, /corp\.example:\n {6}- 10\.0\.0\.10\n/);
  t.same(without, ['policy Night', 'policy White list']);
});

t.test('tables say which zones there are, and where their servers are missing that is told', async (t) => {
  const cwd = t.testdir({
    'zones.csv':
      '#TYPE Microsoft.Management.Infrastructure.CimInstance#root/Microsoft/Windows/DNS/DnsServerPrimaryZone\n"MasterServers";"ZoneName";"ZoneType";"IsAutoCreated"\n;"corp.example";"Primary";"False"\n"System.Net.IPAddress[]";"partner.example";"Forwarder";"False"\n"198.51.100.53, 198.51.100.54";"joined.example";"Forwarder";"False"\n;"255.in-addr.arpa";"Primary";"True"\n',
    'zones.txt': `
Enumerated zone list:
        Zone count = 4

 Zone name                      Type       Storage         Properties

 .                              Cache      AD-Domain
 2.0.192.in-addr.arpa           Primary    AD-Domain       Secure Rev Aging
 corp.example                   Primary    AD-Domain       Secure Aging
 partner.example                Forwarder  AD-Forest


Command completed successfully.
`,
    'plain.csv':
      'ZoneName,Remark,ZoneType,MasterServers\nplain.example,a;b\tc,Forwarder,198.51.100.57\n"second.example","say ""no""\nand more",Forwarder,198.51.100.58\n',
    'none.txt': 'nothing\n',
    below: { 'lab.example.dns': `${soa('lab.example.dns', 'lab.example').replace('dc1.corp.example.\n\n', '@\n\n')}@                       A\t10.0.0.12\nsub                     NS\tns1.sub\n$ORIGIN sub.lab.example.\nns1                     A\t10.0.0.13\n$ORIGIN lab.example.\n@                       NS\tns1\nns1                     A\t10.0.0.14\nnotlab.example.         A\t10.0.0.15\n` },
    lone: { 'lab.example.dns': `${soa('lab.example.dns', 'lab.example')}dc1.corp.example.       A\t10.0.0.10\nbuild                   A\t10.0.0.21\n` },
  }); // biome-ignore format: lines of a table
  const table = await migrated(t, cwd, ['windows-dns', 'zones.csv']);
  t.match(table.yaml, /joined\.example:\n {6}- 198\.51\.100\.53\n {6}- 198\.51\.100\.54\n/);
  t.same(table.without, ['conditional forwarder partner.example', 'zone corp.example']);
  const listed = await run(['migrate', 'windows-dns', 'zones.txt', '--out', 'out2', '--json'], { cwd });
  t.match(JSON.parse(listed.stdout).withoutCounterpart, [
    { what: 'conditional forwarder partner.example', why: /tables do not have them/ },
    { what: 'zone 2.0.192.in-addr.arpa', why: /`upstreams\.routes`/ },
    { what: 'zone corp.example' },
  ]);
  const lone = await run(['migrate', 'windows-dns', 'lone', '--out', 'out3', '--json'], { cwd });
  t.same(JSON.parse(lone.stdout).withoutCounterpart, [], 'its file says where its server is');
  const plain = await migrated(t, cwd, ['windows-dns', 'plain.csv', '--yes']);
  t.match(
    plain.yaml,
    /plain\.example:\n {6}- 198\.51\.100\.57\n/,
    'what separates other tables does not separate this one',
  );
  t.match(plain.yaml, /second\.example:\n {6}- 198\.51\.100\.58\n/, 'lines end within quotes too');
  const below = await migrated(t, cwd, ['windows-dns', 'below', '--yes']);
  t.match(
    below.yaml,
    /lab\.example:\n {6}- 10\.0\.0\.12\n {6}- 10\.0\.0\.14\n/,
    '$ORIGIN holds for name servers too, and @ is one',
  );
  t.notMatch(below.yaml, /10\.0\.0\.1[35]/, 'those of a delegation are not asked for the zone');
  const none = await run(['migrate', 'windows-dns', 'none.txt', '--out', 'out4'], { cwd });
  t.match([none.code, none.stderr], [2, /nothing of Windows DNS Server that can be read: export its zones/]);
});
