// What a list costs: bytes a name, memory of the whole daemon, seconds to the first answer from text and from a snapshot,
// beside dnsmasq and Unbound with the same names.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilAnswered } from './support/load.ts';
import { listNames } from './support/names.ts';
import { CENOTE, PEERS, type Peer, UNBOUND_RPZ } from './support/peers.ts';
import { type Running, residentOf } from './support/process.ts';

export interface ListRow {
  readonly server: string;
  readonly version: string;
  readonly names: number;
  readonly readySeconds: number;
  readonly residentMiB: number;
}

const PORT = 15_400;

export async function benchLists(count: number): Promise<ListRow[]> {
  const names = listNames(count, 3);
  const rows: ListRow[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'cenote-lists-'));
  const probe = names[count >> 1] ?? '';
  const measure = async (server: string, peer: Peer, port: number, own: string): Promise<void> => {
    const version = peer.version();
    if (version === null) return;
    const work = { folder: own, port, upstreamPort: 1, names, cacheEntries: 1000 };
    const begunMs = performance.now();
    const running: Running = peer.start(work);
    const written = (performance.now() - begunMs) / 1000;
    const readySeconds = await untilAnswered(port, probe, 180);
    rows.push({
      server,
      version,
      names: count,
      readySeconds: Math.max(0, readySeconds),
      residentMiB: Math.round(residentOf(running.pid) / 1_048_576),
    });
    if (peer === CENOTE && written > 0) await new Promise((resolve) => setTimeout(resolve, 3000)); // the snapshot is written after the first answer
    await running.stop();
  };
  try {
    const own = mkdtempSync(join(folder, 'cenote-'));
    await measure('cenote (from text)', CENOTE, PORT, own);
    await measure('cenote (from snapshot)', CENOTE, PORT + 1, own);
    const chosen = PEERS.filter((peer) => ['dnsmasq', 'unbound'].includes(peer.name));
    for (const [i, peer] of [...chosen, UNBOUND_RPZ].entries())
      await measure(peer.name, peer, PORT + 2 + i, mkdtempSync(join(folder, 'peer-')));
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
