// Latency at a steady rate: what pacer.ts finds in a thread of its own.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface PaceOptions {
  readonly port: number;
  readonly names: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Latency {
  /** What was really sent. */
  readonly perSecond: number;
  readonly lost: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
}

/** Asks over UDP. */
export async function pace(options: PaceOptions): Promise<Latency> {
  const thread = new Worker(new URL('./pacer.ts', import.meta.url), { workerData: options });
  const [latency] = await once(thread, 'message');
  await thread.terminate();
  return latency as Latency;
}
