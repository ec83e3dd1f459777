// The types that the history tells apart, so that rules for some types only are found.

import { TYPE } from '../wire/records/iana.ts';

export const TYPE_BIT = { a: 1, aaaa: 2, https: 4, other: 8 } as const;

/** A type that stands for each bit; of those that are not told apart it is TXT. */
const NAMES_OF_BITS = [
  [TYPE_BIT.a, 'A'],
  [TYPE_BIT.aaaa, 'AAAA'],
  [TYPE_BIT.https, 'HTTPS'],
  [TYPE_BIT.other, 'TXT'],
] as const;

/** @param bits TYPE_BIT, or-ed */
export const typesIn = (bits: number): string[] =>
  NAMES_OF_BITS.flatMap(([bit, name]) => ((bits & bit) === 0 ? [] : [name]));

/** TYPE_BIT of a type by its number. */
export function typeBitOf(qtype: number): number {
  if (qtype === TYPE.A) return TYPE_BIT.a;
  if (qtype === TYPE.AAAA) return TYPE_BIT.aaaa;
  return qtype === TYPE.HTTPS ? TYPE_BIT.https : TYPE_BIT.other;
}
