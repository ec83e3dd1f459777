// Where in a report a name stands: in a list under a heading, in a table's column, behind a label, or in prose.
// Decided: a plainly written name counts where nothing but values stands in its line or cell and a heading, a label, a column
// or the type beside it says that they are names or indicators. What stands so under "legitimate", "references" or "victims" is
// left out, defanged or not. Prose decides nothing: there only what is defanged counts.
import { isFileAt } from '../known/file-names.ts';
import type { Bystander } from '../report.ts';
import { BEHIND_ADDRESS, HEADED_BY_ADDRESS, IP_ADDRESSES, isOfOperator } from './addresses.ts';
import { FOOTNOTE, isSourceOfMalware, leadsToArticle } from './articles.ts';
import { type Aside, asideOf, maySayAside } from './aside.ts';
import { type BystanderKind, bystanderOf, bystandersIn } from './bystanders.ts';
import {
  besides,
  columnOfVerdicts,
  columnsOf,
  isNamedAsAttacked,
  isNoAccusation,
  isTypeAlone,
  rowType,
} from './columns.ts';
import { isFetchedAt, isTrafficTo } from './command.ts';
import { COMMENTED, COMMENTED_OUT } from './comment.ts';
import { type Standing, standingOf } from './heading.ts';
import { leadOf } from './lead.ts';
import { cellsOf, type LineCell } from './line.ts';
import { FENCE, WHOSE } from './passed-over.ts';
import { cellsBehind } from './pieces.ts';
import { isBenignRemark, isCalledBad, isOfVictims } from './remarks.ts';
import { Section } from './section.ts';
import { SETTING_OF_ADDRESS } from './settings.ts';

/** More than an introduction is long: it opens no list. */
const PARAGRAPH_CHARACTERS_MIN = 500;
/** What a page says of itself, above its text: `room_url: https://…`. */
const LINK_OF_PAGE =
  /(^|[_\s-])(urls?|links?|href|images?|img|canonical|permalink|website|homepage|avatar|logo|cover|thumbnail|repo(sitory)?)$/i;
/** `"hostname": …` below `"ip": …`, as a service that looks addresses up answers: what the address's operator calls it. */
const isOfLookUp = (label: string, above: string): boolean =>
  label === '"hostname"' && /^"ip"\s*:/.test(above);
/** Lines between two rows of a table, of a cell that is broken in two. */
const BROKEN_LINES_MAX = 3;
const MAY_BE_OTHERS = /victim|target/i;
const MARKED = /\[\.\]|hxxp/i;
const NAME_ALONE = /^[^\s,;|]{1,300}\s*$/;
/** `Payload: evil.com`, where a file would end in its kind. */
const A_PAYLOAD = /^(?:\p{L}+ )?(payloads?|stagers?|stage ?\d)$/iu;

const EMPTY = { text: '', label: '', from: 0, to: 0, remark: '' } as const;
/** A line that is one value has one cell; one that is indented has an empty one before it. */
const ONE_VALUE: readonly LineCell[] = [{ ...EMPTY, speaksOfValues: true }];
const INDENTED_VALUE: readonly LineCell[] = [{ ...EMPTY, speaksOfValues: false }, ...ONE_VALUE];

export class Layout {
  /** What the heading above says. */
  readonly #section: Section;
  /** Every line is a value: a text without prose. */
  readonly #isBare: boolean;
  /** Per column of the table at hand. */
  #columns: readonly (Standing | null)[] = [];
  /** Which of them judges its row; -1: none. */
  #verdicts = -1;
  #cells: readonly LineCell[] = [];
  /** A cell of the row says that it is a victim's. */
  #isOfVictims = false;
  #isBelowAddress = false;
  /** Of each cell; null until somebody asks: most lines of prose hold no name. */
  #standings: readonly (Standing | null)[] | null = [];
  #line = '';
  /** The line above, if this one may go on with it; and the label of the last line that had one alone. */
  #before = '';
  #labelBefore = '';
  #brokenLines = 0;
  /** Between the two rules at the head of a page; null before its first line. */
  #isFrontMatter: boolean | null = null;
  /** What this line goes on with; null until somebody asks. */
  #lead: string | null = null;
  /** Whether the words around a name are worth a look; null until somebody asks. */
  #maySay: boolean | null = null;
  #bystanders: readonly BystanderKind[] | null = null;

  /** There blank lines are the white space between tags; elsewhere one ends a table. */
  readonly #isHtml: boolean;
  readonly #isOfSettings: boolean;

  /**
   * @param options.isBare the text holds nothing but values and comments
   * @param options.isOfSettings it is a document of settings
   */
  constructor({
    isBare,
    isHtml,
    isOfSettings,
  }: Readonly<Record<'isBare' | 'isHtml' | 'isOfSettings', boolean>>) {
    this.#isOfSettings = isOfSettings;
    this.#isBare = isBare;
    this.#isHtml = isHtml;
    this.#section = new Section({ isBare, isHtml });
  }

  /** A new line begins. */
  enter(line: string): void {
    this.#labelBefore = this.#cells.length === 1 ? this.#cells[0]!.label : '';
    this.#turnTo(line);
    if (line.trim() === '') {
      this.#cells = [];
      this.#isOfVictims = false;
      this.#section.endSentence();
      if (!this.#isHtml) this.#columns = [];
      return;
    }
    this.#cells = cellsOf(line);
    if (line.startsWith('#')) this.#isBelowAddress = HEADED_BY_ADDRESS.test(line);
    this.#section.meet(line);
    // A rule on the first line opens it, the next rule closes it.
    if (this.#isFrontMatter !== false)
      this.#isFrontMatter = /^---\s*$/.test(line) !== (this.#isFrontMatter ?? false);
    const mayBeOthers = this.#cells.length > 1 && MAY_BE_OTHERS.test(line);
    this.#isOfVictims = mayBeOthers && this.#cells.some(({ text }) => isOfVictims(text));
    if (this.#cells.length > 0 && /[\p{L}\p{N}]/u.test(line) && !FENCE.test(line))
      this.#readLine(line.trim());
  }

  /** The line goes on with another piece: what was said of its cells is said of this one's. */
  goOn(piece: string): void {
    const before = this.#cells;
    this.#turnTo(piece);
    this.#cells = cellsBehind(before, piece);
  }

  /**
   * A new line begins that is one value and nothing else.
   * @param begin of the value in it
   * @returns what is said of it; `undefined`, and the line is not entered, where the line above or a table may say more
   */
  enterValue(line: string, begin: number): Standing | null | undefined {
    const isIndented = line.startsWith('  ');
    if (isIndented && (this.#columns.length > 0 || MAY_BE_OTHERS.test(line))) return undefined;
    const isBelowValue = this.#cells === ONE_VALUE || this.#cells === INDENTED_VALUE;
    if (!isBelowValue && leadOf(this.#lineAbove) !== '') return undefined;
    this.#labelBefore = this.#cells.length === 1 ? this.#cells[0]!.label : '';
    this.#turnTo(line);
    this.#cells = isIndented ? INDENTED_VALUE : ONE_VALUE;
    this.#isFrontMatter ??= false;
    this.#isOfVictims = false;
    this.#section.endSentence();
    if (!isIndented && line.trim().length > PARAGRAPH_CHARACTERS_MIN && this.#section.isInProse)
      this.#columns = [];
    else this.#countBroken();
    const { standing, isOfAddresses } = this.#section;
    if (standing === 'value' && this.#section.isElsewhere(line.slice(begin))) return 'reference';
    return standing === 'other' && isOfAddresses && !isIndented ? 'address' : standing;
  }

  /** The current line as the one before the next; in HTML none is, since lines end anywhere there. */
  get #lineAbove(): string {
    return this.#isHtml ? '' : this.#line.trim();
  }

  /** What was found out when somebody asked is of the line before. */
  #turnTo(line: string): void {
    this.#before = this.#lineAbove;
    this.#line = line;
    this.#standings = null;
    this.#lead = null;
    this.#maySay = null;
    this.#bystanders = null;
  }

  /** What this line says of the lines below. */
  #readLine(text: string): void {
    const cells = this.#cells;
    if (cells.length === 1 && text.length > PARAGRAPH_CHARACTERS_MIN && this.#section.isInProse) {
      this.#columns = [];
      return;
    }
    const hasValues = cells.some((cell) => cell.speaksOfValues);
    this.#section.meetEntry(text);
    if (hasValues) this.#section.endSentence();
    if (cells.filter((cell) => cell.text !== '').length > 1) {
      this.#brokenLines = 0;
      this.#section.endSentence();
      if (!hasValues && !this.#section.isAmongEntries(this.#before)) {
        const columns = columnsOf(cells, this.#section.standing);
        if (columns !== null) [this.#columns, this.#verdicts] = [columns, columnOfVerdicts(cells)];
      }
      return;
    }
    this.#countBroken();
    this.#section.read(text, this.#before, hasValues, cells[0]!.from < cells[0]!.to);
  }

  #countBroken(): void {
    this.#brokenLines += 1;
    if (this.#brokenLines > BROKEN_LINES_MAX || this.#isHtml || this.#before.startsWith('|'))
      this.#columns = [];
  }

  #standingsOf(cells: readonly LineCell[]): (Standing | null)[] {
    const type = rowType(cells);
    const columns = cells.length === 1 ? [] : this.#columns;
    const isBenign =
      cells.some(({ from, to, remark, text }) => isBenignRemark(from < to ? remark : text)) ||
      this.#isOfVictims;
    const verdict = columns.length > 0 ? (cells[this.#verdicts]?.text ?? '') : '';
    const isAccused = !isNoAccusation(verdict);
    return cells.map(({ label, text, from, to, remark }, index) => {
      if (isBenign) return 'benign';
      if (!isAccused) return 'other';
      if (leadsToArticle(label, text, this.#labelBefore, this.#before)) return 'reference';
      if (this.#section.standing !== 'name' && isOfLookUp(label, this.#before)) return 'beside';
      if (label !== '' && isOfOperator(label, this.#line.slice(from, to), this.#isBelowAddress))
        return 'beside';
      if (isSourceOfMalware(label, text)) return 'name';
      if (this.#isFrontMatter === true && LINK_OF_PAGE.test(label)) return 'reference';
      if (this.#isOfSettings && SETTING_OF_ADDRESS.test(label) && !MARKED.test(text)) return 'reference';
      if (this.#isSaidAbove(label, type, text)) return this.#section.standing;
      const standing =
        label !== ''
          ? (standingOf(label) ?? (A_PAYLOAD.test(label.trim()) ? 'value' : 'other'))
          : besides(columns[index] ?? null, type, this.#section.standing);
      const isAlone = from < to && cells.length === 1;
      return isAlone && (standing ?? 'other') === 'other' && isCalledBad(remark) ? 'name' : standing;
    });
  }

  /**
   * `URL: https://…`, `| URL | https://… |` below "Sources" or "Legitimate sites": a type says what it is, and not whose. What is
   * marked among references is no link for the reader.
   */
  #isSaidAbove(label: string, type: Standing | null, text: string): boolean {
    const { standing } = this.#section;
    if (standing !== 'benign' && (standing !== 'reference' || MARKED.test(text))) return false;
    return label === '' ? type === 'name' || this.#cells.length > 1 : isTypeAlone(label);
  }

  /** Whether what was said last is said by its line alone: the same, whatever stands above it. */
  isByLine = false;

  /** @param at offset in the line's text where a name begins; null in prose */
  standingAt(at: number): Standing | null {
    const index = this.#cells.findIndex(({ from, to }) => at >= from && at < to);
    this.isByLine = index < 0;
    if (index < 0) {
      if (this.#isOfVictims || isNamedAsAttacked(this.#cells, this.#line.slice(0, at))) return 'benign';
      if (this.#section.isOfReaders || this.#section.isNumberedEntry(this.#line)) return 'reference';
      if (this.#isNamedBefore(at) || isTrafficTo(this.#line.slice(0, at))) return 'name';
      return isFetchedAt(this.#line, at, this.#section.standing === 'name') ? 'value' : null;
    }
    this.#standings ??= this.#standingsOf(this.#cells);
    const standing = this.#standings[index] ?? null;
    const { label, text } = this.#cells[index]!;
    this.isByLine = label !== '' && standing !== 'value' && !this.#isSaidAbove(label, null, text);
    if ((this.#columns[index] ?? null) === null && isFileAt(this.#line, at)) return 'other';
    if (FOOTNOTE.test(this.#line)) return 'reference';
    if (this.#isBare && COMMENTED_OUT.test(this.#line) && !MARKED.test(this.#line)) return 'other';
    if (standing === 'other' && this.#tellsAddresses(index)) return 'address';
    if (standing !== 'value') return standing;
    const rest = this.#line.slice(at);
    // `#   <https://…>`, `# A list of somebody | example.org | …`: what a list says of itself.
    const isOfList = this.#isBare && COMMENTED.test(this.#line) && !MARKED.test(this.#line);
    if (isOfList && (this.#cells.length > 1 || /^https?:/i.test(rest))) return 'other';
    return this.#section.isElsewhere(rest) ? 'reference' : standing;
  }

  /** `FakeLoader - evil.com`, `192.0.2.7 (evil.com)` in a list of names: whose it is, or where, before it. */
  #isNamedBefore(at: number): boolean {
    const before = this.#line.slice(0, at);
    if (this.#section.hasNamesBehind && BEHIND_ADDRESS.test(before)) return true;
    const isWhose = this.#section.standing === 'name' && this.#cells.length === 1 && WHOSE.test(before);
    return isWhose && NAME_ALONE.test(this.#line.slice(at));
  }

  /** `IP: 192.0.2.7`, a row `| IPv4 | 192.0.2.7 |`, or what stands below a heading of addresses. */
  #tellsAddresses(index: number): boolean {
    const { label } = this.#cells[index]!;
    if (label !== '') return IP_ADDRESSES.test(label);
    if (this.#cells.length === 1) return this.#section.isOfAddresses;
    return this.#cells.some(({ text, from, to }) => from === to && IP_ADDRESSES.test(text));
  }

  /** What the words around the name say against it. */
  asideAt(at: number, end: number): Aside {
    this.#lead ??= leadOf(this.#before);
    this.#maySay ??= maySayAside(this.#lead + this.#line);
    return this.#maySay ? asideOf(this.#line, at, end, this.#lead) : null;
  }

  /** Whom the sentence names beside the attackers, where the name is one of those. */
  bystanderAt(at: number, end: number): Bystander | null {
    this.#lead ??= leadOf(this.#before);
    const lead = this.#lead;
    this.#bystanders ??= bystandersIn(lead + this.#line);
    if (this.#bystanders.length === 0) return null;
    return bystanderOf(this.#bystanders, lead + this.#line, at + lead.length, end + lead.length);
  }
}
