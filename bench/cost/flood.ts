// What a distinct hit costs in a daemon with everything on: a listed domain, a new name below it with each query, from 1,000 addresses;
// until the last hit is stored. Beside it Unbound, which writes a line of text.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crowd } from '../support/crowd.ts';
import { untilAnswered } from '../support/load.ts';
import { CENOTE, PEERS, type Peer } from '../support/peers.ts';
import { cpuOf, peakResidentOf, residentOf, untilCalm, writtenOf } from '../support/process.ts';

export interface FloodRow {
  readonly server: string;
  readonly hits: number;
  readonly lost: number;
  /** All threads, until nothing is left to be done. */
  readonly cpuUs: number;
  readonly octetsEach: number;
  readonly peakMiB: number;
  readonly residentMiB: number;
}

const PORT = 15_600;
const LISTED = 'flood.test';
const ADDRESSES = 1000;
const LIMIT_SECONDS = 300;
const MIB = 1_048_576;

export async function benchFlood(hits: number): Promise<FloodRow[]> {
  const rows: FloodRow[] = [];
  const unbound = PEERS.filter(({ name }) => name === 'unbound');
  for (const [i, peer] of [CENOTE, ...unbound].entries())
    if (peer.version() !== null) rows.push(await measure(peer, PORT + i, hits));
  return rows;
}

async function measure(peer: Peer, port: number, hits: number): Promise<FloodRow> {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-flood-'));
  const work = { folder, port, upstreamPort: 1, names: [LISTED], cacheEntries: 1000, logsHits: true };
  const server = peer.start(work);
  try {
    await untilAnswered(port, LISTED, 60);
    await untilCalm(server.pid);
    const before = { cpu: cpuOf(server.pid), written: writtenOf(server.pid) };
    const load = await crowd({
      port,
      names: [LISTED],
      addresses: ADDRESSES,
      seconds: LIMIT_SECONDS,
      distinct: hits,
    });
    await untilCalm(server.pid);
    const cpu = cpuOf(server.pid);
    const cpuUs = cpu.userUs + cpu.systemUs - before.cpu.userUs - before.cpu.systemUs;
    return {
      server: `${peer.name} ${peer.version() ?? ''}`,
      hits: load.sent,
      lost: load.sent - load.completed,
      cpuUs: cpuUs / load.sent,
      octetsEach: (writtenOf(server.pid) - before.written) / load.sent,
      peakMiB: Math.round(peakResidentOf(server.pid) / MIB),
      residentMiB: Math.round(residentOf(server.pid) / MIB),
    };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
