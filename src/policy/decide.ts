// One question, one client's group → a verdict. The heart of the filter.
// HOT. Invariants: same input, same verdict; no I/O; nothing is allocated unless a list holds expressions or rules with
// conditions. The lowest RANK decides (a group's allow beats its blocks); inside one rank the longest name wins. Of all
// policy zones one rule has a say among them: zone-turn.ts. Twin: test/support/naive-policy.ts, compared with on random lists.
import type { GroupConfig, SinkholeAnswer } from '../config/config.ts';
import { findAll, type Matches, openTrie, ruleSetsOf, type Trie } from '../trie/reader.ts';
import {
  type AddressTable,
  bitsOf,
  countOf,
  findAddress,
  openAddresses,
  widerEntry,
} from './addresses/table.ts';
import { narrowestClient } from './client-pattern.ts';
import { answerWorth, conditionsHold, goesBefore, NO_NAME } from './conditions.ts';
import { Expiry } from './expiry.ts';
import { nextGeneration } from './generation.ts';
import { isOverruled, type MatchedSets } from './overruled.ts';
import { Patterns, tryPatterns } from './patterns.ts';
import type { Rule, RuleSet } from './rule.ts';
import {
  buildRuleTable,
  RANK,
  type RuleTable,
  ranksAt,
  SCOPE,
  STAGE,
  type Stage,
  YIELDS,
} from './rule-table.ts';
import { IN_FORCE, type InForce, inForceAt } from './schedule.ts';
import { ALL_LISTS, VERDICT, type Verdict, type VerdictCode } from './verdict.ts';
import { NO_ZONE, ZoneTurn } from './zone-turn.ts';

export class Policy {
  readonly ruleSet: RuleSet;
  /** Whether any list holds addresses. */
  readonly hasAddresses: boolean;
  /** Whether verdicts depend on more of a client than its group. */
  readonly dependsOnClient: boolean;
  readonly #trie: Trie;
  readonly #addresses: AddressTable;
  readonly #table: RuleTable;
  readonly #patterns: Patterns;
  /** [group][pattern group] → the lowest rank among its rules: what cannot win is not looked for. */
  #patternRanks: readonly (readonly number[])[];
  readonly #expiry: Expiry;
  /** [stage][group], made when a resolution first stands there: RANK behind a rewrite. */
  readonly #ranksBehind: (Uint8Array | undefined)[][] = [[], [], []];
  readonly #groups: readonly GroupConfig[];
  /** Rule numbers of set n: #members[#starts[n] .. #starts[n+1]). */
  readonly #members: Int32Array;
  readonly #starts: Int32Array;
  readonly #matches: Matches = { sets: new Int32Array(128), offsets: new Int32Array(128) };
  readonly #sets: MatchedSets;
  readonly #zones = new ZoneTurn();
  /** By group, IN_FORCE: which of its lists are at this minute. */
  readonly #inForce: Uint8Array;
  #generation = 0;

  /** @throws TrieError, Error when the rule set's buffers are not of this version */
  constructor(ruleSet: RuleSet, groups: readonly GroupConfig[], answer: SinkholeAnswer) {
    this.ruleSet = ruleSet;
    this.#trie = openTrie(ruleSet.trie);
    this.#addresses = openAddresses(ruleSet.addresses);
    this.hasAddresses = countOf(this.#addresses) > 0;
    this.#table = buildRuleTable(ruleSet, groups, answer);
    this.dependsOnClient = this.#table.conditions.some((conditions) => conditions?.clients != null);
    this.#generation = nextGeneration();
    this.#patterns = new Patterns(ruleSet.patterns);
    this.#expiry = new Expiry(ruleSet, groups, this.#table);
    this.#patternRanks = this.#patterns.lowestRanks(this.#table.rank);
    this.#groups = groups;
    this.#inForce = new Uint8Array(groups.length).fill(IN_FORCE.all);
    const sets = ruleSetsOf(this.#trie);
    this.#members = Int32Array.from(sets.flat());
    this.#starts = new Int32Array(sets.length + 1);
    sets.forEach((set, i) => {
      this.#starts[i + 1] = this.#starts[i]! + set.length;
    });
    this.#sets = { matches: this.#matches, members: this.#members, starts: this.#starts };
  }

  /** Equal numbers, equal verdicts: what was found with one need not be looked for again while it stands. */
  get generation(): number {
    return this.#generation;
  }

  /** Re-evaluates schedules; call when the minute changes. A paused group's lists are not in force. */
  setMinute(minuteOfWeek: number, paused: readonly boolean[] = []): void {
    this.#groups.forEach(({ schedule }, i) => {
      this.setInForce(i, inForceAt(schedule, minuteOfWeek, paused[i] === true));
    });
  }

  setInForce(group: number, inForce: InForce): void {
    if (this.#inForce[group] === inForce) return;
    this.#inForce[group] = inForce;
    this.#generation = nextGeneration();
  }

  /** Rules whose time is over only watch from here on; call when the minute changes. */
  setTime(nowMs: number): void {
    if (!this.#expiry.setTime(nowMs)) return;
    this.#patternRanks = this.#patterns.lowestRanks(this.#table.rank);
    for (const ranks of this.#ranksBehind) ranks.length = 0;
    this.#generation = nextGeneration();
  }

  /** Whether all lists of a group are in force: no pause, and not outside its schedule. */
  isWhole = (group: number): boolean => group >= 0 && this.#inForce[group] === IN_FORCE.all;

  /** Whether what answers lead to is checked for a group's clients. */
  inspects(group: number): boolean {
    return this.#groups[group]?.inspect === true;
  }

  rule(number: number): Rule | undefined {
    return this.ruleSet.rules[number];
  }

  /**
   * Which lists still have a say on the addresses behind a name that is let pass. A policy zone's exception exempts from
   * the zones behind it; the address triggers of those before it hold. @returns 0 when none has, else for `decideAddress`
   */
  zonesBefore(group: number, { rule }: Verdict): number {
    if (rule < 0) return ALL_LISTS;
    const { zone, zoneOrder, list } = this.#table;
    return this.hasAddresses && zone[rule] === 1 ? zoneOrder[group]![list[rule]!]! : 0;
  }

  /**
   * @param name lower-case wire form from octet 0
   * @param group as Groups.groupOf gave it; −1 passes
   * @param address the client's 16 octets
   * @param stage how far the resolution has come that led to the name
   */
  decide(
    name: Uint8Array,
    length: number,
    qtype: number,
    group: number,
    address: Uint8Array,
    verdict: Verdict,
    stage: Stage = STAGE.asked,
  ): VerdictCode {
    verdict.clear();
    if (group < 0 || this.#inForce[group] === IN_FORCE.none) return VERDICT.pass;
    const rank = this.#ranksOf(group, stage);
    const order = this.#table.order[group]!;
    const zoneOrder = this.#table.zoneOrder[group]!;
    const { sets, offsets } = this.#matches;
    const { zone, scope: scopes, list, conditions: all } = this.#table;
    const zones = this.#zones;
    zones.begin();
    let best: number = RANK.none;
    const longest = findAll(this.#trie, name, length, this.#matches) - 1;
    for (let i = longest; i >= 0; i -= 1) {
      const offset = offsets[i]!;
      const scope = offset === 0 ? SCOPE.exact : SCOPE.below;
      const set = sets[i]!;
      for (let m = this.#starts[set]!; m < this.#starts[set + 1]!; m += 1) {
        const rule = this.#members[m]!;
        const worth = rank[rule]!;
        if (worth === RANK.none || (scopes[rule]! & scope) === 0) continue;
        const isZone = zone[rule] === 1;
        if (isZone ? zoneOrder[list[rule]!]! > zones.order : worth > best) continue;
        if (
          !isZone &&
          worth === best &&
          (offset !== verdict.nameOffset || !goesBefore(this.#table, order, rule, verdict.rule, qtype))
        )
          continue;
        const conditions = all[rule]!;
        if (conditions !== null && !conditionsHold(conditions, name, length, qtype, address)) continue;
        if (
          (scopes[rule]! & YIELDS) !== 0 &&
          isOverruled(this.#sets, this.#table, rule, i, longest, name, length, qtype)
        )
          continue;
        if (isZone) {
          const isOfClient = conditions !== null && conditions.clients !== null && offset === length - 1;
          const place = isOfClient ? -1 - narrowestClient(conditions.clients, address) : offset;
          const answer = answerWorth(this.#table.answers[rule]!, qtype);
          zones.offer(rule, zoneOrder[list[rule]!]!, place, worth, answer, offset);
          continue;
        }
        best = worth;
        verdict.rule = rule;
        verdict.nameOffset = offset;
      }
    }
    if (zones.rule >= 0 && this.#zoneGoesBefore(best, verdict, order, qtype)) {
      best = zones.worth;
      verdict.rule = zones.rule;
      verdict.nameOffset = zones.at;
    }
    if (this.#patterns.groups.length > 0)
      best = tryPatterns(
        this.#patterns,
        this.#patternRanks[group]!,
        best,
        this.ruleSet,
        this.#table,
        rank,
        name,
        length,
        qtype,
        address,
        verdict,
      );
    return this.#conclude(best, verdict);
  }

  /**
   * Decides an address that an answer leads to; inside one rank the narrowest network wins.
   * @param length 4 or 16 octets at `offset` of `octets`
   * @param address the client's 16 octets
   * @param stage as in `decide`
   * @param before as `zonesBefore` said
   */
  decideAddress(
    octets: Uint8Array,
    offset: number,
    length: number,
    qtype: number,
    group: number,
    address: Uint8Array,
    verdict: Verdict,
    stage: Stage = STAGE.asked,
    before: number = ALL_LISTS,
  ): VerdictCode {
    verdict.clear();
    if (group < 0 || this.#inForce[group] === IN_FORCE.none) return VERDICT.pass;
    const table = this.#addresses;
    const rank = this.#ranksOf(group, stage);
    const order = this.#table.order[group]!;
    const zoneOrder = this.#table.zoneOrder[group]!;
    const zones = this.#zones;
    zones.begin();
    let best: number = RANK.none;
    let entry = findAddress(table, octets, offset, length);
    for (; entry >= 0; entry = widerEntry(table, entry)) {
      const rule = table.rules[entry]!;
      const bits = bitsOf(table, entry);
      const worth = rank[rule]!;
      if (worth === RANK.none) continue;
      const isZone = this.#table.zone[rule] === 1;
      const place = isZone ? zoneOrder[this.#table.list[rule]!]! : NO_ZONE;
      if (place >= before) continue;
      if (!isZone && worth > best) continue;
      if (!isZone && worth === best && (bits !== verdict.addressBits || order[rule]! >= order[verdict.rule]!))
        continue;
      const conditions = this.#table.conditions[rule]!;
      if (conditions !== null && !conditionsHold(conditions, NO_NAME, 1, qtype, address)) continue;
      if (isZone) {
        const answer = answerWorth(this.#table.answers[rule]!, qtype);
        zones.offer(rule, place, 128 - bits, worth, answer, bits);
        continue;
      }
      best = worth;
      verdict.rule = rule;
      verdict.addressBits = bits;
    }
    if (zones.rule >= 0 && (zones.worth < best || (zones.worth === best && zones.at > verdict.addressBits))) {
      best = zones.worth;
      verdict.rule = zones.rule;
      verdict.addressBits = zones.at;
    }
    return this.#conclude(best, verdict);
  }

  #ranksOf(group: number, stage: Stage): Uint8Array {
    const hour = this.#inForce[group] === IN_FORCE.all ? group : group + this.#groups.length;
    const ranks = this.#table.rank[hour]!;
    if (stage === STAGE.asked) return ranks;
    const behind = this.#ranksBehind[stage]!;
    behind[hour] ??= ranksAt(stage, ranks, this.ruleSet);
    return behind[hour];
  }

  #conclude(best: number, verdict: Verdict): VerdictCode {
    if (best === RANK.monitor) verdict.code = VERDICT.monitor;
    else if (best !== RANK.none) verdict.code = this.#table.verdict[verdict.rule] as VerdictCode;
    return verdict.code;
  }

  /** Whether the zones' rule is worth more than what the other lists say; of equal worth the longest name goes first. */
  #zoneGoesBefore(best: number, verdict: Verdict, order: Uint16Array, qtype: number): boolean {
    const { rule, worth, at } = this.#zones;
    if (worth !== best) return worth < best;
    return (
      at < verdict.nameOffset ||
      (at === verdict.nameOffset && goesBefore(this.#table, order, rule, verdict.rule, qtype))
    );
  }
}
