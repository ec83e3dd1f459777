// A store that cannot be written, one table of the ways at the real daemon: answers go on, somebody is told, and by numbers
// hits answered = hits stored + hits counted as lost once it can be written again.
//
// FAULT_SECONDS=30 holds each fault as long as a backup might.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { alertingConfig, writeList } from '../support/configs.ts';
import { type Daemon, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { load, storedIn } from '../support/hits-load.ts';
import { until } from '../support/tool.ts';

const FAULT_MS = Number(process.env['FAULT_SECONDS'] ?? 0.3) * 1000;

interface Fault {
  readonly what: string;
  /** Whether it is there before the daemon starts. */
  readonly first: boolean;
  /** What its state says. */
  readonly error: RegExp;
  /** Breaks the store below this folder; undoes it. Null when that cannot be done here. */
  readonly begin: (data: string) => Promise<(() => Promise<void>) | null>;
}

/** Another program takes the lock that writing needs. */
async function lockElsewhere(data: string): Promise<() => Promise<void>> {
  const program = `
    const database = new (require('node:sqlite').DatabaseSync)(process.argv[1], { timeout: 10_000 });
    database.exec('BEGIN EXCLUSIVE');
    process.stdout.write('locked');
    process.stdin.resume();`;
  const child: ChildProcess = spawn(process.execPath, ['-e', program, join(data, 'cenote.db')], {
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
}

/** A mount of its own over the path, which may then be read only; root may write whatever a mode says. */
async function makeReadOnly(path: string): Promise<(() => Promise<void>) | null> {
  try {
    execFileSync('mount', ['--bind', path, path], { stdio: 'ignore' });
  } catch {
    return null;
  }
  execFileSync('mount', ['-o', 'remount,bind,ro', path]);
  return async () => {
    execFileSync('umount', ['-l', path]);
  };
}

const FAULTS: readonly Fault[] = [
  { what: 'locked by another program', first: false, error: /locked/, begin: lockElsewhere },
  {
    what: 'a database that is read only',
    first: true,
    error: /read-?only/i,
    begin: (data) => makeReadOnly(join(data, 'cenote.db')),
  },
  { what: 'an events.dir that is read only', first: true, error: /read-?only/i, begin: makeReadOnly },
];

async function statusOf({ adminUrl }: Daemon): Promise<{ readonly counters: Record<string, number> }> {
  return (await (await fetch(`${adminUrl}/api/v1/status`)).json()) as never;
}

for (const { what, first, error, begin } of FAULTS)
  t.test(`the store: ${what}`, async (t) => {
    const directory = daemonFolder();
    const data = join(directory, 'data');
    mkdirSync(data, { recursive: true });
    const start = () =>
      startDaemon({ directory, config: alertingConfig(writeList(directory, ['evil.example'])) });
    let daemon = await start();
    t.teardown(() => daemon.stop());
    if (first) await daemon.stop();
    const mend = await begin(data);
    if (mend === null) {
      t.pass(what, { skip: 'nothing can be mounted here' });
      return;
    }
    let isMended = false;
    t.teardown(() => (isMended ? undefined : mend()));
    if (first) daemon = await start();
    const asking = load(daemon);
    const begun = performance.now();
    await until(
      'some load',
      () => asking.counts.answered > 1000 && performance.now() - begun > FAULT_MS,
      60_000,
    );
    await asking.stop();
    const { answered, sent } = asking.counts;
    const health = await fetch(`${daemon.adminUrl}/readyz`);
    t.match(await health.text(), /store|hit/, 'health says so');
    t.match(daemon.output(), error, 'the log says so');
    const before = storedIn(data);
    t.ok(before < answered, `${before} of ${answered} are stored while it lasts`);
    await mend();
    isMended = true;
    const sum = await until('all to be stored or counted', async () => {
      const { counters } = await statusOf(daemon);
      const stored = storedIn(data);
      const whole = { stored, lost: counters['hitsLost'] ?? 0 };
      return whole.stored + whole.lost >= answered ? whole : null;
    });
    t.ok(sum.stored + sum.lost <= sent, `answered ${answered}, stored ${sum.stored}, lost ${sum.lost}`);
    t.comment(`${what}: answered ${answered}, stored ${sum.stored}, lost ${sum.lost}`);
  });
