// Which askings a find counts, as far as it says when they were asked and what came of them.
import type { AskedInPast } from '../../../src/hits/find.ts';
import type { Asking } from '../truth/asking.ts';
import { DAY_MS } from '../world/day.ts';

/** Seconds are what the history keeps; equal questions of two seconds are one record, which has the time of the first. */
export const ROUNDED_MS = 3200;

export const GOT_CLASSES = ['answered', 'failed', 'blocked', 'rewritten'] as const;

export const classOf = ({ got }: Asking): (typeof GOT_CLASSES)[number] => {
  if (got === 'data') return 'answered';
  return got === 'blocked' || got === 'rewritten' ? got : 'failed';
};

type Said = Pick<AskedInPast, 'first' | 'last' | 'via' | (typeof GOT_CLASSES)[number]>;

/** Whether these got all that it says was got. */
export const gotThat = (askings: readonly Asking[], said: Said): boolean =>
  GOT_CLASSES.every((name) => askings.filter((one) => classOf(one) === name).length >= said[name]);

/** So many of each class: those of its time first, and of what led to an address those that asked for one. */
export function countedOf(askings: readonly Asking[], said: Said): readonly Asking[] {
  const [firstMs, lastMs] = [Date.parse(said.first) - ROUNDED_MS, Date.parse(said.last) + ROUNDED_MS];
  const rowsOfAddresses = new Set(askings.filter(({ type }) => asksForAddress(type)).map(rowOf));
  const isByAddress = isAddressWay(said);
  const ranked = askings.toSorted((a, b) => rankOf(a) - rankOf(b));
  return GOT_CLASSES.flatMap((name) => ranked.filter((one) => classOf(one) === name).slice(0, said[name]));

  function rankOf(asking: Asking): number {
    const isThen = asking.wallMs >= firstMs && asking.wallMs <= lastMs;
    const isSure = !isByAddress || asksForAddress(asking.type);
    return (isThen ? 0 : 3) + (isSure ? 0 : rowsOfAddresses.has(rowOf(asking)) ? 1 : 2);
  }
}

/** Of one day, address, group and outcome the history keeps one row, whatever types were asked for. */
const rowOf = ({ wallMs, ip, group, got }: Asking): string =>
  [Math.floor(wallMs / DAY_MS), ip, group, got].join(' ');

/** Whether it was found by the address that it led to. */
export const isAddressWay = ({ via }: Pick<Said, 'via'>): boolean => /^[\d.]+$/.test(via ?? '');

/** Of HTTPS it is not known afterwards whether there were hints. */
export const asksForAddress = (type: Asking['type']): boolean => type === 'A' || type === 'HTTPS';
