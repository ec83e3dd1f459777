// Cuts a line into cells and says which part of each is values alone: `- evil.com`, `1. evil.com (C2)`, `| evil.com | C2 |`.

import { CELL } from '../characters.ts';
import { looksLikeIndicator, wholeTypeOf } from '../known/kind-words.ts';
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

const PADDING = String.fromCharCode(CELL);
const SEPARATORS = new RegExp(`[|${PADDING}]`);
/** `(active)` between two values is a remark on the first. */
const WORD = /\([^()]{0,200}\)|（[^（）]{0,200}）|[^\s,;、，；（]+/g;
/** Bullets, numbers and quotation marks before an item. */
const BULLET = /^([-–—*+•·▪◦‣●○>]+|\(?\d{1,3}[.)]|(?!\d+(\.\d+){3}$)(\d{1,2}\.){1,3}\d{0,2}|\[[ x]?\])$/;
/** `1.1.2` numbers a section or a version, `Client/1.0` too. */
const NUMBERING = /^v?\d+(\.\d+){1,2}\.?$|^[\p{L}-]{2,40}\/\d+(\.\d+){1,3}$/u;
/** `'pool.run': '$pool'`: what a setting is called. */
const KEY = /^[{[]*(['"])[\w.-]{1,100}\1:$/;
/** Not a scheme's colon. */
const LABEL = /^([^:：{}]{2,60})(:(?=\s|$|\*)|：)/;
/** `Example,Example Server,1.2,: …`: cells of a row, not words before a colon. */
const ROW_OF_COMMAS = /,[^,]*,[^,]*,/;
/** Without a space behind it. */
const CLOSE_LABEL = /^([^:"'=]{2,60}):(?=[^\s:/\d])/;
const LAST_WORD = /[^\s/]*$/;
const OPEN_BRACKET = /\([^)]*$/;
/** A sentence that leads to nothing but names: `The payload asks the domains that the report of last year names: `a`, `b` and `c``. */
const SENTENCE = /^([^:：]{61,240})(:(?=\s|$)|：)/;
/** `URL https://evil.com/a`, `.url https://…` where others stand as `.zip 9f86d0…`. */
const TYPED = /^[\s\-*•]*\.?([\p{L}\d&]{2,12})\.?[ \t]+(?=([^\s,;]+))/u;
/** `GatewayAddress=evil.com:443`, as a remote control's own settings have it. */
const SETTING =
  /^\s*((?:gateway ?address|secondary ?gateway|gateway\d?|c2(?:[_ ]?(?:server|host|domain|url|address))?))\s?=\s?["']?(?=([^\s,;"'()]+)(?![^\s,;"'()]|\())/i;
const FILE_KIND =
  /^(dll|exe|zip|rar|7z|iso|img|vhd|js|jse|vbs|wsf|hta|lnk|msi|ps1|bat|cmd|one|xll|docx?|xlsx?|pdf|html?)$/i;
/** Between the last two of several values. */
const JOINER = /^(and|or|und|oder|et|ou|y|e|и|и\/или|&|\+)$/i;
/** `evil.com,/cx,other.com,/dot.gif`: what is asked of each. */
const PATH = /^\/[\w./?=&%~-]{1,200}$/;
/** `192.0.2.7 port 443 - evil.com - GET /x`: address and port stand before the name. */
const ROW_LEAD =
  /^[\s\-–*•▪◦‣●○·]*(?![\s\-–*•▪◦‣●○·])((?:\d{1,3}(?:\.|\[\.\])){3}\d{1,3})?:?(?:\s*((?:(?:tcp|udp)\s*)?(?:port|ports|post)\s*\d{1,5}(?:\s*(?:,|and|&|\/)\s*\d{1,5})*|\d{2,5}))?\s+[-–—]\s+(?=\S)/i;
/** A remark begins with a mark, not with a word: then the line is a sentence. A number alone counts something. */
const REMARK = /^\s*$|^\s*([-–—#(/:;,[→=|<]|\.\s*$)|^\s+\d{1,9}\s*$/;
/** A certificate's own words. */
const SUBJECT = /^(id-at-)?(cn|common_?name|o|organi[sz]ationname|ou)=/i;
/** `i.e.`, `e.g.`, `a.k.a.` */
const ABBREVIATION = /^(\p{L}\.)+\p{L}?$/u;
/** `Domain & Purpose \\ \hline` */
const TEX_ROW = /&.*\\\\\s*(\\(hline|midrule|bottomrule|toprule)\s*)?$/;
/** `0000001446: 0200 9048 8d4c …  ...H.L$p.Gn.`: octets, and what they are as letters. */
const DUMP = new RegExp(
  `^\\s*(?:0x)?[0-9a-f]{4,16}h?:?[\\s${PADDING}]+(?![0-9a-f]{32})(?:[0-9a-f]{2}[ -]{0,2}){8,32}[\\s|│${PADDING}]+\\S.{5,40}$`,
  'i',
);
const CELLS_MAX = 64;
/** Enough of a long URL to know it. */
const VALUE_CHARACTERS_MAX = 300;

/** @returns none for a line of a dump */
export function cellsOf(line: string): LineCell[] {
  if (DUMP.test(line)) return [];
  // Tabs that pad the cells of a Markdown table part none; `&` parts those of TeX.
  const separator = /^\s*\|/.test(line)
    ? '|'
    : TEX_ROW.test(line)
      ? '&'
      : SEPARATORS.test(line)
        ? SEPARATORS
        : /\s{2,}/;
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
  const { named, offset, isTyped } = labelOf(text);
  const isLabel = offset > 0;
  const values = valuesIn(text, offset);
  const remark = text.slice(values.to);
  // Behind a URL that its type leads stands whatever belongs to it: `.url https://… pw U46`.
  const isRow = isTyped === true && text.slice(values.from, values.to).includes('://');
  const isAlone =
    values.to > values.from &&
    (isRow || REMARK.test(remark) || (isLabel && areQuoted(text.slice(values.from, values.to))));
  return new Cell(
    text,
    isLabel ? named.trim() : '',
    start + (isAlone ? values.from : 0),
    start + (isAlone ? values.to : 0),
    isAlone ? remark : '',
    values.to > values.from,
  );
}

/** ``C2: `evil[.]com` (a look-alike), `evil.net` served it``: several, each set apart from the words behind them. */
function areQuoted(values: string): boolean {
  const parts = values.replaceAll(/\([^()]{0,200}\)|（[^（）]{0,200}）/g, ' ').split(/[\s,;、，；]+/);
  const quoted = parts.filter((part) => /^`[^`]+`$/.test(part)).length;
  return quoted >= 2 && quoted === parts.filter((part) => part !== '').length;
}

/** A class, since an object of its own with a getter costs as much as all else of a line. */
class Cell implements LineCell {
  readonly #written: string;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly remark: string;
  readonly #beginsWithValues: boolean;

  constructor(
    written: string,
    label: string,
    from: number,
    to: number,
    remark: string,
    beginsWithValues: boolean,
  ) {
    this.#written = written;
    this.label = label;
    this.from = from;
    this.to = to;
    this.remark = remark;
    this.#beginsWithValues = beginsWithValues;
  }

  get text(): string {
    return this.#written.replaceAll(PADDING, ' ').trim();
  }

  /** Asked of few: what is prose anyway need not be looked through. */
  get speaksOfValues(): boolean {
    const text = this.#written;
    return this.#beginsWithValues || (MAY_BE_VALUE.test(text) && text.split(/\s+/).some(isValue));
  }
}

/** What stands before a colon, and where the values begin. */
function labelOf(text: string): { named: string; offset: number; isTyped?: boolean } {
  const typed = TYPED.exec(text);
  if (typed !== null && isNameType(typed[1]!) && isValue(typed[2]!))
    return { named: typed[1]!, offset: typed[0].length, isTyped: true };
  // `dll https://evil.com/r021/`: where a file of that kind is fetched.
  if (typed !== null && FILE_KIND.test(typed[1]!) && /^h..ps?:\/\//i.test(typed[2]!))
    return { named: 'url', offset: typed[0].length, isTyped: true };
  const setting = SETTING.exec(text);
  if (setting !== null && isValue(setting[2]!)) return { named: 'c2', offset: setting[0].length };
  if (!text.includes(':') && !text.includes('：')) return { named: '', offset: 0 };
  const bare = text.replace(/^[\s\-*•#>]+/, (lead) => ' '.repeat(lead.length)).trimEnd() || text;
  const label = LABEL.exec(bare) ?? closeLabelOf(bare);
  if (label !== null)
    // `evil.com (addresses: …)`
    return looksLikeIndicator(label[1]!.trim()) ||
      OPEN_BRACKET.test(label[1]!) ||
      ROW_OF_COMMAS.test(label[1]!)
      ? { named: '', offset: 0 }
      : { named: label[1]!, offset: label[0].length };
  const sentence = SENTENCE.exec(bare);
  if (sentence === null || sentence[1]!.split(/\s+/).some(looksLikeIndicator))
    return { named: '', offset: 0 };
  const { from, to } = valuesIn(text, sentence[0].length);
  const isLed = to > from && !text.slice(from, to).includes('://') && /^[\s.)]*$/.test(text.slice(to));
  return isLed ? { named: sentence[1]!, offset: sentence[0].length } : { named: '', offset: 0 };
}

/** `恶意域名：evil.com`, whose colon is read as any: behind such a script, or a type, stands no space. */
function closeLabelOf(bare: string): RegExpExecArray | null {
  const label = CLOSE_LABEL.exec(bare);
  if (label === null) return null;
  const named = label[1]!;
  return /[^\p{ASCII}]\W*$/u.test(named) || isNameType(LAST_WORD.exec(named)![0]) ? label : null;
}

/** The run of values at the beginning of a cell, bullets before it stepped over. */
function valuesIn(text: string, offset: number): { from: number; to: number } {
  const lead = offset === 0 ? ROW_LEAD.exec(text) : null;
  const isRow = lead !== null && (lead[1] !== undefined || lead[2] !== undefined);
  const first = isRow ? lead[0].length : offset;
  let from = first;
  let to = first;
  WORD.lastIndex = first;
  for (let match = WORD.exec(text); match !== null; match = WORD.exec(text)) {
    const word = match[0];
    if (to === from ? BULLET.test(word) : /^[(（]/.test(word)) continue;
    if (to > from && (JOINER.test(word) || (text[match.index - 1] === ',' && PATH.test(word)))) continue;
    if (!isValue(word) || KEY.test(word)) break;
    if (to === from) from = match.index;
    to = match.index + word.replace(/(?<!:):+$/, '').length;
  }
  // The address before it is one of the row's values.
  if (isRow && to > from && lead[1] !== undefined) from = lead[0].indexOf(lead[1]);
  return isRow && to === from ? { from: offset, to: offset } : { from, to };
}

/** What a name, an address or a hash has; spares most words a closer look. */
const MAY_BE_VALUE = /[.:：。．｡]|dot|[0-9a-f]{32}/i;

const isNameType = (word: string): boolean => {
  const type = wholeTypeOf(word);
  return type === 'name' || type === 'url';
};

function isValue(word: string): boolean {
  if (!MAY_BE_VALUE.test(word)) return false;
  const bare = word
    .slice(0, VALUE_CHARACTERS_MAX)
    .replace(/^[`'"“”„«»‘’*_<>([{]+/, '')
    .replace(/[`'"“”«»‘’*_<>)\]}.!?:]+$/, '');
  if (NUMBERING.test(bare) || SUBJECT.test(bare) || ABBREVIATION.test(bare)) return false;
  return looksLikeIndicator(bare) || /^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}$/i.test(bare);
}

const BARE_LINES_SAMPLED = 5000;
/** Of each, as many as extract.ts reads of a line: enough for any value. */
const BARE_LINE_CHARACTERS = 1024;
const COMMENT = /^\s*([#;!]|\/\/)/;
/** A line of more words is prose, of which a list has little. */
const FOREIGN_WORDS_MAX = 4;
const HEADING_CHARACTERS_MAX = 60;
const MAIL = /^\s*[^\s@]{1,64}@[^\s@]{1,253}\s*$/;
/** A few words and a colon. */
const LABEL_LINE = /^\s*(?:\S{1,40}\s+){0,5}\S{1,40}[:：]\s*$/;
const ROW_CELLS_MIN = 4;
const PROSE_SHARE_MAX = 0.1;
/** So many values may have one sentence above them. */
const TITLED_VALUES_MIN = 4;

const isMarkdownRow = (line: string): boolean =>
  /^\s*\|/.test(line) && line.split('|').filter((cell) => cell.trim() !== '').length >= ROW_CELLS_MIN;

/** A heading of something else than indicators: what stands under it is none, so the text has parts. */
function endsValues(line: string): boolean {
  const text = line.trim();
  if (text.length > HEADING_CHARACTERS_MAX || cellsOf(text).some(({ speaksOfValues }) => speaksOfValues))
    return false;
  const standing = /[\p{L}]/u.test(text) ? standingOf(text) : null;
  // Below a comment that calls them legitimate the layout leaves them out; the others are still a list.
  return standing === 'reference' || standing === 'beside' || (standing === 'benign' && !COMMENT.test(line));
}

/**
 * Whether the text is a list of values: nearly every line that is no comment is one, with a remark behind it at most. What
 * else stands there is short: a mutex, a coin's address, a word about the value before it.
 */
export function isBareList(text: string): boolean {
  let values = 0;
  let foreign = 0;
  let prose = 0;
  let labels = 0;
  let isLabelled = false;
  for (const whole of text.split(/\r\n|[\r\n]/, BARE_LINES_SAMPLED)) {
    const line = whole.slice(0, BARE_LINE_CHARACTERS);
    if (line.trim() === '') continue;
    const isPath = line.startsWith('/') && !line.startsWith('//');
    if (!isPath && endsValues(line)) return false;
    if (COMMENT.test(line)) continue;
    const isValue = isPath || MAIL.test(line) || cellsOf(line).some(({ from, to }) => from < to);
    // `Config:` above a value is its label; above anything else it is foreign.
    if (isLabelled && isValue) labels += 1;
    else if (isLabelled) foreign += 1;
    isLabelled = !isValue && LABEL_LINE.test(line);
    // A row of many cells has a heading that says what they are.
    if (isValue && !isMarkdownRow(line)) values += 1;
    else if (!isLabelled && line.trim().split(/\s+/, FOREIGN_WORDS_MAX + 1).length > FOREIGN_WORDS_MAX)
      prose += 1;
    else if (!isLabelled) foreign += 1;
  }
  if (values < TITLED_VALUES_MIN) foreign += labels;
  return (
    values > 0 &&
    prose <= Math.max(values * PROSE_SHARE_MAX, values >= TITLED_VALUES_MIN ? 1 : 0) &&
    (foreign === 0 || (values >= 2 && foreign * 2 <= values))
  );
}
