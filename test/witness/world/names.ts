// Names that machines of an office ask for, and what the servers of the world say of them.
import { type MessageParts, wireName } from '../../support/wire-message.ts';
import type { Random } from '../random.ts';

export const TYPES = { A: 1, TXT: 16, AAAA: 28, HTTPS: 65, ANY: 255 } as const;
export type TypeName = keyof typeof TYPES;

/** `silence`: no server answers; `private`: an address that no public name should have. */
export type Behaviour =
  | {
      readonly kind: 'data' | 'long' | 'nodata' | 'nxdomain' | 'servfail' | 'refused' | 'silence' | 'private';
    }
  | { readonly kind: 'alias'; readonly target: string }
  | { readonly kind: 'address'; readonly ip: string };

export interface Names {
  readonly everyday: readonly string[];
  readonly ads: readonly string[];
  /** Names of attackers, and names below them. */
  readonly attackers: readonly string[];
  /** Answered with an alias to an attacker's name, or with an attacker's address. */
  readonly fronts: readonly string[];
  readonly attackerAddresses: readonly string[];
  /** `NAME TYPE DATA` of the configuration. */
  readonly ownRecords: readonly string[];
  readonly own: readonly string[];
  behaviour(name: string): Behaviour;
}

const FAULTS = ['nodata', 'nxdomain', 'servfail', 'refused', 'silence', 'private', 'long'] as const;
const count = (length: number, of: (i: number) => string): string[] =>
  Array.from({ length }, (_, i) => of(i));

export function namesOf(random: Random): Names {
  const everyday = count(14, (i) => `site-${i}.example`);
  const ads = count(4, (i) => `ad-${i}.example`);
  const attackers = count(7, (i) => `c2-${i}.example`).flatMap((name) => [name, `www.${name}`]);
  const attackerAddresses = count(2, (i) => `203.0.113.${66 + i}`);
  const known = new Map<string, Behaviour>();
  for (const name of [...everyday, ...ads, ...attackers])
    known.set(name, { kind: random.chance(0.3) ? random.pick(FAULTS) : 'data' });
  const aliases = count(3, (i) => `front-${i}.example`);
  for (const name of aliases) known.set(name, { kind: 'alias', target: random.pick(attackers) });
  const hosted = count(2, (i) => `hosted-${i}.example`);
  for (const [i, name] of hosted.entries())
    known.set(name, { kind: 'address', ip: attackerAddresses[i] ?? '' });
  const own = ['alias-0.lan', 'alias-1.lan', 'printer.lan'];
  const ownRecords = [
    `alias-0.lan CNAME ${random.pick(attackers)}`,
    `alias-1.lan CNAME ${random.pick(everyday)}`,
    'printer.lan A 192.0.2.5',
  ];
  return {
    everyday,
    ads,
    attackers,
    fronts: [...aliases, ...hosted],
    attackerAddresses,
    ownRecords,
    own,
    behaviour: (name) => known.get(name) ?? { kind: 'nxdomain' },
  };
}

const TTL = 300;
const SERVFAIL = 0x8182;
/** Flags of a reply that refuses. */
export const REFUSED = 0x8185;
const soa = (name: string) => ({
  name,
  type: 6,
  ttl: TTL,
  rdata: [
    ...wireName('ns.example'),
    ...wireName('admin.example'),
    ...Array.from({ length: 16 }, () => 0),
    0,
    0,
    1,
    44,
  ],
});
const address = (name: string, ip: string) => ({ name, type: 1, ttl: TTL, rdata: ip.split('.').map(Number) });
const text = (name: string, i: number) => ({
  name,
  type: 16,
  ttl: TTL,
  rdata: [200, ...Array.from({ length: 200 }, () => 97 + i)],
});

/** What a server answers; null: it does not. */
export function answerTo(names: Names, name: string, type: number): MessageParts | null {
  const behaviour = names.behaviour(name);
  const parts: MessageParts = { name, type };
  switch (behaviour.kind) {
    case 'silence':
      return null;
    case 'servfail':
      return { ...parts, flags: SERVFAIL };
    case 'refused':
      return { ...parts, flags: REFUSED };
    case 'nxdomain':
      return { ...parts, flags: 0x8183, authority: [soa('example')] };
    case 'nodata':
      return { ...parts, authority: [soa(name)] };
    case 'alias': {
      const alias = { name, type: 5, ttl: TTL, rdata: wireName(behaviour.target) };
      const behind = answerTo(names, behaviour.target, type);
      if (behind?.flags === SERVFAIL || behind?.flags === REFUSED) return { ...behind, name };
      return behind === null ? null : { ...behind, name, answers: [alias, ...(behind.answers ?? [])] };
    }
    case 'long':
      if (type === TYPES.TXT) return { ...parts, answers: count(9, String).map((_, i) => text(name, i)) };
      break;
    default:
  }
  if (type === TYPES.AAAA)
    return behaviour.kind === 'private' || behaviour.kind === 'address'
      ? { ...parts, authority: [soa(name)] }
      : {
          ...parts,
          answers: [
            { name, type, ttl: TTL, rdata: [0x20, 1, 0x0d, 0xb8, ...Array.from({ length: 12 }, () => 9)] },
          ],
        };
  if (type !== TYPES.A) return { ...parts, authority: [soa(name)] };
  const ip =
    behaviour.kind === 'address' ? behaviour.ip : behaviour.kind === 'private' ? '10.0.0.1' : '198.51.100.1';
  return { ...parts, answers: [address(name, ip)] };
}

/** The names that an answer leads through, and the address it ends at, as the world has them. */
export function leadsTo(
  names: Names,
  name: string,
): { readonly aliases: readonly string[]; readonly ip: string | null } {
  const behaviour = names.behaviour(name);
  if (behaviour.kind === 'address') return { aliases: [], ip: behaviour.ip };
  if (behaviour.kind !== 'alias') return { aliases: [], ip: null };
  // A server that fails behind it says nothing of the way.
  if (['servfail', 'refused', 'silence'].includes(names.behaviour(behaviour.target).kind))
    return { aliases: [], ip: null };
  const behind = leadsTo(names, behaviour.target);
  return { aliases: [behaviour.target, ...behind.aliases], ip: behind.ip };
}
