// What a choice of lists says of a name and of all below it: asked of the policy itself, with a group that has just these lists,
// so that other servers decide as this one does.
import type { GroupConfig, Milliseconds } from '../config/config.ts';
import { type AddressTable, bitsOf, openAddresses, widerEntry } from '../policy/addresses/table.ts';
import { Policy } from '../policy/decide.ts';
import { modeAt } from '../policy/expiry.ts';
import type { Rule, RuleSet } from '../policy/rule.ts';
import { RANK, ranksIn } from '../policy/rule-table.ts';
import { Verdict } from '../policy/verdict.ts';
import { openTrie, ruleSetsOf, type Trie } from '../trie/reader.ts';
import { NAME_OCTETS_MAX } from '../wire/names/name.ts';
import { TYPE } from '../wire/records/iana.ts';

/** A label that no list has: what is decided for it below a name is decided for any other. */
const ANY_LABEL = Uint8Array.of(1, 1);
/** A list that is none: its rules have no say. */
const NO_LIST = 0xffff;
const ANSWER = { kind: 'nxdomain' } as const;
const NOBODY = new Uint8Array(16);

export interface SelectedNetwork {
  /** 4 or 16 octets. */
  readonly octets: Uint8Array;
  readonly bits: number;
  readonly rule: Rule;
}

export class Selected {
  readonly trie: Trie;
  /** Expressions of these lists: no zone can say them. */
  readonly expressions: number;
  readonly #rules: readonly Rule[];
  readonly #policy: Policy;
  readonly #rank: Uint8Array;
  readonly #verdict = new Verdict();
  readonly #name = new Uint8Array(NAME_OCTETS_MAX + 1);
  /** By set of the trie: whether it has a rule that can be said, and one that depends on more than the name. */
  readonly #sayable: readonly boolean[];
  readonly #conditional: readonly boolean[];
  readonly #addresses: AddressTable;

  /** @param nowMs the calendar's: entries whose time is over are left out */
  constructor(ruleSet: RuleSet, lists: readonly string[], nowMs: Milliseconds) {
    const group: GroupConfig = {
      name: 'selected',
      clients: [],
      lists: lists.filter((name) =>
        ruleSet.lists.some((list) => list.name === name && list.mode === 'enforce'),
      ),
      schedule: null,
      inspect: false,
      rebinding: false,
      upstreams: null,
    };
    const isOver = (rule: Rule): boolean => modeAt(rule, ruleSet.lists[rule.list], nowMs) === 'expired';
    const plain: RuleSet = {
      ...ruleSet,
      patterns: [],
      rules: ruleSet.rules.map((rule) =>
        isConditional(rule) || isOver(rule) ? { ...rule, list: NO_LIST } : rule,
      ),
    };
    const own = ranksIn(ruleSet, group);
    const isChosen = (rule: number): boolean => own[rule] !== RANK.none;
    this.#rules = ruleSet.rules;
    this.#policy = new Policy(plain, [group], ANSWER);
    this.#rank = ranksIn(plain, group);
    this.expressions = ruleSet.patterns.filter(({ rule }) => isChosen(rule)).length;
    this.trie = openTrie(ruleSet.trie);
    const sets = ruleSetsOf(this.trie);
    this.#sayable = sets.map((set) => set.some((rule) => this.#rank[rule] !== RANK.none));
    this.#conditional = sets.map((set) =>
      set.some((rule) => isChosen(rule) && isConditional(this.#rules[rule]!)),
    );
    this.#addresses = openAddresses(ruleSet.addresses);
  }

  isSayable(set: number): boolean {
    return this.#sayable[set] === true;
  }

  isConditional(set: number): boolean {
    return this.#conditional[set] === true;
  }

  /** The rule that decides the name itself. @param name wire form, lower case */
  at(name: Uint8Array, length: number): Rule | null {
    this.#policy.decide(name, length, TYPE.A, 0, NOBODY, this.#verdict);
    return this.#rules[this.#verdict.rule] ?? null;
  }

  /** The rule that decides whatever is below the name and not named itself. */
  below(name: Uint8Array, length: number): Rule | null {
    if (length + ANY_LABEL.length > NAME_OCTETS_MAX) return null;
    this.#name.set(ANY_LABEL);
    this.#name.set(name.subarray(0, length), ANY_LABEL.length);
    return this.at(this.#name, length + ANY_LABEL.length);
  }

  /** Networks of these lists with the rule that decides each; an exception for a wider network holds inside it too. */
  *networks(): Generator<SelectedNetwork, void> {
    const { keys4, keys6, rules } = this.#addresses;
    for (let entry = 0; entry < rules.length; entry += 1) {
      // A network stands there once for each of its rules, one beside the other; the last of them sees all the others.
      if (this.#isSame(entry, entry + 1)) continue;
      const best = this.#deciding(entry);
      if (best === null) continue;
      const isFour = entry < keys4.length;
      const words = isFour
        ? keys4.subarray(entry, entry + 1)
        : keys6.subarray(4 * (entry - keys4.length)).subarray(0, 4);
      const octets = octetsOf(words);
      const bits = bitsOf(this.#addresses, entry);
      yield { octets, bits, rule: best };
    }
  }

  #deciding(entry: number): Rule | null {
    if (this.#rank[this.#addresses.rules[entry]!] === RANK.none && !this.#hasOwn(entry)) return null;
    let best: number = RANK.none;
    let rule = -1;
    for (let at = entry; at >= 0; at = widerEntry(this.#addresses, at)) {
      const number = this.#addresses.rules[at]!;
      const worth = this.#rank[number]!;
      if (worth < best) {
        best = worth;
        rule = number;
      }
    }
    return this.#rules[rule] ?? null;
  }

  /** Whether another rule of the very same network is of these lists. */
  #hasOwn(entry: number): boolean {
    for (
      let at = widerEntry(this.#addresses, entry);
      at >= 0 && this.#isSame(at, entry);
      at = widerEntry(this.#addresses, at)
    )
      if (this.#rank[this.#addresses.rules[at]!] !== RANK.none) return true;
    return false;
  }

  #isSame(a: number, b: number): boolean {
    const { keys4, keys6, rules } = this.#addresses;
    const four = keys4.length;
    if (a >= rules.length || b >= rules.length || a < four !== b < four) return false;
    if (bitsOf(this.#addresses, a) !== bitsOf(this.#addresses, b)) return false;
    if (a < four) return keys4[a] === keys4[b];
    return [0, 1, 2, 3].every((word) => keys6[4 * (a - four) + word] === keys6[4 * (b - four) + word]);
  }
}

/** Whether a rule depends on more than the name: a policy zone has no word for that. */
function isConditional({ types, clients, except }: Rule): boolean {
  return types !== null || clients !== null || except !== null;
}

function octetsOf(words: Uint32Array): Uint8Array {
  const octets = new Uint8Array(4 * words.length);
  const view = new DataView(octets.buffer);
  words.forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  return octets;
}
