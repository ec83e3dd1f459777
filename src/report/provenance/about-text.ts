// What an article says of itself: its title, when it was published, which campaign it is about.
//
// A date is taken as the day of publication only where it stands for that: after such a word, or alone in a short line at
// the head. A date in a sentence says when something happened (a file was signed, an alert came), never when it was told.
import type { Findings } from '../report.ts';
import { findDates } from './dates.ts';

/** Visible text looked at. */
const HEAD_LINES = 25;
const LINES_MAX = 4000;
const LINE_CHARACTERS_MAX = 2000;
const BYLINE_CHARACTERS_MAX = 90;
/** `By A. Writer | Published 28 November 2026 | The Paper` */
const PARTS_OF_BYLINE = /\s[|·•–—]\s/;
const TITLE_CHARACTERS_MAX = 160;
/** A shorter line ends where its author ended it. */
const WRAPPED_CHARACTERS_MIN = 55;

const PUBLISHED =
  /^[^\p{L}\p{N}]*(?:date published|publication date|published(?: on| at)?|posted(?: on)?|release date|date|diterbitkan|dipublikasikan|tanggal(?: terbit)?|veröffentlicht(?: am)?|veröffentlichungsdatum|datum|stand|publié(?:e)?(?: le)?|date de publication|mis en ligne(?: le)?|publicado(?: el| em)?|fecha(?: de publicación)?|data(?: de publicação)?|pubblicato(?: il)?|data di pubblicazione|gepubliceerd(?: op)?|publicatiedatum|opublikowano|data publikacji|опубликовано|дата публикации|дата|опубліковано|yayınlanma tarihi|yayın tarihi|tarih|公開日|掲載日|更新日|発行日|发布时间|发布日期|發布日期|日期|게시일|작성일|publicerad|publisert|udgivet|julkaistu|datum zveřejnění|publikováno|xuất bản|ngày đăng)(?=[^\p{L}]|$)/iu;

export interface AboutText extends Findings {
  readonly datesMentioned: readonly string[];
}

/** @param visible the text as a reader sees it, tags gone */
export function aboutText(visible: string, slug: string | null): AboutText {
  const lines = visible
    .split('\n', LINES_MAX)
    .map((line) => line.slice(0, LINE_CHARACTERS_MAX).trim())
    .filter((line) => line !== '');
  const published = publishedIn(lines);
  const dates = lines.flatMap((line) => findDates(line).map(({ date }) => date));
  return {
    title: titleOf(lines),
    published,
    campaign: campaignIn(visible, slug),
    datesMentioned: [...new Set(dates)].filter((date) => date !== published).slice(0, 12),
  };
}

const FRONT_MATTER = /^---\r?\n(.{1,4000}?)\r?\n---\s/s;
const OF_PAGE = /^(?:url|link|permalink|canonical(?:_url)?)\s*:\s*["']?(https?:\/\/[^\s"']{3,1000})/im;

/** Where a page stood that was saved as Markdown, between the rules at its head, beside its title and its day. */
export function addressOfPage(text: string): string | null {
  const said = FRONT_MATTER.exec(text.slice(0, 4100))?.[1] ?? '';
  return /^title\s*:/im.test(said) && /^date\w*\s*:/im.test(said) ? (OF_PAGE.exec(said)?.[1] ?? null) : null;
}

function publishedIn(lines: readonly string[]): string | null {
  const parts = lines.flatMap((line, index) => (index < HEAD_LINES ? line.split(PARTS_OF_BYLINE) : [line]));
  for (const part of parts) {
    const label = PUBLISHED.exec(part);
    if (label === null) continue;
    const [date] = findDates(part.slice(label[0].length, label[0].length + BYLINE_CHARACTERS_MAX));
    if (date !== undefined && date.start <= 20) return date.date;
  }
  for (const line of lines.slice(0, HEAD_LINES)) {
    if (line.length > BYLINE_CHARACTERS_MAX || isIndicatorLine(line)) continue;
    const [date] = findDates(line);
    // A byline begins or ends with its date.
    if (date !== undefined && (date.start <= 12 || line.length - date.end <= 12)) return date.date;
  }
  return null;
}

/** A row of a table of indicators has dates too: when each was seen. */
const isIndicatorLine = (line: string): boolean =>
  /[[({]\s?(\.|dot)\s?[\])}]|hxxp|[0-9a-f]{32}|^\||(\|.*){3}/i.test(line);

/** A first line that is short and no sentence. */
function titleOf(lines: readonly string[]): string | null {
  const first = (lines[0] ?? '').replace(/^[#=*\s]{1,8}/, '').trim();
  const isTitle = first.length >= 8 && first.length <= TITLE_CHARACTERS_MAX && !/[.;:,|]$/.test(first);
  return isTitle && !/[[({]\s?(\.|dot)\s?[\])}]|hxxp/i.test(first) && /\s/.test(first) ? first : null;
}

const CAMPAIGN =
  /(?<!\p{L})(?:Operation|Opération|Operación|Operasi|Campaign|Campagne|Campaña|Kampanye|Kampagne|Операция)\s{1,2}["“«„‘']?(\p{Lu}[\p{L}\p{N}-]{2,30}(?:\s\p{Lu}[\p{L}\p{N}-]{1,30}){0,2})/u;
/** The name under which the list is written is often the campaign's: this often in the text, it is. */
const MENTIONS_MIN = 3;

/** Words of file names that say what kind of thing is listed, not whose doing it is. */
const KINDS_OF_THINGS = new Set(
  'for with and the from of via new using june july ioc iocs indicator indicators list domains report blog article malware ransomware trojan troj mal atk attack attacks backdoor miner worm rat apt campaign threat intel services text html pdf csv stix misp event bundle'.split(
    ' ',
  ),
);

function campaignIn(visible: string, slug: string | null): string | null {
  const said = CAMPAIGN.exec(visible);
  if (said !== null) return nameIn(lineOf(said[0], visible.lastIndexOf('\n', said.index) - said.index));
  const words = (slug ?? '').split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  for (const [index, word] of words.entries()) {
    if (word.length < 3 || /^\d+$/.test(word) || KINDS_OF_THINGS.has(word.toLowerCase())) continue;
    const pair = words.slice(index, index + 2);
    const printed = mentionsOf(visible, pair) ?? mentionsOf(visible, [word]);
    if (printed !== null) return printed;
  }
  return null;
}

/**
 * What stands on the next line is of the name only where the line was full and had to be broken.
 * @param start of its line, counted from what was said
 */
function lineOf(said: string, start: number): string {
  const end = said.indexOf('\n', said.search(/\s\S/) + 1);
  return end < 0 || end - start > WRAPPED_CHARACTERS_MIN ? said : said.slice(0, end);
}

/** `Operation Ghost Indicators` is about Operation Ghost. */
function nameIn(said: string): string {
  const words = said.replaceAll(/["“«„‘']/g, '').split(/\s+/);
  const end = words.findIndex((word, index) => index > 1 && KINDS_OF_THINGS.has(word.toLowerCase()));
  return words.slice(0, end < 0 ? words.length : end).join(' ');
}

/** How the text most often prints words that stand in it together, with a capital, often enough; or null. */
function mentionsOf(visible: string, words: readonly string[]): string | null {
  const counts = new Map<string, number>();
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}.])${words.join('[ _-]')}(?![\\p{L}\\p{N}])`, 'giu');
  for (const [printed] of visible.matchAll(pattern)) counts.set(printed, (counts.get(printed) ?? 0) + 1);
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return best !== undefined && total >= MENTIONS_MIN && /\p{Lu}/u.test(best[0]) ? best[0] : null;
}
