// Upstreams in trouble: dead, slow, flapping, refusing, cut off, too big, or too old for EDNS.
import { concat, optOctets, u16 } from '../message.ts';
import type { Action } from '../upstream-server.ts';
import { crafted, type FaultRow, GOOD, type Judge, recordOf } from './row.ts';

const isAnswered: Judge = () => null;
/** An error without records: ours, or the upstream's own word. */
const isError: Judge = ({ message }) =>
  message.rcode !== 0 && message.answer.length === 0 ? null : `RCODE ${message.rcode}`;

/** What an upstream does over TCP after it has sent TC over UDP. */
const STREAMS: Readonly<Record<string, readonly Action[]>> = {
  'TC again': [{ truncated: true }],
  'TC again with part of the answer': [{ make: (asked) => partial(asked) }],
  silence: [{ drop: true }],
  'a close': [{ close: true }],
  'half a message, then a close': [{ cut: 5, close: true, answer: [`x.test. 300 A ${GOOD}`] }],
  'single octets 300 ms apart': [{ dripMs: 300 }],
};

function partial(asked: Buffer): Uint8Array {
  const octets = crafted(asked, [1, 0, 0], recordOf(1, [203, 0, 113, 66]));
  octets[2] = (octets[2] ?? 0) | 0x02;
  return octets;
}

const truncatedRows: readonly FaultRow[] = [
  { name: 'TC over UDP', does: () => [{ truncated: true, over: 'udp' }, { over: 'tcp' }], expect: 'good' },
  {
    name: 'TC over UDP with part of the answer',
    does: () => [{ make: partial, over: 'udp' }, { over: 'tcp' }],
    expect: 'good',
  },
  { name: 'TC over UDP, no TCP', does: () => [{ truncated: true }], withoutTcp: true, expect: 'failed' },
  {
    name: 'TC over UDP, no TCP, and a second upstream',
    does: () => [{ truncated: true }],
    withoutTcp: true,
    second: true,
    expect: 'good',
  },
  ...Object.entries(STREAMS).flatMap(([title, stream]): FaultRow[] => {
    const does = (): Action[] => [
      { truncated: true, over: 'udp' },
      ...stream.map((action) => ({ ...action, over: 'tcp' as const })),
    ];
    return [
      { name: `TC over UDP, then over TCP ${title}`, does, expect: 'failed' },
      {
        name: `TC over UDP, then over TCP ${title}, and a second upstream`,
        does,
        second: true,
        expect: 'good',
      },
    ];
  }),
  {
    name: 'TC over UDP, one TCP connection lost, the next one good',
    does: () => [
      { truncated: true, over: 'udp' },
      { close: true, over: 'tcp', first: 2 },
      { over: 'tcp', after: 2 },
    ],
    expect: 'good',
  },
];

/** Trouble by its kind, and what its client gets where there is no other upstream. */
const TROUBLES: Readonly<Record<string, readonly [readonly Action[], FaultRow['expect']]>> = {
  dead: [[{ drop: true }], 'failed'],
  'slow by 3 s': [[{ delayMs: 3000 }], isAnswered],
  'slow by 1 s': [[{ delayMs: 1000 }], 'good'],
  'deaf at first': [[{ drop: true, first: 1 }, { after: 1 }], 'good'],
  'deaf and refusing in turn': [
    [{ drop: true, first: 1 }, { rcode: 'REFUSED', first: 2, after: 1 }, { after: 2 }],
    isAnswered,
  ],
  REFUSED: [[{ rcode: 'REFUSED' }], isError],
  FORMERR: [[{ rcode: 'FORMERR' }], isError],
  NOTIMP: [[{ rcode: 'NOTIMP' }], isError],
  SERVFAIL: [[{ rcode: 'SERVFAIL' }], isError],
  'SERVFAIL with an answer': [
    [{ rcode: 'SERVFAIL', answer: ['victim.bank.test. 9 A 203.0.113.66'] }],
    isError,
  ],
  'FORMERR and a bare header': [
    [{ make: (asked) => concat(asked.subarray(0, 2), [0x81, 0x81], new Uint8Array(8)) }],
    isError,
  ],
  'an RCODE nobody knows': [[{ rcode: 13 }], isError],
};

const troubleRows: readonly FaultRow[] = Object.entries(TROUBLES).flatMap(
  ([title, [actions, expect]]): FaultRow[] => [
    { name: `an upstream that is ${title}`, does: () => actions, expect },
    {
      name: `an upstream that is ${title}, and a second one`,
      does: () => actions,
      second: true,
      expect: 'good',
    },
  ],
);

const many = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${name}. 300 A 192.0.2.${i % 250}`);
const isCut: Judge = ({ message }) => (message.tc && message.answer.length === 0 ? null : 'not cut with TC');

const sizeRows: readonly FaultRow[] = [
  { name: '4 KB over UDP', does: (name) => [{ answer: many(name, 110) }], expect: isCut },
  { name: '5 KB over UDP', does: (name) => [{ answer: many(name, 140) }], expect: isCut },
  {
    name: '5 KB over UDP, a small answer over TCP',
    does: (name) => [{ answer: many(name, 140), over: 'udp' }, { over: 'tcp' }],
    expect: 'good',
  },
  { name: '60 KB over TCP', does: (name) => [{ truncated: true, over: 'udp' }, { answer: many(name, 1500), over: 'tcp' }], expect: isCut }, // biome-ignore format: a row
];

const withOpt = (build: (opt: Uint8Array) => Uint8Array): Action => ({
  make: (asked) =>
    crafted(asked, [1, 0, 1], recordOf(1, [192, 0, 2, 1]), build(Uint8Array.from(optOctets({})))),
});
const hasOpt = (asked: Buffer): boolean => asked.readUInt16BE(10) > 0;
const EDE_BLOCKED = concat(u16(15), u16(2), u16(15));

const ednsRows: readonly FaultRow[] = [
  { name: 'an answer without OPT', does: () => [{}], expect: 'good' },
  { name: 'an answer with EDNS version 1', does: () => [{ edns: { version: 1 } }], expect: 'good' },
  {
    name: 'an answer with every EDNS flag set',
    does: () => [{ edns: { flags: 0x7fff, size: 0 } }],
    expect: 'good',
  },
  { name: 'an answer with an OPT before its records', does: (name) => [{ make: (asked) => crafted(asked, [1, 0, 2], recordOf(1, [192, 0, 2, 1]), optOctets({}), recordOf(1, [203, 0, 113, 66], { owner: [6, ...Buffer.from('victim'), 0xc0, 12 + name.indexOf('.') + 1] })) }], expect: 'good' }, // biome-ignore format: a row
  {
    name: 'an answer whose OPT is full of options',
    does: () => [
      withOpt((opt) => concat(opt.subarray(0, 9), u16(600), ...new Array<Uint8Array>(100).fill(EDE_BLOCKED))),
    ],
    expect: 'good',
  },
  {
    name: 'an upstream that answers FORMERR to every OPT',
    does: () => [{ make: (asked) => (hasOpt(asked) ? withFormerr(asked) : crafted(asked, [1, 0, 0], recordOf(1, [192, 0, 2, 1]))) }], // biome-ignore format: a row
    expect: 'good',
  },
  {
    name: 'an upstream that answers NOTIMP to every OPT',
    does: () => [{ make: (asked) => (hasOpt(asked) ? withFormerr(asked, 4) : crafted(asked, [1, 0, 0], recordOf(1, [192, 0, 2, 1]))) }], // biome-ignore format: a row
    expect: 'good',
  },
  {
    name: 'an upstream that answers BADVERS to every OPT',
    does: () => [{ make: (asked) => (hasOpt(asked) ? withBadvers(asked) : crafted(asked, [1, 0, 0], recordOf(1, [192, 0, 2, 1]))) }], // biome-ignore format: a row
    expect: 'good',
  },
  { name: 'an upstream that answers in small letters', does: () => [{ foldCase: true }], expect: 'good' },
  {
    name: 'an upstream that answers in small letters and knows no TCP',
    does: () => [{ foldCase: true }],
    withoutTcp: true,
    expect: 'good',
  },
  { name: 'octets behind the answer', does: () => [{ tail: new Uint8Array(40).fill(0xaa) }], expect: 'good' },
  { name: 'fewer records counted than sent', does: (name) => [{ answer: [`${name}. 300 A ${GOOD}`, `${name}. 300 A 203.0.113.66`], counts: [null, 1, null, null] }], expect: 'good' }, // biome-ignore format: a row
];

function withFormerr(asked: Buffer, rcode = 1): Uint8Array {
  const octets = crafted(asked, [0, 0, 0]);
  octets[3] = ((octets[3] ?? 0) & 0xf0) | rcode;
  return octets;
}
function withBadvers(asked: Buffer): Uint8Array {
  const opt = Uint8Array.from(optOctets({}));
  opt[5] = 1;
  return crafted(asked, [0, 0, 1], opt);
}

export const troubledRows: readonly FaultRow[] = [...truncatedRows, ...troubleRows, ...sizeRows, ...ednsRows];
