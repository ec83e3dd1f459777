// Messages that are no response to what was asked: each is passed over, and the wait for the true one goes on.
import { concat, nameOctets, response } from '../message.ts';
import type { Action } from '../upstream-server.ts';
import { crafted, type FaultRow, FORGED, LATER } from './row.ts';

const forged = (name: string): readonly string[] => [`${name}. 9999 A ${FORGED}`];
const questionEnd = (asked: Buffer): number => response(asked).length;

/** A forged answer with some octets changed. */
function changed(asked: Buffer, change: (octets: Buffer) => void): Buffer {
  const octets = Buffer.from(
    crafted(asked, [1, 0, 0], [0xc0, 12, 0, 1, 0, 1, 0, 0, 39, 15, 0, 4, 203, 0, 113, 66]),
  );
  change(octets);
  return octets;
}
const change = (by: (octets: Buffer, asked: Buffer) => void): Action => ({
  make: (asked) => changed(asked, (octets) => by(octets, asked)),
});
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 151 + 83) & 0xff);

/** Misfit by what it is. */
const MISFITS: Readonly<Record<string, (name: string) => Action>> = {
  'an ID off by one': (name) => ({ wrongId: 1, answer: forged(name) }),
  '200 random IDs': (name) => ({ wrongId: 'random', times: 200, answer: forged(name) }),
  'another name': () => ({ question: 'victim.bank.test', answer: forged('victim.bank.test') }),
  'a name one letter off': () => change((octets) => octets.writeUInt8((octets[13] ?? 0) ^ 1, 13)),
  'a parent of the name': (name) => ({ question: name.split('.').slice(1).join('.'), answer: forged(name) }),
  'another QTYPE': () => change((octets, asked) => octets.writeUInt8(28, questionEnd(asked) - 3)),
  'another QCLASS': () => change((octets, asked) => octets.writeUInt8(3, questionEnd(asked) - 1)),
  'QR = 0': (name) => ({ isQuery: true, answer: forged(name) }),
  'opcode NOTIFY': () => change((octets) => octets.writeUInt8((octets[2] ?? 0) | 0x20, 2)),
  'QDCOUNT 0': (name) => ({ counts: [0, null, null, null], answer: forged(name) }),
  'QDCOUNT 2': (name) => ({ counts: [2, null, null, null], answer: forged(name) }),
  'no question at all': (name) => ({
    make: (asked) => concat(asked.subarray(0, 2), [0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0], nameOctets(name), [0, 1, 0, 1, 0, 0, 9, 9, 0, 4, 203, 0, 113, 66]),
  }), // biome-ignore format: one message
  'a header alone': () => ({ headerOnly: true }),
  'a header alone, counts kept': () => ({ make: (asked) => response(asked).subarray(0, 12) }),
  'the query itself': () => ({ make: (asked) => Uint8Array.from(asked) }),
  garbage: () => ({ octets: noise(200) }),
  'garbage with the right ID': () => ({ octets: noise(200), keepId: true }),
  'the ID alone': () => ({ octets: noise(2), keepId: true }),
  '11 octets': () => ({ octets: noise(11), keepId: true }),
  '1 octet': () => ({ octets: noise(1) }),
  '0 octets': () => ({ octets: new Uint8Array(0) }),
};

/** Over a connection small letters are the upstream's own; over UDP they may be a forger's who knows port and ID. */
const inSmallLetters: FaultRow = {
  name: 'letters of another case over UDP, the true answer over TCP',
  does: (name) => [{ foldCase: true, answer: forged(name), over: 'udp' }, { over: 'tcp' }],
  expect: 'good',
};

/** With ID and letters right: nobody tells it from the true one but by the miss before it. */
const luckyGuess: FaultRow = {
  name: 'a miss, then a forged answer with all guessed right over UDP, the true answer over TCP',
  does: (name) => [
    { wrongId: 1, answer: forged(name), over: 'udp' },
    { answer: forged(name), over: 'udp' },
    { over: 'tcp' },
  ],
  expect: 'good',
};

const fromElsewhere: FaultRow = {
  name: 'a forged answer from another port, the true one after it',
  does: (name) => [{ fromOtherPort: true, times: 20, over: 'udp', answer: forged(name) }, LATER],
  expect: 'good',
};

export const misfitRows: readonly FaultRow[] = [
  inSmallLetters,
  luckyGuess,
  fromElsewhere,
  ...Object.entries(MISFITS).flatMap(([title, misfit]): FaultRow[] => [
    {
      name: `${title} over UDP, the true answer after it`,
      does: (name) => [{ ...misfit(name), over: 'udp' }, LATER],
      expect: 'good',
    },
    {
      name: `${title} over UDP, the true answer after it, no TCP`,
      does: (name) => [{ ...misfit(name), over: 'udp' }, LATER],
      withoutTcp: true,
      expect: 'good',
    },
    {
      name: `${title} over UDP and TCP and nothing else`,
      does: (name) => [misfit(name)],
      expect: 'failed',
    },
    {
      name: `${title} over UDP and TCP, and a second upstream`,
      does: (name) => [misfit(name)],
      second: true,
      expect: 'good',
    },
  ]),
];
