// The servers that are compared, each set up for the same work: the same names to block, the same upstream, no query log.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../src/config/version.ts';
import { addressOf } from './crowd.ts';
import { type Running, run } from './process.ts';

export interface Work {
  /** Where configs and lists are put. */
  readonly folder: string;
  readonly port: number;
  readonly upstreamPort: number;
  /** Names blocked, each with all below it. */
  readonly names: readonly string[];
  /** Entries of the answer cache; 0 is none. */
  readonly cacheEntries: number;
  readonly workers?: number;
  /** Also served at `securePort`. */
  readonly secure?: 'dot' | 'doh';
  /** cenote's UDP listener. */
  readonly udp?: 'auto' | 'portable';
  /** cenote: so many groups of five addresses each, of those that crowd.ts asks from, every one with a list of its own. */
  readonly groups?: number;
  /** cenote's admin interface. */
  readonly admin?: 'on' | 'off';
  readonly profile?: 'small';
  /** What a peer can say of who asked for what is listed, it writes to a file. */
  readonly logsHits?: boolean;
}

export interface Peer {
  readonly name: string;
  /** null when it is not installed. */
  version(): string | null;
  /** Whether it can be set up for `secure` here. */
  readonly isSecure?: boolean;
  /** Where it listens whatever the work says. */
  readonly fixedPort?: number;
  start(work: Work): Running;
}

/** Where TLS is answered: beyond those of all who take part. */
export const securePort = ({ port }: Work): number => port + 100;
/** Where cenote's admin interface is, if it is on. */
export const adminPort = ({ port }: Work): number => port + 200;
const GROUP_ADDRESSES = 5;

const root = join(import.meta.dirname, '../..');

/** What the pattern finds in all that the command prints; some print their version on standard error. */
function firstLine(command: string, parameters: readonly string[], pattern: RegExp): string | null {
  const { stdout, stderr } = spawnSync(command, [...parameters], { encoding: 'utf8' });
  return pattern.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[1] ?? null;
}

/** A file that has these lines stays as it is: a second start finds the list it knows. */
export function put(work: Work, name: string, lines: readonly string[]): string {
  const path = join(work.folder, name);
  const text = `${lines.join('\n')}\n`;
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
  return path;
}

/** A certificate for localhost, and its key, made once a folder. */
export function certificateFor(work: Work): { cert: string; key: string } {
  const [cert, key] = [join(work.folder, 'cert.pem'), join(work.folder, 'key.pem')];
  if (!existsSync(cert)) {
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2', '-keyout', key, '-out', cert], { encoding: 'utf8' }); // biome-ignore format: one command
    if (made.status !== 0) throw new Error(`no certificate: ${made.stderr}`);
  }
  return { cert, key };
}

/** A line for DoT or for DoH, with the certificate; none where neither is wanted. */
function secured(
  work: Work,
  lines: Record<'dot' | 'doh', (port: number, files: { cert: string; key: string }) => string[]>,
): string[] {
  return work.secure === undefined ? [] : lines[work.secure](securePort(work), certificateFor(work));
}

function groupLines(count: number): string[] {
  return Array.from({ length: count }, (_, group) => {
    const clients = Array.from({ length: GROUP_ADDRESSES }, (_, i) =>
      JSON.stringify(addressOf(group * GROUP_ADDRESSES + i).join('.')),
    );
    return `  g${group}: { clients: [${clients.join(', ')}], lists: [bench] }`;
  });
}

const cenote: Peer = {
  name: 'cenote',
  isSecure: true,
  version: () => VERSION,
  start(work) {
    const list = put(
      work,
      'names.txt',
      work.names.map((name) => `||${name}^`),
    );
    const line =
      (key: string) =>
      (port: number, { cert, key: secret }: { cert: string; key: string }) => [
        `, ${key}: ["127.0.0.1:${port}"], tlsCertificate: { cert: ${cert}, key: ${secret} }`,
      ];
    const secure = secured(work, { dot: line('tls'), doh: line('https') }).join('');
    const admin = work.admin === 'on' ? `"127.0.0.1:${adminPort(work)}"` : 'off';
    const config = put(work, 'cenote.yaml', [
      ...(work.profile === undefined ? [] : [`profile: ${work.profile}`]),
      `listen: { dns: ["127.0.0.1:${work.port}"], admin: ${admin}, udp: ${work.udp ?? 'auto'}${secure} }`,
      `workers: ${work.workers ?? 1}`,
      `upstreams: { default: ["127.0.0.1:${work.upstreamPort}"] }`,
      `cache: { entries: ${work.cacheEntries} }`,
      `lists: { bench: { source: ${list}, format: adblock, action: sinkhole } }`,
      'groups:',
      ...groupLines(work.groups ?? 0),
      '  default: { clients: [any], lists: [bench] }',
      `events: { dir: ${join(work.folder, 'data')} }`,
    ]);
    return run(join(root, 'bin/cenote'), ['serve', '-c', config]);
  },
};

/** The floor: a C program that sends each datagram back, 64 a system call, with nothing of DNS in it. */
export const ECHO: Peer = {
  name: 'echo in C',
  version: () => (spawnSync('cc', ['--version']).status === 0 ? '' : null),
  start({ folder, port }) {
    const binary = join(folder, 'echo');
    const built = spawnSync('cc', ['-O2', join(root, 'bench/echo/echo.c'), '-o', binary], {
      encoding: 'utf8',
    });
    if (built.status !== 0) throw new Error(`the echo cannot be built: ${built.stderr}`);
    return run(binary, [String(port)]);
  },
};

const unboundVersion = (): string | null => firstLine('unbound', ['-V'], /Version ([\d.]+)/);
export const upstreamVersion: () => string | null = unboundVersion;

function unboundWith(kind: 'local-zone' | 'rpz'): Peer {
  return {
    name: kind === 'rpz' ? 'unbound (RPZ)' : 'unbound',
    version: unboundVersion,
    isSecure: kind === 'local-zone',
    start(work) {
      const line = (key: string) => (port: number, { cert, key: secret }: { cert: string; key: string }) => [
        `  interface: 127.0.0.1@${port}`, `  ${key}: ${port}`, `  tls-service-pem: "${cert}"`, `  tls-service-key: "${secret}"`,
      ]; // biome-ignore format: config lines
      const zones =
        kind === 'local-zone' ? work.names.map((name) => `  local-zone: "${name}" always_null`) : [];
      const rpz: string[] = [];
      if (kind === 'rpz') {
        const zone = put(work, 'rpz.zone', [
          '$TTL 60', '@ IN SOA a. b. 1 3600 600 86400 60', '@ IN NS a.',
          ...work.names.flatMap((name) => [`${name} A 0.0.0.0`, `*.${name} A 0.0.0.0`]),
        ]); // biome-ignore format: zone lines
        rpz.push('rpz:', '  name: "bench.rpz"', `  zonefile: "${zone}"`);
      }
      const config = put(work, `unbound-${kind}.conf`, [
        'server:', `  interface: 127.0.0.1@${work.port}`, '  do-daemonize: no', '  username: ""', '  chroot: ""', '  pidfile: ""',
        '  directory: "/"', '  use-syslog: no', `  logfile: "${work.logsHits === true ? join(work.folder, 'unbound.log') : ''}"`, `  log-local-actions: ${work.logsHits === true ? 'yes' : 'no'}`,
        '  verbosity: 0', '  num-threads: 1', '  do-not-query-localhost: no',
        '  access-control: 127.0.0.0/8 allow', '  so-rcvbuf: 2m', '  msg-cache-size: 64m', '  rrset-cache-size: 64m',
        '  outgoing-range: 4096', '  num-queries-per-thread: 2048', '  incoming-num-tcp: 200',
        `  module-config: "${kind === 'rpz' ? 'respip ' : ''}iterator"`,
        ...secured(work, { dot: line('tls-port'), doh: line('https-port') }),
        ...zones, ...rpz,
        'forward-zone:', '  name: "."', `  forward-addr: 127.0.0.1@${work.upstreamPort}`,
        'remote-control:', '  control-enable: no',
      ]); // biome-ignore format: config lines
      return run('unbound', ['-d', '-c', config]);
    },
  };
}

const dnsmasq: Peer = {
  name: 'dnsmasq',
  version: () => firstLine('dnsmasq', ['--version'], /version ([\d.]+)/),
  start(work) {
    const config = put(work, 'dnsmasq.conf', [
      `port=${work.port}`, 'listen-address=127.0.0.1', 'bind-interfaces', 'no-resolv', 'no-hosts', 'user=root', 'dns-forward-max=2048',
      `server=127.0.0.1#${work.upstreamPort}`, `cache-size=${Math.min(10_000, work.cacheEntries)}`,
      ...work.names.flatMap((name) => [`address=/${name}/0.0.0.0`, `address=/${name}/::`]),
    ]); // biome-ignore format: config lines
    return run('dnsmasq', ['--keep-in-foreground', `--conf-file=${config}`, '--pid-file=']);
  },
};

const dnsdist: Peer = {
  name: 'dnsdist',
  isSecure: true,
  version: () => firstLine('dnsdist', ['--version'], /dnsdist ([\d.]+)/),
  start(work) {
    const names = put(work, 'dnsdist.names', work.names);
    const config = put(work, 'dnsdist.lua', [
      `setLocal("127.0.0.1:${work.port}", {reusePort=false})`, 'setACL({"127.0.0.0/8"})', 'setSecurityPollSuffix("")',
      `newServer({address="127.0.0.1:${work.upstreamPort}", healthCheckMode="up"})`,
      ...(work.cacheEntries > 0 ? [`getPool(""):setCache(newPacketCache(${work.cacheEntries}))`] : []),
      ...secured(work, {
        dot: (port, { cert, key }) => [`addTLSLocal("127.0.0.1:${port}", "${cert}", "${key}")`],
        doh: (port, { cert, key }) => [`addDOHLocal("127.0.0.1:${port}", "${cert}", "${key}", "/dns-query")`],
      }),
      'local blocked = newSuffixMatchNode()', `for line in io.lines("${names}") do blocked:add(newDNSName(line)) end`,
      'addAction(SuffixMatchNodeRule(blocked), SpoofAction({"0.0.0.0", "::"}))',
    ]); // biome-ignore format: config lines
    return run('dnsdist', ['-C', config, '--supervised', '--disable-syslog']);
  },
};

const recursor: Peer = {
  name: 'pdns-recursor',
  version: () => firstLine('pdns_recursor', ['--version'], /Recursor ([\d.]+)/),
  start(work) {
    const zone = put(work, 'recursor.rpz', [
      '$TTL 60', '@ IN SOA a. b. 1 3600 600 86400 60', '@ IN NS a.',
      ...work.names.flatMap((name) => [`${name} A 0.0.0.0`, `*.${name} A 0.0.0.0`]),
    ]); // biome-ignore format: zone lines
    const lua = put(work, 'recursor.lua', [`rpzFile("${zone}", {policyName="bench"})`]);
    put(work, 'recursor.conf', [
      `local-address=127.0.0.1:${work.port}`, 'allow-from=127.0.0.0/8', `forward-zones-recurse=.=127.0.0.1:${work.upstreamPort}`,
      'threads=1', 'pdns-distributes-queries=no', 'quiet=yes', 'security-poll-suffix=', 'dnssec=off', `lua-config-file=${lua}`,
      `max-cache-entries=${Math.max(1, work.cacheEntries)}`, `socket-dir=${work.folder}`, 'daemon=no', 'disable-syslog=yes', 'setuid=0', 'setgid=0',
    ]); // biome-ignore format: config lines
    return run('pdns_recursor', [`--config-dir=${work.folder}`]);
  },
};

const kresd: Peer = {
  name: 'knot-resolver',
  isSecure: true,
  version: () => firstLine('kresd', ['--version'], /version ([\d.]+)/),
  start(work) {
    const zone = put(work, 'kresd.rpz', [
      '$TTL 60', '@ IN SOA a. b. 1 3600 600 86400 60',
      ...work.names.flatMap((name) => [`${name} A 0.0.0.0`, `*.${name} A 0.0.0.0`]),
    ]); // biome-ignore format: zone lines
    const line = (kind: string) => (port: number, { cert, key }: { cert: string; key: string }) => [
      `net.tls("${cert}", "${key}")`, `net.listen("127.0.0.1", ${port}, { kind = "${kind}" })`,
    ]; // biome-ignore format: config lines
    const config = put(work, 'kresd.lua', [
      `net.listen("127.0.0.1", ${work.port})`,
      ...secured(work, { dot: line('tls'), doh: line('doh2') }), 'modules = { "policy" }', 'trust_anchors.remove(".")', 'cache.size = 64 * MB',
      `policy.add(policy.rpz(policy.DENY, "${zone}"))`, `policy.add(policy.all(policy.FORWARD("127.0.0.1@${work.upstreamPort}")))`,
    ]); // biome-ignore format: config lines
    return run('kresd', ['-n', '-c', config, work.folder]);
  },
};

export const CENOTE: Peer = cenote;
export const PEERS: readonly Peer[] = [cenote, unboundWith('local-zone'), dnsdist, dnsmasq, recursor, kresd];
export const UNBOUND_RPZ: Peer = unboundWith('rpz');

/** Answers every name below bench.test with one address, from Unbound's own data. */
export function startUpstream(folder: string, port: number): Running {
  const config = join(folder, 'upstream.conf');
  writeFileSync(
    config,
    ['server:', `  interface: 127.0.0.1@${port}`, '  do-daemonize: no', '  username: ""', '  chroot: ""', '  pidfile: ""', '  directory: "/"',
      '  use-syslog: no', '  logfile: ""', '  verbosity: 0', '  access-control: 127.0.0.0/8 allow', '  so-rcvbuf: 2m', '  num-threads: 1',
      '  local-zone: "bench.example.org." redirect', '  local-data: "bench.example.org. 3600 A 192.0.2.1"', '  local-zone: "." refuse', ''].join('\n'),
  ); // biome-ignore format: config lines
  return run('unbound', ['-d', '-c', config]);
}
