// A million names as a zone: how long a whole transfer and one of ten names take through a socket, and what memory they take.
import { once } from 'node:events';
import { appendFileSync, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServedView } from '../../../src/admin/served/view.ts';
import type { Server } from '../../support/client.ts';
import { startDaemon } from '../../support/daemon.ts';
import { concat, query, recordOctets, u16 } from '../../support/message.ts';
import { startSimpleUpstream } from '../../support/simple-upstream.ts';
import { until } from '../../support/tool.ts';

const ZONE = 'block.rpz.test';
const WAIT_MS = 110_000;
const MIB = 1024 * 1024;

export interface Million {
  readonly names: number;
  readonly wholeSeconds: readonly number[];
  readonly wholeMiB: number;
  /** Of ten names. */
  readonly changesMs: readonly number[];
  readonly changesOctets: number;
  /** The daemon's, MiB: without the zone, with it, and at most while it is transferred. */
  readonly memory: { readonly without: number; readonly withZone: number; readonly inTransfer: number };
}

/** Reads a whole transfer; it ends with the SOA that it began with. @returns octets */
async function transfer(server: Server, question: Uint8Array): Promise<{ octets: number; ms: number }> {
  const began = performance.now();
  const socket = connect(server.port, server.host);
  await once(socket, 'connect');
  socket.write(concat(u16(question.length), question));
  let octets = 0;
  let soas = 0;
  let pending: Buffer = Buffer.alloc(0);
  for await (const data of socket as AsyncIterable<Buffer>) {
    octets += data.length;
    pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      soas += soasIn(pending.subarray(2, end));
      pending = pending.subarray(end);
    }
    // AXFR: two. IXFR: of the new serial, of the old, of the new, of the new.
    if (soas === (isIxfr(question) ? 4 : 2)) break;
  }
  socket.destroy();
  return { octets, ms: performance.now() - began };
}

const isIxfr = (question: Uint8Array): boolean => question[9] === 1;

/** SOA records have their type after a compressed or whole owner: found by walking the records. */
function soasIn(message: Buffer): number {
  let at = 12;
  const skipName = (): void => {
    while (message[at]! !== 0 && message[at]! < 0xc0) at += message[at]! + 1;
    at += message[at]! === 0 ? 1 : 2;
  };
  for (let left = message.readUInt16BE(4); left > 0; left -= 1) {
    skipName();
    at += 4;
  }
  let soas = 0;
  for (let left = message.readUInt16BE(6); left > 0; left -= 1) {
    skipName();
    if (message.readUInt16BE(at) === 6) soas += 1;
    at += 10 + message.readUInt16BE(at + 8);
  }
  return soas;
}

function ixfrQuestion(serial: number): Uint8Array {
  const message = query(ZONE, 'IXFR');
  message[9] = 1;
  return concat(message, recordOctets(`${ZONE}. 0 SOA . . ${serial} 0 0 0 0`));
}

/** @param names at least ten more are added for the changes */
export async function playMillion(names: number, rounds: number): Promise<Million> {
  const directory = mkdtempSync(join(tmpdir(), 'cenote-million-'));
  const upstream = await startSimpleUpstream();
  const list = join(directory, 'names.txt');
  const out = createWriteStream(list);
  for (let i = 0; i < names; i += 1)
    if (!out.write(`n${(i * 2_654_435_761) % 4_294_967_296}.h${i % 977}.example\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
  const config = {
    upstreams: { default: [upstream.address] },
    lists: { bad: { source: list, format: 'domains', refresh: '1d' } },
    groups: { default: { clients: ['any'], lists: ['bad'] } },
  };
  const serve = { zones: { [ZONE]: { lists: ['bad'], allow: ['127.0.0.1'] } } };
  try {
    const rssAfter = async (
      more: object,
      play: (daemon: Awaited<ReturnType<typeof startDaemon>>) => Promise<void>,
    ) => {
      const daemon = await startDaemon({ directory, config: { ...config, ...more } });
      try {
        await play(daemon);
      } finally {
        await daemon.stop();
      }
    };
    const memory = { without: 0, withZone: 0, inTransfer: 0 };
    const wholeSeconds: number[] = [];
    const changesMs: number[] = [];
    let [wholeMiB, changesOctets] = [0, 0];
    await rssAfter({}, async (daemon) => {
      memory.without = await settled(() => daemon.rss() / MIB);
    });
    const zoneOf = async (url: string) =>
      ((await (await fetch(`${url}/api/v1/served`)).json()) as ServedView).zones[0];
    await rssAfter({ serve }, async (daemon) => {
      await until('the zone', async () => ((await zoneOf(daemon.adminUrl))?.names ?? 0) >= names, WAIT_MS);
      console.log('the zone is made');
      memory.withZone = await settled(() => daemon.rss() / MIB);
      const watch = setInterval(() => {
        memory.inTransfer = Math.max(memory.inTransfer, daemon.rss() / MIB);
      }, 20);
      for (let i = 0; i < rounds; i += 1) {
        const { octets, ms } = await transfer(daemon.server, query(ZONE, 'AXFR'));
        wholeSeconds.push(ms / 1000);
        wholeMiB = octets / MIB;
      }
      clearInterval(watch);
      for (let i = 0; i < rounds; i += 1) {
        const serial = (await zoneOf(daemon.adminUrl))!.serial!;
        appendFileSync(list, Array.from({ length: 10 }, (_, k) => `more-${i}-${k}.example\n`).join(''));
        daemon.child.kill('SIGHUP');
        await until('the change', async () => (await zoneOf(daemon.adminUrl))!.serial !== serial, WAIT_MS);
        const { octets, ms } = await transfer(daemon.server, ixfrQuestion(serial));
        changesMs.push(ms);
        changesOctets = octets;
      }
    });
    return { names, wholeSeconds, wholeMiB, changesMs, changesOctets, memory };
  } finally {
    await upstream.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Once it has not fallen or grown by more than 3 % over two seconds. */
async function settled(measure: () => number): Promise<number> {
  const seen: number[] = [];
  return await until(
    'memory to settle',
    async () => {
      seen.push(measure());
      const last = seen.slice(-100);
      const isSettled = last.length === 100 && Math.max(...last) < 1.03 * Math.min(...last);
      return isSettled ? last.at(-1)! : null;
    },
    WAIT_MS,
  );
}
