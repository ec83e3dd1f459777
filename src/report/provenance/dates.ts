// Full dates in prose of several languages, as ISO dates. A day and a month without a year are not a date here.

import { isDay } from '../../config/values/amounts.ts';

const MONTHS: readonly string[] = [
  'january januari januar janvier enero janeiro gennaio styczeń stycznia января январь січня ocak leden ledna ianuarie januára tammikuuta jan ene gen sty янв ιανουαρίου',
  'february februari februar février febrero fevereiro febbraio luty lutego февраля февраль лютого şubat únor února februarie helmikuuta feb fév fev лют фев φεβρουαρίου pebruari',
  'march maret märz maart mars marzo março marca marzec марта март березня mart březen března martie maaliskuuta mar mär mrz мар mac μαρτίου',
  'april avril abril aprile kwiecień kwietnia апреля апрель квітня nisan duben dubna aprilie huhtikuuta apr avr abr апр απριλίου',
  'may mei mai mayo maio maggio maj maja мая май травня mayıs květen května toukokuuta μαΐου',
  'june juni juin junio junho giugno czerwiec czerwca июня июнь червня haziran červen června iunie kesäkuuta jun giu июн jun ιουνίου',
  'july juli juillet julio julho luglio lipiec lipca июля июль липня temmuz červenec července iulie heinäkuuta jul lug июл ιουλίου',
  'august agustus août agosto sierpień sierpnia августа август серпня ağustos srpen srpna elokuuta augustus augusti aug ago agu авг αυγούστου ogos',
  'september septembre septiembre setembro settembre wrzesień września сентября сентябрь вересня eylül září septembrie syyskuuta sep sept set сен σεπτεμβρίου',
  'october oktober octobre octubre outubro ottobre październik października октября октябрь жовтня ekim říjen října octombrie lokakuuta oct okt out ott окт οκτωβρίου',
  'november novembre noviembre novembro listopad listopada ноября ноябрь kasım listopadu noiembrie marraskuuta nov ноя νοεμβρίου nopember',
  'december desember dezember décembre diciembre dezembro dicembre grudzień grudnia декабря декабрь грудня aralık prosinec prosince decembrie joulukuuta dec des dez déc dic дек δεκεμβρίου disember',
];

const MONTH_BY_WORD: ReadonlyMap<string, number> = new Map(
  MONTHS.flatMap((words, index) => words.split(' ').map((word) => [word, index + 1] as const)),
);

/** Every quantifier is bounded: linear on any line. */
const PATTERNS: readonly { readonly pattern: RegExp; read(match: RegExpMatchArray): string | null }[] = [
  // 2023-03-29, 2023/3/29, 2023.03.29
  {
    pattern: /(?<!\d)((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/g,
    read: (match) => iso(match[1], match[3], match[4]),
  },
  // 2023年3月29日, 2023년 3월 29일
  {
    pattern: /((?:19|20)\d\d)\s{0,2}[年년]\s{0,2}(\d{1,2})\s{0,2}[月월]\s{0,2}(\d{1,2})\s{0,2}[日일]/g,
    read: (match) => iso(match[1], match[2], match[3]),
  },
  // 29 March 2023, 29. März 2023, 29 de marzo de 2023, 29 марта 2023, 1er avril 2023
  {
    pattern:
      /(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?\s{1,2}(?:de\s|of\s)?(\p{L}{3,14})\.?,?\s{1,2}(?:de\s|del\s)?((?:19|20)\d\d)(?!\d)/gu,
    read: (match) => iso(match[3], monthOf(match[2]), match[1]),
  },
  // March 29, 2023; Mar 29th 2023
  {
    pattern: /(?<!\p{L})(\p{L}{3,14})\.?\s{1,2}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}((?:19|20)\d\d)(?!\d)/gu,
    read: (match) => iso(match[3], monthOf(match[1]), match[2]),
  },
  // ngày 29 tháng 3 năm 2023
  {
    pattern: /(\d{1,2})\s{0,2}tháng\s{0,2}(\d{1,2})\s{0,2}(?:năm|,)\s{0,2}((?:19|20)\d\d)/giu,
    read: (match) => iso(match[3], match[2], match[1]),
  },
  // 29.03.2023; 29/03/2023 only where the day cannot be a month
  {
    pattern: /(?<![\d.])(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d\d)(?!\d)/g,
    read: (match) => numeric(match[1], match[2], match[3], match[4]),
  },
];

export interface FoundDate {
  /** ISO */
  readonly date: string;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

/** Full dates in order of their place. */
export function findDates(text: string): FoundDate[] {
  const found: FoundDate[] = [];
  for (const { pattern, read } of PATTERNS)
    for (const match of text.matchAll(pattern)) {
      const date = read(match);
      if (date !== null) found.push({ date, start: match.index, end: match.index + match[0].length });
    }
  return found.sort((a, b) => a.start - b.start);
}

function monthOf(word: string | undefined): string | undefined {
  const month = MONTH_BY_WORD.get((word ?? '').toLocaleLowerCase('en'));
  return month === undefined ? undefined : String(month);
}

function numeric(first = '', mark = '', second = '', year = ''): string | null {
  if (mark === '.') return iso(year, second, first);
  if (Number(first) > 12) return iso(year, second, first);
  if (Number(second) > 12) return iso(year, first, second);
  return first === second ? iso(year, first, second) : null;
}

/** @returns null when there is no such day */
function iso(year = '', month = '', day = ''): string | null {
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(text) ? text : null;
}
