// Which lists that alert have a name, or an address that an answer leads to: all of them, whichever rule decided.
//
// The decision has one winner and says what the client gets; an indicator that was asked for counts for its campaign also where
// another list answered, and where its list only watches. Works with the rules in force; hits of older ones keep what their
// own rule says.
import type { GroupConfig } from '../config/config.ts';
import {
  type AddressTable,
  bitsOf,
  findAddress,
  openAddresses,
  widerEntry,
} from '../policy/addresses/table.ts';
import { conditionsHold } from '../policy/conditions.ts';
import { Patterns } from '../policy/patterns.ts';
import type { RuleSet } from '../policy/rule.ts';
import { type HitIndicator, meaningOf } from '../policy/rule-meaning.ts';
import { buildRuleTable, RANK, type RuleTable, SCOPE } from '../policy/rule-table.ts';
import { findAll, openTrie, ruleSetsOf, type Trie } from '../trie/reader.ts';
import { networkToText } from '../wire/names/address.ts';
import { nameToText } from '../wire/names/presentation.ts';

/** What a list that has the name does about it. */
export type MatchMode = 'enforce' | 'monitor';

/** One list that alerts and has what was asked for. */
export interface Match {
  readonly list: string;
  /** Its entry: a name, a network or /an expression/. */
  readonly rule: string;
  readonly indicator: HitIndicator | null;
  readonly mode: MatchMode;
}

/** Who asked for which type: rules may be limited to some. */
export interface Asking {
  readonly qtype: number;
  /** Number of the group that the client was in. */
  readonly group: number;
  /** The client's 16 octets. */
  readonly address: Uint8Array;
}

const NONE: readonly Match[] = [];
const NO_NAME = new Uint8Array(1);
/** Past it all are forgotten and made again. */
const REMEMBERED_MAX = 16_384;

export class Matcher {
  readonly revision: number;
  readonly #ruleSet: RuleSet;
  readonly #trie: Trie;
  readonly #addresses: AddressTable;
  readonly #table: RuleTable;
  readonly #patterns: Patterns | null;
  /** Index into RuleSet.patterns of each of #patterns. */
  readonly #patternNumbers: readonly number[];
  readonly #sets: readonly (readonly number[])[];
  /** [rule] → 1 where its list alerts and the rule allows nothing. */
  readonly #alerts: Uint8Array;
  /** [set of the trie] → 1 where one of its rules alerts. */
  readonly #setAlerts: Uint8Array;
  readonly #found = { sets: new Int32Array(128), offsets: new Int32Array(128) };
  /** The only match of a name, by rule and text, alone in its list: what hits share is made once. */
  readonly #single = new Map<string, readonly [Match]>();

  constructor(ruleSet: RuleSet, groups: readonly GroupConfig[]) {
    const { rules, lists, patterns } = ruleSet;
    this.revision = ruleSet.revision;
    this.#ruleSet = ruleSet;
    this.#trie = openTrie(ruleSet.trie);
    this.#addresses = openAddresses(ruleSet.addresses);
    this.#table = buildRuleTable(ruleSet, groups, { kind: 'nullip' });
    this.#alerts = Uint8Array.from(rules, ({ list, action }) =>
      action !== 'allow' && lists[list]?.alert === true ? 1 : 0,
    );
    this.#sets = ruleSetsOf(this.#trie);
    this.#setAlerts = Uint8Array.from(this.#sets, (set) =>
      set.some((rule) => this.#alerts[rule] === 1) ? 1 : 0,
    );
    this.#patternNumbers = [...patterns.keys()].filter(
      (index) => this.#alerts[patterns[index]?.rule ?? -1] === 1,
    );
    this.#patterns =
      this.#patternNumbers.length === 0
        ? null
        : new Patterns(this.#patternNumbers.flatMap((index) => patterns[index] ?? []));
  }

  /** @param name lower-case wire form from octet 0 */
  ofName(name: Uint8Array, length: number, asking: Asking): readonly Match[] {
    const { sets, offsets } = this.#found;
    let matches: readonly Match[] = NONE;
    for (let i = findAll(this.#trie, name, length, this.#found) - 1; i >= 0; i -= 1) {
      if (this.#setAlerts[sets[i]!] !== 1) continue;
      const offset = offsets[i]!;
      const scope = offset === 0 ? SCOPE.exact : SCOPE.below;
      for (const rule of this.#sets[sets[i]!]!)
        if ((this.#table.scope[rule]! & scope) !== 0 && this.#applies(rule, name, length, asking))
          matches = this.#with(matches, rule, -1, nameToText(name, offset));
    }
    if (this.#patterns === null) return matches;
    const text = nameToText(name);
    for (const { automaton, members } of this.#patterns.groups)
      for (const matched of automaton.match(text)) {
        const pattern = this.#patternNumbers[members[matched] ?? -1] ?? -1;
        const found = this.#ruleSet.patterns[pattern];
        if (found !== undefined && this.#applies(found.rule, name, length, asking))
          matches = this.#with(matches, found.rule, pattern, `/${found.source}/`);
      }
    return matches;
  }

  /** @param octets 4 or 16, of an address that an answer leads to */
  ofAddress(octets: Uint8Array, asking: Asking): readonly Match[] {
    const table = this.#addresses;
    let matches: readonly Match[] = NONE;
    let entry = findAddress(table, octets, 0, octets.length);
    for (; entry >= 0; entry = widerEntry(table, entry)) {
      const rule = table.rules[entry]!;
      if (this.#alerts[rule] !== 1 || !this.#applies(rule, NO_NAME, 1, asking)) continue;
      matches = this.#with(matches, rule, -1, networkToText(octets, bitsOf(table, entry)));
    }
    return matches;
  }

  #applies(rule: number, name: Uint8Array, length: number, { qtype, group, address }: Asking): boolean {
    if (this.#alerts[rule] !== 1 || (this.#table.rank[group]?.[rule] ?? RANK.none) === RANK.none)
      return false;
    const conditions = this.#table.conditions[rule]!;
    return conditions === null || conditionsHold(conditions, name, length, qtype, address);
  }

  /** The longest entry of a list speaks for it, each campaign of the list for itself. */
  #with(matches: readonly Match[], rule: number, pattern: number, text: string): readonly Match[] {
    const [match] = this.#matchOf(rule, pattern, text);
    if (matches.length === 0) return this.#matchOf(rule, pattern, text);
    const campaign = match.indicator?.campaign;
    const isKnown = matches.some(
      ({ list, indicator }) => list === match.list && indicator?.campaign === campaign,
    );
    return isKnown ? matches : [...matches, match];
  }

  #matchOf(rule: number, pattern: number, text: string): readonly [Match] {
    const key = `${rule} ${pattern} ${text}`;
    const known = this.#single.get(key);
    if (known !== undefined) return known;
    const meaning = meaningOf(this.#ruleSet, rule, pattern);
    const mode = this.#ruleSet.lists[this.#ruleSet.rules[rule]?.list ?? -1]?.mode ?? 'enforce';
    const match: Match = {
      list: meaning?.list ?? 'unknown',
      rule: text,
      indicator: meaning?.indicator ?? null,
      mode,
    };
    const made: readonly [Match] = [match];
    if (this.#single.size >= REMEMBERED_MAX) this.#single.clear();
    this.#single.set(key, made);
    return made;
  }
}
