// Names that led to what is looked for: who asked for them is found by what stood behind them.

import { plainOctets, textToAddress } from '../../wire/names/address.ts';
import { holdersOf, isOneAddress, networkText, readNetwork } from '../../wire/names/network.ts';
import type { Network } from '../../wire/names/plain-network.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { TYPE_BIT } from '../asked-types.ts';
import type { Matcher } from '../matches.ts';
import { KEPT_DAYS, type LedName, type LedTable } from '../store/led-table.ts';
import type { HuntTarget } from './past.ts';

/** What stood behind a name, and when. */
export interface Behind {
  readonly target: string;
  readonly isAddress: boolean;
  readonly fromDay: number;
  readonly toDay: number;
}

/** By number of the name that led there. */
export type Led = ReadonlyMap<number, readonly Behind[]>;

/** Names that led to one of the targets, or below where that is covered, or to an address that is looked for. @param direct names that are looked for themselves */
export function ledToTargets(
  table: LedTable,
  targets: readonly HuntTarget[],
  direct: ReadonlyMap<number, unknown>,
): Led {
  const led = new Map<number, Behind[]>();
  const networks: Network[] = [];
  for (const { name, covers } of targets) {
    const network = readNetwork(name);
    if (network !== null) {
      networks.push(network);
      continue;
    }
    const behind = [...(covers === 'below' ? [] : [name]), ...(covers === 'exact' ? [] : table.below(name))];
    for (const one of behind) note(led, table.ledTo(one, false), one, false, direct);
  }
  for (const address of addressesIn(table, networks))
    note(led, table.ledTo(address, true), address, true, direct);
  return led;
}

/** Addresses to look for: those that names led to are gone through only where a network is wider than one. */
function addressesIn(table: LedTable, networks: readonly Network[]): Iterable<string> {
  return networks.every(isOneAddress)
    ? new Set(networks.map(networkText))
    : table.addresses().filter(holdersOf(networks));
}

/** Names that led to what these lists have. */
export function ledToListed(table: LedTable, matcher: Matcher): Led {
  const led = new Map<number, Behind[]>();
  for (const { target, isAddress } of table.targets())
    if (isListed(matcher, target, isAddress)) note(led, table.ledTo(target, isAddress), target, isAddress);
  return led;
}

/** Whether a name led to one of these on that day, when it was asked for with some of these types. */
export function ledOn(behind: readonly Behind[] | undefined, day: number, types: number): boolean {
  return (
    behind?.some(
      ({ fromDay, toDay, target, isAddress }) =>
        day >= fromDay && day <= toDay + KEPT_DAYS && (!isAddress || typesTo(target, types) !== 0),
    ) === true
  );
}

/** Which rows count where names are looked for, or led there. @param direct names that are looked for themselves */
export function namesOf(
  direct: ReadonlyMap<number, unknown>,
  led: Led,
): (name: number, day: number, types: number) => boolean {
  return (name, day, types) => direct.has(name) || ledOn(led.get(name), day, types);
}

/** Of the types that were asked for, those that come to an address. */
export function typesTo(address: string, types: number): number {
  const leading = address.includes(':') ? TYPE_BIT.aaaa : TYPE_BIT.a;
  // An older release did not note them.
  return types === 0 ? leading : types & (leading | TYPE_BIT.https);
}

/** A name that is found by what stood behind it, as people read it. */
export const shownBy = (name: string, by: string): string => `${name} (by ${by})`;

function note(
  led: Map<number, Behind[]>,
  names: readonly LedName[],
  target: string,
  isAddress: boolean,
  direct: ReadonlyMap<number, unknown> = new Map(),
): void {
  for (const { name, fromDay, toDay } of names) {
    if (direct.has(name)) continue;
    const known = led.get(name) ?? [];
    known.push({ target, isAddress, fromDay, toDay });
    led.set(name, known);
  }
}

function isListed(matcher: Matcher, target: string, isAddress: boolean): boolean {
  if (isAddress) {
    const octets = textToAddress(target);
    return octets !== null && matcher.isListedAddress(plainOctets(octets));
  }
  const name = textToName(target);
  return name !== null && matcher.isListed(name, name.length);
}
