// What outweighs what: keys of a machine by strength, names by who says them.
import { addressToText } from '../wire/names/address.ts';
import {
  type Binding,
  type Identity,
  isElsewhere,
  type Machine,
  type NameFrom,
  nameHere,
} from './machine.ts';
import type { Observation } from './merge.ts';

type Name = Pick<Identity, 'name' | 'nameFrom'>;

/** The weakest first. */
const KEYS: readonly string[] = ['name', 'id', 'duid', 'mac'];
/** Of a machine that only the configuration knows, by its address. */
export const NAME_STRENGTH = 1;

/** 0: known by an address alone. */
export const strength = (key: string | null): number =>
  key === null ? 0 : 1 + KEYS.indexOf(key.slice(0, key.indexOf(':')));

/** Who knows best, first; what another site says is less than all that is known here. */
const RANK: readonly (string | null)[] = [
  'config',
  'hosts',
  'lease',
  'client',
  'ptr',
  'inferred',
  'site',
  null,
];

/** 0 is the best. */
const rankOf = (nameFrom: NameFrom | null): number => RANK.indexOf(isElsewhere(nameFrom) ? 'site' : nameFrom);

/** Names that hold for a MAC, and so for as long as the MAC is there: a lease that ended takes none away. */
export const isLasting = (nameFrom: NameFrom | null): boolean =>
  nameFrom === 'lease' || nameFrom === 'client';

/** A machine's own name: of those its addresses have the one that is said by who knows best; never none where there was one. */
export function bestName(machine: Machine, held: readonly Name[]): Name {
  let best: Name = { name: null, nameFrom: null };
  for (const one of held) if (rankOf(one.nameFrom) < rankOf(best.nameFrom)) best = one;
  const isOwn = machine.name !== null && !isElsewhere(machine.nameFrom);
  const isNoBetter =
    best.name === null ||
    (best.nameFrom === 'inferred' && machine.name !== null) ||
    (isElsewhere(best.nameFrom) && isOwn);
  const { name, nameFrom } = isNoBetter ? machine : best;
  return { name, nameFrom };
}

/** DHCP and reverse DNS give another name to an address when another machine has it; an admin may just correct a name. */
export function wasRenamed(before: Name, now: Name): boolean {
  const isGiven = (nameFrom: NameFrom | null): boolean =>
    nameFrom === 'lease' || nameFrom === 'ptr' || isElsewhere(nameFrom);
  return (
    before.name !== null &&
    now.name !== null &&
    isGiven(before.nameFrom) &&
    isGiven(now.nameFrom) &&
    before.name.split('.', 1)[0] !== now.name.split('.', 1)[0]
  );
}

/** Whether two say the same of who is at an address. */
export const isSame = (a: Identity, b: Identity): boolean =>
  a.id === b.id &&
  a.name === b.name &&
  a.nameFrom === b.nameFrom &&
  a.mac === b.mac &&
  (a.through ?? null) === (b.through ?? null);

/** What an address is called: as is said now, else what its machine is known to be called. */
export function nameSaid(
  one: Observation,
  open: Binding | undefined,
  machine: Machine,
): Pick<Identity, 'name' | 'nameFrom'> {
  if (nameHere(one) !== null) return one;
  if (open !== undefined && open.who.id === machine.id && isLasting(open.who.nameFrom)) return open.who;
  if (one.mac !== null && !one.isShared && one.mac === machine.mac && isLasting(machine.nameFrom))
    return { name: machine.name, nameFrom: 'inferred' };
  return one;
}

const isIPv4 = (ip: string): boolean => ip.includes('.');

/** Whether a machine that has left an IPv4 address has another since the last look. @param all that it has */
export function hasMovedTo(
  ip: string,
  all: readonly Binding[],
  present: ReadonlySet<string>,
  lookedMs: number,
): boolean {
  if (!isIPv4(ip)) return false;
  return all.some(({ address, fromMs }) => {
    const there = addressToText(address);
    return there !== ip && isIPv4(there) && present.has(there) && fromMs >= lookedMs;
  });
}

/**
 * Whether a machine asked from an IPv4 address that it has left since, after somebody unknown had asked from where it is now: that was
 * another. A machine with two addresses at once has both still. @param open of the unknown @param all that the machine has
 */
export function askedElsewhere(
  open: Binding,
  all: readonly Binding[],
  present: ReadonlySet<string>,
  askedMs: ReadonlyMap<string, number>,
): boolean {
  if (!isIPv4(addressToText(open.address))) return false;
  return all.some(({ address }) => {
    const there = addressToText(address);
    return isIPv4(there) && !present.has(there) && (askedMs.get(there) ?? 0) > open.fromMs;
  });
}

/** An address that changed hands did so when a query said it, if one did. */
export const toldBetween = ({ toldMs }: Observation, open: Binding | undefined, nowMs: number): number =>
  toldMs !== null && toldMs > (open?.fromMs ?? 0) && toldMs < nowMs ? toldMs : nowMs;
