// Names that led to what is looked for: who asked for them is found by what stood behind them.

import { plainOctets, textToAddress } from '../../wire/names/address.ts';
import { textToName } from '../../wire/names/presentation.ts';
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

/** Names that led to one of the targets, or below where that is covered. @param direct names that are looked for themselves */
export function ledToTargets(
  table: LedTable,
  targets: readonly HuntTarget[],
  direct: ReadonlyMap<number, unknown>,
): Led {
  const led = new Map<number, Behind[]>();
  for (const { name, covers } of targets) {
    const behind = [...(covers === 'below' ? [] : [name]), ...(covers === 'exact' ? [] : table.below(name))];
    for (const target of behind) note(led, table.ledTo(target, false), target, false, direct);
  }
  return led;
}

/** Names that led to what these lists have. */
export function ledToListed(table: LedTable, matcher: Matcher): Led {
  const led = new Map<number, Behind[]>();
  for (const { target, isAddress } of table.targets())
    if (isListed(matcher, target, isAddress)) note(led, table.ledTo(target, isAddress), target, isAddress);
  return led;
}

/** Whether a name led to one of these on that day. */
export function ledOn(behind: readonly Behind[] | undefined, day: number): boolean {
  return behind?.some(({ fromDay, toDay }) => day >= fromDay && day <= toDay + KEPT_DAYS) === true;
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
