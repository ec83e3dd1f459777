// Simulated askings: beacons with jitter, gaps and loss, and people with their rhythms. Times in ms, seeded.

export type Random = () => number;

/** Mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface BeaconKind {
  readonly intervalMs: number;
  /** Each sleep is so much longer or shorter, evenly spread: 0.5 is ±50 %. */
  readonly jitter: number;
  /** Share of askings that never reach the resolver. */
  readonly loss: number;
  /** When the machine is on. */
  readonly hours: 'always' | 'office' | 'nights off';
}

/** Askings of one beacon, as many as a resolver keeps at most, over at most three weeks. */
export function beaconTimes({ intervalMs, jitter, loss, hours }: BeaconKind, random: Random): number[] {
  const times: number[] = [];
  for (let at = random() * DAY; at < 21 * DAY && times.length < 64; ) {
    if (isOn(at, hours) && random() >= loss) times.push(at);
    at += intervalMs * (1 + jitter * (2 * random() - 1));
  }
  return withAttempts(times, random);
}

export const RHYTHMS: Readonly<Record<string, (random: Random) => number[]>> = {
  'at random in office hours': (random) => poisson(20 * MINUTE, 'office', random),
  'at random all day': (random) => poisson(45 * MINUTE, 'nights off', random),
  'in bursts (log-normal, 1.5)': (random) => lognormal(8 * MINUTE, 1.5, 'office', random),
  'in bursts (log-normal, 1.0)': (random) => lognormal(15 * MINUTE, 1, 'nights off', random),
  'now and then': (random) => poisson(6 * HOUR, 'nights off', random),
  'every morning': (random) => daily(9 * HOUR, 25 * MINUTE, random),
  'every lunch break': (random) => daily(12.5 * HOUR, 15 * MINUTE, random),
  'morning and evening': (random) =>
    [...daily(8 * HOUR, 40 * MINUTE, random), ...daily(19 * HOUR, HOUR, random)].sort((a, b) => a - b),
  'a page of seven look-ups': (random) =>
    poisson(HOUR, 'office', random).flatMap((at) => Array.from({ length: 7 }, (_, i) => at + i * 1100)),
  'three tries of a stub': (random) =>
    poisson(40 * MINUTE, 'office', random).flatMap((at) => [at, at + 5000, at + 10_000]),
};

function isOn(at: number, hours: BeaconKind['hours']): boolean {
  const hour = (at % DAY) / HOUR;
  const day = Math.floor(at / DAY) % 7;
  if (hours === 'office') return day < 5 && hour >= 8 && hour < 17.5;
  return hours === 'always' || (hour >= 7 && hour < 23);
}

function gather(next: () => number, hours: BeaconKind['hours'], random: Random): number[] {
  const times: number[] = [];
  const count = 12 + Math.floor(random() * 52);
  for (let at = random() * DAY; at < 21 * DAY && times.length < count; at += next())
    if (isOn(at, hours)) times.push(at);
  return times;
}

const poisson = (mean: number, hours: BeaconKind['hours'], random: Random): number[] =>
  gather(() => -Math.log(1 - random()) * mean, hours, random);

const lognormal = (median: number, sigma: number, hours: BeaconKind['hours'], random: Random): number[] =>
  gather(() => median * Math.exp(sigma * normal(random)), hours, random);

function daily(hour: number, deviation: number, random: Random): number[] {
  return Array.from({ length: 21 }, (_, day) => day)
    .filter((day) => day % 7 < 5 && random() < 0.9)
    .map((day) => day * DAY + hour + deviation * normal(random));
}

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** One asking in five is A beside AAAA, one in ten is tried again after five seconds. */
function withAttempts(times: readonly number[], random: Random): number[] {
  return times.flatMap((at) => [
    at,
    ...(random() < 0.2 ? [at + 3] : []),
    ...(random() < 0.1 ? [at + 5000] : []),
  ]);
}
