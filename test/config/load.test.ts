// What a correct configuration comes to mean.
import { join } from 'node:path';
import t from 'tap';
import { loadConfig } from '../../src/config/load.ts';
import { realFiles } from '../../src/config/read/files.ts';
import { configOf, loadText } from '../support/config-text.ts';
import { groupOf } from '../support/group.ts';

const root = join(import.meta.dirname, '../..');

t.test('an empty file is a resolver with the documented defaults', async (t) => {
  for (const text of ['', '# nothing\n', '---\n', '{}', 'cache:\nlists:\n']) {
    const config = configOf(text);
    t.same(config.listen.dns, [
      { host: '127.0.0.1', port: 5335 },
      { host: '::1', port: 5335 },
    ]);
    t.same(config.listen.admin?.addresses, [{ host: '127.0.0.1', port: 5380 }]);
    t.same(config.upstreams.default, [{ kind: 'system' }]);
    t.equal(config.workers, 3);
    t.equal(config.events.dir, '/srv/data');
    t.same(config.groups, [groupOf()]);
    t.equal(config.cache.maxTtlSeconds, 86_400);
    t.equal(config.upstreams.timeoutMs, 2000);
    t.equal(config.file, '/etc/cenote/cenote.yaml');
  }
});

t.test('a small profile is other defaults, and what is written stands above them', async (t) => {
  const [plain, small] = [configOf(''), configOf('profile: small\nlog:')];
  const own = configOf('profile: small\nworkers: 2\ncache: { size: 8MiB }\nlog: { keep: 1d }');
  t.equal(small.workers, 1);
  t.equal(small.cache.entries, 5_000);
  t.equal(own.workers, 2);
  t.equal(own.cache.entries, 5_000);
  t.not(own.cache.entries, plain.cache.entries);
  t.equal(configOf('profile: standard').cache.entries, plain.cache.entries);
});

t.test('the example of the interface loads whole', async (t) => {
  const config = configOf(EXAMPLE, {
    files: {
      '/srv/blocklists/3cx-2023.yaml': '',
      '/etc/cenote/blocklists/allow.txt': '',
      '/run/secrets/hook': 's3cret\n',
    },
  });
  t.same(
    config.lists.map(({ name, source, action }) => [name, source, action]),
    [
      ['3cx-2023', '/srv/blocklists/3cx-2023.yaml', 'sinkhole'],
      ['ads', 'https://lists.example/hosts', 'sinkhole'],
      ['ours', '/etc/cenote/blocklists/allow.txt', 'allow'],
      ['feed', 'rpz://192.0.2.1/threats.rpz.example', 'zone'],
    ],
  );
  t.match(config.alerts[0], {
    kind: 'webhook',
    url: 'https://hook.example/x',
    format: 'generic',
    secret: 's3cret',
    lists: null,
    severity: 'low',
    groupWaitMs: 1000,
    repeatMs: 4 * 3_600_000,
  });
  t.match(config.alerts[1], { kind: 'syslog', url: 'udp://10.0.0.7:514', format: 'cef', framing: 'octets' });
  t.same(
    config.upstreams.routes.map(({ suffix }) => suffix),
    ['corp.example', '10.in-addr.arpa'],
  );
  t.equal(config.upstreams.default.length, 6);
  t.same(
    config.groups[1]?.clients.map(({ kind }) => kind),
    ['prefix', 'mac', 'name'],
  );
  t.equal(config.groups[1]?.schedule?.fromMinute, 480);
  t.same(config.sinkhole.answer, {
    kind: 'address',
    a: Uint8Array.of(10, 0, 0, 9),
    aaaa: Uint8Array.of(0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9),
  });
  t.equal(config.events.hitsMs, 2 * 365 * 86_400_000);
});

t.test('the trial configuration and every example load', async (t) => {
  const { readdirSync } = await import('node:fs');
  const files = { ...realFiles, isFile: () => true };
  const examples = readdirSync(join(root, 'config/examples')).map((name) => `config/examples/${name}`);
  for (const file of ['config/cenote.yaml', ...examples]) {
    const { problems, warnings } = loadConfig({ file, environment: {}, workingDirectory: root, files });
    t.same(problems, [], file);
    t.same(warnings, [], file);
  }
});

t.test('a configuration is frozen to its leaves', async (t) => {
  const config = configOf('sinkhole: { answer: { a: 10.0.0.9 } }');
  t.ok(Object.isFrozen(config));
  t.ok(Object.isFrozen(config.listen.dns[0]));
  t.ok(Object.isFrozen(config.groups[0]?.clients));
  t.ok(Object.isFrozen(config.sinkhole.answer));
});

t.test('one value may stand for a list of one', async (t) => {
  const config = configOf(
    'upstreams: { default: 9.9.9.9, routes: { corp.example: 10.0.0.53 } }\naccess: { allow: any }',
  );
  t.equal(config.upstreams.default.length, 1);
  t.equal(config.upstreams.routes[0]?.upstreams.length, 1);
  t.same(
    config.access.allow.map((one) => (one === 'own' ? one : one.bits)),
    [96, 0],
  );
});

t.test('an open resolver is warned of, not refused', async (t) => {
  const { config, warnings } = loadText('listen: { dns: "0.0.0.0:53" }\naccess: { allow: [any] }');
  t.ok(config);
  t.match(warnings, [{ line: 2, message: /anyone may ask/ }]);
});

t.test('a user of the machine cannot come by the socket of the data folder', async (t) => {
  const adminWith = (more: string) =>
    loadText(`listen:\n  admin:\n    users:\n      anna: { role: reader, system: anna }\n${more}`).warnings;
  t.match(adminWith(''), [{ line: 4, message: /the socket is in the data folder/ }]);
  t.same(adminWith('    socket: /run/cenote/admin.sock\n'), []);
});

t.test('where a dnstap reader listens fits into the address of a Unix socket', async (t) => {
  const mistakesIn = (path: string) => loadText(`out:\n  - dnstap: "unix:${path}"\n`).problems;
  t.same(mistakesIn(`/${'x'.repeat(106)}`), []);
  t.match(mistakesIn(`/${'x'.repeat(107)}`), [{ line: 2, message: /at most 107 octets/ }]);
});

t.test('IPv4 prefixes count their bits in the 16-octet form', async (t) => {
  const config = configOf('access: { allow: [10.0.5.0/24, "fd00::/8", 192.0.2.7] }');
  t.same(
    config.access.allow.map((one) => (one === 'own' ? one : one.bits)),
    [120, 8, 128],
  );
  const [first] = config.access.allow;
  t.same(
    first === 'own' ? first : [...(first?.bytes ?? [])],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 5, 0],
  );
});

t.test('a lease file that is not there is warned of, and the usual places are not', async (t) => {
  const { config, warnings } = loadText('clients: { leases: [auto, no-such.leases] }');
  t.ok(config);
  t.match(warnings, [{ line: 1, message: /^the lease file `no-such\.leases` is not there; looked for / }]);
});

t.test('anchors and aliases work within bounds', async (t) => {
  const config = configOf('upstreams:\n  default: &ours [10.0.0.53]\n  routes: { corp.example: *ours }\n');
  t.equal(config.upstreams.routes[0]?.upstreams[0]?.kind, 'udp');
});

const EXAMPLE = `
listen:
  dns:   ["127.0.0.1:5335", "[::1]:5335"]   # UDP and TCP
  tls:   []
  https: []
  admin: "127.0.0.1:5380"
  tlsCertificate: { cert: FILE, key: FILE }
workers: auto
upstreams:
  default: [system, 9.9.9.9, tcp://1.1.1.1, tls://dns.quad9.net, https://dns.quad9.net/dns-query, 127.0.0.1:5301]
  routes: { "corp.example": ["10.0.0.53"], "10.in-addr.arpa": ["10.0.0.53"] }
  strategy: fastest
  bootstrap: [9.9.9.9]
  timeout: 2s
cache: { entries: 100000, minTtl: 0s, maxTtl: 1d, negativeTtl: 1h, serveStale: 1d, prefetch: true }
lists:
  3cx-2023:  { source: blocklists/3cx-2023.yaml, action: sinkhole, alert: true }
  ads:       { source: "https://lists.example/hosts", format: auto, refresh: 12h, action: sinkhole, alert: false, mode: enforce }
  ours:      { source: blocklists/allow.txt, action: allow }
  feed:      { source: "rpz://192.0.2.1/threats.rpz.example", tsig: { name: key, secret: c2VjcmV0 }, action: zone }
groups:
  default:   { clients: [any], lists: [3cx-2023, ads, ours, feed] }
  servers:   { clients: ["10.0.5.0/24", "aa:bb:cc:dd:ee:ff", "nas*"], lists: [3cx-2023], schedule: "Mon-Fri 08:00-18:00" }
sinkhole:   { answer: { a: 10.0.0.9, aaaa: "fd00::9" }, ttl: 30s }
access:     { allow: [private], rateLimit: { perSecond: 1000, burst: 5000 } }
events:
  dir: ./data
  history: 90d
  hits: 2y
  queryLog: { enabled: true, privacy: none }
alerts:
  - { webhook: "https://hook.example/x", format: generic, secret: "file:/run/secrets/hook" }
  - { syslog: "udp://10.0.0.7:514", format: cef }
metrics: true
`;

t.test(
  'a receiver without a name has one that says where it is, holds no secret and is unlike any other',
  async (t) => {
    const { alerts } = configOf(`alerts:
  - { webhook: "https://u:s3cret@hooks.example/T0/s3cret", format: slack }
  - { webhook: "https://u:s3cret@hooks.example/T0/s3cret", format: slack, severity: high }
  - { webhook: "https://hooks.example/x", name: webhook slack hooks.example 3 }
  - { webhook: "https://hooks.example/y", format: slack }
  - { syslog: "tls://[2001:db8::7]:6514", format: leef, framing: newline }
  - { command: [/bin/true, s3cret] }
`);
    t.same(
      alerts.map(({ name }) => name),
      [
        'webhook slack hooks.example',
        'webhook slack hooks.example 2',
        'webhook slack hooks.example 3',
        'webhook slack hooks.example 4',
        'syslog leef [2001:db8::7]:6514',
        'command /bin/true',
      ],
    );
  },
);

t.test(
  'the user in the URL of an output stands apart from it, with a % that encodes nothing as it is',
  async (t) => {
    const outOf = (url: string) => {
      const { out } = configOf(`out: [ { bulk: "${url}", index: dns } ]`);
      return [out[0]?.url, out[0]?.basic];
    };
    t.same(outOf('https://a:50%25%3A@host.example:9200/'), ['https://host.example:9200', 'a:50%:']);
    t.same(outOf('https://a:50%@host.example:9200'), ['https://host.example:9200', 'a:50%']);
    t.same(outOf('https://host.example:9200'), ['https://host.example:9200', null]);
  },
);

t.test('what stands beside an alias is told, since it is never answered', async (t) => {
  const told = (...records: string[]): string[] =>
    loadText(`local: { records: [${records.map((record) => `"${record}"`).join(', ')}] }`).warnings.map(
      ({ column, message }) => `${column} ${message}`,
    );
  const address = 'a.test A 192.0.2.1';
  t.same(told(address, 'a.test CNAME b.test'), [
    '20 `a.test` is an alias of `b.test`, so this record of it is never answered',
  ]);
  t.match(told('a.test CNAME b.test', 'A.test CNAME c.test'), [/^43 `a.test` is an alias of `b.test`/]);
  t.same(told('a.test CNAME b.test', 'a.test CNAME B.test', address.replace('a.', 'b.')), []);
});
