// Rules that are expressions over a name's text: many in one automaton, built by a linear-time engine as names need it.
//
// A look-up is one walk over the name's text for each group of expressions, whatever their number. pattern-groups.ts decides
// the groups, when lists are compiled, so that no automaton grows without end. Twin: each expression alone, in the tests.
import { createRequire } from 'node:module';
import type { RE2Set } from 're2js';
import { messageOf } from '../config/coded-error.ts';
import { nameToText } from '../wire/names/presentation.ts';
import { conditionsHold } from './conditions.ts';
import type { PatternRule, RuleSet } from './rule.ts';
import type { RuleTable } from './rule-table.ts';
import type { Verdict } from './verdict.ts';

/** A pattern longer than this is refused when its list is read. */
export const PATTERN_LENGTH_MAX = 1000;
/** Steps of the engine's program: counted repetitions multiply them. */
const PROGRAM_SIZE_MAX = 1000;
/** All lists together may hold this many. */
export const PATTERNS_MAX = 1000;
/** States of one group's automaton take at most this; a full one is emptied and fills again. */
export const AUTOMATON_OCTETS_MAX = 33_554_432;

/** Loaded where somebody has an expression: half a megabyte of each thread's heap. */
let loaded: typeof import('re2js') | null = null;
const engine = (): typeof import('re2js') => (loaded ??= createRequire(import.meta.url)('re2js'));

/** Expressions found in one walk. */
export function automatonOf(sources: readonly string[]): RE2Set {
  const { RE2JS, RE2Set } = engine();
  const set = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE, AUTOMATON_OCTETS_MAX);
  for (const source of sources) set.add(source);
  set.compile();
  return set;
}

interface PatternGroup {
  readonly automaton: RE2Set;
  /** Index into RuleSet.patterns of each expression in it. */
  readonly members: readonly number[];
}

export class Patterns {
  readonly groups: readonly PatternGroup[];
  readonly #patterns: readonly PatternRule[];

  /** @throws when a source is not an expression the engine takes: lists have checked that before */
  constructor(patterns: readonly PatternRule[]) {
    this.#patterns = patterns;
    const numbers = [...new Set(patterns.map(({ group }) => group))];
    this.groups = numbers.map((number) => {
      const members = [...patterns.keys()].filter((index) => patterns[index]?.group === number);
      return { members, automaton: automatonOf(members.map((index) => patterns[index]?.source ?? '')) };
    });
  }

  /** [hour of a group][group of expressions] → the lowest rank among its rules. @param ranks [hour of a group][rule] */
  lowestRanks(ranks: readonly Uint8Array[]): number[][] {
    return ranks.map((rank) =>
      this.groups.map(({ members }) =>
        Math.min(...members.map((index) => rank[this.#patterns[index]!.rule]!)),
      ),
    );
  }
}

/** Whether one expression is found anywhere in a name's text. */
export function isFound(source: string, text: string): boolean {
  const { RE2JS } = engine();
  return RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).test(text);
}

/** Why a list's expression cannot be used, null when it can. */
export function patternProblem(source: string): string | null {
  if (source.length > PATTERN_LENGTH_MAX) return `expression longer than ${PATTERN_LENGTH_MAX} characters`;
  const { RE2JS } = engine();
  try {
    const size = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).programSize();
    return size > PROGRAM_SIZE_MAX ? `expression of ${size} steps, at most ${PROGRAM_SIZE_MAX}` : null;
  } catch (error) {
    return `expression not understood: ${messageOf(error)}`;
  }
}

/**
 * Tries those that could still win, after the trie.
 * @param lowest by pattern group, the lowest RANK among the rules of all lists of the client's group
 * @param found RANK of what decides so far @param rank [rule] → RANK
 * @returns RANK of what decides now; the verdict says which
 */
export function tryPatterns(
  { groups }: Patterns,
  lowest: readonly number[],
  found: number,
  { patterns }: RuleSet,
  { conditions: all }: RuleTable,
  rank: Uint8Array,
  name: Uint8Array,
  length: number,
  qtype: number,
  address: Uint8Array,
  verdict: Verdict,
): number {
  let best = found;
  let text: string | null = null;
  for (let g = 0; g < lowest.length; g += 1) {
    if (lowest[g]! >= best) continue;
    const { automaton, members } = groups[g]!;
    text ??= nameToText(name);
    for (const matched of automaton.match(text)) {
      const pattern = members[matched]!;
      const { rule } = patterns[pattern]!;
      if (rank[rule]! >= best) continue;
      const own = all[rule]!;
      if (own !== null && !conditionsHold(own, name, length, qtype, address)) continue;
      best = rank[rule]!;
      verdict.rule = rule;
      verdict.nameOffset = -1;
      verdict.pattern = pattern;
    }
  }
  return best;
}
