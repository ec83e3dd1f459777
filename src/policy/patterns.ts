// Rules that are expressions over a name's text, run by a linear-time engine so that no list can stall a query.
import { RE2JS } from 're2js';
import type { PatternRule } from './rule.ts';

/** A pattern longer than this is refused when its list is read. */
export const PATTERN_LENGTH_MAX = 1000;
/** All lists together may hold this many; each is tried on every name the trie has not settled. */
export const PATTERNS_MAX = 1000;

export class Patterns {
  readonly #compiled: readonly RE2JS[];
  /** Rule number of each pattern. */
  readonly rules: readonly number[];

  /** @throws when a source is not an expression the engine takes: lists have checked that before */
  constructor(patterns: readonly PatternRule[]) {
    this.#compiled = patterns.map((pattern) => RE2JS.compile(pattern.source, RE2JS.CASE_INSENSITIVE));
    this.rules = patterns.map((pattern) => pattern.rule);
  }

  get count(): number {
    return this.#compiled.length;
  }

  /** Whether pattern `index` is found anywhere in the name's text. */
  matches(index: number, text: string): boolean {
    return this.#compiled[index]!.matcher(text).find();
  }
}

/** Why a list's expression cannot be used, null when it can. */
export function patternProblem(source: string): string | null {
  if (source.length > PATTERN_LENGTH_MAX) return `expression longer than ${PATTERN_LENGTH_MAX} characters`;
  try {
    RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    return null;
  } catch (error) {
    return `expression not understood: ${error instanceof Error ? error.message : String(error)}`;
  }
}
