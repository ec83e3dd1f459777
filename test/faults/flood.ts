// A million names that nobody asked for before, from one client: the others' waiting times, memory, and every hit counted.
//
// The rate limit spares loopback, so the clients need other addresses: main.ts runs this in a network of its own where it can.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Server } from '../support/client.ts';
import { writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { until } from '../support/tool.ts';
import { SeededRandom } from '../support/upstream-asker.ts';
import { Crowd, pace, percentile, plainQuery } from './crowd.ts';
import { WeatheredUpstream } from './weather.ts';

export interface FloodOptions {
  readonly directory: string;
  readonly names: number;
  readonly perSecond: number;
  /** false: the flood goes past the rate limit, to see what else holds. */
  readonly limited: boolean;
  /** `10.53.0.`: where the clients' addresses begin. */
  readonly network: string;
}

export interface FloodOrder {
  readonly server: Server;
  readonly address: string;
  readonly names: number;
  readonly perSecond: number;
  readonly listedOneIn: number;
}

export interface FloodTally {
  sent: number;
  answered: number;
  sinkholed: number;
  truncated: number;
  failed: number;
}

export interface Flood {
  readonly flood: FloodTally;
  readonly others: { readonly idle: Waits; readonly during: Waits };
  readonly p99Ratio: number;
  /** Before, and after each tenth of the flood. */
  readonly residentMiB: readonly number[];
  readonly hits: { readonly answered: number; readonly logged: number };
}

interface Waits {
  readonly sent: number;
  readonly answered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const OTHERS = 8;
const OTHERS_PER_SECOND = 200;
const IDLE_SECONDS = 8;
const LISTED_ONE_IN = 20;
const MIB = 1024 * 1024;
const LISTED = 1;

export async function playFlood(options: FloodOptions): Promise<Flood> {
  const { directory, names, perSecond, network } = options;
  const upstream = await WeatheredUpstream.open(300);
  const daemon = await startDaemon({
    directory,
    config: {
      upstreams: { default: [upstream.address] },
      lists: { block: { source: writeList(directory, ['listed.example']), action: 'sinkhole', alert: false, subdomains: true } },
      groups: { default: { clients: ['any'], lists: ['block'] } },
      access: options.limited ? { allow: ['private'] } : { allow: ['private'], rateLimit: { perSecond: 0 } },
    },
  }); // biome-ignore format: one config
  const waits: number[] = [];
  let sinkholed = 0;
  const crowd = await Crowd.open(
    daemon.server,
    Array.from({ length: OTHERS }, (_, i) => `${network}${10 + i}`),
    ({ kind, tookMs }) => {
      waits.push(tookMs);
      if (kind === LISTED) sinkholed += 1;
    },
  );
  const dice = new SeededRandom(4);
  const phase = async (seconds: number, name: string): Promise<Waits> => {
    waits.length = 0;
    const before = crowd.sent;
    await pace(OTHERS_PER_SECOND, seconds, (number) => {
      const roll = dice.u16() % 10;
      if (roll === 0) crowd.ask(number % OTHERS, plainQuery(`${name}${number}.listed.example`), LISTED);
      else if (roll < 5) crowd.ask(number % OTHERS, plainQuery(`${name}${number}.fresh.example`), 0);
      else crowd.ask(number % OTHERS, plainQuery(`p${dice.u16() % 100}.example.org`), 0);
    });
    return { sent: crowd.sent - before, answered: waits.length, p50Ms: round(percentile(waits, 0.5)), p99Ms: round(percentile(waits, 0.99)) }; // biome-ignore format: a row
  };
  const resident = (): number => Math.round(daemon.rss() / MIB);
  try {
    await phase(2, 'warm');
    const idle = await phase(IDLE_SECONDS, 'idle');
    const residentMiB = [resident()];
    const order: FloodOrder = { server: daemon.server, address: `${network}66`, names, perSecond, listedOneIn: LISTED_ONE_IN }; // biome-ignore format: a row
    const worker = new Worker(new URL('./flood-thread.ts', import.meta.url), { workerData: order });
    const over = once(worker, 'message');
    const seconds = names / perSecond;
    const clock = setInterval(() => residentMiB.push(resident()), seconds * 100);
    const during = await phase(seconds, 'flood');
    clearInterval(clock);
    const [flood] = (await over) as [FloodTally];
    const answered = sinkholed + flood.sinkholed;
    await until('the hits', () => daemon.hitCount() >= answered).catch(() => undefined);
    return {
      flood,
      others: { idle, during },
      p99Ratio: round(during.p99Ms / idle.p99Ms),
      residentMiB: [...residentMiB, resident()],
      hits: { answered, logged: daemon.hitCount() },
    };
  } finally {
    crowd.close();
    await daemon.stop();
    await upstream.close();
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
