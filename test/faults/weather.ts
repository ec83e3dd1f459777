// Upstreams whose weather changes by a seeded plan: each in a thread of its own, so that load and lies keep apart.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { freePort } from '../support/tool.ts';
import type { SeededRandom } from '../support/upstream-asker.ts';

export const GOOD_ADDRESS = [192, 0, 2, 1] as const;
export const FORGED_ADDRESS = [203, 0, 113, 66] as const;

/** What an upstream may be; `good` is the first. */
const WEATHERS = [
  'good',
  'dead',
  'slow',
  'refusing',
  'failing',
  'guessing',
  'answering another question',
  'asking back',
  'counting wrong',
  'cutting',
  'adding records',
  'truncating',
] as const;
export type Weather = (typeof WEATHERS)[number];
export type Told = { readonly kind: 'weather'; readonly weather: Weather } | { readonly kind: 'served?' };

export class WeatheredUpstream {
  readonly address: string;
  weather: Weather = 'good';
  readonly #worker: Worker;

  static async open(ttlSeconds: number): Promise<WeatheredUpstream> {
    const port = await freePort();
    const worker = new Worker(new URL('./weather-thread.ts', import.meta.url), {
      workerData: { port, ttlSeconds },
    });
    await once(worker, 'message');
    return new WeatheredUpstream(worker, `127.0.0.1:${port}`);
  }

  private constructor(worker: Worker, address: string) {
    this.#worker = worker;
    this.address = address;
  }

  become(weather: Weather): void {
    this.weather = weather;
    this.#tell({ kind: 'weather', weather });
  }

  /** Queries it has received. */
  async served(): Promise<number> {
    this.#tell({ kind: 'served?' });
    const [{ served }] = (await once(this.#worker, 'message')) as [{ served: number }];
    return served;
  }

  #tell(told: Told): void {
    this.#worker.postMessage(told);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Changes the weather of all; one of them is good at any time. */
export function changeWeather(upstreams: readonly WeatheredUpstream[], random: SeededRandom): void {
  const good = random.u16() % upstreams.length;
  for (const [i, upstream] of upstreams.entries())
    upstream.become(i === good ? 'good' : (WEATHERS[random.u16() % WEATHERS.length] ?? 'good'));
}
