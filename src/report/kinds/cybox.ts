// What a CybOX value of STIX 1 says by its condition, as XML and as JSON have it.
import type { Gathering } from '../gathering.ts';
import type { Place } from '../place.ts';

export interface CyboxValue {
  readonly value: string;
  readonly condition: string;
  /** Whether what stands around it is (`negate` of an indicator or an observable), or it is of several of which none is meant. */
  readonly isNegated: boolean;
  /** Of an address object: of hosts, networks and of mail. */
  readonly isAddress: boolean;
}

/** Conditions whose value is no whole name. */
const PARTIAL = /^(fitspattern|startswith)$/i;
const NEGATED = /^doesnot/i;

/** `apply_condition` of several values in one: the condition holds of none of them. */
export const isOfNone = (applied: unknown): boolean => /^none$/i.test(String(applied));

export function readCyboxValue(said: CyboxValue, place: Place, gathering: Gathering): void {
  const { value, condition } = said;
  if (said.isNegated !== NEGATED.test(condition)) gathering.leave(value, 'allowed', place, 'negated');
  else if (PARTIAL.test(condition)) gathering.leave(value, 'unsupported', place, condition);
  else if (said.isAddress) gathering.leave(value, value.includes('@') ? 'email' : 'address', place);
  else gathering.typed(value.replace(/^\./, ''), place, {}, value.startsWith('.') ? 'below' : 'subtree');
}
