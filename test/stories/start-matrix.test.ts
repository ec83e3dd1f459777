// A start on a bad day: whatever the list's server, the clock or the disk do, cenote starts, blocks by its last good copies and says
// what is wrong.
import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { askUdp } from '../support/client.ts';
import { type Daemon, type DaemonOptions, startDaemon } from '../support/daemon.ts';
import { daemonFolder } from '../support/daemon-folder.ts';
import { mountSmallDisk } from '../support/hits-small-disk.ts';
import { type Answer, body, startListServer } from '../support/lists-server.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { until } from '../support/tool.ts';

const LIST = 'evil.example\nworse.example\n';

interface Day {
  readonly what: string;
  readonly state: string;
  readonly why: RegExp | null;
  readonly answer?: Answer;
  readonly more?: Partial<DaemonOptions>;
  readonly disk?: 'full' | 'read-only';
}

const DAYS: readonly Day[] = [
  { what: '404', state: 'stale', why: /status 404/, answer: (_, response) => void response.writeHead(404).end() },
  { what: 'silence', state: 'good', why: null, answer: () => undefined },
  { what: 'clock', state: 'good', why: null, more: { imports: [join(import.meta.dirname, '../support/ten-years-ago-thread.ts')] } },
  { what: 'full', state: 'stale', why: /ENOSPC.*make room for `events\.dir`/, disk: 'full' },
  { what: 'read-only', state: 'stale', why: /EROFS.*let cenote write to `events\.dir`/, disk: 'read-only' },
]; // biome-ignore format: a table

interface Seen {
  readonly state: string;
  readonly inForce: boolean;
  readonly entries: number;
  readonly why: string | null;
}

async function listOf(daemon: Daemon): Promise<Seen | undefined> {
  const reply = await fetch(`${daemon.adminUrl}/api/v1/lists`);
  return ((await reply.json()) as { lists: Seen[] }).lists[0];
}

async function isBlocked(daemon: Daemon): Promise<boolean> {
  const answer = await askUdp(daemon.server, query('evil.example', 'A', { id: 7 }));
  return answer !== null && readMessage(answer)?.answer[0]?.data === '0.0.0.0';
}

function configOf(url: string, dir: string) {
  return { upstreams: { default: ['127.0.0.1:9'] }, lists: { far: { source: url } }, events: { dir } };
}

/** The data folder of the run before, on a disk of that kind. */
function dataFor(t: Test, day: Day, before: string, directory: string): string | null {
  const disk = day.disk === undefined ? null : mountSmallDisk(16 * 1024 * 1024);
  if (day.disk !== undefined && disk === null) return null;
  const dir = disk?.path ?? join(directory, 'data');
  mkdirSync(dir, { recursive: true });
  cpSync(before, dir, { recursive: true });
  if (disk === null) return dir;
  t.teardown(disk.remove);
  if (day.disk === 'read-only') execFileSync('mount', ['-o', 'remount,ro', dir]);
  else fill(join(dir, 'filler'));
  return dir;
}

function fill(path: string): void {
  const descriptor = openSync(path, 'w');
  try {
    for (const size of [65_536, 512]) for (;;) if (!isWritten(descriptor, size)) break;
  } finally {
    closeSync(descriptor);
  }
}

function isWritten(descriptor: number, octets: number): boolean {
  try {
    return writeSync(descriptor, Buffer.alloc(octets)) === octets;
  } catch {
    return false;
  }
}

/** The server's answer on the day at hand. */
const served: { answer: Answer } = { answer: body(LIST) };
const { origin, asked } = await startListServer(t, {
  '/list': (request, response) => served.answer(request, response),
});
const url = `${origin}/list`;
const first = daemonFolder();
const before = join(first, 'data');

t.test('the run before, when all was well', async (t) => {
  const daemon = await startDaemon({ directory: first, config: configOf(url, before) });
  await until('the first copy', async () => (await listOf(daemon))?.state === 'good');
  t.equal(await daemon.stop(), 0);
});

for (const day of DAYS)
  t.test(`a start on the day of: ${day.what}`, async (t) => {
    served.answer = day.answer ?? body(`${LIST}new.example\n`);
    const directory = daemonFolder();
    const dir = dataFor(t, day, before, directory);
    if (dir === null) return t.pass('no disk may be mounted here');
    const count = asked.length;
    const daemon = await startDaemon({ directory, config: configOf(url, dir), ...day.more });
    t.teardown(() => daemon.stop());
    t.equal(await isBlocked(daemon), true, 'by the last good copy');
    await until('an attempt', () => asked.length > count);
    const seen = await until('its end', async () => {
      const list = await listOf(daemon);
      return list?.state === day.state && list;
    });
    t.match(seen, { inForce: true, why: day.why });
    t.equal(await isBlocked(daemon), true, 'and after the attempt');
  });
