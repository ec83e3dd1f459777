// Reads labels as far as dots or marks join them: the shape of a name, before anybody asks what it is.

import { CLASS, classOf, isAsciiAlphanumeric, NEWLINE, SPACE } from '../characters.ts';
import type { Joint } from '../report.ts';
import type { FoldedText } from './folded-text.ts';
import { isLetterAlone, labelAfter, readMark, readSpelledDot, spacedMarkAt } from './refang.ts';

/** Longer runs of labels are no name; they are stepped over in pieces. */
const RUN_UNITS_MAX = 1100;

/** Labels joined by dots, as unit indexes; at least one label. */
export interface Run {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly joined: readonly Joint[];
  /** Just past the last label. */
  readonly end: number;
}

/** @param at a unit that may stand in a label */
export function readRun(text: FoldedText, at: number): Run {
  const starts = [at];
  const joined: Joint[] = ['first'];
  let end = labelEnd(text, at);
  const ends = [end];
  while (end - at < RUN_UNITS_MAX) {
    const next = nextLabel(text, end);
    if (next === null) break;
    end = labelEnd(text, next.at);
    starts.push(next.at);
    ends.push(end);
    joined.push(next.joined);
  }
  return { starts, ends, joined, end };
}

/** Unit of the word after a word of prose: letters and digits, a space, a letter. Nothing of it is a name or a scheme; or `at`. */
export function plainWordEnd(text: FoldedText, at: number): number {
  const { codes, count } = text;
  let end = at;
  while (end < count && isWordCode(codes[end]!)) end += 1;
  if (end === at || end + 1 >= count || codes[end] !== SPACE) return at;
  // ` DOT ` is one, see readSpelledDot.
  return isWordCode(codes[end + 1]!) && codes[end + 1] !== 0x44 ? end + 1 : at;
}

const isWordCode = (code: number): boolean => code === 0x2d || isAsciiAlphanumeric(code);

/** A label ends where its script changes between ASCII and one that is written without spaces. */
function labelEnd(text: FoldedText, from: number): number {
  let before = classOf(text.codes[from]!);
  let at = from + 1;
  while (at < text.count && at - from < RUN_UNITS_MAX) {
    const here = classOf(text.codes[at]!);
    if (here === CLASS.none) break;
    if (here !== before && (here === CLASS.attached || before === CLASS.attached)) break;
    before = here;
    at += 1;
  }
  return at;
}

function nextLabel(text: FoldedText, end: number): { at: number; joined: Joint } | null {
  const spaced = spacedMarkAt(text, end);
  const mark = readMark(text, spaced < 0 ? end : spaced) ?? readSpelledDot(text, end);
  if (mark?.kind === 'dot') {
    // `premises (d) data`: an item of a list that goes on in the sentence.
    if (spaced >= 0 && isLetterAlone(text, spaced + 1)) return null;
    const at = mark.bracketed ? labelAfter(text, mark) : mark.end;
    if (at < 0 || classOf(text.codeAt(at)) === CLASS.none) return null;
    if (spaced >= 0 && at === mark.end && !isLastLabel(text, at)) return null;
    if (spaced >= 0 || isSpaced(text, mark.end, at)) return { at, joined: 'spaced' };
    return { at, joined: mark.bracketed || text.codeAt(end) < 0x80 ? 'mark' : 'odd' };
  }
  if (text.codeAt(end) !== 0x2e || classOf(text.codeAt(end + 1)) === CLASS.none) return null;
  return { at: end + 1, joined: 'plain' };
}

/** `evil [.]com` is one name, `calls [.]evil[.]com` is a word and a name with a mark before it. */
function isLastLabel(text: FoldedText, at: number): boolean {
  const end = labelEnd(text, at);
  return text.codeAt(end) !== 0x2e && readMark(text, end)?.kind !== 'dot';
}

/** Spaces without a line end. */
function isSpaced(text: FoldedText, from: number, to: number): boolean {
  if (text.codeAt(from) !== SPACE) return false;
  for (let at = from; at < to; at += 1) if (text.codeAt(at) === NEWLINE) return false;
  return true;
}

/** Without the hyphens and Markdown's underscores around it; may be left without labels. */
export function trimRun(text: FoldedText, run: Run): Run {
  if (!isEdge(text.codeAt(run.end - 1)) && text.codeAt(run.starts[0]!) !== 0x2d) return run;
  const last = run.ends.length - 1;
  const starts = [...run.starts];
  const ends = [...run.ends];
  const hasUnderscore = text.codeAt(ends[last]! - 1) === 0x5f;
  while (ends[last]! > starts[last]! && isEdge(text.codeAt(ends[last]! - 1))) ends[last]! -= 1;
  while (starts[0]! < ends[0]! && isLead(text.codeAt(starts[0]!), hasUnderscore)) starts[0]! += 1;
  const from = starts[0] === ends[0] ? 1 : 0;
  const to = ends[last] === starts[last] ? last : last + 1;
  return {
    starts: starts.slice(from, to),
    ends: ends.slice(from, to),
    joined: run.joined.slice(from, to),
    end: ends[to - 1] ?? run.end,
  };
}

const isEdge = (code: number): boolean => code === 0x2d || code === 0x5f;
const isLead = (code: number, hasUnderscore: boolean): boolean =>
  code === 0x2d || (hasUnderscore && code === 0x5f);

/** Labels are joined by what stands for a dot so that nobody clicks. */
export const isMark = (joint: Joint): boolean => joint !== 'first' && joint !== 'plain';
