// A day of faults in a minute: three upstreams die, slow down, lie and come back by a seeded plan while an office asks.
import { writeList } from '../support/configs.ts';
import { startDaemon } from '../support/daemon.ts';
import { until } from '../support/tool.ts';
import { SeededRandom } from '../support/upstream-asker.ts';
import { Crowd, pace, percentile, plainQuery } from './crowd.ts';
import { changeWeather, GOOD_ADDRESS, WeatheredUpstream } from './weather.ts';

export interface DayOptions {
  readonly seconds: number;
  readonly perSecond: number;
  /** How long one weather lasts. */
  readonly weatherMs: number;
  readonly seed: number;
  readonly directory: string;
  readonly strategy?: 'fastest' | 'parallel' | 'ordered' | 'random';
}

export interface Day {
  readonly sent: number;
  readonly answered: number;
  readonly within4s: number;
  readonly slowestMs: number;
  readonly p99Ms: number;
  readonly real: number;
  readonly stale: number;
  /** Errors without records. */
  readonly failed: number;
  readonly sinkholed: number;
  /** Forged addresses, foreign records, sinkholed names that were not: all of these must be 0. */
  readonly wrong: number;
  readonly askedUpstream: number;
  /** Milliseconds by which this very program ran late: what of `slowestMs` may be its own. */
  readonly ownLagMs: number;
  readonly output: string;
}

/** What a name is: asked once, asked by many, or listed. */
const KIND = { fresh: 0, popular: 1, listed: 2 } as const;
const CLIENTS = 16;
const POPULAR = 400;
const TTL_SECONDS = 5;
const PROMISED_MS = 4000;
const STALE_ANSWER = 3;

export async function playDay(options: DayOptions): Promise<Day> {
  const { seconds, perSecond, seed, directory } = options;
  const upstreams = await Promise.all([1, 2, 3].map(() => WeatheredUpstream.open(TTL_SECONDS)));
  const daemon = await startDaemon({
    directory,
    config: {
      upstreams: { default: upstreams.map(({ address }) => address), strategy: options.strategy ?? 'fastest' },
      lists: { block: { source: writeList(directory, ['listed.example']), action: 'sinkhole', alert: false, subdomains: true } },
      groups: { default: { clients: ['any'], lists: ['block'] } },
    },
  }); // biome-ignore format: one config
  const times: number[] = [];
  const counts = { real: 0, stale: 0, failed: 0, sinkholed: 0, wrong: 0 };
  const crowd = await Crowd.open(
    daemon.server,
    Array.from({ length: CLIENTS }, (_, i) => `127.0.1.${i + 1}`),
    ({ kind, tookMs, message }) => {
      times.push(tookMs);
      const data = message?.answer.map((record) => record.data) ?? [];
      if (message === null || data.length > 1) counts.wrong += 1;
      else if (kind === KIND.listed) counts[data[0] === '0.0.0.0' ? 'sinkholed' : 'wrong'] += 1;
      else if (message.rcode !== 0 && data.length === 0) counts.failed += 1;
      else if (message.rcode !== 0 || data[0] !== GOOD_ADDRESS.join('.')) counts.wrong += 1;
      else if (message.edns?.options.some(({ code, data: [, info] }) => code === 15 && info === STALE_ANSWER)) counts.stale += 1;
      else counts.real += 1;
    },
  ); // biome-ignore format: one judgement

  const plan = new SeededRandom(seed);
  const dice = new SeededRandom(seed + 1);
  let ownLagMs = 0;
  let beatMs = performance.now();
  const heart = setInterval(() => {
    const nowMs = performance.now();
    ownLagMs = Math.max(ownLagMs, nowMs - beatMs - 10);
    beatMs = nowMs;
  }, 10);
  const weather = setInterval(() => changeWeather(upstreams, plan), options.weatherMs);
  try {
    await pace(perSecond, seconds, (number) => {
      const roll = dice.u16() % 10;
      const client = dice.u16() % CLIENTS;
      if (roll === 0) crowd.ask(client, plainQuery(`n${number}.listed.example`), KIND.listed);
      else if (roll < 4) crowd.ask(client, plainQuery(`p${dice.u16() % POPULAR}.example.org`), KIND.popular);
      else crowd.ask(client, plainQuery(`n${number}.fresh.example`), KIND.fresh);
    });
    await until('the last answers', () => crowd.unanswered === 0, PROMISED_MS + 1000).catch(() => undefined);
    const served = await Promise.all(upstreams.map((upstream) => upstream.served()));
    return {
      sent: crowd.sent,
      answered: crowd.sent - crowd.unanswered,
      within4s: times.filter((time) => time <= PROMISED_MS).length,
      slowestMs: Math.round(times.reduce((a, b) => Math.max(a, b), 0)),
      p99Ms: Math.round(percentile(times, 0.99)),
      ...counts,
      askedUpstream: served.reduce((a, b) => a + b, 0),
      ownLagMs: Math.round(ownLagMs),
      output: daemon.output(),
    };
  } finally {
    clearInterval(heart);
    clearInterval(weather);
    crowd.close();
    await daemon.stop();
    await Promise.all(upstreams.map((upstream) => upstream.close()));
  }
}
