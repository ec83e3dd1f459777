// Probes in the manner of the EDNS compliance table: what a query may carry, and what its response must and must not show.
import { concat, optOctets, query, u16 } from './message.ts';
import type { ReadMessage } from './read-message.ts';

export interface Probe {
  readonly name: string;
  readonly octets: Uint8Array;
  readonly overTcp?: boolean;
  readonly rcode: number;
  /** Records of the answer section: some, or none. */
  readonly answers: boolean;
  /** What else is wrong with a response, null when nothing is. */
  readonly also?: (message: ReadMessage) => string | null;
}

const [NOERROR, FORMERR, NXDOMAIN, NOTIMP, BADVERS] = [0, 1, 3, 4, 16];
const NAME = 'ok.example';
const BIG = 'big2.example';
const option = (code: number, data: readonly number[] = []) => ({ code, data: Uint8Array.from(data) });
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

type Options = readonly { readonly code: number; readonly data: Uint8Array }[];
const withOptions = (...options: Options): Uint8Array => query(NAME, 'SOA', { edns: { options } });
const good = (name: string, octets: Uint8Array, also?: Probe['also']): Probe => ({
  name,
  octets,
  rcode: NOERROR,
  answers: true,
  ...(also === undefined ? {} : { also }),
});
const refused = (name: string, octets: Uint8Array, rcode = FORMERR): Probe => ({
  name,
  octets,
  rcode,
  answers: false,
});
const notEchoed =
  (code: number): Probe['also'] =>
  ({ edns }) =>
    edns?.options.some((one) => one.code === code) === true ? `option ${code} came back` : null;
const isCut = ({ tc, answer }: ReadMessage): string | null =>
  tc && answer.length === 0 ? null : 'not cut with TC';

/** Header, question and records behind it, counted in one section. */
function placed(
  section: 'answer' | 'authority' | 'additional',
  ...records: readonly Uint8Array[]
): Uint8Array {
  const octets = concat(query(NAME, 'SOA'), ...records);
  octets[{ answer: 7, authority: 9, additional: 11 }[section]] = records.length;
  return octets;
}
const opt = optOctets({});
const withOctet = (at: number, value: number): Uint8Array => {
  const octets = Uint8Array.from(opt);
  octets[at] = value;
  return octets;
};

const options: readonly Probe[] = [
  good('an unknown option', withOptions(option(100)), notEchoed(100)),
  good('an unknown option with data', withOptions(option(65_001, [1, 2, 3])), notEchoed(65_001)),
  good('the same option twice', withOptions(option(100), option(100, [1]))),
  good('32 options', withOptions(...Array.from({ length: 32 }, () => option(65_001)))),
  refused('33 options', withOptions(...Array.from({ length: 33 }, () => option(65_001)))),
  good('NSID', withOptions(option(3))),
  good('EXPIRE', withOptions(option(9))),
  good('CHAIN', withOptions(option(13, [0]))),
  good('KEY-TAG', withOptions(option(14, [0x4f, 0x66]))),
  good('DAU, DHU, N3U', withOptions(option(5, [8, 13]), option(6, [2]), option(7, [1]))),
  good('EDE in a query', withOptions(option(15, [0, 0]))),
  good('PADDING of nothing', withOptions(option(12)), notEchoed(12)),
  good('PADDING of 100', withOptions(option(12, zeros(100))), notEchoed(12)),
  good('KEEPALIVE over UDP', withOptions(option(11)), notEchoed(11)),
  { ...good('KEEPALIVE over TCP', withOptions(option(11))), overTcp: true },
  { ...good('PADDING over TCP', withOptions(option(12, zeros(100)))), overTcp: true },
  ...[8, 16, 24, 40].map((length) => good(`a cookie of ${length}`, withOptions(option(10, zeros(length))))),
  ...[0, 1, 7, 9, 15, 41].map((length) =>
    refused(`a cookie of ${length}`, withOptions(option(10, zeros(length)))),
  ),
  good('ECS 192.0.2.0/24', withOptions(option(8, [0, 1, 24, 0, 192, 0, 2]))),
  good('ECS 0.0.0.0/0', withOptions(option(8, [0, 1, 0, 0]))),
  good('ECS 2001:db8::/56', withOptions(option(8, [0, 2, 56, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0]))),
  refused('ECS with a scope', withOptions(option(8, [0, 1, 24, 24, 192, 0, 2]))),
  refused('ECS with bits behind its prefix', withOptions(option(8, [0, 1, 23, 0, 192, 0, 3]))),
  refused('ECS with too many octets', withOptions(option(8, [0, 1, 24, 0, 192, 0, 2, 0]))),
];

const versions: readonly Probe[] = [1, 2, 100, 255].flatMap((version) => [
  refused(`version ${version}`, query(NAME, 'SOA', { edns: { version } }), BADVERS),
  refused(
    `version ${version} with an unknown option, DO and a flag`,
    query(NAME, 'SOA', { edns: { version, dnssecOk: true, flags: 0x40, options: [option(100)] } }),
    BADVERS,
  ),
]);

const flags: readonly Probe[] = [
  good('a flag nobody knows', query(NAME, 'SOA', { edns: { flags: 0x80 } })),
  good('all flags but DO', query(NAME, 'SOA', { edns: { flags: 0x7fff } })),
  good('DO', query(NAME, 'SOA', { edns: { dnssecOk: true } }), ({ edns }) =>
    edns?.dnssecOk ? null : 'DO is not copied',
  ),
  good('no DO', query(NAME, 'SOA', { edns: {} }), ({ edns }) => (edns?.dnssecOk ? 'DO from nowhere' : null)),
  good('AD', query(NAME, 'SOA', { flags: 0x0120, edns: {} })),
  good('CD', query(NAME, 'SOA', { flags: 0x0110, edns: {} }), ({ cd }) => (cd ? null : 'CD is not copied')),
  good('Z', query(NAME, 'SOA', { flags: 0x0140, edns: {} }), ({ flags: bits }) =>
    (bits & 0x40) === 0 ? null : 'Z came back',
  ),
  good('AA, TC and RA in a query', query(NAME, 'SOA', { flags: 0x0780, edns: {} }), ({ tc }) =>
    tc ? 'TC came back' : null,
  ),
  good('an RCODE in a query', query(NAME, 'SOA', { flags: 0x010f, edns: {} })),
  good('an extended RCODE in a query', placed('additional', withOctet(5, 0xff))),
];

const sizes: readonly Probe[] = [0, 1, 511, 512, 1232, 4096, 65_535].flatMap((size): Probe[] => [
  good(`size ${size}`, query(NAME, 'SOA', { edns: { size } })),
  {
    name: `size ${size}, an answer of 900 octets`,
    octets: query(BIG, 'TXT', { edns: { size } }),
    rcode: NOERROR,
    answers: size >= 1232,
    also: (message) => (size >= 1232 ? null : isCut(message)),
  },
  {
    ...good(`size ${size} over TCP, an answer of 900 octets`, query(BIG, 'TXT', { edns: { size } })),
    overTcp: true,
  },
]);

const places: readonly Probe[] = [
  refused('OPT among the answers', placed('answer', opt)),
  refused('OPT in the authority section', placed('authority', opt)),
  refused('two OPT records', placed('additional', opt, opt)),
  refused('OPT with an owner', placed('additional', concat([1, 0x61], opt))),
  refused('OPT with a pointer to QNAME', placed('additional', concat([0xc0, 12], opt.subarray(1)))),
  refused('OPT with RDLENGTH past the end', placed('additional', concat(opt.subarray(0, 9), u16(4)))),
  refused('OPT with half an option', placed('additional', concat(opt.subarray(0, 9), u16(3), [0, 3, 0]))),
  refused('QTYPE OPT', query(NAME, 41, { edns: {} }), -1),
  refused('opcode STATUS with EDNS', query(NAME, 'SOA', { flags: 0x1100, edns: {} }), NOTIMP),
  refused('opcode 15 with EDNS', query(NAME, 'SOA', { flags: 0x7900, edns: {} }), NOTIMP),
  {
    name: 'a DNAME, and nothing at its target',
    octets: query('x.dname.ok.example', 'A', { edns: {} }),
    rcode: NXDOMAIN,
    answers: true,
    also: ({ answer }) => (answer.map(({ type }) => type).join() === 'DNAME,CNAME' ? null : 'no DNAME'),
  },
  good('a type nobody knows', query(NAME, 'TYPE65280', { edns: {} })),
];

export const EDNS_PROBES: readonly Probe[] = [...options, ...versions, ...flags, ...sizes, ...places];

/** What is wrong with a response, null when nothing is. */
export function faultOf(probe: Probe, message: ReadMessage | null): string | null {
  if (message === null) return 'no answer';
  if (probe.rcode >= 0 && message.rcode !== probe.rcode) return `RCODE ${message.rcode}`;
  if (probe.rcode < 0 && message.rcode === NOERROR) return 'NOERROR';
  if (message.answer.length > 0 !== probe.answers) return `${message.answer.length} answers`;
  if (message.edns !== null && message.edns.version !== 0) return `version ${message.edns.version}`;
  if (message.edns !== null && message.edns.flags !== 0) return 'flags nobody knows came back';
  if (message.edns === null && message.rcode !== FORMERR && message.rcode !== NOTIMP) return 'no OPT';
  return probe.also?.(message) ?? null;
}
