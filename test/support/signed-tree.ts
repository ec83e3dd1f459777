// A signed tree of our own for any names, and a validating Unbound in front of it: what transparency is measured against.
//
// The root and the eight top-level domains with most names are zones that Knot DNS signs (ECDSA, NSEC, every second one
// NSEC3). What a name has follows from its place in the list: all types, an alias, nothing, or TXT alone, some of it long.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askUdp, type Server } from './client.ts';
import { query } from './message.ts';
import { readMessage } from './read-message.ts';
import { end, startUnbound } from './real-upstream.ts';
import { findTool, freePort, missingTool, until } from './tool.ts';

export interface SignedTree {
  /** Unbound: recursive, validating. */
  readonly server: Server;
  readonly address: string;
  /** The root's key, as a DS record. */
  readonly anchor: string;
  readonly stop: () => Promise<void>;
}

/** Why tests that need it must be skipped, false when they need not. */
export const signedTreeMissing = missingTool('unbound', 'knotd', 'keymgr');

const ZONES_MAX = 8;
const SIGNING_MS = 60_000;
const PROBE = 'probe.cenote-tree.example';

/** Starts both servers; resolves once an answer validates. */
export async function startSignedTree(names: readonly string[]): Promise<SignedTree> {
  const directory = mkdtempSync(join(tmpdir(), 'cenote-'));
  const authority: Server = { host: '127.0.0.1', port: await freePort() };
  const server: Server = { host: '127.0.0.1', port: await freePort() };
  const running: ChildProcess[] = [];
  let anchor = '';
  const stop = async (): Promise<void> => {
    await Promise.all(running.map(end));
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const zones = zonesOf(names);
    const config = writeConfig(directory, authority.port, [...zones.keys()]);
    anchor = makeKeys(config, zones);
    for (const [zone, lines] of zones) writeFileSync(join(directory, fileOf(zone)), `${lines.join('\n')}\n`);
    running.push(spawn(findTool('knotd') ?? 'knotd', ['-c', config], { stdio: 'ignore' }));
    await until('the root to be signed', () => isSecure(authority, 0), SIGNING_MS);
    running.push(startUnbound(join(directory, 'unbound'), server.port, authority.port, anchor));
    await until('Unbound to validate', () => isSecure(server, 0x0020), SIGNING_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, address: `${server.host}:${server.port}`, anchor, stop };
}

/** Whether the probe's answer is signed and has these flags. */
async function isSecure(server: Server, flags: number): Promise<boolean> {
  const answer = await askUdp(server, query(PROBE, 'A', { edns: { dnssecOk: true } }), 1000);
  const message = answer === null ? null : readMessage(answer);
  return message?.answer.length === 2 && (message.flags & flags) === flags;
}

const topOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
const fileOf = (zone: string): string => `${zone === '.' ? 'root' : zone}.zone`;

/** Zone → lines of its file. */
function zonesOf(names: readonly string[]): Map<string, string[]> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(topOf(name), (counts.get(topOf(name)) ?? 0) + 1);
  const tops = [...counts].sort((a, b) => b[1] - a[1]).slice(0, ZONES_MAX).map(([top]) => top); // biome-ignore format: one line
  const zones = new Map<string, string[]>();
  for (const zone of ['.', ...tops]) {
    const apex = zone === '.' ? '.' : `${zone}.`;
    zones.set(zone, [
      `${apex} 3600 IN SOA ns.cenote-tree.example. root.cenote-tree.example. 1 7200 3600 1209600 300`,
      `${apex} 3600 IN NS ns.cenote-tree.example.`,
    ]);
  }
  zones.get('.')?.push('ns.cenote-tree.example. 300 IN A 127.0.0.1', `${PROBE}. 300 IN A 192.0.2.1`);
  for (const [i, name] of names.entries())
    (zones.get(topOf(name)) ?? zones.get('.'))?.push(...recordsOf(name, i, names));
  return zones;
}

function recordsOf(name: string, i: number, names: readonly string[]): string[] {
  const last = (i % 250) + 1;
  switch (i % 10) {
    case 0:
      return [`${name}. 300 IN CNAME ${names[(i * 7 + 3) % names.length]}.`];
    case 1:
      return []; // NXDOMAIN, unless a name lies below it
    case 2: {
      const strings = Array.from({ length: 1 + (i % 8) }, (_, n) => `"${String(n).repeat(200)}"`);
      return [`${name}. 60 IN TXT ${strings.join(' ')}`];
    }
    default:
      return [
        `${name}. 300 IN A 192.0.2.${last}`,
        `${name}. 300 IN A 198.51.100.${last}`,
        `${name}. 300 IN AAAA 2001:db8::${last}`,
        `${name}. 3600 IN MX 10 mail.cenote-tree.example.`,
        `${name}. 60 IN TXT "v=spf1 -all" "number ${i}"`,
        `${name}. 300 IN HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.${last}`,
      ];
  }
}

function writeConfig(directory: string, port: number, zones: readonly string[]): string {
  mkdirSync(join(directory, 'run'), { recursive: true });
  const policy = (id: string, nsec3: string): string =>
    `  - id: ${id}\n    manual: on\n    single-type-signing: on\n    algorithm: ecdsap256sha256\n    nsec3: ${nsec3}\n`;
  const config = `server:
  rundir: ${directory}/run
  listen: 127.0.0.1@${port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 2
log:
  - target: stderr
    any: error
database:
  storage: ${directory}
policy:
${policy('nsec', 'off')}${policy('nsec3', 'on')}template:
  - id: default
    storage: ${directory}
    semantic-checks: off
    journal-content: none
    zonefile-sync: -1
    zonefile-load: whole
    dnssec-signing: on
zone:
${zones.map((zone, i) => `  - domain: ${zone}\n    file: ${fileOf(zone)}\n    dnssec-policy: ${i % 2 === 0 ? 'nsec' : 'nsec3'}\n`).join('')}`;
  const path = join(directory, 'knot.conf');
  writeFileSync(path, config);
  return path;
}

/** A key for each zone, its DS in the root's file; returns the root's DS. */
function makeKeys(config: string, zones: Map<string, string[]>): string {
  const keymgr = (...args: readonly string[]): string =>
    execFileSync(findTool('keymgr') ?? 'keymgr', ['-c', config, ...args], { encoding: 'utf8' });
  let anchor = '';
  for (const zone of zones.keys()) {
    keymgr(zone, 'generate', 'algorithm=ECDSAP256SHA256', 'ksk=yes', 'zsk=yes');
    const ds = /^\S+ DS (\d+ 13 2 \S+)$/m.exec(keymgr(zone, 'ds'))?.[1] ?? '';
    if (zone === '.') anchor = `. DS ${ds}`;
    else zones.get('.')?.push(`${zone}. 3600 IN NS ns.cenote-tree.example.`, `${zone}. 3600 IN DS ${ds}`);
  }
  return anchor;
}
