// What the cells of a table in a text say of each other: the row of headings of those below, a type of the value beside it.
import {
  OTHER_WORDS,
  REFERENCE_WORDS,
  squeeze,
  TYPE_WORDS,
  VALUE_WORDS,
  wholeTypeOf,
} from '../known/kind-words.ts';
import { ATTACKERS, isAgainst, type Standing, standingOf } from './heading.ts';
import type { LineCell } from './line.ts';

/**
 * What a row of headings says of the cells below each; null when it is none.
 * @param section what stands above says of what follows
 */
export function columnsOf(cells: readonly LineCell[], section: Standing | null): (Standing | null)[] | null {
  const isOfNames = section === 'name';
  if (cells.some(({ text }) => text.split(/\s+/).length > 4)) return null;
  const columns = cells.map(({ text }) => columnStanding(text.replaceAll(/[*_`]/g, '')));
  const words = cells.map(({ text }) => squeeze(text));
  // A table of look-alikes: each, and whom it is taken for.
  const isPair = words.some((word) => FALSE_ONE.test(word));
  if (isPair || columns.includes('name')) {
    const found = words.map(
      (word) => TRUE_ONE.test(word) || (isPair && /^(target|original|real)s?$/.test(word)),
    );
    if (found.includes(true))
      return columns.map((column, index) =>
        found[index]! ? 'benign' : FALSE_ONE.test(words[index]!) ? 'name' : column,
      );
  }
  // A table of tools, feeds or brands: what each is called, and where it is.
  // `Tool | Description | Price | Link`: whatever the heading above it speaks of.
  const isDirectory =
    words.some((word) => TOLD_OF_A_TOOL.test(word)) && words.some((word) => LINK_ALONE.test(word));
  const isOfIndicators = !isDirectory && (isOfNames || section === 'value' || columns.includes('value'));
  if (!isOfIndicators && SERVICE.test(words.find((word) => /\p{L}/u.test(word)) ?? ''))
    return columns.map((column, index) =>
      column === 'name' || LINK.test(words[index]!) ? 'reference' : column,
    );
  // A list of places to know: what each is called, and its address. What is marked there counts as anywhere.
  if (
    !isOfIndicators &&
    words.find((word) => word !== '') === 'name' &&
    words.every((word) => !OF_MALWARE.test(word) && (URL_ALONE.test(word) || !URL_COLUMN.test(word)))
  )
    return columns.map((column, index) => (URL_COLUMN.test(words[index]!) ? 'other' : column));
  // A table of feeds: the name of each, its home page, its file, its licence.
  if (words.some((word) => ABOUT_A_FEED.test(word)) && columns.every((column) => column !== 'value'))
    return columns.map((column, index) => (URL_COLUMN.test(words[index]!) ? 'reference' : column));
  // A table of reports: whose each is, of which day, and where to read it.
  if (
    words.some((word) => (isOfNames ? OF_A_REPORT : ABOUT_A_REPORT).test(word)) &&
    words.some((word) => LINK.test(word)) &&
    columns.every((column) => column !== 'name' && column !== 'value')
  )
    return columns.map((column, index) => (LINK.test(words[index]!) ? 'reference' : column));
  // A table of victims, as of posts on a leak site: who each is, and its own website.
  if (words.some((word) => VICTIM.test(word)) && words.some((word) => OWN_SITE.test(word)))
    return columns.map((column, index) => (OWN_SITE.test(words[index]!) ? 'benign' : column));
  const isOfOthers = cells.filter(({ text }) => OTHER_WORDS.has(squeeze(text))).length > 1;
  const isOfCommands = words.some((word) => COMMAND.test(word));
  const isTable =
    isOfOthers || isOfCommands || columns.some((column) => column === 'name' || column === 'value');
  return isTable ? columns : null;
}

const OF_VERDICTS = /^(verdict|assessment|maliciousness|ismalicious|malicious)$/;
const ACCUSES =
  /malicious|suspicious|\bbad\b|phish|\bc ?[&2] ?c?\b|malware|attacker|actor|infrastructure|harm|danger|compromis|\bhigh\b|critical|confirmed|block|\byes\b|\btrue\b|unknown|[🔴⚠❌🚨]|\d/iu;

/** One word or two name the malware: `Cobalt Strike`. */
const IS_SENTENCE = /\S\s+\S+\s+\S/;

/** The column of a table in which its rows are judged; -1 without one. */
export const columnOfVerdicts = (cells: readonly LineCell[]): number =>
  cells.findIndex(({ text }) => OF_VERDICTS.test(squeeze(text)));

/** Whether a verdict accuses nobody: `leaked key of a public API`, in a column where others are called malicious. */
export const isNoAccusation = (verdict: string): boolean =>
  IS_SENTENCE.test(verdict) && !ACCUSES.test(verdict) && !ATTACKERS.test(verdict);

/** `Vendor URL`, `Source link`, `License`. */
const ABOUT_THE_SOURCE = /^(vendor|source|author|publisher|provider|licen[cs]e|homepage|documentation)/;

const OF_A_REPORT =
  /^(date(of)?(report|publication|published)|report(date)?|publi(shed|sh|cation)(date|on)?|publisher|researchers?|blog|article)$/;
const ABOUT_A_REPORT = new RegExp(`${OF_A_REPORT.source}|^(notes?|vendor|organi[sz]ation|title|resource)$`);
const LINK = /^(links?|url|reports?|article|write-?up)$/;
const LINK_ALONE = /^(links?|website|homepage)$/;
const TOLD_OF_A_TOOL = /^(description|purpose|usage|usecase|price|pricing|cost|model|licen[cs]e)$/;
/** `| Command | Meaning |`: what an implant can be told. */
const COMMAND = /^[a-z]{0,12}commands?$/;
const SERVICE =
  /^(tools?|feeds?|providers?|vendors?|products?|brands?|banks?|compan(y|ies)|organi[sz]ations?|services?|projects?|resources?|software)(names?)?$/;
const VICTIM = /^victims?(names?|organi[sz]ations?|company|companies)?$/;
const OWN_SITE = /^(official)?(web)?sites?$|^homepage$/;
const FALSE_ONE = /^(typosquat|look-?alike|fake|phish|spoofed(domain|site|url)$|imitation|homo(glyph|graph))/;
const TRUE_ONE =
  /^(official|real|genuine|imitated|impersonated|mimicked|true|legitimate)(domain|(web)?site|url|brand|name|host|page)s?$/;
const ABOUT_A_FEED = /^(homepage|licen[cs]e)/;
const URL_COLUMN = /(url|urls|link|links|homepage|site|website)$/;
const URL_ALONE = /^(urls?|links?|homepage|(web)?sites?)$/;
/** Where a row is more than a place to know. */
const OF_MALWARE = /hash|^sha|^md5|malware|malicious|payload|famil|threat|^c2/;

function columnStanding(text: string): Standing | null {
  const word = squeeze(text);
  if (TYPE_WORDS.has(word) || COMMAND.test(word)) return 'other';
  if (REFERENCE_WORDS.has(word) || ABOUT_THE_SOURCE.test(word)) return 'reference';
  if (VALUE_WORDS.has(word)) return 'value';
  return text === '' ? null : (standingOf(text) ?? 'other');
}

/** `URL`, `Domain`, and nothing else. */
export function isTypeAlone(text: string): boolean {
  const type = wholeTypeOf(text.replaceAll(/[*_`]/g, ''));
  return type === 'name' || type === 'url';
}

/** `Possible LoaderX C2`, `C&C server`. */
const OF_A_C2 =
  /^(?!(?:\S+ )*(?:not?|non|never|isn['’]t|without)[ -])(?:[\p{L}\d-]+ ){0,4}(?:c2|c&c|cnc)(?: (?:server|domain|host|url|panel))?$/iu;

/** `Domain` in a cell of its own says what the row's value is. */
export function rowType(cells: readonly LineCell[]): Standing | null {
  if (cells.length < 2) return null;
  for (const { text } of cells) {
    const type = text === '' ? null : wholeTypeOf(text.replaceAll(/[*_`]/g, ''));
    if (type !== null) return type === 'other' ? 'other' : 'name';
  }
  const [label, value] = cells.filter(({ text }) => text !== '');
  // `evil.com<tab>LoaderX C2`: the row says whose it is.
  if (label !== undefined && label.from < label.to && OF_A_C2.test(value?.text ?? '')) return 'name';
  // `| C&C | evil.com |`: a label in a cell of its own.
  if (label === undefined || value === undefined || label.speaksOfValues || value.from === value.to)
    return null;
  const standing = label.text.split(/\s+/).length <= 3 ? standingOf(label.text) : null;
  // `| Website | example.org |`, of two cells: whatever stands above the second.
  const isPair = cells.filter(({ text }) => text !== '').length === 2;
  // `| Provider | example.org (a hoster) |`
  return isPair || standing === 'name' || standing === 'beside' ? standing : null;
}

/** Behind a label, a name of few words, none of which is of a sentence, and a bracket. */
const IN_BRACKETS_BEHIND =
  /[:：]\**\s*(?:(?:[^\s()（）:：a-z][^\s()（）:：]*|of|the|and|for|de|di|del?|du|der|da|do|e|et|und|y)\s+){0,5}[^\s()（）:：a-z][^\s()（）:：]*\s*[(（]\s*(?:h..ps?:\/\/)?$/;
/** `Victim: Example Works (example[.]com)`: whose site it is. @param before of a line with one cell, up to the site */
export const isNamedAsAttacked = (cells: readonly LineCell[], before: string): boolean =>
  cells.length === 1 && standingOf(cells[0]!.label) === 'benign' && IN_BRACKETS_BEHIND.test(before);

/** What speaks against a column's values, before all else; then the type beside one, its column, and what stands above. */
export const besides = (
  column: Standing | null,
  type: Standing | null,
  section: Standing | null,
): Standing | null => (isAgainst(column) ? column : (type ?? column ?? section));
