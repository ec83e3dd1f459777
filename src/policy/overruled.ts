// Exceptions as dnsmasq and Unbound mean them: of one list the entry nearest to the name decides, and one that blocks before one that does not.
//
// HOT, though asked only where such an exception matches.
import type { Matches } from '../trie/reader.ts';
import { conditionsHold } from './conditions.ts';
import { type RuleTable, SCOPE } from './rule-table.ts';
import { VERDICT } from './verdict.ts';

/** What the trie has of one name. */
export interface MatchedSets {
  /** The longest name last. */
  readonly matches: Matches;
  /** Rule numbers of set n: members[starts[n] .. starts[n+1]). */
  readonly members: Int32Array;
  readonly starts: Int32Array;
}

/** Lists whose exceptions yield have no rules for some clients alone. */
const NO_ADDRESS = new Uint8Array(16);

/**
 * Whether a list blocks what is asked for by an entry on the name of its exception, or on a longer one.
 * @param exception number of its rule @param at of its name among the matches @param longest of the last match
 */
export function isOverruled(
  { matches, members, starts }: MatchedSets,
  { list, scope, verdict, zone, conditions: all }: RuleTable,
  exception: number,
  at: number,
  longest: number,
  name: Uint8Array,
  length: number,
  qtype: number,
): boolean {
  const of = list[exception]!;
  const isBelow = (scope[exception]! & SCOPE.exact) === 0;
  for (let i = at; i <= longest; i += 1) {
    const bit = matches.offsets[i] === 0 ? SCOPE.exact : SCOPE.below;
    const set = matches.sets[i]!;
    for (let m = starts[set]!; m < starts[set + 1]!; m += 1) {
      const rule = members[m]!;
      if (list[rule] !== of || (scope[rule]! & bit) === 0 || verdict[rule] === VERDICT.pass) continue;
      // dnsmasq: on one name `server=/name/#` stands behind an address and `*.name`, and before `local=/name/`.
      const isOfName = i === at && (scope[rule]! & SCOPE.exact) !== 0;
      if (isOfName && (isBelow || (zone[rule] === 1 && verdict[rule] === VERDICT.nxdomain))) continue;
      const conditions = all[rule]!;
      if (conditions === null || conditionsHold(conditions, name, length, qtype, NO_ADDRESS)) return true;
    }
  }
  return false;
}
