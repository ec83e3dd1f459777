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
const TITLE_CHARACTERS_MAX = 160;

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

function publishedIn(lines: readonly string[]): string | null {
  for (const line of lines) {
    const label = PUBLISHED.exec(line);
    if (label === null) continue;
    const [date] = findDates(line.slice(label[0].length, label[0].length + BYLINE_CHARACTERS_MAX));
    if (date !== undefined && date.start <= 20) return date.date;
  }
  for (const line of lines.slice(0, HEAD_LINES)) {
    if (line.length > BYLINE_CHARACTERS_MAX) continue;
    const [date] = findDates(line);
    // A byline begins or ends with its date.
    if (date !== undefined && (date.start <= 12 || line.length - date.end <= 12)) return date.date;
  }
  return null;
}

/** A first line that is short and no sentence. */
function titleOf(lines: readonly string[]): string | null {
  const first = (lines[0] ?? '').replace(/^#{1,6}\s+/, '').trim();
  const isTitle = first.length >= 8 && first.length <= TITLE_CHARACTERS_MAX && !/[.;:,|]$/.test(first);
  return isTitle && !/[[({]\s?(\.|dot)\s?[\])}]|hxxp/i.test(first) && /\s/.test(first) ? first : null;
}

const CAMPAIGN =
  /(?<!\p{L})(?:Operation|Opération|Operación|Operasi|Campaign|Campagne|Campaña|Kampanye|Kampagne|Операция)\s{1,2}["“«„‘']?(\p{Lu}[\p{L}\p{N}-]{2,30}(?:\s\p{Lu}[\p{L}\p{N}-]{1,30}){0,2})/u;
/** The name under which the list is written is often the campaign's: this often in the text, it is. */
const MENTIONS_MIN = 3;

function campaignIn(visible: string, slug: string | null): string | null {
  const said = CAMPAIGN.exec(visible);
  if (said !== null) return said[0].replaceAll(/["“«„‘']/g, '');
  for (const word of (slug ?? '').split(/[^\p{L}\p{N}]+/u)) {
    if (word.length < 3 || /^\d+$/.test(word)) continue;
    const printed = mentionsOf(visible, word);
    if (printed !== null) return printed;
  }
  return null;
}

/** How the text prints a word that stands in it often enough, capitals first; or null. */
function mentionsOf(visible: string, word: string): string | null {
  const counts = new Map<string, number>();
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}.])${word}(?![\\p{L}\\p{N}])`, 'giu');
  for (const [printed] of visible.matchAll(pattern)) counts.set(printed, (counts.get(printed) ?? 0) + 1);
  const [best] = [...counts].sort((a, b) => b[1] - a[1]);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return best !== undefined && total >= MENTIONS_MIN && /\p{Lu}/u.test(best[0]) ? best[0] : null;
}
