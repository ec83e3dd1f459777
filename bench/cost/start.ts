// How long a person waits: for the first answer after a start, and for two commands of the CLI.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilAnswered } from '../support/load.ts';
import { listNames } from '../support/names.ts';
import { CENOTE, PEERS, type Peer } from '../support/peers.ts';
import { untilCalm } from '../support/process.ts';
import { median } from '../support/table.ts';

export interface StartRow {
  readonly work: string;
  readonly medianSeconds: number;
  /** Every time that was measured. */
  readonly seconds: readonly number[];
}

const PORT = 15_640;
const LIMIT_SECONDS = 60;
const NAMES = 21;

export async function benchStart(times: number): Promise<StartRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-start-'));
  try {
    const rows: StartRow[] = [];
    for (const [i, peer] of PEERS.entries())
      if (peer.version() !== null) {
        const seconds = await firstAnswers(peer, mkdtempSync(join(folder, 'run-')), PORT + i, times);
        rows.push(rowOf(`first answer, ${peer.name} ${peer.version() ?? ''}`, seconds));
      }
    return [...rows, ...(await commands(mkdtempSync(join(folder, 'run-')), times))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rowOf = (work: string, seconds: readonly number[]): StartRow => ({
  work,
  medianSeconds: median(seconds),
  seconds,
});

async function firstAnswers(peer: Peer, folder: string, port: number, times: number): Promise<number[]> {
  const names = listNames(NAMES, 7);
  const seconds: number[] = [];
  // The first start of all compiles what later ones find.
  for (let i = 0; i <= times; i += 1) {
    const server = peer.start({ folder, port, upstreamPort: 1, names, cacheEntries: 1000 });
    const taken = await untilAnswered(port, names[0] ?? '', LIMIT_SECONDS);
    if (i > 0) seconds.push(taken);
    await server.stop();
  }
  return seconds;
}

async function commands(folder: string, times: number): Promise<StartRow[]> {
  const port = PORT + PEERS.length;
  const names = listNames(NAMES, 7);
  const server = CENOTE.start({ folder, port, upstreamPort: 1, names, cacheEntries: 1000, admin: 'on' });
  try {
    await untilAnswered(port, names[0] ?? '', LIMIT_SECONDS);
    await untilCalm(server.pid);
    const config = ['-c', join(folder, 'cenote.yaml')];
    const status = await timed(['status', ...config], times);
    const query = await timed(['query', names[0] ?? '', ...config], times);
    return [rowOf('cenote status', status), rowOf('cenote query', query)];
  } finally {
    await server.stop();
  }
}

async function timed(parameters: readonly string[], times: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i <= times; i += 1) {
    const beganMs = performance.now();
    const child = spawn(join(import.meta.dirname, '../../bin/cenote'), [...parameters], { stdio: 'ignore' });
    await once(child, 'exit');
    // Both say by their code how things are; beyond 3 they did not get so far.
    if (child.exitCode === null || child.exitCode > 3)
      throw new Error(`cenote ${parameters.join(' ')} ended with ${child.exitCode ?? child.signalCode}`);
    if (i > 0) seconds.push((performance.now() - beganMs) / 1000);
  }
  return seconds;
}
