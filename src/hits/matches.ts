// Which lists that alert have a name, or an address that an answer leads to: all of them, whichever rule decided.
//
// The decision has one winner and says what the client gets; an indicator that was asked for counts for its campaign also where
// another list answered, and where its list only watches. Works with the rules in force; hits of older ones keep what their
// own rule says.
import type { GroupConfig } from '../config/config.ts';
import { RESULT } from '../events/result.ts';
import {
  type AddressTable,
  bitsOf,
  findAddress,
  openAddresses,
  widerEntry,
} from '../policy/addresses/table.ts';
import { conditionsHold, NO_NAME } from '../policy/conditions.ts';
import { Policy } from '../policy/decide.ts';
import { expiryOf, modeAt } from '../policy/expiry.ts';
import { Patterns } from '../policy/patterns.ts';
import type { Rule, RuleSet } from '../policy/rule.ts';
import { meaningOf } from '../policy/rule-meaning.ts';
import { buildRuleTable, RANK, type RuleTable, SCOPE } from '../policy/rule-table.ts';
import { IN_FORCE, type InForce, isInForce, minuteOfWeek } from '../policy/schedule.ts';
import { VERDICT, Verdict, type VerdictCode } from '../policy/verdict.ts';
import { findAll, openTrie, ruleSetsOf, type Trie } from '../trie/reader.ts';
import { networkToText } from '../wire/names/address.ts';
import { nameToText } from '../wire/names/presentation.ts';
import { TYPE } from '../wire/records/iana.ts';
import type { Asking, Chosen, Match, Ruling } from './match.ts';
import { STANDING, type Standing } from './standing.ts';

/** The text of an entry that begins at an octet of the name. */
interface Known {
  readonly offset: number;
  readonly text: string;
}

/** One list, for one campaign: it counts once. */
export const isSameListing = (a: Match, b: Match): boolean =>
  a.list === b.list && a.indicator?.campaign === b.indicator?.campaign;

/** How one asking stands with the lists that alert. */
export interface Judged {
  readonly standing: Standing;
  readonly matches: readonly Match[];
  /** What stands behind the name and is listed; absent: the name itself is. */
  readonly via?: string;
}

/** An asking that was not blocked. */
interface Asked extends Asking {
  readonly qname: Uint8Array;
  /** RESULT */
  readonly result: number;
}

const ALL_THAT_ALERT: Chosen = { lists: null, anyGroup: false };
const NONE: readonly Match[] = [];
const NOTHING_KNOWN: Known = { offset: -1, text: '' };
const ROOT = new Uint8Array(1);
/** What is answered as if no list had it. */
const PASSING: readonly VerdictCode[] = [VERDICT.pass, VERDICT.monitor, VERDICT['tcp-only']];
/** Past it all are forgotten and made again. */
const REMEMBERED_MAX = 16_384;

export class Matcher {
  readonly revision: number;
  readonly #ruleSet: RuleSet;
  readonly #trie: Trie;
  readonly #addresses: AddressTable;
  readonly #table: RuleTable;
  readonly #policy: Policy;
  readonly #verdict = new Verdict();
  readonly #patterns: Patterns | null;
  /** Index into RuleSet.patterns of each of #patterns. */
  readonly #patternNumbers: readonly number[];
  readonly #sets: readonly (readonly number[])[];
  /** [rule] → 1 where its list alerts and the rule allows nothing. */
  readonly #alerts: Uint8Array;
  /** [rule] → when it begins to watch only. */
  readonly #ends: Float64Array;
  /** [set of the trie] → SCOPE bits of its rules that alert. */
  readonly #setAlerts: Uint8Array;
  readonly #found = { sets: new Int32Array(128), offsets: new Int32Array(128) };
  /** The only match of a name, by rule and pattern, then by text, alone in its list: what hits share is made once. */
  readonly #single = new Map<number, Map<string, readonly [Match]>>();
  #singles = 0;
  readonly #groups: readonly GroupConfig[];
  readonly #anyGroup: boolean;

  constructor(ruleSet: RuleSet, groups: readonly GroupConfig[], chosen: Chosen = ALL_THAT_ALERT) {
    this.#groups = groups;
    this.#anyGroup = chosen.anyGroup;
    const { rules, lists, patterns } = ruleSet;
    this.revision = ruleSet.revision;
    this.#ruleSet = ruleSet;
    this.#trie = openTrie(ruleSet.trie);
    this.#addresses = openAddresses(ruleSet.addresses);
    this.#table = buildRuleTable(ruleSet, groups, { kind: 'nullip' });
    this.#policy = new Policy(ruleSet, groups, { kind: 'nullip' });
    const isChosen = ({ list, action }: Rule): boolean => {
      const face = lists[list];
      if (face === undefined) return false;
      return chosen.lists === null ? face.alert && action !== 'allow' : chosen.lists.includes(face.name);
    };
    this.#alerts = Uint8Array.from(rules, (rule) => (isChosen(rule) ? 1 : 0));
    this.#ends = Float64Array.from(rules, (rule) => expiryOf(rule, lists[rule.list]));
    this.#sets = ruleSetsOf(this.#trie);
    this.#setAlerts = Uint8Array.from(this.#sets, (set) =>
      set.reduce((bits, rule) => (this.#alerts[rule] === 1 ? bits | this.#table.scope[rule]! : bits), 0),
    );
    this.#patternNumbers = [...patterns.keys()].filter(
      (index) => this.#alerts[patterns[index]?.rule ?? -1] === 1,
    );
    this.#patterns =
      this.#patternNumbers.length === 0
        ? null
        : new Patterns(this.#patternNumbers.flatMap((index) => patterns[index] ?? []));
  }

  isOf(ruleSet: RuleSet, groups: readonly GroupConfig[]): boolean {
    return this.#ruleSet === ruleSet && this.#groups === groups;
  }

  /** Whether a list that alerts has the name, whoever asks. @param name lower-case wire form from octet 0 */
  isListed(name: Uint8Array, length: number): boolean {
    const { sets, offsets } = this.#found;
    for (let i = findAll(this.#trie, name, length, this.#found) - 1; i >= 0; i -= 1)
      if ((this.#setAlerts[sets[i]!]! & (offsets[i] === 0 ? SCOPE.exact : SCOPE.below)) !== 0) return true;
    if (this.#patterns === null) return false;
    const text = nameToText(name.subarray(0, length));
    return this.#patterns.groups.some(({ automaton }) => automaton.match(text).length > 0);
  }

  /** Whether a list that alerts has the address, whoever asks. @param octets 4 or 16 */
  isListedAddress(octets: Uint8Array): boolean {
    const table = this.#addresses;
    for (
      let entry = findAddress(table, octets, 0, octets.length);
      entry >= 0;
      entry = widerEntry(table, entry)
    )
      if (this.#alerts[table.rules[entry]!] === 1) return true;
    return false;
  }

  /** How an asking for a listed name stands: with lists in force, whatever pauses and schedules say. */
  judge({ qname, qtype, group, address, timeMs, result }: Asked): Judged {
    const asking = { qtype, group, address, timeMs };
    const matches = this.ofName(qname, qname.length, asking);
    if (matches.length === 0) {
      const others = this.ofName(qname, qname.length, { ...asking, anyGroup: true });
      // An entry that does not speak of this type, or of this client, says nothing of the asking.
      return { standing: others.length > 0 ? STANDING.elsewhere : STANDING.unlisted, matches };
    }
    this.#policy.setTime(timeMs);
    const code = this.#policy.decide(qname, qname.length, qtype, group, address, this.#verdict);
    if (code === VERDICT.pass && !this.#isPause(qname.length)) return { standing: STANDING.allowed, matches };
    const isTurnedAway =
      result === RESULT.limited || result === RESULT.truncated || code === VERDICT['tcp-only'];
    if (isTurnedAway) return { standing: STANDING.told, matches };
    return { standing: STANDING.told, matches: this.asPassed(matches, group, timeMs) };
  }

  /** Why lists that would have blocked did not. */
  asPassed(matches: readonly Match[], group: number, timeMs: number): readonly Match[] {
    return this.offSchedule(matches, group, timeMs).map(
      (match): Match => (match.mode === 'enforce' ? { ...match, mode: 'paused' } : match),
    );
  }

  /** At hours that a group's schedule leaves out only lists that are for all block. */
  offSchedule(matches: readonly Match[], group: number, timeMs: number): readonly Match[] {
    const { schedule = null, alwaysLists = [] } = this.#groups[group] ?? {};
    if (schedule === null || isInForce(schedule, minuteOfWeek(new Date(timeMs)))) return matches;
    return matches.map((match): Match => {
      const isOff = match.mode === 'enforce' && !alwaysLists.includes(match.list);
      return isOff ? { ...match, mode: 'schedule' } : match;
    });
  }

  /** Whether blocking is off for a machine while others of its group are blocked. */
  isPaused(group: number, address: Uint8Array, timeMs: number): boolean {
    return this.ruling(ROOT, false, { qtype: TYPE.A, group, address, timeMs }, IN_FORCE.all) === 'passes-all';
  }

  /** Whether what was decided last passes because every name does: that says nothing of this one. @param length of the name */
  #isPause(length: number): boolean {
    return this.#verdict.isException && this.#verdict.nameOffset === length - 1;
  }

  /** Whether verdicts depend on more of a client than its group. */
  get dependsOnClient(): boolean {
    return this.#policy.dependsOnClient;
  }

  /** Whether the group's answers are looked through for what they lead to. */
  inspects(group: number): boolean {
    return this.#policy.inspects(group);
  }

  /** What those of the group's lists that are in force have decided. @param octets a lower-case wire name, or 4 or 16 of an address */
  ruling(octets: Uint8Array, isAddress: boolean, asking: Asking, inForce: InForce): Ruling {
    const { qtype, group, address, timeMs } = asking;
    const policy = this.#policy;
    const verdict = this.#verdict;
    policy.setTime(timeMs);
    policy.setInForce(group, inForce);
    const code = isAddress
      ? policy.decideAddress(octets, 0, octets.length, qtype, group, address, verdict)
      : policy.decide(octets, octets.length, qtype, group, address, verdict);
    policy.setInForce(group, IN_FORCE.all);
    if (!PASSING.includes(code)) return 'blocks';
    if (code !== VERDICT.pass) return 'watches';
    if (!verdict.isException) return 'nothing';
    return this.#isPause(octets.length) ? 'passes-all' : 'excepts';
  }

  /**
   * @param name lower-case wire form from octet 0
   * @param known an entry whose text is there already
   */
  ofName(name: Uint8Array, length: number, asking: Asking, known: Known = NOTHING_KNOWN): readonly Match[] {
    const { sets, offsets } = this.#found;
    let matches: readonly Match[] = NONE;
    for (let i = findAll(this.#trie, name, length, this.#found) - 1; i >= 0; i -= 1) {
      const offset = offsets[i]!;
      const scope = offset === 0 ? SCOPE.exact : SCOPE.below;
      if ((this.#setAlerts[sets[i]!]! & scope) === 0) continue;
      const text = offset === known.offset ? known.text : nameToText(name, offset);
      for (const rule of this.#sets[sets[i]!]!)
        if ((this.#table.scope[rule]! & scope) !== 0 && this.#applies(rule, name, length, asking))
          matches = this.#with(matches, this.#matchOf(rule, -1, text, asking));
    }
    if (this.#patterns === null) return matches;
    const text = nameToText(name);
    for (const { automaton, members } of this.#patterns.groups)
      for (const matched of automaton.match(text)) {
        const pattern = this.#patternNumbers[members[matched] ?? -1] ?? -1;
        const found = this.#ruleSet.patterns[pattern];
        if (found !== undefined && this.#applies(found.rule, name, length, asking))
          matches = this.#with(matches, this.#matchOf(found.rule, pattern, `/${found.source}/`, asking));
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
      if (this.#alerts[rule] !== 1 || !this.#applies(rule, NO_NAME, NO_NAME.length, asking)) continue;
      const text = networkToText(octets, bitsOf(table, entry));
      matches = this.#with(matches, this.#matchOf(rule, -1, text, asking));
    }
    return matches;
  }

  #applies(rule: number, name: Uint8Array, length: number, asking: Asking): boolean {
    const { qtype, group, address, anyGroup = this.#anyGroup } = asking;
    if (this.#alerts[rule] !== 1) return false;
    if (!anyGroup && (this.#table.rank[group]?.[rule] ?? RANK.none) === RANK.none) return false;
    const conditions = this.#table.conditions[rule]!;
    return conditions === null || conditionsHold(conditions, name, length, qtype, address);
  }

  /** The longest entry of a list speaks for it, each campaign of the list for itself. */
  #with(matches: readonly Match[], made: readonly [Match]): readonly Match[] {
    if (matches.length === 0) return made;
    const [match] = made;
    return matches.some((known) => isSameListing(known, match)) ? matches : [...matches, match];
  }

  #matchOf(rule: number, pattern: number, text: string, { timeMs }: Asking): readonly [Match] {
    const { rules, lists } = this.#ruleSet;
    const own = rules[rule]!;
    const mode = modeAt(own, lists[own.list], timeMs, this.#ends[rule]);
    const number = (pattern + 1) * 0x100000000 + rule;
    const key = mode === 'expired' ? -1 - number : number;
    const known = this.#single.get(key)?.get(text);
    if (known !== undefined) return known;
    const meaning = meaningOf(this.#ruleSet, rule, pattern);
    const { list = 'unknown', indicator = null } = meaning ?? {};
    const made: readonly [Match] = [{ list, rule: text, indicator, mode }];
    if (this.#singles >= REMEMBERED_MAX) {
      this.#single.clear();
      this.#singles = 0;
    }
    const ofRule = this.#single.get(key) ?? new Map<string, readonly [Match]>();
    this.#single.set(key, ofRule.set(text, made));
    this.#singles += 1;
    return made;
  }
}
