// Mutated HTTP/2 connections, heard without a socket: nothing is thrown, memory is given back, and how octets are cut means nothing.
import { fields, frame, GET, Heard, POST, PREFACE, SETTINGS, word } from '../support/http2-frames.ts';
import { SeededRandom } from '../support/upstream-asker.ts';

interface Counts {
  connections: number;
  asked: number;
  ended: number;
  octetsIn: number;
  readonly faults: { readonly number: number; readonly what: string; readonly text: string }[];
}

/** @param count connections, each of some ten frames */
export function fuzzHttp2(count: number, seed: number): Counts {
  const random = new SeededRandom(seed);
  const below = (limit: number): number => random.u16() % limit;
  const counts: Counts = { connections: 0, asked: 0, ended: 0, octetsIn: 0, faults: [] };
  for (let number = 0; number < count; number += 1) {
    const octets = mutate(Buffer.concat(someFrames(below)), below);
    counts.connections += 1;
    counts.octetsIn += octets.length;
    const fault = (what: string): void => {
      counts.faults.push({ number, what, text: octets.toString('hex') });
    };
    try {
      const isLate = below(4) === 0;
      const whole = hear([octets], isLate);
      const cut = hear(pieces(octets, below), isLate);
      counts.asked += whole.asked.length;
      if (whole.session.hasFailed) counts.ended += 1;
      const same = Buffer.compare(said(whole), said(cut)) === 0;
      if (!same) fault('cut otherwise, it is answered otherwise');
      if (whole.session.streams.open > 100) fault('more streams than allowed');
      for (const heard of [whole, cut]) {
        heard.session.streams.clear();
        if (heard.claimed !== 0 || heard.waitingOctets !== 0) fault('octets are held for nobody');
        if (heard.held.some((stream) => heard.reply(stream))) fault('an answer to nobody');
      }
    } catch (error) {
      fault(`thrown: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  return counts;
}

function hear(chunks: readonly Buffer[], isLate: boolean): Heard {
  const heard = new Heard();
  heard.isLate = isLate;
  heard.replyOctets = 700;
  for (const chunk of chunks) heard.session.receive(chunk);
  return heard;
}

/** All but the time of answers. */
const said = ({ out }: Heard): Buffer =>
  Buffer.from(
    out.octets
      .subarray(0, out.length)
      .toString('latin1')
      .replaceAll(/\d\d:\d\d:\d\d GMT/g, ''),
    'latin1',
  );

function someFrames(below: (limit: number) => number): Buffer[] {
  const frames = [PREFACE, SETTINGS];
  let id = -1;
  const next = (): number => {
    id += 2;
    return id;
  };
  const sound: (() => Buffer[])[] = [
    () => [frame(1, 5, next(), GET)],
    () => [frame(1, 4, next(), POST), frame(0, below(2), id, Buffer.alloc(below(60)))],
    () => [
      frame(1, 4, next(), Buffer.concat([POST, fields(['content-length', '9'])])),
      frame(0, 1, id, Buffer.alloc(8 + below(2))),
    ],
    () => [
      frame(1, 4, next(), POST),
      frame(0, 8, id, [3, 1, 2, 3, 0, 0, 0]),
      frame(1, 5, id, fields(['x', 'y'])),
    ],
    () => [frame(1, 1, next(), GET.subarray(0, 6)), frame(9, 4, id, GET.subarray(6))],
    () => [
      frame(
        1,
        5,
        next(),
        Buffer.concat([GET, Buffer.from([0x40, 1, 0x78, 1 + below(3), 0x79, 0x79, 0x79].slice(0, 5))]),
      ),
    ],
    () => [frame(1, 4, next(), POST), frame(3, 0, id, word(8))],
    () => [frame(4, 0, 0, [0, 4, 0, 0, below(2), below(256)])],
    () => [frame(4, 0, 0, [0, 1, 0, 0, below(20), 0])],
    () => [frame(8, 0, 0, word(1 + below(60_000)))],
    () => [frame(6, 0, 0, Buffer.alloc(8))],
  ];
  const wild: (() => Buffer[])[] = [
    () => [frame(0, below(2), Math.max(1, id), Buffer.alloc(below(60)))],
    () => [frame(1, 5, next(), [0x82, 0x87, 0x44 + below(3) * 0x20, 0x80 | 4, ...Array.from({ length: 4 }, () => below(256))])],
    () => [frame(1, 1, next(), GET)],
    () => [frame(8, 0, Math.max(1, id), word(below(60_000)))],
    () => [frame(below(256), below(256), below(2) * Math.max(1, id), Buffer.alloc(below(20)))],
  ]; // biome-ignore format: a kind a line
  for (let i = 3 + below(20); i > 0; i -= 1) {
    const kinds = below(20) === 0 ? wild : sound;
    frames.push(...kinds[below(kinds.length)]!());
  }
  return frames;
}

/** Half are left as they are: what is broken early says little of what comes later. */
function mutate(octets: Buffer, below: (limit: number) => number): Buffer {
  for (let left = below(2) * below(4); left > 0; left -= 1)
    octets[24 + below(octets.length - 24)] = below(256);
  return octets;
}

function pieces(octets: Buffer, below: (limit: number) => number): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < octets.length; ) {
    const end = Math.min(octets.length, at + 1 + below(below(3) === 0 ? 3 : 90));
    cut.push(octets.subarray(at, end));
    at = end;
  }
  return cut;
}
