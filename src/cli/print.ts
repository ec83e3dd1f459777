// What commands write: lines for people, JSON for programs, errors on standard error.

import type { Config } from '../config/config.ts';
import type { Loaded } from '../config/load.ts';
import { problemText } from '../config/problem.ts';
import { jsonPieces } from './json-pieces.ts';

const WRITTEN_CHARACTERS = 65_536;

/** Control, format and line-separating characters as \u{…}: much of what is printed was written by strangers. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${printable(line)}\n`).join(''));
}

/** For people, where standard output is for a program. */
export function printNotes(lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${printable(line)}\n`).join(''));
}

/** Written as it is made, some at a time: of a report of a million names there is never all of the text. */
export function printJson(value: unknown): void {
  let text = '';
  for (const piece of jsonPieces(value)) {
    text += piece;
    if (text.length < WRITTEN_CHARACTERS) continue;
    process.stdout.write(text);
    text = '';
  }
  process.stdout.write(`${text}\n`);
}

/** Its warnings and mistakes. @returns null when it cannot be used */
export function tellLoaded({ config, problems, warnings }: Loaded): Config | null {
  for (const problem of problems) printError(problemText(problem));
  for (const warning of warnings) printError(`warning: ${problemText(warning)}`);
  return config;
}

/** `cenote: <what is wrong> (<where>)` */
export function printError(message: string): void {
  process.stderr.write(`cenote: ${printable(message)}\n`);
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function ago(time: string | null, nowMs: number): string {
  if (time === null) return 'never';
  const seconds = Math.max(0, (nowMs - Date.parse(time)) / 1000);
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}
