// Cuts a line into cells and says which part of each is values alone: `- evil.com`, `1. evil.com (C2)`, `| evil.com | C2 |`.

import { CELL } from '../characters.ts';
import { looksLikeIndicator } from '../known/kind-words.ts';
import { standingOf } from './heading.ts';

/** Places are offsets in the line's text. */
export interface LineCell {
  readonly text: string;
  /** `Domains:` before the values; empty without one. */
  readonly label: string;
  /** The values from its first to past its last; equal when the cell holds no values, or more than them. */
  readonly from: number;
  readonly to: number;
  /** What follows the values. */
  readonly remark: string;
  /** Something in it looks like a value. */
  readonly speaksOfValues: boolean;
}

const SEPARATORS = new RegExp(`[|${String.fromCharCode(CELL)}]`);
/** `(active)` between two values is a remark on the first. */
const WORD = /\([^()]{0,200}\)|[^\s,;]+/g;
/** Bullets, numbers and quotation marks before an item. */
const BULLET = /^([-–—*+•·▪◦‣●○>]+|\(?\d{1,3}[.)]|(?!\d+(\.\d+){3}$)(\d{1,2}\.){1,3}\d{0,2}|\[[ x]?\])$/;
/** `1.1.2` numbers a section or a version. */
const NUMBERING = /^v?\d+(\.\d+){1,2}\.?$/;
/** Not a scheme's colon. */
const LABEL = /^([^:：]{2,60})(:(?=\s|$|\*)|：)/;
/** A remark begins with a mark, not with a word: then the line is a sentence. */
const REMARK = /^\s*$|^\s*([-–—#(/:;,[→=|<]|\.\s*$)/;
const CELLS_MAX = 64;
/** Enough of a long URL to know it. */
const VALUE_CHARACTERS_MAX = 300;

export function cellsOf(line: string): LineCell[] {
  const separator = SEPARATORS.test(line) ? SEPARATORS : /\s{2,}/;
  const cells: LineCell[] = [];
  let at = 0;
  for (const text of line.split(separator, CELLS_MAX)) {
    const start = line.indexOf(text, at);
    cells.push(cellOf(text, start));
    at = start + text.length;
  }
  return cells;
}

function cellOf(text: string, start: number): LineCell {
  const label = LABEL.exec(text.replace(/^[\s\-*•#>]+/, (lead) => ' '.repeat(lead.length)).trimEnd() || text);
  const named = label?.[1] ?? '';
  const isLabel = label !== null && !looksLikeIndicator(named.trim());
  const offset = isLabel ? label[0].length : 0;
  const values = valuesIn(text, offset);
  const remark = text.slice(values.to);
  const isAlone = values.to > values.from && REMARK.test(remark);
  return {
    text: text.trim(),
    label: isLabel ? named.trim() : '',
    from: start + (isAlone ? values.from : 0),
    to: start + (isAlone ? values.to : 0),
    remark: isAlone ? remark : '',
    speaksOfValues: values.to > values.from || text.split(/\s+/).some(isValue),
  };
}

/** The run of values at the beginning of a cell, bullets before it stepped over. */
function valuesIn(text: string, offset: number): { from: number; to: number } {
  let from = offset;
  let to = offset;
  WORD.lastIndex = offset;
  for (let match = WORD.exec(text); match !== null; match = WORD.exec(text)) {
    const word = match[0];
    if (to === from ? BULLET.test(word) : word.startsWith('(')) continue;
    if (!isValue(word)) break;
    if (to === from) from = match.index;
    to = match.index + word.replace(/:+$/, '').length;
  }
  return { from, to };
}

function isValue(word: string): boolean {
  const bare = word
    .slice(0, VALUE_CHARACTERS_MAX)
    .replace(/^[`'"“”„«»‘’*_<>([{]+/, '')
    .replace(/[`'"“”«»‘’*_<>)\]}.!?:]+$/, '');
  if (NUMBERING.test(bare)) return false;
  return looksLikeIndicator(bare) || /^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}$/i.test(bare);
}

const BARE_LINES_SAMPLED = 5000;
const COMMENT = /^\s*([#;!]|\/\/)/;
/** A line of more words is prose, of which a list has little. */
const FOREIGN_WORDS_MAX = 4;
const HEADING_CHARACTERS_MAX = 60;
const PROSE_SHARE_MAX = 0.1;

/** A heading of something else than indicators: what stands under it is none, so the text has parts. */
function endsValues(line: string): boolean {
  const text = line.trim();
  if (text.length > HEADING_CHARACTERS_MAX || cellsOf(text).some(({ speaksOfValues }) => speaksOfValues))
    return false;
  const standing = /[\p{L}]/u.test(text) ? standingOf(text) : null;
  return standing === 'reference' || standing === 'benign' || standing === 'beside';
}

/**
 * Whether the text is a list of values: nearly every line that is no comment is one, with a remark behind it at most. What
 * else stands there is short: a mutex, a coin's address, a word about the value before it.
 */
export function isBareList(text: string): boolean {
  let values = 0;
  let foreign = 0;
  let prose = 0;
  for (const line of text.split(/\r\n|[\r\n]/, BARE_LINES_SAMPLED)) {
    if (line.trim() === '') continue;
    if (endsValues(line)) return false;
    if (COMMENT.test(line)) continue;
    if (line.startsWith('/') || cellsOf(line).some(({ from, to }) => from < to)) values += 1;
    else if (line.trim().split(/\s+/, FOREIGN_WORDS_MAX + 1).length > FOREIGN_WORDS_MAX) prose += 1;
    else foreign += 1;
  }
  return (
    values > 0 &&
    prose <= values * PROSE_SHARE_MAX &&
    (foreign === 0 || (values >= 2 && foreign * 2 <= values))
  );
}
