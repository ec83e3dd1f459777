// A mistake in the configuration, with its place and what would be right. Problems are values: nothing here throws.

/** Keys and list positions from the root of the file. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** As the user named it. */
  readonly file: string;
  /** From 1; 0 when the problem is not in the text (a file that cannot be read, an environment variable). */
  readonly line: number;
  readonly column: number;
  /** The offending text, at most a line of it; empty for a secret. */
  readonly text: string;
  /** What is wrong, without the place. */
  readonly message: string;
  /** What would be right; null when there is nothing to say. */
  readonly right: string | null;
  /** The environment variable that carries the mistake, null when it is in the file. */
  readonly variable: string | null;
}

/** What a check found, before anyone looked up where that is. */
export interface Complaint {
  readonly path: Path;
  /** Which end of `key: value` to point at. */
  readonly at: 'key' | 'value';
  readonly wrong: string;
  readonly right: string | null;
}

/** `config/cenote.yaml:12:3`, or the variable. */
export function placeOf(problem: Problem): string {
  if (problem.variable !== null) return `environment variable ${problem.variable}`;
  return problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
}

/** One line: "what is wrong; what would be right (where)". */
export function problemText(problem: Problem): string {
  const right = problem.right === null ? '' : `; ${problem.right}`;
  return `${problem.message}${right} (${placeOf(problem)})`;
}

/** Top to bottom; what is in no line comes last. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const lineOf = (problem: Problem): number => (problem.line === 0 ? Number.POSITIVE_INFINITY : problem.line);
  return [...problems].sort((a, b) =>
    lineOf(a) === lineOf(b) ? a.column - b.column : lineOf(a) < lineOf(b) ? -1 : 1,
  );
}
