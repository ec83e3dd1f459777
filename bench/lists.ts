// What a list costs: octets a name, memory of the whole daemon, seconds from process start to the first answer, from text and
// from a snapshot, look-ups a second of the very trie it answers from; beside dnsmasq and Unbound with the same names.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { loadConfig } from '../src/config/load.ts';
import { readSnapshot } from '../src/lists/library/snapshot.ts';
import type { RuleSet } from '../src/policy/rule.ts';
import { openTrie } from '../src/trie/reader.ts';
import { nameToText } from '../src/wire/names/presentation.ts';
import { untilAnswered } from './support/load.ts';
import { CENOTE, PEERS, type Peer, UNBOUND_RPZ } from './support/peers.ts';
import { peakResidentOf, residentOf, residentOfFamily } from './support/process.ts';
import { markdown } from './support/table.ts';
import { generated, type Names } from './support/wire-names.ts';
import { lookupsOfMix } from './trie.ts';

export interface ListRow {
  readonly server: string;
  readonly version: string;
  readonly names: number;
  readonly readySeconds: number;
  readonly residentMiB: number;
  readonly peakMiB: number;
  /** What the process takes for a name: resident octets less those with a single name. */
  readonly residentPerName: number;
  /** Octets of the compiled trie for a name, and look-ups of bench/trie.ts's mix per second of one core; null for peers. */
  readonly trie: { readonly octetsPerName: number; readonly lookupsPerSecond: number } | null;
}

const PORT = 15_400;
const SEED = 20_231_123;
const LIMIT_SECONDS = 180;
/** What was needed to get ready has been given back by then. */
const SETTLE_MS = 3000;
const PEAK_MS = 25;

export async function benchLists(count: number): Promise<ListRow[]> {
  const wires = generated(Math.ceil(count * 1.02), SEED);
  const names = distinct(wires, count);
  const folder = mkdtempSync(join(tmpdir(), 'cenote-lists-'));
  const rows: ListRow[] = [];
  try {
    const own = mkdtempSync(join(folder, 'cenote-'));
    const text = await start(CENOTE, { folder: own, names, port: PORT });
    const again = await start(CENOTE, { folder: own, names, port: PORT });
    const few = await start(CENOTE, {
      folder: mkdtempSync(join(folder, 'few-')),
      names: [names[0]!],
      port: PORT,
    });
    if (text !== null && again !== null && few !== null) {
      const ruleSet = await ruleSetIn(own);
      const trie = {
        octetsPerName: ruleSet.trie.byteLength / ruleSet.names,
        lookupsPerSecond: lookupsOfMix(openTrie(ruleSet.trie), wires).perSecond,
      };
      rows.push(rowOf('cenote, from text', CENOTE, text, few, count, trie));
      rows.push(rowOf('cenote, from its snapshot', CENOTE, again, few, count, trie));
    }
    const chosen = PEERS.filter((peer) => ['dnsmasq', 'unbound'].includes(peer.name));
    for (const [i, peer] of [...chosen, UNBOUND_RPZ].entries()) {
      const port = PORT + 1 + i;
      const all = await start(peer, { folder: mkdtempSync(join(folder, 'peer-')), names, port });
      const one = await start(peer, { folder: mkdtempSync(join(folder, 'few-')), names: [names[0]!], port });
      if (all !== null && one !== null) rows.push(rowOf(peer.name, peer, all, one, count, null));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function distinct(wires: Names, count: number): string[] {
  const names = new Set<string>();
  for (let i = 0; i < wires.count && names.size < count; i += 1)
    names.add(nameToText(wires.octets.subarray(wires.starts[i]!, wires.starts[i + 1]!)));
  return [...names];
}

interface Started {
  readonly readySeconds: number;
  readonly residentOctets: number;
  readonly peakOctets: number;
}

/** Of a process and those it started, the most that was resident at once, looked at now and then. */
function watchPeak(pid: number): () => number {
  let peakOctets = 0;
  const watching = setInterval(() => {
    peakOctets = Math.max(peakOctets, residentOfFamily(pid));
  }, PEAK_MS);
  return () => {
    clearInterval(watching);
    return Math.max(peakOctets, peakResidentOf(pid));
  };
}

/** @returns null when the server is not installed */
async function start(
  peer: Peer,
  {
    folder,
    names,
    port,
  }: { readonly folder: string; readonly names: readonly string[]; readonly port: number },
): Promise<Started | null> {
  if (peer.version() === null) return null;
  // Files are written before the process starts, which is the last thing that `start` does.
  const running = peer.start({ folder, port, upstreamPort: 1, names, cacheEntries: 1000 });
  const peak = watchPeak(running.pid);
  const readySeconds = await untilAnswered(port, names[names.length >> 1]!, LIMIT_SECONDS);
  await wait(SETTLE_MS);
  const residentOctets = residentOf(running.pid);
  const peakOctets = peak();
  await running.stop();
  return { readySeconds, residentOctets, peakOctets };
}

function rowOf(
  server: string,
  peer: Peer,
  all: Started,
  one: Started,
  names: number,
  trie: ListRow['trie'],
): ListRow {
  return {
    server,
    version: peer.version() ?? '',
    names,
    readySeconds: all.readySeconds,
    residentMiB: Math.round(all.residentOctets / 1_048_576),
    peakMiB: Math.round(all.peakOctets / 1_048_576),
    residentPerName: (all.residentOctets - one.residentOctets) / names,
    trie,
  };
}

/** What the daemon left in this folder: the rules it answered from. */
async function ruleSetIn(folder: string): Promise<RuleSet> {
  const { config, problems } = loadConfig({ file: join(folder, 'cenote.yaml'), environment: {} });
  if (config === null) throw new Error(problems.map(({ message }) => message).join('; '));
  return readSnapshot(join(config.events.dir, 'rules.snapshot'), config.lists);
}

export function listTable(rows: readonly ListRow[]): string {
  return markdown([
    ['server', 'names', 'ready, s', 'RSS MiB', 'peak', 'RSS octets/name', 'trie octets/name', 'look-ups/s'],
    ...rows.map(({ trie, ...row }) => [
      `${row.server} ${row.version}`,
      row.names.toLocaleString('en'),
      row.readySeconds.toFixed(2),
      String(row.residentMiB),
      String(row.peakMiB),
      row.residentPerName.toFixed(0),
      trie === null ? '' : trie.octetsPerName.toFixed(2),
      trie === null ? '' : `${(trie.lookupsPerSecond / 1e6).toFixed(2)} M`,
    ]),
  ]);
}
