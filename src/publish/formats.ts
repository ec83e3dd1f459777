// The content of a choice of lists as text that other programs read: each says what its format has words for, and counts the rest.
//
// Names are strangers' text: only letters, digits, dots, hyphens and underscores go into a format without escapes.
import type { ServedFormat } from '../config/meant/serve.ts';
import { networkToText } from '../wire/names/address.ts';
import { holds, readNetwork } from '../wire/names/network.ts';
import type { Network } from '../wire/names/plain-network.ts';
import { nameToText } from '../wire/names/presentation.ts';
import { TYPE } from '../wire/records/iana.ts';
import { networkOfTrigger } from '../zone/address-trigger.ts';
import {
  belowSetOf,
  exactSetOf,
  pastNode,
  type RecordSet,
  type ZoneContent,
} from '../zone/outgoing/content.ts';
import { type Meaning, meaningOf } from './said.ts';

export interface Rendered {
  readonly lines: number;
  /** Names and networks that this format has no words for. */
  readonly leftOut: number;
}

/** What one node says. */
interface Said {
  readonly name: string;
  readonly isPlain: boolean;
  /** Null for a name. */
  readonly network: string | null;
  readonly exact: RecordSet | null;
  readonly below: RecordSet | null;
  readonly exactMeaning: Meaning | null;
  readonly belowMeaning: Meaning | null;
}

const PLAIN = /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/;
const TRIGGER = /^(.+)\.rpz-ip$/;
const CHUNK_CHARACTERS = 65_536;
const TTL_SECONDS = 60;

/** Gives the text in pieces. @returns what was said and what was not */
export function* render(
  format: ServedFormat,
  content: ZoneContent,
  serial: number,
): Generator<string, Rendered> {
  let lines = 0;
  let leftOut = 0;
  let text = head(format, serial);
  const write = WRITERS[format];
  for (const said of format === 'addresses' ? withoutInner(saidIn(content)) : saidIn(content)) {
    const written = write(said);
    if (written.length === 0) leftOut += 1;
    for (const line of written) text += `${line}\n`;
    lines += written.length;
    if (text.length >= CHUNK_CHARACTERS) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
  return { lines, leftOut };
}

function head(format: ServedFormat, serial: number): string {
  if (format === 'hosts') return '# cenote\n';
  if (format === 'adblock') return '! Title: cenote\n';
  if (format !== 'rpz') return '';
  return `$TTL ${TTL_SECONDS}\n@ SOA localhost. root.localhost. ${serial} 300 60 2592000 ${TTL_SECONDS}\n@ NS localhost.\n`;
}

const WRITERS: Readonly<Record<ServedFormat, (said: Said) => readonly string[]>> = {
  hosts: ({ name, isPlain, network, exact, exactMeaning }) => {
    if (!isPlain || network !== null) return [];
    if (exactMeaning === 'block') return [`0.0.0.0 ${name}`];
    if (exactMeaning !== 'addresses') return [];
    return (exact?.records ?? []).map(({ rdata }) => `${networkToText(rdata, 8 * rdata.length)} ${name}`);
  },
  domains: ({ name, isPlain, network, exactMeaning }) =>
    isPlain && network === null && exactMeaning === 'block' ? [name] : [],
  adblock: ({ name, isPlain, network, exactMeaning, belowMeaning }) => {
    if (!isPlain || network !== null) return [];
    const words = { block: '', pass: '@@' } as const;
    const mark = (meaning: Meaning | null): string | null =>
      meaning === 'block' || meaning === 'pass' ? words[meaning] : null;
    const own = mark(exactMeaning);
    const below = mark(belowMeaning);
    if (own !== null && own === below) return [`${own}||${name}^`];
    return [
      ...(own === null ? [] : [`${own}|${name}^`]),
      ...(below === null ? [] : [`${below}||*.${name}^`]),
    ];
  },
  rpz: ({ name, exact, below }) => [
    ...(exact?.records ?? []).map((record) => `${name} ${recordText(record)}`),
    ...(below?.records ?? []).map((record) => `${name === '.' ? '*' : `*.${name}`} ${recordText(record)}`),
  ],
  addresses: ({ network, exactMeaning }) => (network !== null && exactMeaning === 'block' ? [network] : []),
};

function* saidIn({ nodes, sets }: ZoneContent): Generator<Said, void> {
  const meanings = sets.map(meaningOf);
  const wire = new Uint8Array(256);
  for (const at of sorted(nodes)) {
    const length = nodes[at]!;
    wire.set(nodes.subarray(at + 1, at + 1 + length));
    wire[length] = 0;
    const name = nameToText(wire.subarray(0, length + 1));
    const exact = exactSetOf(nodes, at) - 1;
    const below = belowSetOf(nodes, at) - 1;
    yield {
      name,
      isPlain: PLAIN.test(name),
      network: networkOf(name),
      exact: sets[exact] ?? null,
      below: sets[below] ?? null,
      exactMeaning: meanings[exact] ?? null,
      belowMeaning: meanings[below] ?? null,
    };
  }
}

/**
 * The blocked networks last, in their order, without those that lie in another: nftables takes none of a set in which two overlap,
 * unless it has `auto-merge`, and what they say together is the same.
 */
function* withoutInner(all: Iterable<Said>): Generator<Said, void> {
  const networks: { readonly said: Said; readonly network: Network }[] = [];
  for (const said of all) {
    const network = said.network === null || said.exactMeaning !== 'block' ? null : readNetwork(said.network);
    if (network === null) yield said;
    else networks.push({ said, network });
  }
  let outer: Network | null = null;
  // Each stands behind what holds it.
  for (const { said, network } of networks.sort((a, b) => compareNetworks(a.network, b.network))) {
    if (outer !== null && holds(outer, network)) continue;
    outer = network;
    yield said;
  }
}

const compareNetworks = (a: Network, b: Network): number =>
  a.octets.length - b.octets.length || Buffer.compare(a.octets, b.octets) || a.bits - b.bits;

/**
 * Where nodes begin, by their names' octets: the order of the rules is another after each compile, and a text that says the same shall
 * be the same. Bucket by bucket, so that others have their turn between two of them.
 */
function* sorted(nodes: Uint8Array): Generator<number, void> {
  const buckets = new Map<number, number[]>();
  for (let at = 0; at < nodes.length; at = pastNode(nodes, at)) {
    const first = nodes[at]! < 2 ? -1 : nodes[at + 2]!;
    const bucket = buckets.get(first);
    if (bucket === undefined) buckets.set(first, [at]);
    else bucket.push(at);
  }
  for (const [, bucket] of [...buckets].sort(([a], [b]) => a - b))
    yield* bucket.sort((a, b) => compareOwners(nodes, a, b));
}

/** From the first letter on; the length of the first label decides only between names that are otherwise the same. */
function compareOwners(nodes: Uint8Array, a: number, b: number): number {
  const length = Math.min(nodes[a]!, nodes[b]!);
  for (let i = 2; i <= length; i += 1) {
    const difference = nodes[a + i]! - nodes[b + i]!;
    if (difference !== 0) return difference;
  }
  return nodes[a]! - nodes[b]! || nodes[a + 1]! - nodes[b + 1]!;
}

/** What a trigger on addresses names, an address without its prefix length; null for a name. */
function networkOf(name: string): string | null {
  const network = networkOfTrigger(TRIGGER.exec(name)?.[1] ?? '');
  return network?.replace(network.includes(':') ? /\/128$/ : /\/32$/, '') ?? null;
}

function recordText({ type, rdata }: RecordSet['records'][number]): string {
  if (type === TYPE.CNAME) {
    const target = nameToText(rdata);
    return `CNAME ${target === '.' ? '.' : `${target}.`}`;
  }
  if (type === TYPE.A) return `A ${networkToText(rdata, 32)}`;
  if (type === TYPE.AAAA) return `AAAA ${networkToText(rdata, 128)}`;
  return `TYPE${type} \\# ${rdata.length} ${Buffer.from(rdata).toString('hex')}`;
}
