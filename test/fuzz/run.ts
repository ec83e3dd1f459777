// Throws seeded mutants at a running daemon, through UDP and TCP, in batches each followed by queries that must be answered.
import { connect } from 'node:net';
import { UdpClient } from '../support/client.ts';
import { blockingConfig, writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { query } from '../support/message.ts';
import { readMessage } from '../support/read-message.ts';
import { answerAll, startSimpleUpstream } from '../support/simple-upstream.ts';
import { until } from '../support/tool.ts';
import { mutant, seeded } from './mutate.ts';

export interface FuzzResult {
  readonly packets: number;
  readonly overTcp: number;
  readonly answers: number;
  /** Batches after which a good query stayed unanswered. */
  readonly unanswered: number;
  readonly rssAtTenth: number;
  readonly rssAtEnd: number;
  readonly hits: number;
  /** What the daemon ended with: 0 when nothing was wrong. */
  readonly exit: number | string;
  readonly output: string;
}

const BATCH = 64;
const CANARIES = [
  ['canary.blocked.example', '0.0.0.0'],
  ['canary.example.org', '198.51.100.1'],
] as const;

/** @param directory where config and data go */
export async function fuzz(packets: number, seed: number, directory: string): Promise<FuzzResult> {
  const random = seeded(seed);
  const lies = seeded(seed + 1);
  // The upstream lies too: one response in eight is damaged, the canary's never.
  const upstream = await startSimpleUpstream((asked, transport) => {
    const answer = answerAll(asked, transport);
    const spared = asked.includes('canary') || lies() % 8 !== 0;
    if (answer === null || spared) return answer;
    const damaged = Uint8Array.from(answer);
    for (let i = lies() % 4; i >= 0; i -= 1) damaged[lies() % damaged.length] = lies() & 255;
    return damaged;
  });
  const list = writeList(directory, ['blocked.example']);
  const daemon = await startDaemon({ directory, config: blockingConfig(upstream.address, list) });
  const client = await UdpClient.open(daemon.server);
  const good = await UdpClient.open(daemon.server);
  let sent = 0;
  let overTcp = 0;
  let unanswered = 0;
  let rssAtTenth = 0;
  try {
    for (let batch = 0; sent < packets; batch += 1) {
      const mutants = Array.from({ length: Math.min(BATCH, packets - sent) }, () => mutant(random));
      sent += mutants.length;
      if (batch % 10 === 9) {
        overTcp += mutants.length;
        await throwByTcp(daemon.server.port, mutants, random);
      } else for (const octets of mutants) await client.send(octets);
      if (!(await canariesLive(good))) unanswered += 1;
      if (rssAtTenth === 0 && sent >= packets / 10) rssAtTenth = daemon.rss();
      if (daemon.child.exitCode !== null) break;
    }
    return {
      packets: sent,
      overTcp,
      answers: client.received,
      unanswered,
      rssAtTenth,
      rssAtEnd: daemon.rss(),
      hits: daemon.hitCount(),
      exit: await daemon.stop(),
      output: daemon.output(),
    };
  } finally {
    client.close();
    good.close();
    await daemon.stop();
    await upstream.close();
  }
}

/** By a socket of its own, so that no mutant's answer can be taken for a canary's. */
async function canariesLive(good: UdpClient): Promise<boolean> {
  for (const [index, [name, data]] of CANARIES.entries()) {
    const id = 0xfff0 + index;
    good.answers.delete(id);
    await good.send(query(name, 'A', { id }));
    const live = await until(
      name,
      () => {
        const answer = good.answers.get(id);
        return answer !== undefined && readMessage(answer)?.answer[0]?.data === data;
      },
      5000,
    ).catch(() => false);
    if (!live) return false;
  }
  return true;
}

/** All mutants through one connection, its octets cut anywhere; the daemon may close it whenever it likes. */
function throwByTcp(port: number, mutants: readonly Uint8Array[], random: () => number): Promise<void> {
  const stream = Buffer.concat(
    mutants.flatMap((octets) => {
      const length = random() % 16 === 0 ? random() % 65_536 : octets.length;
      return [Buffer.from([length >> 8, length & 255]), octets];
    }),
  );
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      for (let at = 0; at < stream.length; ) {
        const end = at + 1 + (random() % 400);
        socket.write(stream.subarray(at, end));
        at = end;
      }
      socket.end(() => socket.destroy());
    });
    socket.on('data', () => {});
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}
