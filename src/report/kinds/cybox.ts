// What a CybOX value of STIX 1 says by its condition, as XML and as JSON have it.
import type { Gathering } from '../gathering.ts';
import type { Place } from '../place.ts';

/** Conditions whose value is no whole name. */
const PARTIAL = /^(fitspattern|startswith)$/i;
const NEGATED = /^doesnot/i;

/** @param isNegated whether what stands around it is (`negate` of an indicator or an observable) */
export function readCyboxValue(
  { value, condition, isNegated }: { value: string; condition: string; isNegated: boolean },
  place: Place,
  gathering: Gathering,
): void {
  if (isNegated !== NEGATED.test(condition)) gathering.leave(value, 'allowed', place, 'negated');
  else if (PARTIAL.test(condition)) gathering.leave(value, 'unsupported', place, condition);
  else gathering.typed(value.replace(/^\./, ''), place, {}, value.startsWith('.') ? 'below' : 'subtree');
}
