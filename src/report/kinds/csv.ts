// A table of indicators: a value counts as its column or its row's type says; talk in other columns counts only when defanged.
import type { Gathering } from '../gathering.ts';
import { looksLikeIndicator, squeeze, typeOf } from '../known/kind-words.ts';
import { isBenignRemark, isOfVictims } from '../layout/remarks.ts';
import type { Findings, Taken } from '../report.ts';
import { spellsAddress } from '../text/odd-host.ts';
import { type Standing, type Word, wordsOfRows } from './record.ts';
import { readPattern, ruleOf } from './stix-pattern.ts';
import { type Cell, type Row, readTable } from './table.ts';
import { type Columns, readColumns, SAMPLE_ROWS } from './table-shape.ts';

export interface Table {
  readonly columns: Columns;
  readonly rows: Iterable<Row>;
  /** What stands above the header, and the header. */
  readonly above: readonly Row[];
}

const SAMPLE_CHARACTERS = 65_536;
const DELIMITERS = [',', ';', '\t'] as const;

/** The text as a table of indicators, or null when it is none. @param line of its first row */
export function openTable(text: string, line = 1): Table | null {
  const delimiter = delimiterOf(text.slice(0, SAMPLE_CHARACTERS), text.length > SAMPLE_CHARACTERS);
  if (delimiter === null) return null;
  const table = readTable(text, delimiter, line);
  const rows = table.rows[Symbol.iterator]();
  const sample: Row[] = [];
  while (sample.length < SAMPLE_ROWS) {
    const next = rows.next();
    if (next.done === true) break;
    sample.push(next.value);
  }
  const columns = readColumns(sample, commentHeader(table.comments, delimiter));
  if (columns === null) return null;
  const above = sample.slice(0, columns.skip);
  return { columns, rows: chain(sample.slice(columns.skip), rows), above };
}

function* chain(first: readonly Row[], rest: Iterator<Row>): Generator<Row> {
  yield* first;
  for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value;
}

/** abuse.ch writes its header as the last comment: `# id,dateadded,url,…`. */
function commentHeader(comments: readonly string[], delimiter: string): Row | null {
  for (const comment of comments.toReversed()) {
    const [row] = readTable(comment.replace(/^#+(fields)?\s*/, ''), delimiter).rows;
    if (row !== undefined && row.length > 1) return row;
  }
  return null;
}

/** The delimiter that cuts most rows of the sample into one number of cells; a single column is lines without spaces. */
function delimiterOf(sample: string, isCut: boolean): string | null {
  let best: string | null = null;
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const counts = cellCounts(sample, delimiter);
    if (isCut && counts.length > 1) counts.pop();
    const even = mostEqual(counts);
    if (even >= counts.length * 0.6 && even > most) [best, most] = [delimiter, even];
  }
  if (best !== null) return best;
  const lines = sample
    .split(/\r?\n/, SAMPLE_ROWS)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.length > 1 && lines.slice(1).every((line) => !/\s/.test(line.trim())) ? ',' : null;
}

function cellCounts(sample: string, delimiter: string): number[] {
  const counts: number[] = [];
  for (const row of readTable(sample, delimiter).rows) {
    counts.push(row.length);
    if (counts.length >= SAMPLE_ROWS) break;
  }
  return counts;
}

/** How many of the counts are the most frequent one over 1. */
function mostEqual(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) if (count > 1) times.set(count, (times.get(count) ?? 0) + 1);
  return Math.max(0, ...times.values());
}

export function readCsv(table: Table, gathering: Gathering): Findings {
  const { columns } = table;
  const findings: { url: string | null; title: string | null } = { url: null, title: null };
  for (const cell of table.above.flat()) if (mayHoldName(cell.text)) gathering.text(cell.text, cell);
  const reader = new RowReader(columns, gathering);
  for (const row of table.rows) {
    const type = columns.type >= 0 ? (row[columns.type]?.text.trim() ?? '') : '';
    if (reader.isAboutReport(type)) {
      findings.url ??= row.map((cell) => urlIn(cell.text)).find((url) => url !== null) ?? null;
      findings.title ??= titleIn(row, columns);
    }
    reader.read(row, type);
  }
  return findings;
}

/** Distinct cells of which it is remembered what they say: those of talk come again and again. */
const CELLS_MAX = 4096;
const CELL_CHARACTERS_MAX = 80;

/** Reads the rows of one table: what a cell's text or a row's fields say is found out once for all rows that say the same. */
class RowReader {
  readonly #columns: Columns;
  readonly #gathering: Gathering;
  readonly #wordOf: (row: Row) => Word;
  /** Whether a cell says that its row is harmless. */
  readonly #remarks = new Map<string, boolean>();
  /** Cells of talk of which nothing is taken or left out. */
  readonly #quiet = new Set<string>();
  #type = '';
  #isAbout = false;

  constructor(columns: Columns, gathering: Gathering) {
    this.#columns = columns;
    this.#gathering = gathering;
    this.#wordOf = wordsOfRows(columns.header);
  }

  isAboutReport(type: string): boolean {
    if (type !== this.#type) {
      this.#type = type;
      this.#isAbout = isAboutReport(type);
    }
    return this.#isAbout;
  }

  read(row: Row, type: string): void {
    const columns = this.#columns;
    const gathering = this.#gathering;
    const word = this.#wordOf(row);
    const { said, isUnflagged } = word;
    const against = word.against ?? (this.#hasBenignRemark(row) ? BENIGN : null);
    if (columns.pattern >= 0) {
      const cell = row[columns.pattern];
      if (cell !== undefined) readPatternCell(cell, said, against, isUnflagged, gathering);
      return;
    }
    for (let index = 0; index < row.length; index += 1) {
      const cell = row[index]!;
      if (index === columns.type || cell.text.trim() === '') continue;
      const isName = isNameColumn(columns.typed[index]);
      if (against !== null && (index === columns.value || isName))
        gathering.leave(cell.text, against.reason, cell, against.more);
      else if (index === columns.value) readTypedValue(cell, type, said, isUnflagged, gathering);
      else if (columns.reference[index] === true) continue;
      else if (columns.seen[index] === 'address') gathering.leave(cell.text, 'address', cell);
      else if (columns.seen[index] === 'hostname' || this.#isOperatorsName(row, index))
        gathering.leave(cell.text, 'observable', cell, "what its address's operator calls it");
      else if (isName) {
        if (isUnflagged) gathering.unflagged(cell.text, cell, said);
        else gathering.typed(cell.text, cell, said);
      } else if (columns.typed[index] === null) this.#readTalk(cell);
    }
  }

  /** `192.0.2.7,static-192-0-2-7.hoster.example`: of no other column does a table of attackers' servers say so. */
  #isOperatorsName(row: Row, index: number): boolean {
    const { address, header } = this.#columns;
    const isHost = address >= 0 && /^hostnames?$/.test(header[index] ?? '');
    return isHost && spellsAddress(row[index]!.text, row[address]?.text ?? '');
  }

  #hasBenignRemark(row: Row): boolean {
    const { value, typed } = this.#columns;
    for (let index = 0; index < row.length; index += 1)
      // `legit-bank-login.com` is a name, not a remark.
      if (index !== value && !isNameColumn(typed[index]) && this.#isBenignRemark(row[index]!.text))
        return true;
    return false;
  }

  #isBenignRemark(text: string): boolean {
    if (!/\p{L}/u.test(text)) return false;
    if (isOfVictims(text)) return true;
    if (text.length > CELL_CHARACTERS_MAX) return isBenignRemark(text);
    let isBenign = this.#remarks.get(text);
    if (isBenign === undefined) {
      isBenign = isBenignRemark(text);
      if (this.#remarks.size >= CELLS_MAX) this.#remarks.clear();
      this.#remarks.set(text, isBenign);
    }
    return isBenign;
  }

  #readTalk(cell: Cell): void {
    if (!mayHoldName(cell.text) || this.#quiet.has(cell.text)) return;
    const { heard } = this.#gathering;
    this.#gathering.text(cell.text, cell);
    if (this.#gathering.heard > heard || cell.text.length > CELL_CHARACTERS_MAX) return;
    if (this.#quiet.size >= CELLS_MAX) this.#quiet.clear();
    this.#quiet.add(cell.text);
  }
}

/** A remark in the row says so of its values. */
const BENIGN: Standing = { reason: 'benign' };

const isNameColumn = (type: Columns['typed'][number] | undefined): boolean =>
  type === 'name' || type === 'url';

/** OpenCTI's and other exports give an indicator's STIX pattern in a column. */
function readPatternCell(
  cell: Cell,
  said: Taken['said'],
  against: Standing | null,
  isUnflagged: boolean,
  gathering: Gathering,
): void {
  for (const term of readPattern(cell.text)) {
    const rule = term.isName ? ruleOf(term) : null;
    if (against !== null) gathering.leave(term.value, against.reason, cell, against.more);
    else if (!term.isName)
      gathering.leave(term.value, /^ipv[46]/.test(term.path) ? 'address' : 'type', cell, term.path);
    else if (rule === null) gathering.leave(term.value, 'unsupported', cell, term.path);
    else if (isUnflagged) gathering.unflagged(rule.value, cell, said);
    else gathering.typed(rule.value, cell, said, rule.scope);
  }
}

/** Most cells of talk hold nothing like a dot, in any guise; spares a look at a million of them. */
const mayHoldName = (text: string): boolean => /[.[({\\&]|dot|[^ -~]/i.test(text);

/** A last label of 63 octets and what may stand behind it. */
const LAST_LABEL_CHARACTERS = 100;

/** A value by what its type says of it. */
export function readTypedValue(
  cell: Cell,
  type: string,
  said: Taken['said'],
  isUnflagged: boolean,
  gathering: Gathering,
): void {
  const kind = typeOf(type);
  if (kind === 'other') {
    const word = squeeze(type);
    if (/^(e?mail)/.test(word)) gathering.leave(cell.text, 'email', cell);
    else if (/^(ip(?!fs)|cidr|addr|subnet|inteladdr|intelsubnet)/.test(word)) {
      // Some call whatever a machine connects to an IP.
      if (
        !isUnflagged &&
        /\.[a-z][a-z0-9-]*\]?\W*$/i.test(cell.text.slice(-LAST_LABEL_CHARACTERS)) &&
        looksLikeIndicator(cell.text)
      )
        gathering.untyped(cell.text, cell, said);
      else gathering.leave(cell.text, 'address', cell);
    } else if (isAboutReport(type)) gathering.leave(cell.text, 'reference', cell, `listed as ${type}`);
    else if (
      /^(file)?(hash|md5|sha\d)/.test(word) &&
      !/[0-9a-f]{32}/i.test(cell.text) &&
      looksLikeIndicator(cell.text)
    )
      // A row that was given the type of its neighbours: what is defanged is no hash.
      gathering.text(cell.text, cell);
    else gathering.leave(cell.text, 'type', cell, `listed as ${type}`);
  } else if (isUnflagged) gathering.unflagged(cell.text, cell, said);
  else if (kind !== null) gathering.typed(cell.text, cell, said);
  else if (looksLikeIndicator(cell.text)) gathering.untyped(cell.text, cell, said);
  else {
    // What OpenCTI calls an indicator of traffic.
    const peer = /^network traffic (?:to|from) (\S+)(?: on port \d+)?$/i.exec(cell.text.trim())?.[1];
    if (peer !== undefined && !isUnflagged) gathering.untyped(peer, cell, said);
    else gathering.text(cell.text, cell);
  }
}

const isAboutReport = (type: string): boolean =>
  /^(description|desc|reference|ref|title|report|source)s?$/.test(squeeze(type));

const urlIn = (text: string): string | null => /https?:\/\/[^\s"'<>]{4,500}/.exec(text)?.[0] ?? null;

/** The cell of a describing row that is neither its type nor a URL. */
function titleIn(row: Row, columns: Columns): string | null {
  const cell = row.find(
    (each, index) => index !== columns.type && each.text.trim() !== '' && urlIn(each.text) === null,
  );
  return cell?.text.trim() ?? null;
}
