// Imports a text in a test and tells in words what was taken and what was left out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { importSource } from '../../src/lists/import/import-source.ts';
import {
  type Gathered,
  gatherReport,
  type ImportOptions,
  type ImportResult,
  importReport,
} from '../../src/report/import.ts';

/** 2026-01-01 */
export const NOW = Date.UTC(2026, 0, 1);

/** A text of these lines. */
export const lines = (...text: string[]): string => `${text.join('\n')}\n`;

export function importText(
  text: string,
  options: ImportOptions = {},
  sourceName: string | null = null,
): ImportResult {
  return importReport({ text, sourceName, now: NOW, options });
}

/** The same as it is kept: without an object for each name. */
export const gatherText = (
  text: string,
  options: ImportOptions = {},
  sourceName: string | null = null,
): Gathered => gatherReport({ text, sourceName, now: NOW, options });

/** Names taken, in order. */
export const namesIn = (text: string, options: ImportOptions = {}): string[] =>
  importText(text, options).taken.map(({ name }) => name);

/** `text reason` of what was left out, in order. */
export const leftIn = (text: string, options: ImportOptions = {}): string[] =>
  importText(text, options).leftOut.map(({ text: printed, reason }) => `${printed} ${reason}`);

/** Names taken of a whole file, of whatever kind it is, in order. */
export const namesInFile = async (bytes: string | Uint8Array, sourceName: string | null): Promise<string[]> =>
  (await importSource({ bytes: Buffer.from(bytes), sourceName, now: NOW })).taken.map(({ name }) => name);

/** A text, and whose the names in it are. */
export interface ReportCase {
  readonly what: string;
  readonly text: string;
  readonly file?: string;
  readonly taken: readonly string[];
  /** `name reason` */
  readonly left?: readonly string[];
}

export function testReports(t: Test, cases: readonly ReportCase[]): void {
  for (const { what, text, file = 'report.md', taken, left = [] } of cases)
    t.test(what, async (t) => {
      const result = await importSource({ bytes: Buffer.from(text), sourceName: file, now: NOW });
      t.same(
        result.taken.map(({ name }) => name),
        taken,
      );
      const told = result.leftOut.map(({ name, text, reason }) => `${name ?? text} ${reason}`);
      for (const each of left) t.ok(told.includes(each), `${each} among ${told.join(', ')}`);
    });
}

export function importFixture(file: string, options: ImportOptions = {}): ImportResult {
  const path = join(import.meta.dirname, '../fixtures/reports', file);
  return importReport({ bytes: readFileSync(path), sourceName: path, now: NOW, options });
}
