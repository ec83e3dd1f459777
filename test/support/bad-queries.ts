// Queries no server should like, each with what must become of it: the rows of RFC 1035, 6891, 7873, 7871 and 9619 that
// clients get wrong, by accident or not.
import { concat, nameOctets, optOctets, query, u16 } from './message.ts';
import { readMessage } from './read-message.ts';

export interface BadQuery {
  readonly name: string;
  readonly octets: Uint8Array;
  /** RCODEs that are right; `silence` when nothing may come back. */
  readonly expect: readonly number[] | 'silence';
}

const FORMERR = [1];
const NOTIMP = [4];
const REFUSED = [5];
const BADVERS = [16];

const ID = 0x4242;
const header = (counts: readonly number[], flags = 0x0100): number[] => [
  ...u16(ID),
  ...u16(flags),
  ...counts.flatMap(u16),
];
const A_IN = [0, 1, 0, 1];
const name = [...nameOctets('www.example.org')];
const question = [...name, ...A_IN];
const good = concat(header([1, 0, 0, 0]), question);
/** A question whose QNAME is these octets. */
const withName = (octets: readonly number[]): Uint8Array => concat(header([1, 0, 0, 0]), octets, A_IN);
const withOpt = (...records: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  concat(header([1, 0, 0, records.length]), question, ...records);
const withOption = (code: number, data: readonly number[]): Uint8Array =>
  withOpt(optOctets({ options: [{ code, data: Uint8Array.from(data) }] }));
const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const label = (length: number): number[] => [length, ...new Array<number>(length).fill(0x61)];

const short: BadQuery[] = Array.from({ length: 12 }, (_, length) => ({
  name: `${length} octets`,
  octets: good.subarray(0, length),
  expect: 'silence',
}));

const counts: BadQuery[] = (
  [
    ['QDCOUNT 0', [0, 0, 0, 0]],
    ['QDCOUNT 2 (RFC 9619)', [2, 0, 0, 0]],
    ['QDCOUNT 65535', [65_535, 0, 0, 0]],
    ['ANCOUNT 65535', [1, 65_535, 0, 0]],
    ['NSCOUNT 65535', [1, 0, 65_535, 0]],
    ['ARCOUNT 65535', [1, 0, 0, 65_535]],
    ['all counts 65535', [65_535, 65_535, 65_535, 65_535]],
  ] as const
).map(([title, numbers]) => ({ name: title, octets: concat(header(numbers), question), expect: FORMERR }));

const cut: BadQuery[] = [12, 13, 15, good.length - 5, good.length - 4, good.length - 2, good.length - 1].map(
  (at) => ({
    name: `question cut at ${at}`,
    octets: good.subarray(0, at),
    expect: FORMERR,
  }),
);

const names: BadQuery[] = (
  [
    ['label of 64', [...label(0x40), 0]],
    ['label type 01', [0x41, ...zeros(0x41), 0]],
    ['label type 10', [0x80, 0x61, 0]],
    ['name of 256 octets', [...label(63), ...label(63), ...label(63), ...label(62), 0]],
    ['name of 128 labels', [...Array.from({ length: 128 }, () => label(1)).flat(), 0]],
    ['pointer to itself', [0xc0, 12]],
    ['pointer forward', [0xc0, 30]],
    ['pointer past the end', [0xff, 0xff]],
    ['pointers in a ring', [0xc0, 14, 0xc0, 12]],
    ['pointer that grows', [1, 0x61, 0xc0, 12]],
    ['pointer into the header', [0xc0, 0]],
    ['pointer after a label', [1, 0x61, 0xc0, 4]],
    ['label past the end', [63, 0x61]],
  ] as const
).map(([title, octets]) => ({ name: title, octets: withName(octets), expect: FORMERR }));
names.push({ name: 'no root', octets: concat(header([1, 0, 0, 0]), name.slice(0, -1)), expect: FORMERR });

const opt = optOctets({});
const edns: BadQuery[] = [
  { name: 'OPT twice', octets: withOpt(opt, opt), expect: FORMERR },
  { name: 'OPT with an owner', octets: withOpt(concat([1, 0x61], opt)), expect: FORMERR },
  { name: 'OPT cut', octets: withOpt(opt.subarray(0, 6)), expect: FORMERR },
  { name: 'OPT RDLENGTH past the end', octets: withOpt(concat(opt.subarray(0, 9), [0, 9])), expect: FORMERR },
  {
    name: 'option longer than its OPT',
    octets: withOpt(concat(opt.subarray(0, 9), [0, 4, 0, 3, 0, 9])),
    expect: FORMERR,
  },
  { name: 'half an option', octets: withOpt(concat(opt.subarray(0, 9), [0, 3, 0, 3, 0])), expect: FORMERR },
  { name: 'EDNS version 1', octets: withOpt(optOctets({ version: 1 })), expect: BADVERS },
  { name: 'EDNS version 255', octets: withOpt(optOctets({ version: 255 })), expect: BADVERS },
  {
    name: '300 options',
    octets: withOpt(
      optOctets({ options: Array.from({ length: 300 }, () => ({ code: 65_001, data: new Uint8Array(0) })) }),
    ),
    expect: FORMERR,
  },
  ...[1, 7, 9, 15, 41].map((length) => ({
    name: `cookie of ${length} octets (RFC 7873)`,
    octets: withOption(10, zeros(length)),
    expect: FORMERR,
  })),
  { name: 'ECS of family 9 (RFC 7871)', octets: withOption(8, [0, 9, 24, 0, 192, 0, 2]), expect: FORMERR },
  { name: 'ECS /33 in IPv4', octets: withOption(8, [0, 1, 33, 0, 192, 0, 2, 0, 0]), expect: FORMERR },
  { name: 'ECS with too few octets', octets: withOption(8, [0, 1, 24, 0, 192, 0]), expect: FORMERR },
  { name: 'ECS cut', octets: withOption(8, [0, 1]), expect: FORMERR },
];

const opcodes: BadQuery[] = Array.from({ length: 15 }, (_, i) => ({
  name: `opcode ${i + 1}`,
  octets: concat(header([1, 0, 0, 0], ((i + 1) << 11) | 0x0100), question),
  expect: [...NOTIMP, ...(i + 1 === 4 || i + 1 === 5 ? REFUSED : [])],
}));

const classes: BadQuery[] = ['CH', 'HS', 'NONE', 'ANY', 0].map((klass) => ({
  name: `class ${klass}`,
  octets: query('version.bind', 'TXT', { id: ID, class: klass }),
  expect: REFUSED,
}));

const types: BadQuery[] = ['AXFR', 'IXFR', 'OPT', 250, 249, 0, 253, 254].map((type) => ({
  name: `type ${type}`,
  octets: query('www.example.org', type, { id: ID }),
  expect: [...FORMERR, ...NOTIMP, ...REFUSED],
}));

export const BAD_QUERIES: readonly BadQuery[] = [
  ...short,
  { name: 'a response', octets: concat(header([1, 0, 0, 0], 0x8100), question), expect: 'silence' },
  { name: 'a response without question', octets: concat(header([0, 0, 0, 0], 0x8180)), expect: 'silence' },
  ...counts,
  ...cut,
  ...names,
  ...edns,
  ...opcodes,
  ...classes,
  ...types,
];

/** A good query, answered by a list that covers `blocked.example`. */
export const canary = (id: number): Uint8Array => query('canary.blocked.example', 'A', { id });

export function isCanary(answer: Uint8Array | null, id: number): boolean {
  const message = answer === null ? null : readMessage(answer);
  return message?.id === id && message.answer[0]?.data === '0.0.0.0';
}

/** What came back, in words; for a reject also whether it is no bigger than it should be. */
export function judge(answer: Uint8Array | null, asked: Uint8Array): number | 'silence' | 'garbage' {
  if (answer === null) return 'silence';
  const message = readMessage(answer);
  if (message === null || !message.qr || message.id !== ((asked[0] ?? 0) << 8) + (asked[1] ?? 0))
    return 'garbage';
  if (message.trailing > 0 || message.answer.length > 0) return 'garbage';
  return answer.length > asked.length + 32 ? 'garbage' : message.rcode;
}
