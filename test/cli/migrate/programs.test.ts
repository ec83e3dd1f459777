// `cenote migrate`: the settings of other programs, each in its own manner, and what cenote then decides by what was written.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import t from 'tap';
import { Plan } from '../../../src/migrate/plan.ts';
import { fromAdGuardHome } from '../../../src/migrate/sources/adguard-home.ts';
import { fromBlocky } from '../../../src/migrate/sources/blocky.ts';
import { fromDnsmasq } from '../../../src/migrate/sources/dnsmasq.ts';
import { fromPihole } from '../../../src/migrate/sources/pihole/pihole.ts';
import { fromUnbound } from '../../../src/migrate/sources/unbound.ts';
import { run } from '../../support/cli-run.ts';
import { decided, migrated, type Report } from '../../support/migrated.ts';

const GRAVITY = `
CREATE TABLE "group" (id INTEGER PRIMARY KEY, enabled INTEGER, name TEXT);
CREATE TABLE domainlist (id INTEGER PRIMARY KEY, type INTEGER, domain TEXT, enabled INTEGER, comment TEXT);
CREATE TABLE adlist (id INTEGER PRIMARY KEY, address TEXT, enabled INTEGER, comment TEXT, type INTEGER DEFAULT 0);
CREATE TABLE client (id INTEGER PRIMARY KEY, ip TEXT, comment TEXT);
CREATE TABLE domainlist_by_group (domainlist_id INTEGER, group_id INTEGER);
CREATE TABLE adlist_by_group (adlist_id INTEGER, group_id INTEGER);
CREATE TABLE client_by_group (client_id INTEGER, group_id INTEGER);
INSERT INTO "group" VALUES (0, 1, 'Default'), (1, 1, 'Kids TV'), (2, 0, 'Off');
INSERT INTO domainlist VALUES
  (1, 1, 'Exact.Denied.example', 1, ''), (2, 0, 'ok.ads.example', 1, ''), (3, 3, '(\\.|^)whole\\.example$', 1, ''),
  (4, 3, '^ad[0-9]+-', 1, ''), (5, 3, '^six\\.example$;querytype=AAAA', 1, ''), (6, 3, '^gone\\.;reply=NXDOMAIN', 1, ''),
  (7, 3, 'odd;invert', 1, ''), (8, 1, 'kids.example', 1, ''), (9, 1, 'off.example', 1, ''), (10, 1, 'disabled.example', 0, ''),
  (11, 3, '^empty\\.example$;reply=NODATA', 1, '');
INSERT INTO adlist VALUES (1, 'https://lists.example/hosts.txt', 0, 'off', 0);
INSERT INTO client VALUES (1, '192.0.2.7', 'tv'), (2, '192.0.2.8', 'nothing'), (3, ':eth1', ''), (4, 'AA:BB:CC:DD:EE:01', 'both');
INSERT INTO domainlist_by_group VALUES (1,0),(2,0),(3,0),(4,0),(5,0),(6,0),(7,0),(8,1),(9,2),(10,0),(11,0);
INSERT INTO adlist_by_group VALUES (1, 0);
INSERT INTO client_by_group VALUES (1, 1), (3, 0), (4, 0), (4, 1);
`;

t.test(
  'Pi-hole: sets of groups keep apart though their names are one word here, networks lose what lies beyond them',
  async (t) => {
    const cwd = t.testdir({ pihole: { 'pihole.toml': '[dns]\nupstreams = ["192.0.2.53"]\n' } });
    const database = new DatabaseSync(join(cwd, 'pihole/gravity.db'));
    database.exec(GRAVITY.slice(0, GRAVITY.indexOf('INSERT')));
    database.exec(`
INSERT INTO "group" VALUES (0, 1, 'Default'), (1, 1, 'Kids'), (2, 1, 'kids!'), (3, 1, 'Kids guests'), (4, 1, 'Guests'), (5, 1, '孩子'), (6, 1, 'default'), (7, 1, 'Büro');
INSERT INTO domainlist VALUES (1, 1, 'a.example', 1, ''), (2, 1, 'b.example', 1, ''), (3, 1, 'c.example', 1, ''), (4, 1, 'd.example', 1, ''), (5, 1, 'e.example', 1, ''), (6, 1, 'f.example', 1, ''), (7, 1, 'g.example', 1, '');
INSERT INTO adlist VALUES (1, 'https://lists.example/allow.txt', 1, '', 1);
INSERT INTO domainlist_by_group VALUES (1,1),(2,2),(3,3),(4,4),(5,5),(6,6),(7,7);
INSERT INTO adlist_by_group VALUES (1, 0);
INSERT INTO client VALUES (1, '192.0.2.1', ''), (2, '192.0.2.2', ''), (3, '192.0.2.3', ''), (4, '192.0.2.4', ''), (5, '192.0.2.5', ''), (6, '192.0.2.6', ''), (7, '203.0.113.9/28', ''), (8, '2001:db8::9/64', '');
INSERT INTO client_by_group VALUES (1,1),(2,2),(3,3),(4,1),(4,4),(5,5),(6,6),(7,7),(8,7);`);
    database.close();
    const { yaml, without, differs } = await migrated(t, cwd, ['pihole', 'pihole']);
    t.same(
      [...yaml.matchAll(/^ {2}(\S+): \{ clients: \[ (.*?) \], lists: \[ (.*?) \]/gm)].map((row) =>
        row.slice(1),
      ),
      [
        ['default', 'any', 'lists-allow'],
        ['kids', '192.0.2.1', 'denied-kids'],
        ['kids-2', '192.0.2.2', 'denied-kids-2'],
        ['kids-guests', '192.0.2.3', 'denied-kids-guests'],
        ['kids-guests-2', '192.0.2.4', 'denied-kids, denied-guests'],
        ['group-5', '192.0.2.5', 'denied-5'],
        ['default-2', '192.0.2.6', 'denied-default'],
        ['buro', '203.0.113.0/28, 2001:db8::/64', 'denied-buro'],
      ],
    );
    t.same(without, []);
    t.ok(
      differs.some((one) => one.includes('an allow list lets it pass')),
      'allow lists go before denied names',
    );
  },
);

const PIHOLE_TOML = `[dns]
upstreams = ["192.0.2.53#5353", "2001:db8::53#5353", "2001:db8::54", "resolver.example"]
hosts = ["192.0.2.9 nas.example nas-zwei.example", "192.0.2.10 bücher.example # a comment"]
cnameRecords = ["files.example,nas.example,60", "a.example,b.example,nas.example"]
revServers = ["true,192.0.2.0/24,192.0.2.1#53,office.example", "false,198.51.100.0/24,192.0.2.1,"]
port = 5354
blockTTL = 2
listeningMode = "ALL"
dnssec = true
[dns.blocking]
mode = "NX"
[dns.rateLimit]
count = 1200
interval = 60
[dhcp]
active = true
hosts = ["aa:bb:cc:dd:ee:02,192.0.2.20,Till 3"]
[misc]
privacylevel = 0
dnsmasq_lines = ["address=/tracker.example/#", "min-cache-ttl=30"]
[database]
maxDBdays = 30
`;

t.test(
  'Pi-hole: groups that overlap, expressions with options, own names, conditional forwarding',
  async (t) => {
    const cwd = t.testdir({ pihole: { 'pihole.toml': PIHOLE_TOML } });
    const database = new DatabaseSync(join(cwd, 'pihole/gravity.db'));
    database.exec(GRAVITY);
    database.close();
    const { yaml, without, differs } = await migrated(t, cwd, ['pihole', 'pihole']);
    for (const line of [
      '192.0.2.53:5353',
      '"[2001:db8::53]:5353"',
      '2001:db8::54',
      'aa:bb:cc:dd:ee:02: till-3',
      'answer: nxdomain',
      'perSecond: 20',
      'burst: 1200',
      'history: 30d',
      'minTtl: 30s',
      '0.0.0.0:5354',
    ])
      t.ok(yaml.includes(line), line);
    t.same(
      await decided(cwd, 'out', [
        'exact.denied.example',
        'www.exact.denied.example',
        'x.whole.example',
        'nothewhole.example',
        'ad12-x.example',
        'six.example AAAA',
        'six.example A',
        'gone.example',
        'empty.example',
        'x.tracker.example',
        'kids.example',
        'kids.example A 192.0.2.7',
        'exact.denied.example A 192.0.2.7',
        'exact.denied.example A 192.0.2.8',
        'off.example',
        'disabled.example',
        'nas-zwei.example',
        'xn--bcher-kva.example',
        'files.example CNAME',
      ]),
      [
        'exact.denied.example → nxdomain',
        'www.exact.denied.example → pass',
        'x.whole.example → nxdomain',
        'nothewhole.example → pass',
        'ad12-x.example → nxdomain',
        'six.example AAAA → nxdomain',
        'six.example A → pass',
        'gone.example → nxdomain',
        'empty.example → nodata',
        'x.tracker.example → nxdomain',
        'kids.example → pass',
        'kids.example A 192.0.2.7 → nxdomain',
        'exact.denied.example A 192.0.2.7 → pass',
        'exact.denied.example A 192.0.2.8 → pass',
        'off.example → pass',
        'disabled.example → pass',
        'nas-zwei.example → local A 192.0.2.9',
        'xn--bcher-kva.example → local A 192.0.2.10',
        'files.example CNAME → local CNAME nas.example',
      ],
    );
    t.same(without.sort(), [
      'client :eth1',
      'denied disabled.example',
      'denied odd;invert',
      'denied off.example',
      'dhcp.active = true',
      'dns.listeningMode = ALL',
      'dns.revServers: false,198.51.100.0/24,192.0.2.1,',
      'dns.upstreams: resolver.example',
      'list https://lists.example/hosts.txt',
    ]);
    t.ok(differs.some((text) => text.includes('DNSSEC')));
  },
);

const ADGUARD = `schema_version: 29
dns:
  bind_hosts: [127.0.0.1, "::1"]
  port: 5355
  upstream_dns: ["# mine", "tls://dns.example", "[/corp.example/lan.example/]192.0.2.53 192.0.2.54", "[//]192.0.2.1", "quic://dns.example", 192.0.2.1:5353]
  bootstrap_dns: [192.0.2.1]
  fallback_dns: [198.51.100.1]
  upstream_mode: parallel
  cache_size: 4194304
  cache_ttl_min: 60
  cache_optimistic: true
  ratelimit: 20
  blocked_hosts: [version.bind, refuse.example]
  enable_dnssec: true
  aaaa_disabled: true
filtering:
  blocking_mode: custom_ip
  blocking_ipv4: 192.0.2.9
  blocking_ipv6: 2001:db8::9
  blocked_response_ttl: 10
  filtering_enabled: true
  blocked_services: { ids: [tiktok] }
  safe_search: { enabled: true }
  rewrites:
    - { domain: nas.example, answer: 192.0.2.7 }
    - { domain: "*.apps.example", answer: 192.0.2.8 }
    - { domain: alias.example, answer: nas.example }
    - { domain: off.example, answer: 192.0.2.8, enabled: false }
    - { domain: ok.apps.example, answer: A }
querylog: { enabled: true, interval: 2160h }
filters:
  - { enabled: true, url: "LIST", name: "My List", id: 1 }
  - { enabled: false, url: "https://lists.example/other.txt", name: Other, id: 2 }
user_rules: ["||evil.example^", "@@||good.evil.example^", "! remark", "192.0.2.66 own.example"]
tls: { enabled: true, certificate_chain: PEM, port_https: 443 }
clients:
  persistent:
    - { name: "Kids' TV", ids: [192.0.2.40, "AA:BB:CC:DD:EE:FF", kids-tv], tags: [device_tv], use_global_settings: false, filtering_enabled: false }
    - { name: Lab, ids: [198.51.100.0/24], use_global_settings: true, upstreams: [192.0.2.55] }
`;

t.test(
  'AdGuard Home: upstreams for domains, rewrites, rules of the user, clients of their own',
  async (t) => {
    const cwd = t.testdir({ 'list.txt': '||ads.example^\n' });
    writeFileSync(join(cwd, 'AdGuardHome.yaml'), ADGUARD.replace('LIST', join(cwd, 'list.txt')));
    const { yaml, without } = await migrated(t, cwd, ['adguard-home', 'AdGuardHome.yaml']);
    for (const line of [
      'tls://dns.example',
      'strategy: parallel',
      'size: 4MiB',
      'minTtl: 60s',
      'serveStale: 1d',
      'history: 90d',
      'aa:bb:cc:dd:ee:ff: kids-tv',
      'kids-tv: local',
    ])
      t.ok(yaml.includes(line), line);
    t.match(yaml, /lan\.example:\n\s+- 192\.0\.2\.53\n\s+- 192\.0\.2\.54/);
    t.match(
      yaml,
      /lab: \{ clients: \[ 198\.51\.100\.0\/24 \], lists: \[.*my-list.*\], upstreams: \[ 192\.0\.2\.55 \] \}/,
    );
    t.same(
      await decided(cwd, 'out', [
        'ads.example',
        'ads.example AAAA',
        'ads.example A 192.0.2.40',
        'evil.example A 192.0.2.41',
        'good.evil.example',
        'refuse.example',
        'nas.example',
        'x.apps.example',
        'apps.example',
        'alias.example CNAME',
        'own.example',
      ]),
      [
        'ads.example → sinkhole 192.0.2.9',
        'ads.example AAAA → sinkhole 2001:db8::9',
        'ads.example A 192.0.2.40 → pass',
        'evil.example A 192.0.2.41 → sinkhole 192.0.2.9',
        'good.evil.example → allow',
        'refuse.example → refused',
        'nas.example → local A 192.0.2.7',
        'x.apps.example → sinkhole 192.0.2.8',
        'apps.example → pass',
        'alias.example CNAME → local CNAME nas.example',
        'own.example → sinkhole 192.0.2.66',
      ],
    );
    t.same(without.sort(), [
      'blocked_services: tiktok',
      "client Kids' TV: tags device_tv",
      'dns.aaaa_disabled',
      'dns.upstream_dns: [//]192.0.2.1',
      'dns.upstream_dns: quic://dns.example',
      'filters: Other',
      'rewrite off.example → 192.0.2.8',
      'rewrite ok.apps.example → A',
      'safe_search',
      'tls.certificate_chain',
    ]);
  },
);

const BLOCKY = `upstreams:
  groups:
    default: ["tcp+udp:192.0.2.53", "tcp-tls:dns.example:853", "sdns://AAA"]
    lab*: [192.0.2.55]
  strategy: strict
  timeout: 1500ms
bootstrapDns: ["tcp+udp:192.0.2.1", { upstream: "https://dns.example/dns-query", ips: [192.0.2.2] }]
customDNS: { mapping: { printer.example: "192.0.2.3,2001:db8::3" } }
conditional: { mapping: { fritz.example: 192.0.2.1, ".": 192.0.2.1 } }
blocking:
  denylists:
    ads: ["list.txt", "missing.txt", "inline.example\\n*.wild.example\\n/^ad[0-9]/\\n"]
    kids: ["video.example\\n"]
  allowlists: { ads: ["good.wild.example\\n"] }
  clientGroupsBlock: { default: [ads], "192.0.2.40/30": [ads, kids], tv*: [kids] }
  blockType: nxDomain
  blockTTL: 1m
  loading: { refreshPeriod: 24h }
caching: { minTime: 5m, maxTime: -1m, prefetching: true }
clientLookup: { clients: { laptop: [192.0.2.29] } }
queryLog: { type: csv, logRetentionDays: 7 }
ports: { dns: ["5356", "127.0.0.1:5357", "localhost:5358"] }
`;

t.test('blocky: lists by client, custom names with all below them, servers by client', async (t) => {
  const cwd = t.testdir({ 'config.yml': BLOCKY, 'list.txt': '0.0.0.0 hosts.example\n' });
  const { yaml, without } = await migrated(t, cwd, ['blocky', 'config.yml']);
  for (const line of [
    'tls://dns.example:853',
    'strategy: ordered',
    'timeout: 2s',
    'minTtl: 300s',
    '192.0.2.29: laptop',
    'history: 7d',
    '0.0.0.0:5356',
  ])
    t.ok(yaml.includes(line), line);
  t.match(
    yaml,
    /lab: \{ clients: \[ lab\* \], lists: \[ ads, ads-2, ads-allow \], upstreams: \[ 192\.0\.2\.55 \] \}/,
  );
  t.same(
    await decided(cwd, 'out', [
      'hosts.example',
      'inline.example',
      'x.inline.example',
      'x.wild.example',
      'good.wild.example',
      'ad1.test.example',
      'video.example',
      'video.example A 192.0.2.41',
      'printer.example',
      'x.printer.example AAAA',
    ]),
    [
      'hosts.example → nxdomain',
      'inline.example → nxdomain',
      'x.inline.example → pass',
      'x.wild.example → nxdomain',
      'good.wild.example → allow',
      'ad1.test.example → nxdomain',
      'video.example → pass',
      'video.example A 192.0.2.41 → nxdomain',
      'printer.example → sinkhole 192.0.2.3',
      'x.printer.example AAAA → sinkhole 2001:db8::3',
    ],
  );
  t.same(without.sort(), [
    'caching.maxTime = -1m',
    'conditional.mapping: "."',
    'list of ads: missing.txt',
    'ports: localhost:5358',
    'upstreams: sdns://AAA',
  ]);
});

t.test('the list that is proposed for a type that was switched off does what is said of it', async (t) => {
  const cwd = t.testdir({
    'config.yml': 'upstreams: { groups: { default: [192.0.2.53] } }\nfiltering: { queryTypes: [AAAA] }\n',
    out: {},
  });
  const { stdout } = await run(['migrate', 'blocky', 'config.yml', '--dry-run', '--json'], { cwd });
  const [left] = (JSON.parse(stdout) as Report).withoutCounterpart;
  const proposed = /`(\{.*\})`/.exec(left?.why ?? '')?.[1] ?? '';
  writeFileSync(join(cwd, 'out/cenote.yaml'), `lists: { types: ${proposed} }\n`);
  t.same(await decided(cwd, 'out', ['www.example.org AAAA', 'www.example.org A']), [
    'www.example.org AAAA → nodata',
    'www.example.org A → pass',
  ]);
});

t.test('what stood in somebody’s own settings is in force, though it is one label', async (t) => {
  const cwd = t.testdir({
    'pihole.toml':
      '[dns]\nupstreams = ["192.0.2.53"]\nhosts = ["192.0.2.9 nas.lan"]\n[dns.domain]\nname = "lan"\n',
    'asked.toml':
      '[dns]\nrevServers = ["true,192.0.2.0/24,192.0.2.1,lan"]\ndomain = { name = "lan", local = true }\n',
    'AdGuardHome.yaml':
      'dns: { upstream_dns: [192.0.2.53] }\nuser_rules: ["||tk^", "127.0.0.1 dev.example DEV.two.example # mine", "::1 six.example", 0.0.0.0 ads.example]\n',
  });
  await migrated(t, cwd, ['pihole', 'pihole.toml']);
  t.same(await decided(cwd, 'out', ['tv.lan', 'nas.lan', 'lan.example']), [
    'tv.lan → nxdomain',
    'nas.lan → local A 192.0.2.9',
    'lan.example → pass',
  ]);
  const { code, stderr } = await run(['check', '--sources', '-c', 'out/cenote.yaml'], { cwd });
  t.same([code, stderr], [0, '']);
  rmSync(join(cwd, 'out'), { recursive: true });
  cpSync(join(cwd, 'asked.toml'), join(cwd, 'pihole.toml'));
  await migrated(t, cwd, ['pihole', 'pihole.toml']);
  t.same(await decided(cwd, 'out', ['tv.lan']), ['tv.lan → pass'], 'the router knows its names');
  rmSync(join(cwd, 'out'), { recursive: true });
  await migrated(t, cwd, ['adguardhome', 'AdGuardHome.yaml']);
  t.same(
    await decided(cwd, 'out', [
      'x.tk',
      'x.tk.example',
      'dev.example',
      'dev.two.example AAAA',
      'x.dev.example',
      'six.example AAAA',
      'ads.example',
    ]),
    [
      'x.tk → sinkhole 0.0.0.0',
      'x.tk.example → pass',
      'dev.example → sinkhole 127.0.0.1',
      'dev.two.example AAAA → sinkhole',
      'x.dev.example → pass',
      'six.example AAAA → sinkhole ::1',
      'ads.example → sinkhole 0.0.0.0',
    ],
  );
});

t.test('what older versions called otherwise is read as it was meant', async (t) => {
  const cwd = t.testdir({
    'AdGuardHome.yaml': `bind_host: 0.0.0.0
bind_port: 3000
web_session_ttl: 720
dns:
  bind_host: 192.0.2.2
  upstream_dns: [h3://dns.example/dns-query, quic://dns.example]
  bootstrap_dns: ["192.0.2.54:53", "[2001:db8::54]:53", "2001:db8::1:53", tls://192.0.2.54, "192.0.2.54:5353", tls://dns.example]
  querylog_enabled: false
  querylog_interval: 7
  cache_size: 4194304
  cache_optimistic: true
  cache_optimistic_max_age: 12h
  resolve_clients: false
  cache_time: 30
  parental_cache_size: 1048576
`,
    'oldest.yaml': `auth_name: anna
coredns: { bind_host: 192.0.2.2, upstream_dns: [192.0.2.53] }
clients: [{ name: Desk, ip: 192.0.2.7, mac: "aa:bb:cc:dd:ee:07", use_global_settings: true }]
`,
    'blocky.yml': `upstream: { externalResolvers: [tcp-tls:dns.example] }
bootstrapDns: ["udp:192.0.2.54:53", "tcp-tls:192.0.2.55", "tcp-tls:dns.example"]
ecs: { useAsClient: true, forward: true }
dns64: { enable: false }
blocking: { blackLists: { ads: ["ads.example\\n"] } }
`,
    'none.yml': 'upstreams: { groups: { default: ["sdns://AAA"] } }\n',
  });
  const { yaml, without, differs } = await migrated(t, cwd, ['adguardhome', 'AdGuardHome.yaml']);
  for (const line of [
    '- 192.0.2.2:53',
    '- https://dns.example/dns-query',
    '- 192.0.2.54\n',
    '- 2001:db8::54\n',
    '- 2001:db8::1:53\n',
    '- tls://192.0.2.54\n',
    '- 192.0.2.54:5353\n',
    'history: 7d',
    'privacy: off',
    'reverse: false',
    'serveStale: 43200s',
  ])
    t.ok(yaml.includes(line), line);
  t.same(without, [
    'dns.upstream_dns: quic://dns.example',
    'dns.bootstrap_dns: tls://dns.example',
    'bind_host = 0.0.0.0',
    'bind_port = 3000',
  ]);
  t.ok(differs.some((one) => one.includes('HTTP/3')));
  rmSync(join(cwd, 'out'), { recursive: true });
  const oldest = await migrated(t, cwd, ['adguardhome', 'oldest.yaml']);
  for (const line of ['- 192.0.2.2:53', '- 192.0.2.53', '192.0.2.7: desk', 'aa:bb:cc:dd:ee:07: desk'])
    t.ok(oldest.yaml.includes(line), line);
  t.same(oldest.without, ['auth_name = anna']);
  rmSync(join(cwd, 'out'), { recursive: true });
  const blocky = await migrated(t, cwd, ['blocky', 'blocky.yml']);
  t.match(blocky.yaml, /default:\n\s+- tls:\/\/dns\.example\n/);
  t.match(blocky.yaml, /bootstrap:\n\s+- 192\.0\.2\.54\n\s+- tls:\/\/192\.0\.2\.55\n/);
  t.same(
    blocky.without.toSorted(),
    ['bootstrapDns: tls://dns.example', 'ecs.forward = true', 'ecs.useAsClient = true', 'list ads'],
    'a list that nobody had would be refused',
  );
  rmSync(join(cwd, 'out'), { recursive: true });
  const none = await migrated(t, cwd, ['blocky', 'none.yml']);
  t.ok(
    none.differs.some((one) => one.includes('`upstreams.default`')),
    'whom cenote asks then is said',
  );
});

const DNSMASQ = `# the office
port=5359
listen-address=127.0.0.1
no-resolv
server=192.0.2.53
server=192.0.2.54#5353
server=/corp.example/branch.example/192.0.2.55
server=//192.0.2.1
rev-server=192.0.2.0/24,192.0.2.1
address=/ads.example/#
address=/box.example/192.0.2.9
local=/internal.example/
host-record=nas.example,nas-two.example,192.0.2.7,2001:db8::7,300
cname=alias.example,nas.example
txt-record=t.example,"a, b",c
mx-host=mail.example,nas.example,20
srv-host=_ldap._tcp.example,nas.example,389
dhcp-range=192.0.2.100,192.0.2.200,12h
dhcp-host=aa:bb:cc:dd:ee:03,192.0.2.30,printer,12h
cache-size=50000
stop-dns-rebind
interface=eth0
max-ttl=900
bogus-nxdomain=192.0.2.99
conf-dir=/nowhere/at/all
strict-order
`;

t.test('a dnsmasq without a cache becomes a cenote without one, a small one a usual one', async (t) => {
  const cwd = t.testdir({
    'none.conf': 'no-hosts\ncache-size=0\n',
    'small.conf': 'no-hosts\ncache-size=150\n',
  });
  t.match((await migrated(t, cwd, ['dnsmasq', 'none.conf'])).yaml, /entries: 0$/m);
  rmSync(join(cwd, 'out'), { recursive: true });
  t.match((await migrated(t, cwd, ['dnsmasq', 'small.conf'])).yaml, /entries: 10000$/m);
});

t.test(
  'what dnsmasq and Unbound answer with addresses of their own is answered so, both ways and below',
  async (t) => {
    const cwd = t.testdir({
      'dnsmasq.conf': `no-hosts
addn-hosts=HOSTS
expand-hosts
domain=lan.example
host-record=nas.lan.example,nas,192.0.2.7,2001:db8::7,300
address=/dev.example/127.0.0.1
address=/.own.example/::1
address=/ads.example/0.0.0.0
caa-record=lan.example,0,issue,"ca.example"
`,
      // As many as lists of ads have that are written so.
      'extra.hosts': `192.0.2.20 cam cam.other.example\n${Array.from({ length: 150_000 }, (_, at) => `0.0.0.0 ad${at}.example\n`).join('')}`,
      'unbound.conf': `server:
  local-zone: "apps.example" redirect
  local-data: "apps.example. 300 IN A 192.0.2.77"
  local-data: "apps.example AAAA 2001:db8::77"
  local-zone: "here.example" redirect
  local-data: "here.example A 127.0.0.1"
  local-zone: "sunk.example" redirect
  local-data: "sunk.example A 0.0.0.0"
  local-zone: "none.example" redirect
`,
    });
    const file = join(cwd, 'dnsmasq.conf');
    writeFileSync(file, readFileSync(file, 'utf8').replace('HOSTS', join(cwd, 'extra.hosts')));
    const dnsmasq = await migrated(t, cwd, ['dnsmasq', 'dnsmasq.conf']);
    t.same(dnsmasq.without, []);
    t.match(
      readFileSync(join(cwd, 'out/hosts.txt'), 'utf8'),
      /^192\.0\.2\.20 cam\.lan\.example cam cam\.other\.example$/m,
    );
    t.same(
      await decided(cwd, 'out', [
        '7.2.0.192.in-addr.arpa PTR',
        'x.dev.example',
        'dev.example AAAA',
        'x.own.example AAAA',
        'ads.example',
        'ad149999.example',
        'x.ad7.example',
        'lan.example CAA',
      ]),
      [
        '7.2.0.192.in-addr.arpa PTR → local PTR nas.lan.example',
        'x.dev.example → sinkhole 127.0.0.1',
        'dev.example AAAA → sinkhole',
        'x.own.example AAAA → sinkhole ::1',
        'ads.example → sinkhole 0.0.0.0',
        'ad149999.example → sinkhole 0.0.0.0',
        'x.ad7.example → pass',
        'lan.example CAA → local CAA 0 issue "ca.example"',
      ],
    );
    rmSync(join(cwd, 'out'), { recursive: true });
    await migrated(t, cwd, ['unbound', 'unbound.conf']);
    t.same(
      await decided(cwd, 'out', [
        'x.apps.example',
        'x.apps.example AAAA',
        'a.b.here.example',
        'x.sunk.example',
        'x.none.example',
      ]),
      [
        'x.apps.example → sinkhole 192.0.2.77',
        'x.apps.example AAAA → sinkhole 2001:db8::77',
        'a.b.here.example → sinkhole 127.0.0.1',
        'x.sunk.example → sinkhole 0.0.0.0',
        'x.none.example → nodata',
      ],
    );
  },
);

t.test('blocky: its zone is read as a zone, and addresses lead back to their names', async (t) => {
  const cwd = t.testdir({
    'config.yml': `upstreams: { groups: { default: [192.0.2.53] } }
customDNS:
  mapping:
    nas.example: 192.0.2.5,2001:db8::5
  zone: |
    $ORIGIN zone.example.
    $TTL 300
    @ 3600 IN SOA ns hostmaster 1 2 3 4 5
    @ MX 10 mail
    www 1h IN A 192.0.2.1
        A 192.0.2.2 ; the other
    al CNAME www
    out CNAME www.example.org.
    text TXT "a ; b" "c";the other
`,
  });
  const plan = new Plan();
  fromBlocky(plan, join(cwd, 'config.yml'));
  t.same(
    [...plan.records],
    [
      '5.2.0.192.in-addr.arpa PTR nas.example',
      '5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR nas.example',
      'zone.example. 300 MX 10 mail.zone.example.',
      'www.zone.example. 3600 A 192.0.2.1',
      'www.zone.example. 300 A 192.0.2.2',
      'al.zone.example. 300 CNAME www.zone.example.',
      'out.zone.example. 300 CNAME www.example.org.',
      'text.zone.example. 300 TXT "a ; b" "c"',
    ],
  );
  t.same(plan.without, []);
});

t.test(
  'Pi-hole: its own domain is not asked elsewhere, and lines of dnsmasq are for all groups',
  async (t) => {
    const cwd = t.testdir({
      'pihole.toml': `[dns]
  upstreams = [ "192.0.2.53" ]
  hosts = [ "192.0.2.20 cam cam.lan.example cam.other.example" ]
  expandHosts = true
  [dns.domain]
    name = "lan.example"
    local = true
[misc]
  dnsmasq_lines = [ "address=/wild.example/192.0.2.9" ]
`,
    });
    const plan = new Plan();
    await fromPihole(plan, join(cwd, 'pihole.toml'));
    t.same(plan.hosts, ['192.0.2.20 cam.lan.example cam cam.other.example']);
    t.match(plan.lists.get('dnsmasq-nxdomain'), {
      lines: ['server=/lan.example/'],
      action: 'nxdomain',
      isForAll: true,
    });
    t.match(plan.lists.get('dnsmasq'), { lines: ['address=/wild.example/192.0.2.9'], isForAll: true });
  },
);

t.test('dnsmasq and Unbound: servers, zones, records', async (t) => {
  const cwd = t.testdir({
    'dnsmasq.d': { '10-office.conf': DNSMASQ, 'old.conf~': 'address=/never.example/#\n' },
    unbound: {
      'unbound.conf': 'server: verbosity: 1\ninclude: "conf.d/*.conf"\n',
      'conf.d': {
        'a.conf': `server:
  chroot: ""
  interface: 127.0.0.1@5360
  identity: ''
  ip-ratelimit: 200
  outgoing-interface: 192.0.2.1
  tcp-upstream: yes
  serve-expired-ttl: 7200
  serve-expired: yes
  cache-max-negative-ttl: 60
  local-zone: "shop.null.example" transparent
  local-zone: "fine.example" transparent
  interface: eth0
  access-control: 127.0.0.0/8 allow
  access-control: 192.0.2.0/24 allow_snoop
  access-control: 192.0.2.66/32 deny
  local-zone: "ads.example." always_nxdomain   # a remark
  local-zone: "null.example" always_null
  local-zone: "own.example" static
  local-data: "nas.own.example. 300 IN A 192.0.2.7"
  local-data: 'txt.own.example. TXT "a b"'
  local-data-ptr: "192.0.2.7 nas.own.example"
  cache-max-ttl: 3600
  prefetch: yes
  ratelimit: 100
forward-zone:
  name: "."
  forward-tls-upstream: yes
  forward-addr: 9.9.9.9@853#dns.quad.example
stub-zone:
  name: "corp.example"
  stub-addr: 192.0.2.53@5353
rpz:
  name: rpz.example
  zonefile: rpz.zone
  tags: "x"
view:
  name: v
`,
        'notes.txt': 'server: port: 1\n',
      },
    },
  });
  const dnsmasq = await migrated(t, cwd, ['dnsmasq', 'dnsmasq.d']);
  t.match(dnsmasq.yaml, /branch\.example:\n\s+- 192\.0\.2\.55/);
  for (const line of [
    '192.0.2.54:5353',
    '127.0.0.1:5359',
    'aa:bb:cc:dd:ee:03: printer',
    'entries: 50000',
    'strategy: ordered',
  ])
    t.ok(dnsmasq.yaml.includes(line), line);
  t.same(
    await decided(cwd, 'out', [
      'x.ads.example',
      'box.example',
      'x.internal.example',
      'nas-two.example AAAA',
      'alias.example CNAME',
      'never.example',
    ]),
    [
      'x.ads.example → sinkhole 0.0.0.0',
      'box.example → sinkhole 192.0.2.9',
      'x.internal.example → nxdomain',
      'nas-two.example AAAA → local AAAA 2001:db8::7',
      'alias.example CNAME → local CNAME nas.example',
      'never.example → pass',
    ],
  );
  t.same(dnsmasq.without.sort(), [
    'bogus-nxdomain=192.0.2.99 (10-office.conf:24)',
    'conf-dir=/nowhere/at/all (10-office.conf:25)',
    'interface=eth0 (10-office.conf:22)',
    'server=//192.0.2.1 (10-office.conf:8)',
  ]);

  t.ok(dnsmasq.yaml.includes('maxTtl: 900s'));
  t.match(dnsmasq.differs.join(), /local\.hosts: \/etc\/hosts/, 'it answered those names');
  t.notMatch(dnsmasq.differs.join(), /rebinding/, 'it withheld private addresses too');

  const again = await run(['migrate', 'unbound', 'unbound/unbound.conf', '--out', 'out'], { cwd });
  t.equal(again.code, 2);
  t.match(
    again.stderr,
    /out\/cenote\.yaml is there already and nothing was written; name another folder with --out/,
  );
  const unbound = await migrated(t, cwd, ['unbound', 'unbound/unbound.conf', '--yes']);
  for (const line of [
    'tls://dns.quad.example',
    '127.0.0.1:5360',
    '192.0.2.53:5353',
    'maxTtl: 3600s',
    'serveStale: 7200s',
    'negativeTtl: 60s',
    'perSecond: 200',
    '- 9.9.9.9',
    '- 192.0.2.0/24',
  ])
    t.ok(unbound.yaml.includes(line), line);
  t.same(
    await decided(cwd, 'out', [
      'x.ads.example',
      'null.example',
      'www.shop.null.example',
      'nas.own.example',
      'x.own.example',
      '7.2.0.192.in-addr.arpa PTR',
    ]),
    [
      'x.ads.example → nxdomain',
      'null.example → sinkhole 0.0.0.0',
      'www.shop.null.example → allow',
      'nas.own.example → local A 192.0.2.7',
      'x.own.example → nxdomain',
      '7.2.0.192.in-addr.arpa PTR → local PTR nas.own.example',
    ],
  );
  t.same(unbound.without.map((what) => what.replace(/ \(.*/, '')).sort(), [
    'access-control: 192.0.2.66/32 deny',
    'interface: eth0',
    'outgoing-interface: 192.0.2.1',
    'ratelimit: 100',
    'rpz: rpz.example',
    'tcp-upstream: yes',
    'view:',
  ]);
  t.match(unbound.differs.join(), /withheld \(DNS rebinding\)/, 'that it did not do');
});

t.test('what is not theirs is told, and nothing is written', async (t) => {
  const cwd = t.testdir({
    'a.yaml': 'a: 1\n',
    'b.txt': 'nothing\n',
    empty: {},
    hosts: '127.0.0.1 localhost\n0.0.0.0 ads.example\n192.0.2.7 nas.example\n',
  });
  cpSync(join(cwd, 'b.txt'), join(cwd, 'gravity.db'));
  const cases: [args: string[], message: RegExp][] = [
    [
      ['nothing', 'a.yaml'],
      /"nothing" is none of pihole, adguardhome, blocky, dnsmasq, unbound, openwrt, pfsense, opnsense, technitium, nextdns, windowsdns, hosts/,
    ],
    [['adguardhome', 'a.yaml'], /not the configuration of AdGuard Home: it has no section `dns` \(a\.yaml\)/],
    [['blocky', 'a.yaml'], /not the configuration of blocky/],
    [['pihole', 'empty'], /no gravity\.db and no pihole\.toml/],
    [['unbound', 'missing.conf'], /there is no such file or folder \(missing\.conf\)/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await run(['migrate', ...args], { cwd });
    t.equal(code, 2, args.join(' '));
    t.match(stderr, message);
    t.equal(stdout, '');
  }
  await migrated(t, cwd, ['hosts', 'hosts']);
  t.same(await decided(cwd, 'out', ['ads.example', 'nas.example', 'localhost']), [
    'ads.example → sinkhole 0.0.0.0',
    'nas.example → local A 192.0.2.7',
    'localhost → local A 127.0.0.1',
  ]);
});

t.test(
  'a setting that nothing reads is told by its name, one that is off or at its default is not',
  async (t) => {
    const folder = t.testdir({
      'blocky.yml': `upstreams: { groups: { default: [192.0.2.53, "quic:dns.example"] } }
customDNS: { customTTL: 1h, mapping: { box.example: 192.0.2.9 } }
ports: { dns: 53, http: 4000 }
prometheus: { enable: false }
http3: { enable: true }
futureSetting: { depth: 3 }
`,
      'AdGuardHome.yaml': `dns:
  upstream_dns: [192.0.2.53]
  serve_http3: true
  use_http3_upstreams: false
  future_setting: 7
users: [{ name: admin, password: hush }]
user_rules: ["||a.example^$client='Kid box'", "||b.example^$client=~'Kid box',important", "||c.example^$client=Phone"]
filtering: { rewrites_enabled: false, rewrites: [{ domain: nas.example, answer: 192.0.2.30 }] }
clients:
  persistent:
    - { name: Kid box, ids: [192.0.2.50, 2001:db8::/64], ignore_querylog: true }
    - { name: Phone, ids: ["02:00:00:00:00:01"] }
`,
      'unbound.conf': 'server:\n  access-control: 192.0.2.0/24 allow\ndnstap:\n  dnstap-enable: yes\n',
      'dnsmasq.conf': 'domain-needed\nbogus-priv\nfilter-AAAA\n',
      'pihole.toml': `[dns]
  upstreams = [
    "192.0.2.53"
  ] ### CHANGED, default = []
  hostRecord = "box.example,192.0.2.9,2001:db8::9;nas.example,192.0.2.10,300" ### CHANGED, default = ""
  bogusPriv = true
  domainNeeded = true ### CHANGED, default = false
  futureSetting = true
[misc]
  etc_dnsmasq_d = true ### CHANGED, default = false
[webserver.api]
  pwhash = "hush" ### CHANGED, default = ""
[later]
  depth = 3 ### CHANGED, default = 2
`,
    });
    const told = async (read: (plan: Plan, path: string) => unknown, file: string): Promise<Plan> => {
      const plan = new Plan();
      await read(plan, join(folder, file));
      t.notMatch(JSON.stringify(plan.without), /hush/);
      return plan;
    };
    const names = ({ without }: Plan): string[] => without.map(({ what }) => what).sort();
    t.same(names(await told(fromBlocky, 'blocky.yml')), [
      'customDNS.customTTL = 1h',
      'futureSetting',
      'http3',
      'ports.http = 4000',
      'upstreams: quic:dns.example',
    ]);
    const adguard = await told(fromAdGuardHome, 'AdGuardHome.yaml');
    t.same(names(adguard), [
      'client Kid box: ignore_querylog',
      'dns.future_setting = 7',
      'dns.serve_http3 = true',
      'rewrite nas.example → 192.0.2.30',
      'user_rules: ||c.example^$client=Phone',
      'users',
    ]);
    t.same(adguard.lists.get('user-rules')?.lines, [
      '||a.example^$client=192.0.2.50|2001:db8::/64',
      '||b.example^$client=~192.0.2.50|~2001:db8::/64,important',
      '||c.example^$client=Phone',
    ]);
    const pihole = await told(fromPihole, 'pihole.toml');
    t.same(names(pihole), [
      'dns.domainNeeded = true',
      'gravity.db',
      'later',
      'misc.etc_dnsmasq_d = true',
      'webserver.api.pwhash',
    ]);
    t.same(
      [...pihole.records],
      [
        'box.example A 192.0.2.9',
        'box.example AAAA 2001:db8::9',
        '9.2.0.192.in-addr.arpa PTR box.example',
        '9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR box.example',
        'nas.example 300 A 192.0.2.10',
        '10.2.0.192.in-addr.arpa 300 PTR nas.example',
      ],
    );
    const unbound = await told(fromUnbound, 'unbound.conf');
    t.same(names(unbound), ['dnstap:']);
    t.same(unbound.access, ['192.0.2.0/24', '127.0.0.0/8', '::1/128'], 'it answers its own machine');
    const dnsmasq = names(await told(fromDnsmasq, 'dnsmasq.conf'));
    t.same(dnsmasq, ['domain-needed (dnsmasq.conf:1)', 'filter-AAAA (dnsmasq.conf:3)']);
  },
);

const OPENWRT_DHCP = `
config dnsmasq
	option domainneeded '1'
	option localise_queries '1'
	option rebind_protection '1'
	option local '/lan/'
	option domain 'lan'
	option expandhosts '1'
	option leasefile '/tmp/dhcp.leases'
	option resolvfile '/tmp/resolv.conf.d/resolv.conf.auto'
	option cachesize '1000'	# of the router
	option port "5353"
	list server '192.0.2.53#5301'
	list server '/corp.example/192.0.2.54'
	list address '/ads.example/'
	list address '/own.example/192.0.2.9'
	list rebind_domain 'inside.example'
	option odd 'x'

config dhcp 'lan'
	option interface 'lan'
	option start '100'

config host
	option name 'nas'
	option dns '1'
	list mac 'AA:BB:CC:00:00:01'
	option ip '192.0.2.20'

config host
	option name 'sold'
	option dns '1'
	option enable '0'
	option ip '192.0.2.23'

config domain
	option name "printer"
	option ip '192.0.2.21'

config cname
	option cname 'files.lan'
	option target 'nas.lan'

config mxhost
	option domain 'lan'
	option relay 'mail.lan'
	option pref '10'

config hostrecord
	option name 'both.lan'
	option ip '192.0.2.22 2001:db8::22'
`;

t.test('OpenWrt: what its dnsmasq is started with, adblock-fast and adblock', async (t) => {
  const cwd = t.testdir({
    etc: {
      config: {
        dhcp: OPENWRT_DHCP,
        'adblock-fast': `config adblock-fast 'config'
	option enabled '1'
	option dns 'dnsmasq.servers'
	list allowed_domain 'good.fast.example'
	list blocked_domain 'fast.example'

config file_url
	option name 'Own list'
	option url 'https://lists.example/hosts'
	option action 'block'

config file_url
	option name 'Another'
	option url 'https://lists.example/off'
	option enabled '0'
`,
        adblock: `config adblock 'global'
	option adb_enabled '1'
	list adb_feed 'mine'
	list adb_feed 'unknown'
`,
      },
      adblock: {
        'adblock.feeds': '{"mine":{"url":"https://feeds.example/mine.txt"}}',
        'adblock.blocklist': '# own\nblocked.example\n',
      },
    },
  });
  const { yaml, without, differs } = await migrated(t, cwd, ['openwrt', 'etc/config']);
  for (const line of [
    '- 0.0.0.0:5353',
    '- 192.0.2.53:5301',
    'corp.example:\n      - 192.0.2.54',
    'aa:bb:cc:00:00:01: nas',
    '- inside.example',
    'own-list: { source: https://lists.example/hosts, action: nxdomain, subdomains: true }',
    'mine: { source: https://feeds.example/mine.txt, action: nxdomain, subdomains: true }',
  ])
    t.ok(yaml.includes(line), line);
  t.same(
    without.toSorted(),
    [
      'domain-needed (dhcp:2)',
      'dhcp: odd x (dhcp:2)',
      'list Another: https://lists.example/off',
      'adb_feed unknown',
    ].toSorted(),
  );
  t.ok(differs.some((one) => one.includes('DHCP stays with dnsmasq')));
  t.same(
    await decided(cwd, 'out', [
      'x.own.example',
      'nas.lan',
      'printer.lan',
      'x.printer.lan',
      'sold.lan',
      'both.lan AAAA',
      'x.fast.example',
      'good.fast.example',
      'unknown.lan',
    ]),
    [
      'x.own.example → sinkhole 192.0.2.9',
      'nas.lan → local A 192.0.2.20',
      'printer.lan → local A 192.0.2.21',
      'x.printer.lan → nxdomain',
      'sold.lan → nxdomain',
      'both.lan AAAA → local AAAA 2001:db8::22',
      'x.fast.example → nxdomain',
      'good.fast.example → allow',
      'unknown.lan → nxdomain',
    ],
  );
  rmSync(join(cwd, 'out'), { recursive: true });
  const alone = await migrated(t, cwd, ['openwrt', 'etc/config/adblock']);
  t.same(alone.without, ['adb_feed unknown'], 'one file alone');
  const { code, stderr } = await run(['migrate', 'openwrt', 'etc/adblock', '--out', 'none'], { cwd });
  t.equal(code, 2);
  t.match(stderr, /no \/etc\/config of OpenWrt/);
});
