// The expressions of all lists: bounded in number, grouped at the end, and those that would slow every query left out.
import { groupPatterns } from '../../policy/pattern-groups.ts';
import { PATTERNS_MAX } from '../../policy/patterns.ts';
import type { PatternRule } from '../../policy/rule.ts';
import { Problems, type SkipReason, type SkipReport } from './problems.ts';

interface Expression {
  readonly source: string;
  readonly rule: number;
  readonly list: number;
  readonly line: number;
}

/** What is left out of one list. */
export interface LeftOutExpressions {
  readonly count: number;
  readonly skipped: readonly SkipReport[];
}

export class Expressions {
  readonly #taken: Expression[] = [];

  /** @returns null, or why there is no room for it */
  add(expression: Expression): SkipReason | null {
    if (this.#taken.length >= PATTERNS_MAX) return 'too-many-patterns';
    this.#taken.push(expression);
    return null;
  }

  /** @returns the expressions with their groups, and by list what was too heavy */
  settle(): { patterns: PatternRule[]; leftOut: Map<number, LeftOutExpressions> } {
    const groups = groupPatterns(this.#taken.map(({ source }) => source));
    const heavy = this.#taken.filter((_, index) => groups[index] === -1);
    const leftOut = new Map<number, LeftOutExpressions>();
    for (const list of new Set(heavy.map((each) => each.list))) {
      const own = heavy.filter((each) => each.list === list);
      const problems = new Problems();
      for (const { source, line } of own) problems.addText('heavy-pattern', line, source);
      leftOut.set(list, { count: own.length, skipped: problems.report() });
    }
    const patterns = this.#taken.flatMap(({ source, rule }, index) => {
      const group = groups[index] ?? -1;
      return group < 0 ? [] : [{ source, rule, group }];
    });
    return { patterns, leftOut };
  }
}
