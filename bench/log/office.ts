// An office of our own making: 200 clients, about two million queries and 270,000 names a day, 1.4 million names in a month.
//
// A visit asks for A and AAAA, often HTTPS too, in a few milliseconds. Names are a site's hosts, half of them; a third are labels that
// machines made, below a few hundred zones; the rest have numbers in them. By day most are asked for again.
import { textToName } from '../../src/wire/names/presentation.ts';

export const GOT = { blocked: 0, cached: 1, upstream: 2, nxdomain: 3, local: 4 } as const;

/** A day's queries in order, in flat arrays that threads share: the thread that is measured has no garbage of ours to collect. */
export interface OfficeDay {
  readonly startMs: number;
  readonly size: number;
  readonly timesMs: Float64Array;
  readonly clients: Uint8Array;
  /** Name n, in wire form: `octets[begins[n] .. begins[n + 1])`. */
  readonly names: Int32Array;
  readonly qtypes: Uint8Array;
  readonly gots: Uint8Array;
  readonly waitsMs: Float64Array;
  readonly begins: Uint32Array;
  readonly octets: Uint8Array;
}

export const CLIENTS = 200;
export const DAY_MS = 86_400_000;
export const OFFICE_START_MS: number = Date.UTC(2026, 8, 1);
const QUERIES_A_DAY = 2_000_000;
const NAMES = 1_400_000;
const TOPS = ['com', 'net', 'org', 'io', 'example', 'test', 'cloud'];
const HOSTS = ['www', 'api', 'cdn', 'static', 'login', 'img', 'assets', 'm', 'mail', 'telemetry', 'events'];
const WORDS =
  'north river stone cloud data shop media track play bank news green light home work face game link store team'.split(
    ' ',
  );

function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The same name for the same number, always. */
export function officeName(number: number): string {
  const random = chance(number * 7919 + 13);
  const kind = random();
  const zone = (of: number): string =>
    `${WORDS[of % WORDS.length]}${WORDS[(of * 31) % WORDS.length]}${of > 400 ? of.toString(36) : ''}.${TOPS[of % TOPS.length]}`;
  if (kind < 0.5)
    return `${HOSTS[Math.floor(random() * HOSTS.length)]}.${zone(Math.floor(random() * 60_000))}`;
  if (kind < 0.83) {
    const made = Math.floor(random() * 2 ** 48).toString(random() < 0.5 ? 16 : 36);
    return `${made}.${zone(Math.floor(random() ** 2 * 400))}`;
  }
  return `${WORDS[number % WORDS.length]}-${Math.floor(random() * 5000)}.${HOSTS[number % HOSTS.length]}.${zone(Math.floor(random() * 5000))}`;
}

export function compileDay(day: number): OfficeDay {
  const random = chance(day * 104_729 + 5);
  const startMs = OFFICE_START_MS + day * DAY_MS;
  const visits = Math.round(QUERIES_A_DAY / 2.2);
  const most = visits * 3;
  const numbers = new Map<number, number>();
  const wires: Uint8Array[] = [];
  const [timesMs, waitsMs] = [shared(Float64Array, most), shared(Float64Array, most)];
  const [clients, qtypes, gots] = [
    shared(Uint8Array, most),
    shared(Uint8Array, most),
    shared(Uint8Array, most),
  ];
  const names = shared(Int32Array, most);
  let size = 0;
  let lastMs = 0;
  for (let visit = 0; visit < visits; visit += 1) {
    // Most of them from eight to six.
    const part = visit / visits;
    const hour =
      part < 0.08 ? part * 100 : part < 0.9 ? 8 + ((part - 0.08) / 0.82) * 10 : 18 + (part - 0.9) * 60;
    lastMs = Math.max(lastMs, startMs + Math.floor(hour * 3_600_000 + random() * 40));
    const client = Math.floor(CLIENTS * random() ** 1.4);
    const number = nameNumber(random, day);
    let name = numbers.get(number);
    if (name === undefined) {
      name = wires.push(textToName(officeName(number))!) - 1;
      numbers.set(number, name);
    }
    const got = fateOf(number, random);
    const waitMs = 4 * Math.exp(random() * 2.6);
    const types = random();
    for (const qtype of types < 0.45 ? [1, 28, 65] : types < 0.75 ? [1, 28] : [1]) {
      timesMs[size] = lastMs + (qtype === 65 ? Math.floor(random() * 3) : 0);
      clients[size] = client;
      names[size] = name;
      qtypes[size] = qtype;
      gots[size] = got;
      waitsMs[size] = waitMs;
      size += 1;
    }
  }
  const begins = shared(Uint32Array, wires.length + 1);
  for (const [name, wire] of wires.entries()) begins[name + 1] = begins[name]! + wire.length;
  const octets = shared(Uint8Array, begins.at(-1)!);
  for (const [name, wire] of wires.entries()) octets.set(wire, begins[name]!);
  return { startMs, size, timesMs, clients, names, qtypes, gots, waitsMs, begins, octets };
}

interface SharedArrayOf<A> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer): A;
}

const shared = <A>(Kind: SharedArrayOf<A>, length: number): A =>
  new Kind(new SharedArrayBuffer(length * Kind.BYTES_PER_ELEMENT));

function fateOf(number: number, random: () => number): number {
  const fate = chance(number)();
  if (fate < 0.07) return GOT.blocked;
  if (fate < 0.1) return GOT.nxdomain;
  if (fate < 0.115) return GOT.local;
  return random() < (number > 20_000 ? 0.8 : 0.25) ? GOT.upstream : GOT.cached;
}

/** Few names are asked for often; the seldom ones are others each day, for the most part. */
function nameNumber(random: () => number, day: number): number {
  const often = Math.floor(60_000 ** random()) - 1;
  if (random() < 0.72) return often;
  const drift = (day * 40_000) % NAMES;
  return (60_000 + drift + Math.floor(random() ** 1.1 * 420_000)) % NAMES;
}
