// cenote's own list of indicators: YAML that people edit, names with where they come from and what is special about each.
//
//     name: 3cx-2023
//     report: { title: …, source: FILE or URL, url: …, published: 2023-03-29 }
//     campaign: 3CX
//     confidence: high
//     expires: 2027-06-30   # from then on its entries only watch, as far as they say nothing else themselves
//     indicators:
//       - evil.example
//       - { name: doubtful.example, confidence: low, note: why, expires: 2027-01-31, subdomains: false }
//       - 192.0.2.0/24
//     addresses:      # what a report names besides: counts only where the list's settings say `addresses: true`
//       - 198.51.100.7
//
// Everything but `indicators` may be missing. Names may be defanged. Aliases and merge keys are refused, not followed.
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { noSuchDay } from '../../../config/values/amounts.ts';
import type { Indicator } from '../../../policy/rule.ts';
import { withoutNulls } from '../../../report/report.ts';
import { ListError } from '../../errors.ts';
import type { IndicatorEntry, IndicatorList, IndicatorProblem } from './indicator-list.ts';
import { asList, type IndicatorPiece, piecesOf, type SectionName } from './indicator-pieces.ts';
import { readPlainItems } from './plain-items.ts';

export type { IndicatorEntry, IndicatorList, IndicatorProblem } from './indicator-list.ts';

/** As much as a report may have that becomes a list. */
const CHARACTERS_MAX = 64 * 1024 * 1024;
/** Of what the YAML library reads: all but plain items and items in braces of one line. */
const YAML_CHARACTERS_MAX = 8 * 1024 * 1024;
const CONFIDENCES = ['low', 'medium', 'high'] as const;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/;
const ENTRY_KEYS = [
  'name',
  'note',
  'confidence',
  'campaign',
  'malware',
  'tlp',
  'source',
  'firstPublished',
  'expires',
  'subdomains',
];
const LIST_KEYS = [
  'name',
  'report',
  'campaign',
  'confidence',
  'note',
  'expires',
  'indicators',
  'entries',
  'addresses',
];
const REPORT_KEYS = ['title', 'source', 'url', 'published'];

/** What is read of an indicator list, as it comes: what it says of all, then its entries, then what it names besides. */
export interface IndicatorReader {
  readonly onList: (list: IndicatorList) => void;
  readonly onEntries: (entries: readonly IndicatorEntry[], section: SectionName) => void;
  readonly onProblems: (problems: readonly IndicatorProblem[]) => void;
}

/** @throws ListError when it is no indicator list; a bad entry or key is a problem, and what can be read is read */
export function readIndicators(text: string): { list: IndicatorList; problems: IndicatorProblem[] } {
  let about: IndicatorList | null = null;
  const entries = { entries: [] as IndicatorEntry[], addresses: [] as IndicatorEntry[] };
  const problems: IndicatorProblem[] = [];
  readIndicatorsTo(text, {
    onList: (list) => {
      about = list;
    },
    onEntries: (some, section) => {
      for (const entry of some) entries[section].push(entry);
    },
    onProblems: (some) => problems.push(...some),
  });
  return { list: { ...about!, ...entries }, problems };
}

/** @throws ListError as readIndicators does, also when some was read */
export function readIndicatorsTo(text: string, reader: IndicatorReader): void {
  if (text.length > CHARACTERS_MAX) throw tooLong(CHARACTERS_MAX);
  const { head, sections } = piecesOf(text);
  let yamlCharacters = head.text.length;
  if (yamlCharacters > YAML_CHARACTERS_MAX) throw tooLong(YAML_CHARACTERS_MAX);
  const { list, problems } = new Reader(head).read();
  reader.onList(list);
  reader.onProblems(problems);
  for (const name of ['entries', 'addresses'] as const) {
    reader.onEntries(list[name], name);
    for (const { items } of sections.filter((section) => section.name === name))
      for (const piece of items) {
        const plain = readPlainItems(piece.lines, piece.firstLine, isRight);
        if (plain !== null) {
          reader.onEntries(plain, name);
          continue;
        }
        const rest = asList(piece, name);
        yamlCharacters += rest.text.length;
        if (yamlCharacters > YAML_CHARACTERS_MAX) throw tooLong(YAML_CHARACTERS_MAX);
        const part = new Reader(rest).read();
        reader.onProblems(part.problems);
        reader.onEntries(part.list[name], name);
      }
  }
}

const tooLong = (characters: number): ListError =>
  new ListError('LIST_TOO_BIG', `more than ${characters} characters of YAML; use format "domains"`);

/** What the reader below has nothing to say against. */
function isRight(key: string, value: string): boolean {
  if (key === 'firstPublished' || key === 'expires') return isDate(value);
  if (key === 'confidence') return CONFIDENCES.some((confidence) => confidence === value);
  if (key === 'subdomains') return ['true', 'false', 'only'].includes(value);
  return key !== 'name' && ENTRY_KEYS.includes(key);
}

const isDate = (text: string): boolean =>
  DATE.test(text) && noSuchDay(text) === null && !Number.isNaN(Date.parse(text));

class Reader {
  readonly #lines = new LineCounter();
  readonly #problems: IndicatorProblem[] = [];
  readonly #root: YAMLMap;
  readonly #lineOf: IndicatorPiece['lineOf'];

  constructor({ text, lineOf }: IndicatorPiece) {
    this.#lineOf = lineOf;
    this.#root = this.#parse(text);
  }

  read(): { list: IndicatorList; problems: IndicatorProblem[] } {
    const root = this.#root;
    const report = root.get('report', true);
    const about = isMap(report) ? report : null;
    if (report !== undefined && about === null) this.#problem(report, '"report" is not a map');
    this.#checkKeys(root, LIST_KEYS);
    if (about !== null) this.#checkKeys(about, REPORT_KEYS);
    const list: IndicatorList = {
      name: this.#text(root, 'name'),
      title: this.#text(about, 'title'),
      source: this.#text(about, 'source'),
      url: this.#text(about, 'url'),
      published: this.#date(about, 'published'),
      campaign: this.#text(root, 'campaign'),
      confidence: this.#confidence(root),
      note: this.#text(root, 'note'),
      expires: this.#date(root, 'expires'),
      entries: this.#entries(root.has('indicators') ? 'indicators' : 'entries'),
      addresses: this.#entries('addresses'),
    };
    return { list, problems: this.#problems };
  }

  #parse(text: string): YAMLMap {
    let document: ReturnType<typeof parseDocument>;
    try {
      // Failsafe: every scalar is a string, `no` is a name's label and not a boolean.
      document = parseDocument(text, { lineCounter: this.#lines, schema: 'failsafe', prettyErrors: false });
    } catch (error) {
      // A parser may run out of stack on text nested some thousand deep.
      throw new ListError('LIST_NOT_FORMAT', 'the YAML cannot be read; it may be nested too deep', {
        cause: error,
      });
    }
    const first = document.errors[0];
    if (first !== undefined) {
      const { line, col } = this.#lines.linePos(first.pos[0]);
      throw new ListError(
        'LIST_NOT_FORMAT',
        `not YAML: ${first.message} (line ${this.#lineOf(line)}, column ${col})`,
      );
    }
    if (!isMap(document.contents) || !(document.has('indicators') || document.has('entries')))
      throw new ListError(
        'LIST_NOT_FORMAT',
        'no key "indicators:" at the top; write it with the names below, each after a dash',
      );
    return document.contents as YAMLMap;
  }

  #entries(key: 'indicators' | 'entries' | 'addresses'): IndicatorEntry[] {
    const node = this.#root.get(key, true);
    if (!isSeq(node)) {
      if (node !== undefined && !isEmpty(node)) this.#problem(node, `"${key}" is not a list`);
      return [];
    }
    const entries: IndicatorEntry[] = [];
    for (const item of node.items) {
      const entry = isMap(item) ? this.#entryOf(item) : this.#bareEntry(item);
      if (entry !== null) entries.push(entry);
    }
    return entries;
  }

  #bareEntry(item: unknown): IndicatorEntry | null {
    if (isScalar(item) && typeof item.value === 'string' && item.value !== '')
      return { name: item.value, isExact: false, said: {}, line: this.#place(item).line };
    this.#problem(item, 'an entry is a name, or a map with a key "name"; aliases are not followed');
    return null;
  }

  #entryOf(item: YAMLMap): IndicatorEntry | null {
    this.#checkKeys(item, ENTRY_KEYS);
    const name = this.#text(item, 'name');
    if (name === null) {
      this.#problem(item, 'an entry without a key "name"');
      return null;
    }
    const subdomains = this.#text(item, 'subdomains');
    if (subdomains !== null && !['true', 'false', 'only'].includes(subdomains))
      this.#problem(item.get('subdomains', true), '"subdomains" is true, false or only');
    const said = {
      note: this.#text(item, 'note'),
      campaign: this.#text(item, 'campaign'),
      source: this.#text(item, 'source'),
      malware: this.#text(item, 'malware'),
      tlp: this.#text(item, 'tlp'),
      firstPublished: this.#date(item, 'firstPublished'),
      expires: this.#date(item, 'expires'),
      confidence: this.#confidence(item),
    };
    const line = this.#place(item.get('name', true)).line;
    const isBelow = subdomains === 'only';
    return {
      name,
      isExact: subdomains === 'false',
      ...(isBelow && { isBelow }),
      said: withoutNulls(said),
      line,
    };
  }

  #text(map: YAMLMap | null, key: string): string | null {
    const node = map?.get(key, true);
    if (node === undefined || isEmpty(node)) return null;
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    this.#problem(node, `"${key}" is not a text`);
    return null;
  }

  #date(map: YAMLMap | null, key: string): string | null {
    const text = this.#text(map, key);
    if (text === null || isDate(text)) return text;
    this.#problem(map?.get(key, true), `"${key}" is not a date; ${noSuchDay(text) ?? 'write 2023-03-29'}`);
    return null;
  }

  #confidence(map: YAMLMap): Indicator['confidence'] {
    const text = this.#text(map, 'confidence');
    const known = CONFIDENCES.find((confidence) => confidence === text);
    if (text !== null && known === undefined)
      this.#problem(map.get('confidence', true), `"confidence" is one of ${CONFIDENCES.join(', ')}`);
    return known ?? null;
  }

  #checkKeys(map: YAMLMap, known: readonly string[]): void {
    for (const { key } of map.items as Pair[]) {
      const name = isScalar(key) ? String(key.value) : '';
      if (!known.includes(name)) this.#problem(key, `unknown key "${name}"; known: ${known.join(', ')}`);
    }
  }

  #place(node: unknown): { line: number; column: number } {
    const start = (node as Node | undefined)?.range?.[0] ?? 0;
    const { line, col } = this.#lines.linePos(start);
    return { line: this.#lineOf(line), column: col };
  }

  #problem(node: unknown, message: string): void {
    this.#problems.push({ ...this.#place(node), message });
  }
}

/** `key:` with nothing after it. */
const isEmpty = (node: unknown): boolean => isScalar(node) && (node.value === '' || node.value === null);
