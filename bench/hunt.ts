// What a hunt costs those who ask: a real daemon with ninety days of history answers at a steady rate, first alone, then
// while it searches for 10,000 names, 1,000 of which somebody asked for, again and again.
//
// Who asks for the hunt sits elsewhere in life: here it is one process of the lowest priority, started before.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildHistory, huntedNames } from './history.ts';
import { latency, untilAnswered } from './support/load.ts';
import { run } from './support/process.ts';

export interface HuntRow {
  readonly work: string;
  readonly seconds: number;
  readonly found: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly lost: number;
}

const PORT = 5391;
const ADMIN_PORT = 5392;
const PER_SECOND = 2000;
const SECONDS = 8;
const NAMES = 1000;
const QUIET_MS = 25_000;

/** @param kept a folder that holds, or will hold, the history; null for one that goes afterwards */
export async function benchHunt(quick: boolean, kept: string | null = null): Promise<HuntRow[]> {
  const dir = kept ?? mkdtempSync(join(tmpdir(), 'cenote-hunt-'));
  mkdirSync(dir, { recursive: true });
  if (kept === null) buildHistory(join(dir, 'cenote.db'), quick ? 6 : 90);
  const config = join(dir, 'bench.yaml');
  const records = Array.from({ length: NAMES }, (_, i) => `h${i}.home.arpa A 192.0.2.${i % 250}`);
  writeFileSync(
    config,
    JSON.stringify({
      listen: { dns: [`127.0.0.1:${PORT}`], admin: `127.0.0.1:${ADMIN_PORT}` },
      workers: 1,
      access: { rateLimit: { perSecond: 1_000_000, burst: 1_000_000 } },
      events: { dir, history: '1y' },
      local: { records },
      clients: { reverse: false },
    }),
  );
  const file = join(dir, 'names.txt');
  writeFileSync(file, Array.from({ length: NAMES }, (_, i) => `h${i}.home.arpa A`).join('\n'));
  const daemon = run(join(import.meta.dirname, '../bin/cenote'), ['serve', '-c', config]);
  await untilAnswered(PORT, 'h0.home.arpa', 30);
  await latency(PORT, file, PER_SECOND, 2); // warms up
  const names = join(dir, 'hunted.json');
  writeFileSync(names, JSON.stringify({ names: huntedNames(1000), since: '1y' }));
  const asker = startAsker(names);
  await asker.hunt();
  await wait(QUIET_MS); // the search at the start, and its two repetitions
  const idle = await latency(PORT, file, PER_SECOND, SECONDS);
  let isOver = false;
  const hunts: { seconds: number; found: number }[] = [];
  const hunting = (async () => {
    while (!isOver) hunts.push(await asker.hunt());
  })();
  const during = await latency(PORT, file, PER_SECOND, SECONDS);
  isOver = true;
  await hunting;
  asker.close();
  await daemon.stop();
  if (kept === null) rmSync(dir, { recursive: true });
  const first = hunts[0] ?? { seconds: 0, found: 0 };
  const mean = hunts.reduce((sum, { seconds }) => sum + seconds, 0) / Math.max(1, hunts.length);
  return [
    { work: `${PER_SECOND} queries/s, nothing else`, seconds: 0, found: 0, ...idle },
    { work: `while hunting (${hunts.length} hunts)`, seconds: mean, found: first.found, ...during },
  ];
}

interface Asker {
  /** Asks once, and waits for the whole answer. */
  hunt(): Promise<{ readonly seconds: number; readonly found: number }>;
  close(): void;
}

/** In a process of its own, so that reading the answer delays no measurement. */
function startAsker(names: string): Asker {
  const program = `
    require('node:os').setPriority(19);
    const body = require('node:fs').readFileSync(process.argv[1]);
    const headers = { 'content-type': 'application/json' };
    process.on('disconnect', () => process.exit());
    process.on('message', async () => {
      const begun = performance.now();
      const response = await fetch('http://127.0.0.1:${ADMIN_PORT}/api/v1/hunt', { method: 'POST', headers, body });
      const text = await response.text();
      const seconds = (performance.now() - begun) / 1000;
      process.send({ seconds, found: text.split('"first":').length - 1 });
    });`;
  const child = spawn(process.execPath, ['--single-threaded', '-e', program, names], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    hunt: () =>
      new Promise((resolve, reject) => {
        child.once('message', (row) => resolve(row as Awaited<ReturnType<Asker['hunt']>>));
        child.once('exit', (code) => reject(new Error(`who asks for the hunt ended with code ${code}`)));
        child.send('now');
      }),
    close: () => child.disconnect(),
  };
}
