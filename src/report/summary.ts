// Tells a person what an import took and what it left out and why. The text is a stranger's: nothing of it reaches the
// terminal as anything but printing characters.
import type { Gathered } from './import.ts';
import type { LeftOut, Taken } from './report.ts';

export interface SummaryOptions {
  /** Lines shown of each group of what was left out; all when not given. */
  readonly linesMax?: number;
}

const TEXT_CHARACTERS_MAX = 100;
/** A reason is ours, with some of a stranger's words at most: it is said to its end. */
const REASON_CHARACTERS_MAX = 400;
/** More lines than this nobody looks through. */
const TAKEN_MAX = 5000;
/** An object's id and its key, in STIX. */
const OBJECT = /^[a-z-]+--[0-9a-z-]+ > /;

export function summarize(result: Gathered, options: SummaryOptions = {}): string {
  const { names, leftOut, leftOutMore } = result;
  const left = leftOut.length + leftOutMore;
  const lines = [
    `${safe(result.provenance.source ?? 'standard input')} (${result.kind}): ${count(names.size, 'name')} taken, ${left} left out`,
    ...result.warnings.map((warning) => `  warning: ${safe(warning)}`),
    ...aboutLines(result),
  ];
  if (names.size > 0) lines.push('', 'taken', ...takenLines(names.list(TAKEN_MAX)));
  if (names.size > TAKEN_MAX) lines.push(`  and ${names.size - TAKEN_MAX} more; --json has them all`);
  if (left > 0) lines.push('', 'left out, and why', ...leftOutLines(leftOut, options.linesMax ?? Infinity));
  if (leftOutMore > 0) lines.push(`  and ${leftOutMore} more, not shown`);
  return `${lines.join('\n')}\n`;
}

function aboutLines({ provenance }: Gathered): string[] {
  const { title, url, campaign, published, confidence, datesMentioned } = provenance;
  const lines: string[] = [];
  const add = (key: string, value: string | null): void => {
    if (value !== null) lines.push(`  ${key.padEnd(11)}${safe(value)}`);
  };
  add('title', title);
  add('url', url);
  add('campaign', campaign);
  add('confidence', confidence);
  if (published !== null) add('published', published);
  else if (datesMentioned.length === 0) add('published', 'the report does not say');
  else add('published', `the report does not say; dates of other events in it: ${datesMentioned.join(', ')}`);
  return lines;
}

function takenLines(taken: readonly Taken[]): string[] {
  const width = Math.min(50, Math.max(...taken.map(({ name }) => name.length)));
  return taken.map(({ line, column, path, name, printed }) => {
    const asPrinted = printed === name ? '' : safe(printed);
    return `  ${placeOf(line, column, path)}  ${safe(name).padEnd(width)}  ${asPrinted}`.trimEnd();
  });
}

function leftOutLines(leftOut: readonly LeftOut[], linesMax: number): string[] {
  const groups = new Map<string, LeftOut[]>();
  for (const each of leftOut) {
    const group = groups.get(each.explanation);
    if (group === undefined) groups.set(each.explanation, [each]);
    else group.push(each);
  }
  return [...groups].flatMap(([explanation, group]) => {
    const shown = group.slice(0, linesMax);
    const more = group.length - shown.length;
    return [
      `  ${safeReason(explanation)}`,
      ...shown.map(({ line, column, path, text }) => `    ${placeOf(line, column, path)}  ${safe(text)}`),
      ...(more > 0 ? [`    and ${more} more`] : []),
    ];
  });
}

/** A place of a document says more than the line of its text; an object of a file is found by its line. */
function placeOf(line: number, column: number, path: string | undefined): string {
  if (path !== undefined && !OBJECT.test(path)) return safe(path).padEnd(8);
  return (line === 0 ? '' : `${line}:${column}`).padEnd(8);
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Why something is left out. */
export const safeReason = (explanation: string): string => safe(explanation, REASON_CHARACTERS_MAX);

/** Printing characters only: controls, escapes, direction marks and invisible characters as `\u{…}`, cut at a line's length. */
export function safe(text: string, most = TEXT_CHARACTERS_MAX): string {
  const characters = [...text.slice(0, 4 * most)];
  const isCut = characters.length > most || text.length > 4 * most;
  const shown = characters
    .slice(0, most)
    .map((character) =>
      /[\p{C}\p{Zl}\p{Zp}]/u.test(character) ? `\\u{${character.codePointAt(0)?.toString(16)}}` : character,
    )
    .join('');
  return isCut ? `${shown}…` : shown;
}
