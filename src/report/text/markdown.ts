// Tells Markdown with tags in it from a web page: its line ends are line ends, those of a page are white space.

const SAMPLE_CHARACTERS = 65_536;
/** A heading, a row of a table, a fence, an item of a list. */
const MARKS = /^(#{1,6} \S|\|.*\||```|[-*+] \S|\d{1,2}\. \S)/gm;

export function isMarkdown(source: string): boolean {
  const sample = source.slice(0, SAMPLE_CHARACTERS);
  if (/<!doctype\s|<html[\s>]|<body[\s>]/i.test(sample)) return false;
  return (sample.match(MARKS)?.length ?? 0) > 1;
}
