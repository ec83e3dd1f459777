// Puts together where the names come from: what the caller says, then what the report says, then what its address says.
import { noSuchDay } from '../../config/values/amounts.ts';
import type { Confidence, Findings, Provenance } from '../report.ts';

/** What the caller knows; it wins. */
export interface Told {
  readonly title?: string;
  readonly url?: string;
  /** ISO date. */
  readonly published?: string;
  readonly campaign?: string;
  readonly confidence?: Confidence;
}

export interface ProvenanceSources {
  readonly told: Told;
  /** From what is surest to what is least sure. */
  readonly findings: readonly Findings[];
  readonly datesMentioned: readonly string[];
  /** File or URL. */
  readonly sourceName: string | null;
  /** Milliseconds since 1970: nothing was published after now. */
  readonly now: number;
}

export function provenanceOf(sources: ProvenanceSources): Provenance {
  const { told, findings, sourceName } = sources;
  const first = <K extends keyof Findings>(key: K): Findings[K] | null =>
    findings.map((finding) => finding[key]).find((value) => value !== null && value !== undefined) ?? null;
  const url = told.url ?? first('url') ?? (isWebAddress(sourceName) ? sourceName : null);
  const found = findings
    .map(({ published }) => published ?? null)
    .concat(dateInAddress(url), dateInAddress(sourceName));
  return {
    title: told.title ?? cut(first('title')),
    source: shortSource(sourceName),
    url,
    published: told.published ?? found.find((date) => date !== null && isPast(date, sources.now)) ?? null,
    campaign: told.campaign ?? cut(first('campaign')),
    confidence: told.confidence ?? first('confidence') ?? null,
    tlp: first('tlp') ?? null,
    datesMentioned: sources.datesMentioned,
  };
}

const TEXT_CHARACTERS_MAX = 300;
const DAY_MS = 86_400_000;

const cut = (text: string | null | undefined): string | null =>
  text === null || text === undefined
    ? null
    : text.replaceAll(/\s+/g, ' ').trim().slice(0, TEXT_CHARACTERS_MAX);

const isWebAddress = (text: string | null): boolean => text !== null && /^https?:\/\//.test(text);

/** A list travels to other machines: a file's name without its folder, a URL without a password. */
function shortSource(sourceName: string | null): string | null {
  if (sourceName === null) return null;
  if (isWebAddress(sourceName)) return sourceName.replace(/^(https?:\/\/)[^/@]{0,500}@/, '$1');
  return sourceName.split(/[/\\]/).findLast((part) => part !== '') ?? null;
}

/** A zone ahead of UTC may already be a day further. */
const isPast = (date: string, now: number): boolean =>
  noSuchDay(date) === null && Date.parse(`${date.slice(0, 10)}T00:00:00Z`) <= now + DAY_MS;

/** Blogs put the day into the address: `/2023/03/29/`, `2023-03-29-title.html`. */
function dateInAddress(address: string | null): string | null {
  const match = /(?<!\d)((?:19|20)\d\d)([-/])(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)/.exec(
    address ?? '',
  );
  return match === null ? null : `${match[1]}-${match[3]}-${match[4]}`;
}
