// What the columns of a table of indicators mean: which holds values, which says their type, which are talk.
import type { Row } from './table.ts';

export type ValueType = 'name' | 'url' | 'other';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Words of types and headers, in the languages of reports. Compared in lower case, without separators. */
const NAME_WORDS =
  words(`domain domains domainname domainnames fqdn fqdns host hosts hostname hostnames c2 cnc c2domain c2domains
  dns dnsname subdomain subdomains dominio dominios domaine domaines domäne domänen domena domeny домен домены 域名 ドメイン ドメイン名
  도메인 alan alanadi domein domän domæne nomdedomaine nombrededominio rootdomain maliciousdomain`);
const URL_WORDS = words(
  'url urls uri uris link enlace lien adresa адрес 网址 網址 주소 downloadurl maliciousurl payloadurl',
);
const OTHER_WORDS =
  words(`ip ips ipv4 ipv6 ipaddress ipaddr ipdst ipsrc ipport cidr asn md5 sha1 sha224 sha256 sha384 sha512
  ssdeep imphash tlsh pehash authentihash hash hashes filehash file files filename filepath email emails mail emailaddress
  mutex registry regkey registrykey cve vulnerability useragent ja3 ja3s jarm yara sigma snort btc bitcoin wallet pdb`);
/** `email domain`, `file url`: what kind of thing it is, not where it is. */
const OVERRIDING_WORDS = words('email mail hash sha256 sha1 md5 file filename');
/** Types only when they are all a cell says. */
const TALK_WORDS =
  words(`path process service certificate description desc reference ref title report note comment malware campaign
  actor threatactor text other mac port`);
const VALUE_WORDS =
  words(`value values indicator indicators ioc iocs iocvalue indicatorvalue data observable observables artifact artefact
  indicatorofcompromise indicatorsofcompromise indikator indicador indicadores indicateur indicateurs indicatore valor valeur
  valore wert waarde nilai значение индикатор 值 指标 指標 インジケーター インジケータ 값 지표 deger`);
const TYPE_WORDS = words(
  `type types ioctype indicatortype entitytype kind category tipo typ tipe art soort тип 类型 類型 種別 タイプ 種類 유형 tur`,
);
const REFERENCE_WORDS = words(
  'reference references ref refs source sources report permalink moreinfo urlhauslink link links externalreference blog article reporter sourceurl',
);

/** Lower case, letters and digits of any script only. */
export const squeeze = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');

const TYPE_CHARACTERS_MAX = 40;

/** What a cell of a type column says of the value beside it; null when it is no type. */
export function typeOf(text: string): ValueType | null {
  const whole = wholeTypeOf(text);
  if (whole !== null || text.length > TYPE_CHARACTERS_MAX || /\p{L}\.\p{L}/u.test(text)) return whole;
  const parts = text.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const has = (known: ReadonlySet<string>): boolean => parts.some((part) => known.has(part));
  if (has(OVERRIDING_WORDS)) return 'other';
  if (has(NAME_WORDS)) return 'name';
  if (has(URL_WORDS)) return 'url';
  return has(OTHER_WORDS) ? 'other' : null;
}

/** A cell that is nothing but a type. */
function wholeTypeOf(text: string): ValueType | null {
  if (text.length > TYPE_CHARACTERS_MAX) return null;
  const whole = squeeze(text);
  if (NAME_WORDS.has(whole)) return 'name';
  if (URL_WORDS.has(whole)) return 'url';
  if (OTHER_WORDS.has(whole) || TALK_WORDS.has(whole)) return 'other';
  return /^(email|file|sha\d|md5|ip(v\d)?(src|dst)|reg)/.test(whole) ? 'other' : null;
}

export interface Columns {
  /** Column that says each row's type, or −1. */
  readonly type: number;
  /** Column of values whose type the type column says, or −1. */
  readonly value: number;
  /** Per column: what its header says all of it is. */
  readonly typed: readonly (ValueType | null)[];
  readonly reference: readonly boolean[];
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
  const head = at >= 0 ? rows[at] : comment !== null && isHeader(comment) ? comment : undefined;
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
  let value = columns.find((index) => index !== type && isValue(index)) ?? -1;
  if (value < 0 && type >= 0 && !holdsTyped) value = mostIndicators(data, columns, type);
  if (value < 0 && !holdsTyped) return null;
  const reference = columns.map((index) => REFERENCE_WORDS.has(header[index] ?? ''));
  return { type, value, typed, reference, header, skip: at + 1 };
}

function headerType(word: string | undefined): ValueType | null {
  if (word === undefined) return null;
  if (NAME_WORDS.has(word)) return 'name';
  if (URL_WORDS.has(word) && !REFERENCE_WORDS.has(word)) return 'url';
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

function isHeader(row: Row): boolean {
  const speaks = row.some((cell) => {
    const word = squeeze(cell.text);
    return VALUE_WORDS.has(word) || TYPE_WORDS.has(word) || NAME_WORDS.has(word) || URL_WORDS.has(word);
  });
  return speaks && row.every((cell) => isHeading(cell.text));
}

const isHeading = (text: string): boolean =>
  text.length <= 40 && text.trim().split(/\s+/).length <= 4 && !looksLikeIndicator(text);

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
  if (named !== undefined || holdsTyped || data.length < UNNAMED_ROWS_MIN) return named ?? -1;
  return columns.find((index) => share(index, wholeTypeOf) >= SHARE_MIN) ?? -1;
}

/** A host, a URL, an address or a hash, defanged or not, alone in its cell. */
export function looksLikeIndicator(text: string): boolean {
  const bare = text.trim();
  if (bare === '' || /\s/.test(bare)) return false;
  return (
    /[\p{L}\p{N}][.\])}：。．]{1,3}\p{L}/u.test(bare) ||
    /^[0-9a-f]{32,128}$/i.test(bare) ||
    /\d\.\d/.test(bare)
  );
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
