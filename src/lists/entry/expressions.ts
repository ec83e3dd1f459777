// The expressions of all lists: bounded in number, grouped at the end, and those that would slow every query left out.
import { groupPatterns } from '../../policy/pattern-groups.ts';
import { PATTERNS_MAX } from '../../policy/patterns.ts';
import type { PatternRule } from '../../policy/rule.ts';
import { isWideExpression } from './broad-name.ts';
import { leftOutOf, Problems, type SkipReason, type SkipReport } from './problems.ts';

interface Expression {
  readonly source: string;
  readonly rule: number;
  readonly list: number;
  readonly line: number;
}

/** What is to be said of one list's expressions. */
export interface ToldExpressions {
  /** Left out. */
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

  /** @returns the expressions with their groups, and by list what was too heavy, and what is found in anybody's names */
  settle(): { patterns: PatternRule[]; told: Map<number, ToldExpressions> } {
    const groups = groupPatterns(this.#taken.map(({ source }) => source));
    const heavy = new Set(this.#taken.filter((_, index) => groups[index] === -1));
    const told = new Map<number, ToldExpressions>();
    for (const [list, own] of Map.groupBy(this.#taken, (each) => each.list)) {
      const problems = new Problems();
      for (const each of own)
        if (heavy.has(each)) problems.addText('heavy-pattern', each.line, each.source);
        else if (isWideExpression(each.source)) problems.addText('wide-expression', each.line, each.source);
      const skipped = problems.report();
      if (skipped.length > 0) told.set(list, { count: leftOutOf(skipped), skipped });
    }
    const patterns = this.#taken.flatMap(({ source, rule }, index) => {
      const group = groups[index] ?? -1;
      return group < 0 ? [] : [{ source, rule, group }];
    });
    return { patterns, told };
  }
}
