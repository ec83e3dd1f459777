// Scores an import against labels that somebody made by eye: what was taken rightly, what was missed, what should not have been.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { importSource } from '../../src/lists/import/import-source.ts';
import { ReportError } from '../../src/report/report.ts';

/** One line of a file of labels. */
const Label = z.strictObject({
  /** From the folder. */
  file: z.string(),
  /** What it is counted under. */
  kind: z.string(),
  /** What is to be blocked, and nothing else; lower case, A-labels. */
  names: z.array(z.string()),
});
export type Label = z.infer<typeof Label>;

export interface Scored {
  readonly file: string;
  readonly kind: string;
  readonly right: number;
  /** `name reason` */
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}

export interface Row {
  readonly kind: string;
  readonly files: number;
  readonly names: number;
  readonly recall: number;
  readonly precision: number;
}

/** @throws Error that names the line which is no label */
export function readLabels(text: string): Label[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [Label.parse(JSON.parse(line))];
    } catch (error) {
      throw new Error(
        `line ${index + 1} is no label; write {"file":"a.csv","kind":"csv","names":["bad.example"]}`,
        { cause: error },
      );
    }
  });
}

export async function scoreFile(folder: string, label: Label, now: number): Promise<Scored> {
  const bytes = await readFile(join(folder, label.file));
  const { taken, leftOut } = await importSource({ bytes, sourceName: label.file, now }).catch(
    (error: unknown) => {
      if (error instanceof ReportError) return { taken: [], leftOut: [] };
      throw error;
    },
  );
  const found = new Set(taken.map(({ name }) => name));
  const wanted = new Set(label.names);
  const reasons = new Map(leftOut.map(({ name, text, reason }) => [name ?? text, reason]));
  return {
    ...{ file: label.file, kind: label.kind },
    right: [...wanted].filter((name) => found.has(name)).length,
    missed: [...wanted]
      .filter((name) => !found.has(name))
      .map((name) => `${name} ${reasons.get(name) ?? 'not seen'}`),
    wrong: [...found].filter((name) => !wanted.has(name)),
  };
}

/** One row a kind, and one over all. */
export function table(scored: readonly Scored[]): Row[] {
  const kinds = [...new Set(scored.map(({ kind }) => kind))].sort();
  return [
    ...kinds.map((kind) =>
      rowOf(
        kind,
        scored.filter((each) => each.kind === kind),
      ),
    ),
    rowOf('all', scored),
  ];
}

function rowOf(kind: string, scored: readonly Scored[]): Row {
  const sum = (of: (each: Scored) => number): number => scored.reduce((all, each) => all + of(each), 0);
  const right = sum((each) => each.right);
  const names = right + sum(({ missed }) => missed.length);
  const taken = right + sum(({ wrong }) => wrong.length);
  const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
  return { kind, files: scored.length, names, recall: share(right, names), precision: share(right, taken) };
}
