// `cenote migrate` of firewalls' config.xml and of what APIs tell: pfSense, OPNsense, Technitium, NextDNS.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parse, stringify } from 'yaml';
import { run } from '../../support/cli-run.ts';
import { decided, migrated } from '../../support/migrated.ts';

interface Written {
  readonly upstreams: Record<string, unknown>;
  readonly lists: Record<string, { readonly source: string }>;
  readonly groups: Record<string, { lists: string[] }>;
}

/** What was written is taken, and nothing is told as wrong. What is asked of it next does not wait for servers that are not there. */
async function isTaken(t: Test, cwd: string): Promise<void> {
  const path = join('out', 'cenote.yaml');
  const { code, stderr } = await run(['check', '-c', path], { cwd });
  t.same([code, stderr], [0, '']);
  const file = join(cwd, path);
  const { upstreams: _, lists, groups, ...rest } = parse(readFileSync(file, 'utf8')) as Written;
  const own = Object.fromEntries(Object.entries(lists).filter(([, { source }]) => !source.includes('://')));
  for (const group of Object.values(groups))
    group.lists = group.lists.filter((name) => Object.hasOwn(own, name));
  writeFileSync(file, stringify({ ...rest, lists: own, groups }));
}

const base64 = (...lines: readonly string[]): string => Buffer.from(lines.join('\r\n')).toString('base64');

t.test('OPNsense: Unbound, its block lists, and machines with a reservation', async (t) => {
  const cwd = t.testdir({
    'config.xml': `<?xml version="1.0"?>
<opnsense>
  <system><domain>office.example</domain><dnsserver>192.0.2.1</dnsserver></system>
  <OPNsense>
    <unboundplus version="1.0.14">
      <general><enabled>1</enabled><port>5353</port><dnssec>1</dnssec><dns64>1</dns64><active_interface>lan,opt1</active_interface>
        <outgoing_interface>wan</outgoing_interface><later>yes</later><local_zone_type>transparent</local_zone_type></general>
      <advanced><cacheminttl>60</cacheminttl><cachemaxttl/><serveexpired>1</serveexpired><privatedomain>inside.example,lan.example</privatedomain></advanced>
      <acls><default_action>refuse</default_action>
        <acl uuid="a1"><enabled>1</enabled><name>office</name><action>allow</action><networks>192.0.2.0/24,2001:db8::/64</networks></acl>
        <acl uuid="a2"><enabled>1</enabled><name>guests</name><action>refuse</action><networks>198.51.100.0/24</networks></acl>
        <acl uuid="a3"><enabled>0</enabled><name>off</name><action>allow</action><networks>203.0.113.0/24</networks></acl></acls>
      <dnsbl>
        <blocklist uuid="b1"><enabled>1</enabled><type>ag,oisd1</type><lists>https://lists.example/a.txt,https://lists.example/b.txt</lists>
          <allowlists>good.ads.example,^fine[0-9]+\\.ads\\.example$</allowlists><blocklists>exact.example</blocklists>
          <wildcards>whole.example,ads.example</wildcards><nxdomain>1</nxdomain><description>Everybody</description></blocklist>
        <blocklist uuid="b2"><enabled>1</enabled><type/><lists/><blocklists>games.example</blocklists><source_nets>192.0.2.64/26</source_nets>
          <description>Class room</description></blocklist>
        <blocklist uuid="b3"><enabled>0</enabled><blocklists>off.example</blocklists></blocklist>
      </dnsbl>
      <forwarding><enabled>0</enabled></forwarding>
      <dots>
        <dot uuid="d1"><enabled>1</enabled><type>dot</type><domain/><server>192.0.2.53</server><port>853</port><verify>dns.example</verify></dot>
        <dot uuid="d2"><enabled>1</enabled><type>forward</type><domain>corp.example</domain><server>192.0.2.54</server><port>5300</port></dot>
        <dot uuid="d3"><enabled>0</enabled><type>forward</type><domain/><server>192.0.2.55</server></dot>
      </dots>
      <hosts>
        <host uuid="h1"><enabled>1</enabled><hostname>nas</hostname><domain>office.example</domain><rr>A</rr><server>192.0.2.20</server></host>
        <host uuid="h2"><enabled>1</enabled><hostname>*</hostname><domain>apps.example</domain><rr>A</rr><server>192.0.2.21</server></host>
        <host uuid="h3"><enabled>1</enabled><hostname/><domain>office.example</domain><rr>MX</rr><mxprio>5</mxprio><mx>mail.office.example</mx></host>
        <host uuid="h4"><enabled>1</enabled><hostname>t</hostname><domain>office.example</domain><rr>TXT</rr><txtdata>v=1 "two"</txtdata></host>
        <host uuid="h5"><enabled>0</enabled><hostname>old</hostname><domain>office.example</domain><rr>A</rr><server>192.0.2.22</server></host>
      </hosts>
      <aliases><alias uuid="x1"><enabled>1</enabled><host>h1</host><hostname>files</hostname><domain/></alias></aliases>
    </unboundplus>
    <Kea><dhcp4><reservations><reservation uuid="k1"><ip_address>192.0.2.30</ip_address><hw_address>02:00:00:00:00:0A</hw_address>
      <hostname>printer</hostname></reservation></reservations></dhcp4></Kea>
  </OPNsense>
</opnsense>
`,
    'other.xml': '<?xml version="1.0"?><pfsense/>',
  });
  const { yaml, without, differs } = await migrated(t, cwd, ['opnsense', 'config.xml']);
  await isTaken(t, cwd);
  for (const line of [
    '- 0.0.0.0:5353',
    '- tls://dns.example',
    'bootstrap:\n    - 192.0.2.53',
    'corp.example:\n      - 192.0.2.54:5300',
    '02:00:00:00:00:0a: printer',
    'minTtl: 60s',
    'serveStale: 7d',
    '- inside.example',
    'source: https://lists.example/a.txt, action: nxdomain',
    '- 2001:db8::/64',
  ])
    t.ok(yaml.includes(line), line);
  t.same(
    without.toSorted(),
    [
      'active_interface = lan, opt1',
      'general.dns64',
      'general.outgoing_interface = wan',
      'general.later',
      'acls: refuse 198.51.100.0/24',
      'dots: 192.0.2.55',
      'hosts: old.office.example',
      'dnsbl: ag (Everybody)',
      'dnsbl: oisd1 (Everybody)',
    ].toSorted(),
  );
  t.ok(differs.some((one) => one.includes('DNSSEC validation')));
  t.ok(differs.includes('`cache.serveStale` is 7d at most; it was 365d'));
  t.same(
    await decided(cwd, 'out', [
      'nas.office.example',
      'files.office.example',
      '20.2.0.192.in-addr.arpa PTR',
      'x.apps.example',
      'office.example MX',
      't.office.example TXT',
      'printer.office.example',
      'exact.example',
      'x.exact.example',
      'x.whole.example',
      'x.ads.example',
      'x.good.ads.example',
      'fine7.ads.example',
      'games.example',
      'games.example A 192.0.2.70',
      'off.example',
    ]),
    [
      'nas.office.example → local A 192.0.2.20',
      'files.office.example → local A 192.0.2.20',
      '20.2.0.192.in-addr.arpa PTR → local PTR nas.office.example',
      'x.apps.example → local A 192.0.2.21',
      'office.example MX → local MX 5 mail.office.example',
      't.office.example TXT → local TXT "v=1 \\"two\\""',
      'printer.office.example → local A 192.0.2.30',
      'exact.example → nxdomain',
      'x.exact.example → pass',
      'x.whole.example → nxdomain',
      'x.ads.example → nxdomain',
      'x.good.ads.example → allow',
      'fine7.ads.example → allow',
      'games.example → pass',
      'games.example A 192.0.2.70 → sinkhole 0.0.0.0',
      'off.example → pass',
    ],
  );
  const { code, stderr } = await run(['migrate', 'opnsense', 'other.xml', '--out', 'none'], { cwd });
  t.equal(code, 2);
  t.match(stderr, /not a config\.xml of OPNsense: it has no element <opnsense> \(other\.xml\)/);
});

t.test('pfSense: its resolver with options of its own, and pfBlockerNG', async (t) => {
  const cwd = t.testdir({
    'config.xml': `<?xml version="1.0"?>
<pfsense>
  <system><domain>home.example</domain><dnsserver>192.0.2.53</dnsserver><dnsserver>192.0.2.54</dnsserver><dns1host>dns.example</dns1host></system>
  <unbound>
    <enable></enable><dnssec></dnssec><port>53</port><active_interface>all</active_interface><forwarding></forwarding><forward_tls_upstream></forward_tls_upstream>
    <custom_options>${base64('server:', 'local-data: "box.home.example A 192.0.2.9"', 'private-domain: "inside.example"', 'module-config: "python iterator"', 'forward-zone:', '  name: "branch.example"', '  forward-addr: 192.0.2.60@5300')}</custom_options>
    <hosts><host>nas</host><domain>home.example</domain><ip>192.0.2.20,2001:db8::20</ip>
      <aliases><item><host>files</host><domain>home.example</domain></item></aliases></hosts>
    <domainoverrides><domain>corp.example</domain><ip>192.0.2.55@5300</ip></domainoverrides>
    <domainoverrides><domain>safe.example</domain><ip>192.0.2.56</ip><forward_tls_upstream></forward_tls_upstream><tls_hostname>corp-dns.example</tls_hostname></domainoverrides>
    <domainoverrides><domain>none.example</domain><ip>!</ip></domainoverrides>
    <acls><aclname>vpn</aclname><aclaction>allow</aclaction><row><acl_network>198.51.100.0</acl_network><mask>24</mask></row></acls>
    <acls><aclname>guests</aclname><aclaction>refuse nonlocal</aclaction><row><acl_network>203.0.113.0</acl_network><mask>24</mask></row></acls>
    <odd>7</odd>
  </unbound>
  <dhcpd><lan><staticmap><mac>02:00:00:00:00:0B</mac><ipaddr>192.0.2.31</ipaddr><hostname>tv</hostname></staticmap></lan></dhcpd>
  <installedpackages>
    <pfblockerngdnsblsettings><config><pfb_dnsbl>on</pfb_dnsbl><pfb_tld>on</pfb_tld><pfb_dnsvip>10.10.10.1</pfb_dnsvip><pfb_regex>on</pfb_regex>
      <pfb_regex_list>${base64('^ad[0-9]+\\. # numbered')}</pfb_regex_list>
      <suppression>${base64('good.ads.example', '.fine.example # ours')}</suppression><tldblacklist>${base64('zip')}</tldblacklist></config></pfblockerngdnsblsettings>
    <pfblockerngdnsbl>
      <config><aliasname>Ads</aliasname><action>unbound</action><cron>EveryDay</cron><logging>nxdomain_log</logging>
        <row><format>auto</format><state>Enabled</state><url>https://lists.example/hosts</url><header>Own_hosts</header></row>
        <row><format>auto</format><state>Disabled</state><url>https://lists.example/off</url><header>Off</header></row>
        <custom>${base64('ads.example', 'x.fine.example')}</custom></config>
      <config><aliasname>Later</aliasname><action>Disabled</action><row><url>https://lists.example/later</url></row></config>
    </pfblockerngdnsbl>
    <pfblockernglistsv4><config><aliasname>Bad</aliasname></config></pfblockernglistsv4>
  </installedpackages>
</pfsense>
`,
    'sealed.xml': '---- BEGIN config.xml ----\nc2VhbGVk\n---- END config.xml ----\n',
  });
  const { yaml, without, differs } = await migrated(t, cwd, ['pfsense', 'config.xml']);
  await isTaken(t, cwd);
  for (const line of [
    '- 0.0.0.0:53',
    '- tls://dns.example',
    '- tls://192.0.2.54',
    'corp.example:\n      - 192.0.2.55:5300',
    'safe.example:\n      - tls://corp-dns.example',
    'branch.example:\n      - 192.0.2.60:5300',
    '- inside.example',
    '- 198.51.100.0/24',
    '02:00:00:00:00:0b: tv',
    'source: https://lists.example/hosts, refresh: 1d, action: nxdomain, subdomains: true',
  ])
    t.ok(yaml.includes(line), line);
  t.same(
    without.toSorted(),
    [
      'access list guests: refuse nonlocal 203.0.113.0/24',
      'domain override none.example',
      'DNSBL Ads: https://lists.example/off',
      'DNSBL group Later',
      'odd',
      'pfblockernglistsv4',
    ].toSorted(),
  );
  t.ok(differs.some((one) => one.includes('`sinkhole.answer` takes an address')));
  t.same(
    await decided(cwd, 'out', [
      'nas.home.example AAAA',
      'files.home.example',
      'box.home.example',
      'tv.home.example',
      'x.ads.example',
      'good.ads.example',
      'x.good.ads.example',
      'x.fine.example',
      'any.zip',
      'ad7.example',
    ]),
    [
      'nas.home.example AAAA → local AAAA 2001:db8::20',
      'files.home.example → local A 192.0.2.20',
      'box.home.example → local A 192.0.2.9',
      'tv.home.example → local A 192.0.2.31',
      'x.ads.example → nxdomain',
      'good.ads.example → allow',
      'x.good.ads.example → nxdomain',
      'x.fine.example → allow',
      'any.zip → sinkhole 0.0.0.0',
      'ad7.example → sinkhole 0.0.0.0',
    ],
  );
  const { code, stderr } = await run(['migrate', 'pfsense', 'sealed.xml', '--out', 'none'], { cwd });
  t.equal(code, 2);
  t.match(stderr, /it is encrypted: save the backup without a password \(sealed\.xml\)/);
});

t.test('Technitium: settings of the API, exported zones, and Advanced Blocking by groups', async (t) => {
  const cwd = t.testdir({
    technitium: {
      'settings.json': JSON.stringify({
        status: 'ok',
        response: {
          version: '15.2',
          dnsServerDomain: 'dns1',
          dnsServerLocalEndPoints: ['0.0.0.0:53', '[::]:53'],
          dnssecValidation: true,
          enableDnsOverTls: true,
          dnsOverTlsPort: 853,
          recursion: 'UseSpecifiedNetworkACL',
          recursionNetworkACL: ['192.0.2.0/24', '!192.0.2.9'],
          cacheMaximumEntries: 10_000,
          cacheMinimumRecordTtl: 10,
          serveStale: true,
          serveStaleTtl: 86_400,
          enableBlocking: true,
          blockingType: 'CustomAddress',
          customBlockingAddresses: ['192.0.2.80', '2001:db8::80'],
          blockingAnswerTtl: 60,
          blockListUrls: [
            'https://lists.example/hosts',
            '!https://lists.example/allow.txt',
            '# off: https://lists.example/x',
          ],
          blockListUpdateIntervalHours: 24,
          forwarders: ['dns.example:853 (192.0.2.53)', 'dns.example.org:853 (192.0.2.54)'],
          forwarderProtocol: 'Tls',
          concurrentForwarding: true,
          forwarderTimeout: 2000,
          proxy: null,
          tsigKeys: [{ keyName: 'k', sharedSecret: 'hush' }],
          later: 7,
        },
      }),
      'BlockedZones.txt': 'blocked.example\r\nBLÅ.example\r\n',
      'AllowedZones.txt': 'ok.blocked.example\n',
      'dnsApp.config': JSON.stringify({
        enableBlocking: true,
        blockListUrlUpdateIntervalHours: 12,
        localEndPointGroupMap: { '127.0.0.1': 'none' },
        networkGroupMap: { '192.0.2.64/26': 'Class room', '0.0.0.0/0': 'everyone', '[::]/0': 'everyone' },
        groups: [
          {
            name: 'everyone',
            enableBlocking: true,
            blockAsNxDomain: true,
            blocked: ['all.example'],
            blockListUrls: [],
          },
          {
            name: 'Class room',
            enableBlocking: true,
            blocked: ['games.example'],
            allowed: ['chess.games.example'],
            blockedRegex: ['^ad[0-9]+\\.'],
            blockListUrls: [
              'https://lists.example/games',
              { url: 'https://lists.example/more', blockAsNxDomain: true },
            ],
            regexBlockListUrls: ['https://lists.example/expressions'],
          },
          { name: 'none', enableBlocking: false },
        ],
      }),
    },
    backup: { 'dns.config': 'DS' },
  });
  const { yaml, without } = await migrated(t, cwd, ['technitium', 'technitium']);
  await isTaken(t, cwd);
  for (const line of [
    '- 0.0.0.0:53',
    '- tls://dns.example',
    'strategy: parallel',
    'timeout: 2000ms',
    'bootstrap:\n    - 192.0.2.53',
    'entries: 10000',
    'serveStale: 86400s',
    'source: https://lists.example/hosts, refresh: 24h, subdomains: true',
    'source: https://lists.example/allow.txt, refresh: 24h, action: allow, subdomains: true',
    'source: https://lists.example/more, refresh: 12h, subdomains: true',
    'a: 192.0.2.80',
    'ttl: 60s',
  ])
    t.ok(yaml.includes(line), line);
  t.notMatch(yaml, /hush/);
  t.same(
    without.toSorted(),
    [
      'enableDnsOverTls',
      'recursionNetworkACL: !192.0.2.9',
      'tsigKeys',
      'later = 7',
      'localEndPointGroupMap: 127.0.0.1',
      'Class room: regexBlockListUrls: https://lists.example/expressions',
    ].toSorted(),
  );
  t.same(
    await decided(cwd, 'out', [
      'x.blocked.example',
      'x.ok.blocked.example',
      'xn--bl-zia.example AAAA',
      'x.all.example',
      'games.example',
      'games.example A 192.0.2.70',
      'x.chess.games.example A 192.0.2.70',
      'ad7.example A 192.0.2.70',
    ]),
    [
      'x.blocked.example → sinkhole 192.0.2.80',
      'x.ok.blocked.example → allow',
      'xn--bl-zia.example AAAA → sinkhole 2001:db8::80',
      'x.all.example → nxdomain',
      'games.example → pass',
      'games.example A 192.0.2.70 → sinkhole 192.0.2.80',
      'x.chess.games.example A 192.0.2.70 → allow',
      'ad7.example A 192.0.2.70 → sinkhole 192.0.2.80',
    ],
  );
  const { code, stderr } = await run(['migrate', 'technitium', 'backup', '--out', 'none'], { cwd });
  t.equal(code, 2);
  t.match(stderr, /nothing of Technitium that can be read: take its settings from the API/);
});

t.test('NextDNS: a profile of its API', async (t) => {
  const cwd = t.testdir({
    'profile.json': JSON.stringify({
      data: {
        id: 'abc123',
        name: 'Home',
        security: { threatIntelligenceFeeds: true, nrd: false, dnsRebinding: true, tlds: [{ id: 'zip' }] },
        privacy: { blocklists: [{ id: 'some-list' }], natives: [{ id: 'phones' }], disguisedTrackers: true },
        parentalControl: { services: [{ id: 'videos', active: false }], categories: [], safeSearch: true },
        denylist: [
          { id: 'bad.example', active: true },
          { id: 'off.example', active: false },
          { id: 'no name', active: true },
        ],
        allowlist: [{ id: 'ok.bad.example', active: true }],
        rewrites: [
          { id: '1', name: 'nas.example', content: '192.0.2.20' },
          { id: '2', name: 'www.example', content: 'nas.example' },
        ],
        settings: {
          logs: { enabled: true, retention: 7_776_000, drop: { ip: true, domain: false } },
          performance: { ecs: true },
        },
      },
    }),
    'other.json': '{"a":1}',
    'deep.json': `{"denylist":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    'bomb.json': `a: &a [${'x,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\ndenylist: [${'*b,'.repeat(20)}]\n`,
  });
  const { yaml, without, differs } = await migrated(t, cwd, ['NextDNS', 'profile.json']);
  await isTaken(t, cwd);
  for (const line of ['keep: 90d', 'anonymise: true']) t.ok(yaml.includes(line), line);
  t.same(
    without.toSorted(),
    [
      'denylist: off.example',
      'denylist: no name',
      'privacy.blocklists: some-list',
      'security.threatIntelligenceFeeds',
      'privacy.disguisedTrackers',
      'privacy.natives: phones',
      'parentalControl.safeSearch',
      'parentalControl.services: videos',
      'settings.performance.ecs',
    ].toSorted(),
  );
  t.ok(differs.some((one) => one.includes('https://dns.nextdns.io/abc123')));
  t.same(
    await decided(cwd, 'out', [
      'x.bad.example',
      'x.ok.bad.example',
      'off.example',
      'a.zip',
      'nas.example',
      'www.example',
    ]),
    [
      'x.bad.example → sinkhole 0.0.0.0',
      'x.ok.bad.example → allow',
      'off.example → pass',
      'a.zip → sinkhole 0.0.0.0',
      'nas.example → local A 192.0.2.20',
      'www.example → local CNAME nas.example A 192.0.2.20',
    ],
  );
  const { code, stderr } = await run(['migrate', 'nextdns', 'other.json', '--out', 'none'], { cwd });
  t.equal(code, 2);
  t.match(stderr, /not a profile of NextDNS/);
  for (const file of ['deep.json', 'bomb.json']) {
    const refused = await run(['migrate', 'nextdns', file, '--out', 'none'], { cwd });
    t.equal(refused.code, 2, file);
    t.match(refused.stderr, `not YAML with settings: `, file);
    t.match(refused.stderr, `(${file})`, file);
  }
});

t.test('a log that NextDNS keeps for hours is kept for hours', async (t) => {
  const profile = { denylist: [], settings: { logs: { enabled: true, retention: 21_600 } } };
  const cwd = t.testdir({ 'profile.json': JSON.stringify(profile) });
  const { yaml } = await migrated(t, cwd, ['NextDNS', 'profile.json']);
  t.match(yaml, /keep: 6h/);
});

t.test("a firewall's file whose elements go too deep is refused with its path", async (t) => {
  const cwd = t.testdir({ 'deep.xml': `<pfsense>${'<a>'.repeat(600)}${'</a>'.repeat(600)}</pfsense>` });
  const { code, stderr } = await run(['migrate', 'pfsense', 'deep.xml', '--out', 'none'], { cwd });
  t.equal(code, 2);
  t.match(stderr, /not a config\.xml of pfSense: its elements stand deeper .*\(deep\.xml\)/);
});

t.test('a group that others call default is none of whoever is in no group', async (t) => {
  const cwd = t.testdir({
    'dnsApp.config': JSON.stringify({
      networkGroupMap: { '192.0.2.64/26': 'Default' },
      groups: [{ name: 'Default', enableBlocking: true, blocked: ['games.example'] }],
    }),
  });
  const { yaml } = await migrated(t, cwd, ['Technitium', 'dnsApp.config']);
  const { groups } = parse(yaml) as { groups: Record<string, { clients: string[]; lists: string[] }> };
  t.same(groups, {
    default: { clients: ['any'], lists: [] },
    'default-2': { clients: ['192.0.2.64/26'], lists: ['default-blocked'] },
  });
});
