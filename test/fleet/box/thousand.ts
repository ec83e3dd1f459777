// `npm run fleet -- thousand [SITES] [--names N]`: a real head with its store, and so many light sites over one nats-server. How long until a policy
// is in force at all of them and the head says so, what ten names more cost, and what the head is resident with.
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Link } from '../../../src/fleet/link.ts';
import { Follower } from '../../../src/fleet/policy/follower.ts';
import { KeptPolicy } from '../../../src/fleet/policy/kept.ts';
import { sealOf } from '../../../src/fleet/seal.ts';
import { stateOctets } from '../../../src/fleet/state/site-state.ts';
import { stateSubject } from '../../../src/fleet/subjects.ts';
import { startDaemon } from '../../support/daemon.ts';
import { natsPrograms, startNats } from '../../support/nats.ts';
import { Postgres } from '../../support/postgres.ts';
import { until } from '../../support/tool.ts';

const TELL_MS = 30_000;
const WAIT_MS = 120_000;
/** Who connects at the same time. */
const AT_ONCE = 50;

interface SitesParts {
  readonly count: number;
  readonly port: number;
  readonly key: string;
  readonly dir: string;
}

/** The process of all sites: each with a connection, a key and a folder of its own; what puts a configuration into force is played. */
async function beSites({ count, port, key, dir }: SitesParts): Promise<void> {
  const revisions = new Map<string, number>();
  for (let i = 0; i < count; i += 1) {
    const site = `site-${i + 1}`;
    const nats = { servers: [{ host: '127.0.0.1', port }], isTls: false };
    const link = new Link({
      fleet: { site, nats, ca: null, credentials: null },
      report: () => undefined,
      now: Date.now,
    });
    const seal = sealOf(site, generateKeyPairSync('ed25519').privateKey);
    mkdirSync(join(dir, site));
    const tell = (): void => {
      const { revision, sinceMs, refused, behind } = follower.standing;
      if (revision !== null) revisions.set(site, revision);
      process.send?.({ at: Math.min(...(revisions.size < count ? [0] : revisions.values())) });
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
      link.keep(stateSubject(site), seal('state', stateOctets(state)), WAIT_MS).catch(() => undefined);
    };
    const kept = new KeptPolicy(join(dir, site), key);
    const follower: Follower = new Follower({
      ...{ site, key, link, kept, now: Date.now, apply: async () => null },
      ...{ report: () => undefined, changed: tell },
    });
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
    options: { names: { type: 'string', default: '20000' }, be: { type: 'string' } },
  });
  if (values.be !== undefined) return beSites(JSON.parse(values.be));
  const count = Number(positionals[0] ?? 1_000);
  const dir = mkdtempSync(join(tmpdir(), 'cenote-thousand-'));
  for (const folder of ['head', 'sites']) mkdirSync(join(dir, folder));
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
      JSON.stringify({ count, port: nats.port, key, dir: join(dir, 'sites') }),
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
  const said = async (revision: number): Promise<void> => {
    const all = new RegExp(`^Revision ${revision} .* at ${count} of ${count} sites`);
    await until(
      'the head to say so',
      async () => (await ask()).head.says.some((one) => all.test(one)),
      WAIT_MS,
    );
  };
  const timed = async (what: string, revision: number, change: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    const since = (): string => ((performance.now() - began) / 1000).toFixed(1);
    await change();
    const published = since();
    await until(`revision ${revision} everywhere`, () => at >= revision, WAIT_MS);
    const everywhere = since();
    await said(revision);
    process.stdout.write(
      `${what}: published ${published} s, at all ${count} sites ${everywhere} s, said by the head ${since()} s; ${resident()}\n`,
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
  sites.kill('SIGKILL');
  await ended;
  await head.stop();
  for (const end of ends) await end();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
}

if (import.meta.main) await thousand(process.argv.slice(2));
