// `npm run fleet -- thousand [SITES] [--names N] [--whole]`: a real head with its store, and so many light sites over one nats-server;
// with --whole each also unpacks and keeps what came, all on this machine's processors. How long until a policy
// is in force at all of them and the head says so, what ten names more cost, and what the head is resident with.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuOf } from '../../../bench/support/process.ts';
import { Link } from '../../../src/fleet/link.ts';
import { sha256Of } from '../../../src/fleet/policy/contents.ts';
import { PART_OCTETS, readPolicy } from '../../../src/fleet/policy/document.ts';
import { Follower, type Standing } from '../../../src/fleet/policy/follower.ts';
import { KeptPolicy } from '../../../src/fleet/policy/kept.ts';
import { cheapestPath } from '../../../src/fleet/policy/paths.ts';
import { sealOf } from '../../../src/fleet/seal.ts';
import { stateOctets } from '../../../src/fleet/state/site-state.ts';
import { blobSubject, STREAMS, SUBJECTS, stateSubject, wakeSubject } from '../../../src/fleet/subjects.ts';
import { startDaemon } from '../../support/daemon.ts';
import { natsPrograms, startNats } from '../../support/nats.ts';
import { Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';

const TELL_MS = 30_000;
const WAIT_MS = 120_000;
const RETRY_MS = 1_000;
const ASK_MS = 200;
/** Who connects at the same time. */
const AT_ONCE = 50;

interface SitesParts {
  readonly count: number;
  readonly port: number;
  readonly key: string;
  readonly dir: string;
  /** Whether each is as a site is, with a folder. */
  readonly isWhole: boolean;
}

interface SiteParts {
  readonly site: string;
  readonly key: string;
  readonly link: Link;
  readonly changed: () => void;
}

/** All that a site does but what puts a configuration into force. */
function wholeSite(parts: SiteParts, dir: string): Follower {
  mkdirSync(dir);
  const kept = new KeptPolicy(dir, parts.key);
  return new Follower({ ...parts, kept, now: Date.now, apply: async () => null, report: () => undefined });
}

/** What a site has to do with others: it asks, checks who signed and whether all came, and says so; without its disk. */
class LightSite {
  readonly #parts: SiteParts;
  readonly #has = new Set<string>();
  #turn: Promise<void> = Promise.resolve();
  standing: Pick<Standing, 'revision' | 'sinceMs' | 'refused' | 'behind'>;

  constructor(parts: SiteParts) {
    this.#parts = parts;
    this.standing = { revision: null, sinceMs: Date.now(), refused: null, behind: null };
  }

  start(): void {
    const { link, site } = this.#parts;
    const look = (): void => {
      this.#turn = this.#turn.then(() => this.#look()).catch(() => void setTimeout(look, RETRY_MS));
    };
    for (const subject of [SUBJECTS.wakeAll, wakeSubject(site)]) link.listen(subject, look);
    link.onUp(look);
  }

  async #look(): Promise<void> {
    const { link, key, changed } = this.#parts;
    const message = await link.last(STREAMS.policy, SUBJECTS.policy);
    if (message === null) return;
    const { revision, contents, packs } = readPolicy(message.octets, key);
    if (revision === this.standing.revision) return;
    for (const { sha256 } of Object.values(contents).flatMap(({ files }) => files)) {
      for (const { blob, octets } of cheapestPath(packs, sha256, (one) => this.#has.has(one)) ?? []) {
        const numbers = Array.from({ length: Math.ceil(octets / PART_OCTETS) }, (_, number) => number);
        const came = await Promise.all(
          numbers.map((number) => link.last(STREAMS.policy, blobSubject(blob, number), [WAIT_MS])),
        );
        const whole = Buffer.concat(came.map((part) => part?.octets ?? new Uint8Array()));
        if (sha256Of(whole) !== blob) throw new Error('another text came');
      }
      this.#has.add(sha256);
    }
    this.standing = { ...this.standing, revision, sinceMs: Date.now() };
    changed();
  }
}

/** The process of all sites: each with a connection and a key of its own. */
async function beSites({ count, port, key, dir, isWhole }: SitesParts): Promise<void> {
  const revisions = new Map<string, number>();
  process.on('disconnect', () => process.exit(0));
  for (let i = 0; i < count; i += 1) {
    const site = `site-${i + 1}`;
    const nats = { servers: [{ host: '127.0.0.1', port }], isTls: false };
    const link = new Link({
      fleet: { site, nats, ca: null, credentials: null },
      report: () => undefined,
      now: Date.now,
    });
    const seal = sealOf(site, generateKeyPairSync('ed25519').privateKey);
    const tell = (): void => {
      const { revision, sinceMs, refused, behind } = follower.standing;
      if (revision !== null) revisions.set(site, revision);
      if (revisions.size === count) process.send?.({ at: Math.min(...revisions.values()) }, () => undefined);
      const told = {
        site,
        sentMs: Date.now(),
        startedMs: Date.now(),
        version: '0.1.0',
        revision,
        sinceMs,
        refused,
        behind,
      };
      const state = { ...told, own: null, unused: [], names: 0, lists: [], upstreams: [], backlog: null };
      link.keep(stateSubject(site), seal('state', stateOctets(state)), [WAIT_MS]).catch(() => undefined);
    };
    const parts = { site, key, link, changed: tell };
    const follower = isWhole ? wholeSite(parts, join(dir, site)) : new LightSite(parts);
    follower.start();
    link.onUp(tell);
    setInterval(tell, TELL_MS);
    link.start();
    if (i % AT_ONCE === 0) await until('sites to connect', () => link.connection !== null, WAIT_MS);
  }
}

export async function thousand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      names: { type: 'string', default: '20000' },
      whole: { type: 'boolean', default: false },
      be: { type: 'string' },
    },
  });
  if (values.be !== undefined) return beSites(JSON.parse(values.be));
  const count = Number(positionals[0] ?? 1_000);
  const dir = mkdtempSync(join(tmpdir(), 'cenote-thousand-'));
  mkdirSync(join(dir, 'head'));
  // Each site has a disk of its own in truth: a thousand that wait for one disk's fsync would be this machine's measure.
  const memory = '/dev/shm';
  const sitesDir = mkdtempSync(join(existsSync(memory) ? memory : dir, 'cenote-sites-'));
  const list = join(dir, 'list.txt');
  const names = Array.from(
    { length: Number(values.names) },
    (_, i) => `n${(i * 7919) % 10_000_019}.c2.example`,
  );
  const write = (): void => writeFileSync(list, `${names.join('\n')}\n`);
  write();
  const ends: (() => unknown)[] = [];
  const test = { teardown: (end: unknown) => void ends.push(end as () => unknown) };
  const nats = await startNats(test, { program: natsPrograms().at(-1) ?? '', fileStore: '64GB' });
  const postgres = new Postgres();
  await postgres.start();
  const head = await startDaemon({
    directory: join(dir, 'head'),
    config: {
      workers: 1,
      upstreams: { default: ['127.0.0.1:9'] },
      lists: { threats: { source: list, alert: true } },
      groups: { default: { clients: ['any'], lists: ['threats'] } },
      fleet: { nats: nats.url, site: 'head', store: postgres.url },
    },
  });
  const ask = async (path = '', body?: object): Promise<{ head: { key: string; says: string[] } }> =>
    (
      await fetch(`${head.adminUrl}/api/v1/fleet${path}`, {
        ...(body === undefined
          ? {}
          : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
    ).json() as never;
  const { key } = (await ask()).head;
  const sites = spawn(
    process.execPath,
    [
      ...process.execArgv,
      import.meta.filename,
      '--be',
      JSON.stringify({ count, port: nats.port, key, dir: sitesDir, isWhole: values.whole }),
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  let at = 0;
  sites.on('message', (told: { at: number }) => {
    at = told.at;
  });
  const resident = (): string => {
    const status = readFileSync(`/proc/${head.child.pid}/status`, 'utf8');
    const of = (name: string) =>
      Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
    return `head resident ${of('VmRSS')} MiB, at most ${of('VmHWM')}`;
  };
  const cpuSeconds = (): number[] =>
    [head.child.pid, sites.pid, nats.pid].map((pid) => {
      const { userUs, systemUs } = cpuOf(Number(pid));
      return (userUs + systemUs) / 1e6;
    });
  const usedSince = (before: readonly number[]): string => {
    const [own, all, server] = cpuSeconds().map((now, i) => (now - Number(before[i])).toFixed(1));
    return `CPU s: head ${own}, sites ${all}, NATS ${server}`;
  };
  const said = async (revision: number): Promise<void> => {
    const all = new RegExp(`^Revision ${revision} .* at ${count} of ${count} sites`);
    await until(
      'the head to say so',
      async () => {
        const { says } = (await ask()).head;
        const isSaid = says.some((one) => all.test(one));
        // The view of a thousand sites costs the head more than a site's word does.
        if (!isSaid) await wait(ASK_MS);
        return isSaid;
      },
      WAIT_MS,
    );
  };
  const timed = async (what: string, revision: number, change: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    const since = (): string => ((performance.now() - began) / 1000).toFixed(1);
    const [cpuBefore, sentBefore] = [cpuSeconds(), await nats.octetsOut()];
    await change();
    const published = since();
    await until(`revision ${revision} everywhere`, () => at >= revision, WAIT_MS);
    const everywhere = since();
    const sent = ((await nats.octetsOut()) - sentBefore) / count;
    await said(revision);
    process.stdout.write(
      `${what}: published ${published} s, at all ${count} sites ${everywhere} s, said by the head ${since()} s; ${Math.round(sent)} octets a site; ${usedSince(cpuBefore)}; ${resident()}\n`,
    );
  };
  await until(
    'all sites to be heard',
    async () => ((await ask()).head as never as { sites: object[] }).sites.length >= count,
    WAIT_MS,
  );
  process.stdout.write(`${count} sites are heard; ${resident()}\n`);
  await timed(`${names.length} names`, 1, () => ask('/publish', {}));
  await timed('ten names more', 2, async () => {
    names.push(...Array.from({ length: 10 }, (_, i) => `new-${i}.c2.example`));
    write();
  });
  const ended = once(sites, 'exit');
  sites.disconnect();
  await ended;
  await head.stop();
  for (const end of ends) await end();
  await postgres.stop();
  for (const folder of [dir, sitesDir]) rmSync(folder, { recursive: true, force: true });
}

if (import.meta.main) await thousand(process.argv.slice(2));
