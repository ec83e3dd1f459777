// `npm run engines -- histories`: a policy zone that real primaries change at random, taken by its changes (IXFR) and whole (AXFR): the same.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rpzSource } from '../../src/lists/sources/rpz.ts';
import type { Validators } from '../../src/lists/sources/source.ts';
import { type Primary, startPrimary } from '../support/rpz-primary.ts';
import { findTool, freePort, until } from '../support/tool.ts';
import { Random } from '../witness/random.ts';

const ZONE = 'rpz.example';
const NAMES = 300;
const SCHEMA = '/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql';
const RECORDS = [
  ...[
    'CNAME .',
    'CNAME *.',
    'CNAME rpz-passthru.',
    'CNAME rpz-drop.',
    'CNAME wall.example.',
    'A 192.0.2.1',
    'AAAA 2001:db8::1',
  ],
  ...['TXT "hello"', 'MX 10 mail.example.'],
];

type Run = { readonly teardown: (end: () => Promise<void>) => void };

export interface History {
  readonly primary: string;
  readonly steps: number;
  /** Steps after which what was taken by changes was another zone than the whole one. */
  readonly different: number;
  /** Transfers by changes that took less than a quarter of the whole zone's octets. */
  readonly incremental: number;
}

/** One record set an owner, so that any line may come and go. */
class Zone {
  readonly #records = new Map<string, string>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    for (let i = 0; i < NAMES; i += 1) this.#put(i);
  }

  #put(i: number): void {
    const owner = this.#random.chance(0.05)
      ? `32.${i % 250}.2.0.192.rpz-ip`
      : `${this.#random.pick(['', '*.'])}n${i}.bad.example`;
    this.#records.set(
      owner,
      this.#random.pick(owner.includes('rpz-ip') ? ['CNAME .', 'CNAME rpz-passthru.'] : RECORDS),
    );
  }

  change(): void {
    for (let i = this.#random.from(1, 12); i > 0; i -= 1) {
      const owners = [...this.#records.keys()];
      if (this.#random.chance(0.4) && owners.length > 1) this.#records.delete(this.#random.pick(owners));
      else this.#put(this.#random.from(0, 2 * NAMES));
    }
  }

  get lines(): string[] {
    return [...this.#records].map(([owner, record]) => `${owner} ${record}`);
  }
}

/** Between the source and its primary: counts what the primary sends. */
async function countOctets(t: Run, port: number): Promise<{ port: number; octets: number }> {
  const counted = { port: 0, octets: 0 };
  const server = createServer((socket) => {
    const there = connect(port, '127.0.0.1');
    there.on('data', (data) => {
      counted.octets += data.length;
    });
    for (const one of [socket, there]) one.on('error', () => undefined);
    socket.pipe(there).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => void server.close());
  counted.port = (server.address() as AddressInfo).port;
  return counted;
}

function sourceIn(dir: string, name: string, port: number) {
  const [path, goodPath] = [join(dir, `${name}.fresh`), join(dir, `${name}.good`)];
  const url = `rpz://127.0.0.1:${port}/${ZONE}`;
  const lookup = async (): Promise<string[]> => ['127.0.0.1'];
  const source = rpzSource({ url, tsig: null, path, goodPath, lookup, random: Math.random, now: Date.now });
  return {
    fetch: async (previous: Validators | null) => {
      const fetched = await source.fetch(previous, new AbortController().signal);
      if (fetched.kind === 'body') renameSync(path, goodPath);
      return fetched.kind === 'body' ? fetched.validators : null;
    },
    /** The zone's records, whatever their order. */
    records: () =>
      readFileSync(goodPath, 'utf8')
        .split('\n')
        .filter((line) => !/^\s*($|;|\$)/.test(line))
        .sort()
        .join('\n'),
  };
}

async function playOne(
  t: Run,
  name: string,
  start: (port: number, lines: readonly string[]) => Primary,
  steps: number,
  seed: number,
): Promise<History> {
  const random = new Random(seed);
  const zone = new Zone(random);
  const port = await freePort();
  const primary = start(port, zone.lines);
  const dir = mkdtempSync(join(tmpdir(), 'cenote-history-'));
  t.teardown(async () => rmSync(dir, { recursive: true, force: true }));
  const counted = await countOctets(t, port);
  const byChanges = sourceIn(dir, 'changes', counted.port);
  let have = await until(`${name} to answer`, () => byChanges.fetch(null).catch(() => null));
  const result = { primary: name, steps, different: 0, incremental: 0 };
  for (let step = 0, serial = 1; step < steps; step += 1) {
    // Several revisions between two looks now and then.
    for (let i = random.chance(0.3) ? 2 : 1; i > 0; i -= 1) {
      zone.change();
      serial += 1;
      primary.publish(serial, zone.lines);
      const wanted = serial;
      await until(`${name} to have serial ${wanted}`, async () => {
        const probe = sourceIn(dir, 'probe', port);
        return (await probe.fetch(null).catch(() => null))?.identity === `serial ${wanted}`;
      });
    }
    counted.octets = 0;
    have = (await byChanges.fetch(have)) ?? have;
    const octets = counted.octets;
    counted.octets = 0;
    const whole = sourceIn(dir, 'whole', counted.port);
    await whole.fetch(null);
    if (octets < counted.octets / 4) result.incremental += 1;
    if (byChanges.records() !== whole.records()) result.different += 1;
  }
  return result;
}

const zoneText = (serial: number, lines: readonly string[]): string =>
  `$ORIGIN ${ZONE}.\n$TTL 60\n@ SOA localhost. root.localhost. ${serial} 120 60 3600 60\n@ NS localhost.\n${lines.join('\n')}\n`;

/** PowerDNS Authoritative with a database; it has no journal and answers IXFR with the whole zone. */
function startPowerDns(t: Run, port: number, lines: readonly string[]): Primary {
  const dir = mkdtempSync(join(tmpdir(), 'cenote-pdns-'));
  const config = `launch=gsqlite3
gsqlite3-database=${dir}/db
local-address=127.0.0.1
local-port=${port}
socket-dir=${dir}
allow-axfr-ips=127.0.0.1
primary=yes
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
guardian=no
daemon=no
`;
  writeFileSync(join(dir, 'pdns.conf'), config);
  execFileSync('sqlite3', [join(dir, 'db')], { input: readFileSync(SCHEMA) });
  const publish = (serial: number, records: readonly string[]): void => {
    writeFileSync(join(dir, 'zone'), zoneText(serial, records));
    execFileSync('pdnsutil', [`--config-dir=${dir}`, 'load-zone', ZONE, join(dir, 'zone')], {
      stdio: 'ignore',
    });
  };
  publish(1, lines);
  const server = spawn(findTool('pdns_server') ?? 'pdns_server', [`--config-dir=${dir}`], {
    stdio: 'ignore',
  });
  const gone = once(server, 'exit');
  t.teardown(async () => {
    server.kill('SIGKILL');
    await gone;
    rmSync(dir, { recursive: true, force: true });
  });
  return { publish };
}

export async function playHistories(steps: number, seed: number): Promise<History[]> {
  const ends: (() => Promise<void>)[] = [];
  const t: Run = { teardown: (end) => void ends.push(end) };
  const known = (program: 'named' | 'knotd') => (port: number, lines: readonly string[]) =>
    startPrimary(t, program, { port, notifyPort: 9, isSigned: false, lines });
  try {
    return [
      await playOne(t, 'BIND', known('named'), steps, seed),
      await playOne(t, 'Knot', known('knotd'), steps, seed + 1),
      await playOne(t, 'PowerDNS', (port, lines) => startPowerDns(t, port, lines), steps, seed + 2),
    ];
  } finally {
    for (const end of ends.reverse()) await end();
  }
}
