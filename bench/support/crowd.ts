// Load from many addresses, each of 127.1.0.0/16: what crowd-asker.ts does in a thread of its own.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Load } from './load.ts';

export interface CrowdOptions {
  readonly port: number;
  readonly names: readonly string[];
  /** How many ask; they take turns. */
  readonly addresses: number;
  readonly seconds: number;
  /** So many queries at most, each for a name of its own below the first of `names`. */
  readonly distinct?: number;
}

/** The first of them; the others follow it. */
const FIRST = 0x7f01_0001;

/** Its octets, in the order in which people write them. */
export const addressOf = (number: number): readonly number[] =>
  [24, 16, 8, 0].map((shift) => ((FIRST + number) >>> shift) & 0xff);

/** Asks over UDP, 200 queries outstanding. */
export async function crowd(options: CrowdOptions): Promise<Load> {
  const thread = new Worker(new URL('./crowd-asker.ts', import.meta.url), { workerData: options });
  const [load] = await once(thread, 'message');
  await thread.terminate();
  return load as Load;
}
