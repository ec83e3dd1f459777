// `npm run fleet -- catch-up [HITS] [--names N]`: a site that was cut off comes back with so many hits; how long until PostgreSQL has them all,
// and what each side costs. Site and head are processes of their own, nats-server and PostgreSQL are real ones that keep what they say they keep.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Collector } from '../../../src/fleet/home/collector.ts';
import { Sender } from '../../../src/fleet/home/sender.ts';
import { Spool } from '../../../src/fleet/home/spool.ts';
import { Link } from '../../../src/fleet/link.ts';
import { sealOf } from '../../../src/fleet/seal.ts';
import { signatureOf } from '../../../src/fleet/signing.ts';
import { SiteKeys } from '../../../src/fleet/site-keys.ts';
import { Database } from '../../../src/fleet/store/connection.ts';
import { BatchTaker } from '../../../src/fleet/store/take-batch.ts';
import type { Hit } from '../../../src/hits/hit.ts';
import { Store } from '../../../src/hits/store/store.ts';
import { createUlidMaker } from '../../../src/hits/ulid.ts';
import { natsPrograms, startNats } from '../../support/nats.ts';
import { Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';

const SITE = 'site-7';
const ROUND = 5_000;
const BACK_MS = 100_000;

const linkTo = (site: string, port: number): Link => {
  const nats = { servers: [{ host: '127.0.0.1', port }], isTls: false };
  const link = new Link({ fleet: { site, nats, ca: null, credentials: null }, report, now: Date.now });
  link.start();
  return link;
};

function report(level: string, text: string): void {
  if (level !== 'info') process.stderr.write(`${text}\n`);
}

/** A hundred machines ask for so many names, at random times of three weeks. */
function fill(path: string, count: number, names: number): void {
  const store = new Store({ path, now: Date.now, report: (error) => process.stderr.write(`${error}\n`) });
  const ulid = createUlidMaker();
  const sinceMs = Date.now() - 21 * 86_400_000;
  for (let done = 0; done < count; done += ROUND) {
    const size = Math.min(ROUND, count - done);
    const hits = Array.from({ length: size }, (_, i) => {
      const timeMs = sinceMs + Math.floor(((done + i) / count) * 21 * 86_400_000);
      return hitOf(`w${((done + i) * 7919) % names}.c2.example`, (done + i) % 100, ulid(timeMs), timeMs);
    });
    if (!store.write((tables) => tables.hits.write(hits, []))) throw new Error('not stored');
  }
  store.close();
}

function hitOf(name: string, machine: number, id: string, timeMs: number): Hit {
  const octet = machine.toString(16).padStart(2, '0');
  const client = {
    ...{
      ip: `192.0.2.${machine}`,
      name: `till-${machine}`,
      mac: `aa:bb:cc:00:00:${octet}`,
      group: 'default',
    },
    ...{ machine: `m${machine}`, nameFrom: 'lease' as const },
  };
  const own = { list: 'threats', rule: 'c2.example', indicator: null, mode: 'enforce' as const };
  return {
    ...{ event: 'hit', id, time: new Date(timeMs).toISOString(), count: 1, client },
    ...{ question: { name, type: 'A', class: 'IN' }, transport: 'udp', verdict: 'sinkhole' },
    ...{ rule: 'c2.example', list: 'threats', answer: ['0.0.0.0'], via: null, indicator: null, worker: 0 },
    ...{ machine: client.machine, visit: id, matches: [own], outcome: 'blocked', rcode: 'NOERROR' },
    ...{ through: null, resolver: 'resolver.example' },
  };
}

/** The process of the site. */
function beSite(path: string, port: number): void {
  const link = linkTo(SITE, port);
  const seal = sealOf(SITE, generateKeyPairSync('ed25519').privateKey);
  const sender = new Sender({
    ...{ site: SITE, link, report, isSigned: () => true, monotonic: () => performance.now() },
    spool: new Spool({ path, now: Date.now, pseudonyms: null }),
    seal: (batch) => seal('batch', batch),
  });
  sender.start();
  process.on('disconnect', () => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(`site: ${((user + system) / 1e6).toFixed(1)} CPU s, ${resident()} MiB\n`);
    process.exit(0);
  });
}

const resident = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);

export async function catchUp(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { names: { type: 'string' }, site: { type: 'string' }, port: { type: 'string' } },
  });
  if (values.site !== undefined) {
    beSite(values.site, Number(values.port));
    return;
  }
  const count = Number(positionals[0] ?? 1_000_000);
  const dir = mkdtempSync(join(tmpdir(), 'cenote-catch-up-'));
  mkdirSync(join(dir, 'head'));
  const path = join(dir, 'cenote.db');
  fill(path, count, Number(values.names ?? count));
  const ends: (() => unknown)[] = [];
  const nats = await startNats(
    { teardown: (end) => void ends.push(end as () => unknown) },
    { program: natsPrograms().at(-1) ?? '' },
  );
  const postgres = new Postgres([]);
  await postgres.start();
  const database = new Database({ url: postgres.url });
  const link = linkTo('head', nats.port);
  const keys = new SiteKeys({ dir: join(dir, 'head'), now: Date.now, report });
  const { privateKey } = generateKeyPairSync('ed25519');
  let stored = 0;
  const collector = new Collector({
    ...{ link, report, taker: new BatchTaker(database, Date.now) },
    sign: (body) => signatureOf(body, privateKey, 'done'),
    open: (site, octets) => keys.open(site, 'batch', octets),
    onTaken: (_, { hits }) => {
      stored += hits;
    },
  });
  const before = process.cpuUsage();
  collector.use([SITE]);
  const began = performance.now();
  const site = spawn(
    process.execPath,
    [...process.execArgv, import.meta.filename, '--site', path, '--port', String(nats.port)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  await until('all hits to be home', () => stored >= count, BACK_MS * Math.max(1, count / 500_000));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(
    `${count} hits home in ${seconds.toFixed(1)} s (${Math.round(count / seconds)}/s); head: ${((user + system) / 1e6).toFixed(1)} CPU s, ${resident()} MiB; PostgreSQL: ${postgres.cpuSeconds.toFixed(1)} CPU s\n`,
  );
  const ended = new Promise((resolve) => void site.once('exit', resolve));
  site.disconnect();
  await ended;
  await collector.stop();
  await link.stop();
  await database.close();
  for (const end of ends) await end();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
}

if (import.meta.main) await catchUp(process.argv.slice(2));
