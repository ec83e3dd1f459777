// What the columns of a table of indicators mean: which holds values, which says their type, which are talk.
import {
  looksLikeIndicator,
  NAME_WORDS,
  OTHER_WORDS,
  PAPERWORK_WORDS,
  REFERENCE_WORDS,
  squeeze,
  TYPE_WORDS,
  typeOf,
  URL_WORDS,
  VALUE_WORDS,
  type ValueType,
  wholeTypeOf,
} from '../known/kind-words.ts';
import { isPlaceOfAttackers } from './record-keys.ts';
import type { Row } from './table.ts';

export interface Columns {
  /** Column that says each row's type, or −1. */
  readonly type: number;
  /** Column of values whose type the type column says, or −1. */
  readonly value: number;
  /** Per column: what its header says all of it is. */
  readonly typed: readonly (ValueType | null)[];
  readonly reference: readonly boolean[];
  /** Per column of a table of addresses: it holds these, or the host names that their operators gave them. */
  readonly seen: readonly ('address' | 'hostname' | null)[];
  /** Column of addresses beside names, or −1. */
  readonly address: number;
  /** Column of STIX patterns, or −1: then the rest of the row only says what is known of them. */
  readonly pattern: number;
  /** Header words, squeezed; empty without a header. */
  readonly header: readonly string[];
  /** Rows before the data: the header, and a title above it. */
  readonly skip: number;
}

/** Rows looked at to tell what the columns hold. */
export const SAMPLE_ROWS = 200;
const HEADER_ROWS_MAX = 10;
const SHARE_MIN = 0.6;
/** Fewer rows do not show a column of types that no header names. */
const UNNAMED_ROWS_MIN = 2;

/**
 * @param rows the first SAMPLE_ROWS
 * @param comment the last comment line before them, which may hold the header
 * @returns null when no column holds indicators
 */
export function readColumns(rows: readonly Row[], comment: Row | null): Columns | null {
  const at = rows.slice(0, HEADER_ROWS_MAX).findIndex(isHeader);
  // Zeek names its fields `meta.source`: a comment with the words of a header is one.
  const head = at >= 0 ? rows[at] : comment !== null && speaksOfColumns(comment) ? comment : undefined;
  const data = rows.slice(at + 1);
  const header = (head ?? []).map((cell) => squeeze(cell.text));
  const width = Math.max(header.length, ...data.map((row) => row.length), 0);
  const columns = Array.from({ length: width }, (_, index) => index);
  const typed = columns.map((index) => (holdsWords(data, index) ? null : headerType(header[index])));
  const holdsTyped = typed.some((each) => each === 'name' || each === 'url');
  const type = typeColumn(data, columns, header, holdsTyped);
  if (type >= 0) typed[type] = null;
  const isValue = (index: number): boolean =>
    VALUE_WORDS.has(header[index] ?? '') && !holdsWords(data, index);
  const pattern = columns.find((index) => holdsPatterns(data, index)) ?? -1;
  let value = columns.find((index) => index !== type && isValue(index)) ?? -1;
  if (value < 0 && type < 0 && !holdsTyped) value = nameColumn(data, header);
  if (value < 0 && type >= 0 && !holdsTyped) value = mostIndicators(data, columns, type);
  if (value < 0 && !holdsTyped && pattern < 0) return null;
  const reference = columns.map((index) => {
    const word = header[index] ?? '';
    return REFERENCE_WORDS.has(word) || PAPERWORK_WORDS.has(word);
  });
  const isOfAddresses = value < 0 && listsAddresses(header);
  const address = value < 0 ? header.findIndex((word) => ADDRESS_COLUMN.test(word)) : -1;
  const seen = header.map((word) => {
    if (!isOfAddresses) return null;
    if (ADDRESS_COLUMN.test(word)) return 'address';
    return word === 'hostname' || word === 'hostnames' ? 'hostname' : null;
  });
  return { type, value, typed, reference, seen, address, pattern, header, skip: at + 1 };
}

const ADDRESS_COLUMN =
  /^((source|src|attacker|attacking|remote|client|peer)?ip(v4)?(address|addr)?|ipaddress(es)?)$/;
const OPERATOR_COLUMN =
  /^(asn?|as?n?(name|org|owner|number|description)|isp|org|organi[sz]ation|netname|network)$/;
const OF_ATTACKERS = /malware|family|campaign|actor|c2|cnc|phish|payload|domain|url|fqdn|port/;

/** `ip,hostname,asn,country`: machines that somebody saw, with whose each is; of servers of attackers more is told. */
const listsAddresses = (header: readonly string[]): boolean =>
  header.some((word) => ADDRESS_COLUMN.test(word)) &&
  header.some((word) => OPERATOR_COLUMN.test(word)) &&
  !header.some((word) => OF_ATTACKERS.test(word));

function headerType(word: string | undefined): ValueType | null {
  if (word === undefined) return null;
  if (NAME_WORDS.has(word)) return 'name';
  if (URL_WORDS.has(word) && !REFERENCE_WORDS.has(word)) return 'url';
  // `PhishingDomain`, `Kit URL`
  if (isPlaceOfAttackers(word)) return 'name';
  return OTHER_WORDS.has(word) ? 'other' : null;
}

/** Cells of prose, not of values. */
function holdsWords(data: readonly Row[], index: number): boolean {
  const cells = data.map((row) => row[index]?.text.trim() ?? '').filter((text) => text !== '');
  return cells.filter(isProse).length > cells.length * (1 - SHARE_MIN);
}

/** Several words, few of which could be values. */
function isProse(text: string): boolean {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  return parts.length > 1 && parts.filter(looksLikeIndicator).length < parts.length * SHARE_MIN;
}

/** Most cells are a STIX pattern. */
function holdsPatterns(data: readonly Row[], index: number): boolean {
  const cells = data.map((row) => row[index]?.text.trim() ?? '').filter((text) => text !== '');
  const found = cells.filter((text) => /^\(*\[\s*(not\s+)?[a-z0-9-]+\s*:.*[\])]/is.test(text));
  return found.length > 0 && found.length >= cells.length * SHARE_MIN;
}

/** Recorded Future's `Name` beside a `Risk`: a column named so whose cells are nearly all values. */
function nameColumn(data: readonly Row[], header: readonly string[]): number {
  const index = header.findIndex((word) => word === 'name' || word === 'entity' || word === 'item');
  if (index < 0 || !header.some((word) => /^(risk|score|riskstring|evidencedetails|severity)/.test(word)))
    return -1;
  const cells = data.map((row) => row[index]?.text ?? '').filter((text) => text.trim() !== '');
  return cells.filter(looksLikeIndicator).length >= cells.length * 0.8 ? index : -1;
}

function speaksOfColumns(row: Row): boolean {
  return row.some((cell) => {
    const word = squeeze(cell.text);
    const isOfNames = NAME_WORDS.has(word) || URL_WORDS.has(word) || isPlaceOfAttackers(word);
    return isOfNames || VALUE_WORDS.has(word) || TYPE_WORDS.has(word);
  });
}

function isHeader(row: Row): boolean {
  const speaks = speaksOfColumns(row) || row.some(({ text }) => /^(pattern|name|risk)$/i.test(text.trim()));
  // `Domains,,,` above some rows is the heading of a part, not of columns.
  const isPart = row.length > 1 && row.filter(({ text }) => text.trim() !== '').length === 1;
  return speaks && !isPart && row.every((cell) => isHeading(cell.text));
}

const isHeading = (text: string): boolean =>
  text.length <= 40 &&
  !text.includes('://') &&
  // `.data.......`: octets of a dump, as letters.
  !text.includes('..') &&
  text.trim().split(/\s+/).length <= 4 &&
  !looksLikeIndicator(text);

/** By its header, or, when no header speaks, by what its cells say. */
function typeColumn(
  data: readonly Row[],
  columns: readonly number[],
  header: readonly string[],
  holdsTyped: boolean,
): number {
  const share = (index: number, typeIn: (text: string) => ValueType | null): number => {
    const cells = data.map((row) => row[index]?.text.trim() ?? '').filter((text) => text !== '');
    return cells.filter((text) => typeIn(text) !== null).length / Math.max(1, cells.length);
  };
  const named = columns.find((index) => TYPE_WORDS.has(header[index] ?? '') && share(index, typeOf) > 0);
  if (named !== undefined || holdsTyped) return named ?? -1;
  if (data.length < UNNAMED_ROWS_MIN) return data.length === 1 && isTypeAndValue(data[0]!) ? 0 : -1;
  return columns.find((index) => share(index, wholeTypeOf) >= SHARE_MIN) ?? -1;
}

/** `Host,evil.com` alone in its file. */
function isTypeAndValue(row: Row): boolean {
  const [type, value] = row;
  if (row.length !== 2 || !looksLikeIndicator(value!.text)) return false;
  const kind = wholeTypeOf(type!.text);
  return kind === 'name' || kind === 'url';
}

function mostIndicators(data: readonly Row[], columns: readonly number[], type: number): number {
  let best = -1;
  let most = 0;
  for (const index of columns) {
    if (index === type) continue;
    const count = data.filter((row) => looksLikeIndicator(row[index]?.text ?? '')).length;
    if (count > most) [best, most] = [index, count];
  }
  return best;
}
