// A real resolver to forward to: Unbound, asking a Knot DNS that is authoritative for a small tree of our own.
//
// ok.example holds one of each type, big2.example TXT RRsets over 512 and over 1232 octets, broken.example has no zone file
// and so SERVFAILs, and a wildcard at the root answers for every other name there is, `*.nx.example` apart (NXDOMAIN).
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askUdp, type Server } from './client.ts';
import { query } from './message.ts';
import { readMessage } from './read-message.ts';
import { findTool, freePort, missingTool, until } from './tool.ts';

export interface RealUpstream {
  /** Unbound: recursive, RA set. */
  readonly server: Server;
  /** `127.0.0.1:5300`, as a config names it. */
  readonly address: string;
  /** Knot: authoritative, what Unbound asks. */
  readonly authority: Server;
  readonly stop: () => Promise<void>;
}

/** Why tests that need it must be skipped, false when they need not. */
export const realUpstreamMissing = missingTool('unbound', 'knotd');

const SOA =
  '@ 3600 IN SOA ns.ok.example. root.ok.example. 1 7200 3600 1209600 300\n@ 3600 IN NS ns.ok.example.\n';

const ok = `$ORIGIN ok.example.
${SOA}
ns     300 A     127.0.0.1
@      300 A     192.0.2.1
@      300 AAAA  2001:db8::1
@      300 MX    10 mail
@      300 TXT   "v=spf1 -all" "second string"
@      300 CAA   0 issue "ca.example"
@      300 TYPE65280 \\# 4 01020304
mail   300 A     192.0.2.25
www    300 CNAME web
web    300 A     192.0.2.80
web    300 A     192.0.2.81
web    300 HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.80
_dns   300 SVCB  1 ns alpn=dot
_sip._udp 300 SRV 1 2 5060 web
naptr  300 NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@ok.example!" .
child  300 NS    ns.child
child  300 DS    12345 13 2 ${'ab'.repeat(32)}
ns.child 300 A   127.0.0.1
short  1   A     192.0.2.9
zero   0   A     192.0.2.10
*.wild 300 A     192.0.2.77
dname  300 DNAME web.ok.example.
`;

const big = `$ORIGIN big2.example.
${SOA}
@ 300 TXT ${Array.from({ length: 9 }, (_, i) => `"${String(i).repeat(100)}"`).join(' ')}
${Array.from({ length: 30 }, (_, i) => `huge 300 TXT "${i} ${'y'.repeat(120)}"`).join('\n')}
`;

const rootZone = `$ORIGIN .
. 3600 IN SOA ns.ok.example. root.ok.example. 1 7200 3600 1209600 300
. 3600 IN NS ns.ok.example.
* 300 A 198.51.100.1
* 300 AAAA 2001:db8:ffff::1
* 300 MX 10 mail.ok.example.
* 300 TXT "wild"
`;

const nothing = `$ORIGIN nx.example.\n${SOA}`;

/** Starts both servers, in a folder of their own (Knot's control socket allows no long path); resolves once Unbound resolves. */
export async function startRealUpstream(): Promise<RealUpstream> {
  const directory = mkdtempSync(join(tmpdir(), 'cenote-'));
  const authority: Server = { host: '127.0.0.1', port: await freePort() };
  const server: Server = { host: '127.0.0.1', port: await freePort() };
  const running = [startKnot(join(directory, 'knot'), authority.port)];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map(end));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    // Knot first: Unbound remembers for minutes that a server did not answer.
    await until('Knot to answer', () => answersSoa(authority));
    running.push(startUnbound(join(directory, 'unbound'), server.port, authority.port));
    await until('Unbound to answer from Knot', () => answersSoa(server));
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, address: `${server.host}:${server.port}`, authority, stop };
}

async function answersSoa(server: Server): Promise<boolean> {
  const answer = await askUdp(server, query('ok.example', 'SOA'), 500);
  const message = answer === null ? null : readMessage(answer);
  return message?.rcode === 0 && message.answer.length === 1;
}

function startKnot(directory: string, port: number): ChildProcess {
  mkdirSync(join(directory, 'run'), { recursive: true });
  const zones = { 'ok.example': ok, 'big2.example': big, 'nx.example': nothing, root: rootZone };
  for (const [name, text] of Object.entries(zones)) writeFileSync(join(directory, `${name}.zone`), text);
  const config = `server:
  rundir: ${directory}/run
  listen: 127.0.0.1@${port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: error
database:
  storage: ${directory}
template:
  - id: default
    storage: ${directory}
    semantic-checks: off
    journal-content: none
    zonefile-sync: -1
zone:
  - domain: ok.example
    file: ok.example.zone
  - domain: big2.example
    file: big2.example.zone
  - domain: nx.example
    file: nx.example.zone
  - domain: broken.example
    file: there-is-no-such.zone
  - domain: .
    file: root.zone
`;
  writeFileSync(join(directory, 'knot.conf'), config);
  return spawn(findTool('knotd') ?? 'knotd', ['-c', join(directory, 'knot.conf')], { stdio: 'ignore' });
}

/** @param trustAnchor a DS record; validates by it, by none when it is left out */
export function startUnbound(
  directory: string,
  port: number,
  authorityPort: number,
  trustAnchor?: string,
): ChildProcess {
  mkdirSync(directory, { recursive: true });
  const config = `server:
  directory: "${directory}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  logfile: "${directory}/log"
  interface: 127.0.0.1@${port}
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  num-threads: 1
  so-reuseport: no
  module-config: "${trustAnchor === undefined ? 'iterator' : 'validator iterator'}"
  ${trustAnchor === undefined ? '' : `trust-anchor: "${trustAnchor}"`}
  qname-minimisation: no
  rrset-roundrobin: no
  unblock-lan-zones: yes
  root-hints: ""
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@${authorityPort}
`;
  writeFileSync(join(directory, 'unbound.conf'), config);
  return spawn(findTool('unbound') ?? 'unbound', ['-d', '-c', join(directory, 'unbound.conf')], {
    stdio: 'ignore',
  });
}

/** Ends a server, by force if it does not listen. */
export function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 3000).unref();
  });
}
