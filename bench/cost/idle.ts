// What a server costs that nobody asks: CPU, how often its threads are woken, memory. All of them at once, since none disturbs another.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { untilAnswered } from '../support/load.ts';
import { CENOTE, PEERS, type Peer, type Work } from '../support/peers.ts';
import { cpuOf, type Running, residentOf, wakesOf } from '../support/process.ts';

export interface IdleRow {
  readonly server: string;
  readonly cpuSecondsAMinute: number;
  readonly wakesASecond: number;
  readonly residentMiB: number;
}

const PORT = 15_620;
const MIB = 1_048_576;

const KINDS: readonly (readonly [name: string, peer: Peer, change: Partial<Work>])[] = [
  ['cenote', CENOTE, { admin: 'on' }],
  ['cenote, admin off', CENOTE, {}],
  ['cenote, profile: small', CENOTE, { profile: 'small' }],
  ...PEERS.filter((peer) => peer !== CENOTE).map((peer) => [peer.name, peer, {}] as const),
];

interface Looked {
  readonly name: string;
  readonly server: Running;
  readonly cpuUs: number;
  readonly wakes: number;
}

/** @param settleSeconds from the last start: what a start leaves is cleared up by then */
export async function benchIdle(settleSeconds: number, seconds: number): Promise<IdleRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cenote-idle-'));
  const servers: { name: string; server: Running }[] = [];
  try {
    for (const [i, [name, peer, change]] of KINDS.entries()) {
      if (peer.version() === null) continue;
      const own = mkdtempSync(join(folder, 'run-'));
      const port = PORT + i;
      const server = peer.start({
        ...{ folder: own, port, upstreamPort: 1, names: ['bad.test'], cacheEntries: 1000 },
        ...change,
      });
      servers.push({ name: peer === CENOTE ? name : `${name} ${peer.version() ?? ''}`, server });
      await untilAnswered(port, 'bad.test', 60);
    }
    await wait(settleSeconds * 1000);
    const before = servers.map(look);
    await wait(seconds * 1000);
    return servers.map(look).map((after, i) => ({
      server: after.name,
      cpuSecondsAMinute: ((after.cpuUs - (before[i]?.cpuUs ?? 0)) / 1e6 / seconds) * 60,
      wakesASecond: (after.wakes - (before[i]?.wakes ?? 0)) / seconds,
      residentMiB: Math.round(residentOf(after.server.pid) / MIB),
    }));
  } finally {
    for (const { server } of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function look({ name, server }: { name: string; server: Running }): Looked {
  const { userUs, systemUs } = cpuOf(server.pid);
  return { name, server, cpuUs: userUs + systemUs, wakes: wakesOf(server.pid) };
}
