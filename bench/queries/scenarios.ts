// What is asked of whom: every kind of work, and the servers that do it in the same rounds.

import { COREDNS } from '../support/coredns.ts';
import type { Transport } from '../support/load.ts';
import { listNames } from '../support/names.ts';
import { CENOTE, ECHO, PEERS, type Peer, type Work } from '../support/peers.ts';

/** Words that choose rows: `npm run bench -- cached tcp`. */
export const KINDS = [
  'sinkholed',
  'cached',
  'forwarded',
  'quiet',
  'tcp',
  'secure',
  'size',
  'addresses',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Scenario {
  readonly kind: Kind;
  readonly work: string;
  /** Names that are listed, and what is asked, unless a contestant has its own. */
  readonly names: readonly string[];
  readonly questions: readonly string[];
  readonly cacheEntries: number;
  readonly transport: Transport;
  /** Names that nobody has asked for, below the first of `questions`, and each once: what a server keeps is of no use. */
  readonly isFresh?: boolean;
  /** Asked at this steady rate; otherwise as fast as they are answered. */
  readonly perSecond?: number;
  readonly contestants: readonly Contestant[];
}

export interface Contestant {
  readonly name: string;
  readonly peer: Peer;
  readonly change?: Partial<Work>;
  readonly questions?: readonly string[];
  /** Asked from so many addresses in turn, in place of four ports of one. */
  readonly addresses?: number;
}

/** One listed name in this many is asked where a whole list is. */
const SPREAD = 97;

const SECURE = [
  ['dot', 'sinkholed, DoT', false],
  ['doh', 'sinkholed, DoH', false],
  ['doh-get', 'sinkholed, DoH GET', false],
  ['doh', 'cached, DoH', true],
] as const;
const SECURE_NAMES = 1000;
/** Who is asked from how many addresses, and how many groups those are in, five in each. */
const ADDRESSES: readonly (readonly [Peer, number, number])[] = [
  [ECHO, 1, 0],
  [ECHO, 10_000, 0],
  [CENOTE, 1, 0],
  [CENOTE, 10_000, 0],
  [CENOTE, 1000, 200],
  ...PEERS.filter(({ name }) => ['unbound', 'dnsmasq', 'dnsdist'].includes(name)).flatMap(
    (peer): [Peer, number, number][] => [
      [peer, 1, 0],
      [peer, 10_000, 0],
    ],
  ),
];

const plain = (peers: readonly Peer[]): Contestant[] => peers.map((peer) => ({ name: peer.name, peer }));
const withSubdomains = (names: readonly string[]): string[] => [
  ...names,
  ...names.map((name) => `www.${name}`),
];

/** @param upstream the server that all forward to, itself a contestant where its answers are passed on */
export function scenariosOf(manyNames: number, upstream: Peer): Scenario[] {
  const few = listNames(21, 7);
  const many = listNames(manyNames, 3);
  const blocked = withSubdomains(few);
  const cached = Array.from({ length: 10_000 }, (_, i) => `n${i}.cached.bench.example.org`);
  const fresh = ['fresh.bench.example.org'];
  const streams = PEERS.filter((peer) => ['cenote', 'dnsdist', 'unbound'].includes(peer.name));
  const count = many.length.toLocaleString('en');
  const base = { names: few, cacheEntries: 100_000, transport: 'udp' } as const;
  return [
    {
      ...base,
      kind: 'sinkholed',
      work: 'sinkholed',
      questions: blocked,
      contestants: [
        ...plain([ECHO, ...PEERS]),
        { name: 'cenote, portable', peer: CENOTE, change: { udp: 'portable' } },
        { name: 'cenote, 2 workers', peer: CENOTE, change: { workers: 2 } },
      ],
    },
    { ...base, kind: 'cached', work: 'cached', questions: cached, contestants: plain([ECHO, ...PEERS]) },
    {
      ...base,
      kind: 'forwarded',
      work: 'forwarded',
      questions: fresh,
      cacheEntries: 0,
      isFresh: true,
      contestants: plain([upstream, ...PEERS]),
    },
    ...[1000, 10_000].map(
      (perSecond): Scenario => ({
        ...base,
        kind: 'quiet',
        work: `sinkholed, ${perSecond.toLocaleString('en')}/s`,
        questions: blocked,
        perSecond,
        contestants: plain([ECHO, ...PEERS, COREDNS]),
      }),
    ),
    {
      ...base,
      kind: 'quiet',
      work: 'forwarded, 1,000/s',
      questions: fresh,
      cacheEntries: 0,
      isFresh: true,
      perSecond: 1000,
      contestants: plain([upstream, ...PEERS]),
    },
    {
      ...base,
      kind: 'tcp',
      work: 'sinkholed, TCP',
      questions: blocked,
      transport: 'tcp',
      contestants: plain(streams),
    },
    {
      ...base,
      kind: 'tcp',
      work: 'cached, TCP',
      questions: cached,
      transport: 'tcp',
      contestants: plain(streams),
    },
    ...SECURE.map(
      ([transport, work, isCached]): Scenario => ({
        ...base,
        kind: 'secure',
        work,
        questions: isCached ? cached.slice(0, SECURE_NAMES) : blocked,
        transport,
        contestants: plain([...PEERS, COREDNS].filter(({ isSecure }) => isSecure === true)).map((one) => ({
          ...one,
          change: { secure: transport === 'dot' ? 'dot' : 'doh' },
        })),
      }),
    ),
    {
      ...base,
      kind: 'addresses',
      work: 'sinkholed, many addresses',
      questions: blocked,
      contestants: ADDRESSES.flatMap(([peer, addresses, groups]) => ({
        name: `${peer.name}, ${addresses.toLocaleString('en')}${groups > 0 ? ` in ${groups} groups` : ''}`,
        peer,
        change: { groups },
        addresses,
      })),
    },
    {
      ...base,
      kind: 'size',
      work: 'sinkholed',
      questions: withSubdomains(many.slice(0, few.length)),
      contestants: [
        // The same questions for both: lengths of replies decide how many leave at once.
        { name: 'cenote, 21 names', peer: CENOTE, change: { names: many.slice(0, few.length) } },
        { name: `cenote, ${count} names`, peer: CENOTE, change: { names: many } },
        {
          name: `cenote, ${count} names, one in ${SPREAD} asked`,
          peer: CENOTE,
          change: { names: many },
          questions: many.filter((_, i) => i % SPREAD === 0),
        },
      ],
    },
  ];
}
