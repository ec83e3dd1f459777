// Tells a text with tags in it from a web page: its line ends are line ends, those of a page are white space.

import { LineCounter } from '../line-counter.ts';

const SAMPLE_CHARACTERS = 65_536;
/** A heading, a row of a table, a fence, an item of a list. */
const MARKS = /^(#{1,6} \S|\|.*\||```|[-*+] \S|\d{1,2}\. \S)/gm;
const TAG = /<[a-z!/?][^<>]{0,400}>/i;
/** What a server said may stand above a page that was saved with it. */
const HEADERS = /^HTTP\/\d/;
/** So many lines without a tag are no page's beginning. */
const LINES_BEFORE_MIN = 4;
const TAGGED_SHARE_MAX = 0.25;
/** So many begin a text, however long the page is that it shows. */
const LINES_OF_TEXT_MIN = 8;

export function isMarkdown(source: string): boolean {
  const sample = source.slice(0, SAMPLE_CHARACTERS);
  if (/<!doctype\s|<html[\s>]|<body[\s>]/i.test(sample)) return false;
  return (sample.match(MARKS)?.length ?? 0) > 1;
}

/** An analyst's notes with a piece of a page in them: a server's answer, a script. */
export function isTextAroundTags(source: string): boolean {
  const lines = source
    .slice(0, SAMPLE_CHARACTERS)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  if (HEADERS.test(lines[0] ?? '')) return false;
  const first = lines.findIndex((line) => TAG.test(line));
  const tagged = lines.filter((line) => TAG.test(line)).length;
  return (
    first >= LINES_OF_TEXT_MIN || (first >= LINES_BEFORE_MIN && tagged <= lines.length * TAGGED_SHARE_MAX)
  );
}

const FENCED = /^(```|~~~)[ \t]*(csv|tsv|kql|kusto|xql|spl|splunk)\b[^\n]*\n([\s\S]*?)^\1/gim;
const FENCED_MAX = 100;

/** Tables of commas and queries between fences, and in which line of the text each begins. */
export function* fencedIn(
  source: string,
): Generator<{ readonly text: string; readonly line: number; readonly isTable: boolean }> {
  const lines = new LineCounter(source);
  let left = FENCED_MAX;
  for (const match of source.matchAll(FENCED)) {
    if (left-- === 0) return;
    lines.moveTo(match.index + match[0].indexOf('\n') + 1);
    yield { text: match[3]!, line: lines.line, isTable: /^[ct]sv$/i.test(match[2]!) };
  }
}
