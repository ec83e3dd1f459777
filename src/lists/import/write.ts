// Writes an import to blocklists/SLUG.yaml: whole or not at all, and never with fewer names than before unless told so.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notKeptText } from '../../config/disk/not-kept.ts';
import { writeWhole } from '../../config/disk/whole-file.ts';
import type { ImportResult } from '../../report/import.ts';
import { ReportError } from '../../report/report.ts';
import type { IndicatorList } from '../formats/indicators/indicators.ts';
import { indicatorsText, type Merged, mergeIndicators } from './indicators-text.ts';

export interface WriteRequest {
  readonly folder: string;
  /** File name without `.yaml`. */
  readonly slug: string;
  readonly list: IndicatorList;
  /** Consent to dropping names that the file has and the list has not. */
  readonly mayDrop: boolean;
  /** Names the file has and the list has not stay: the list only grows. */
  readonly grows?: boolean;
}

export interface WriteOutcome {
  /** `refused`: names would be dropped without consent; nothing was written. */
  readonly kind: 'written' | 'unchanged' | 'refused';
  readonly path: string;
  readonly gained: readonly string[];
  readonly lost: readonly string[];
  /** Names of the file that end later now, or never. */
  readonly renewed: readonly string[];
}

const SLUG = /^[a-z0-9][a-z0-9._-]{0,62}$/i;

/** @throws ReportError REPORT_NAME for a slug that is no plain file name */
export function checkSlug(slug: string): void {
  if (!SLUG.test(slug) || slug.includes('..'))
    throw new ReportError(
      'REPORT_NAME',
      `${JSON.stringify(slug.slice(0, 80))} is no name for a list; use letters, digits, "-" and "_" (--name 3cx-2023)`,
    );
}

/** A slug from a file name or URL, or null when nothing usable is in it. */
export function slugOf(sourceName: string): string | null {
  const last = sourceName.split(/[/\\?#]/).findLast((part) => part !== '') ?? '';
  const slug = last
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return SLUG.test(slug) ? slug : null;
}

/** What was imported as a list to write. */
export function listOf(
  slug: string,
  result: Pick<ImportResult, 'taken' | 'addresses' | 'provenance'>,
): IndicatorList {
  const { title, source, url, published, campaign, confidence } = result.provenance;
  const addresses = result.addresses.map(({ address }) => ({
    name: address,
    isExact: false,
    said: {},
    line: 0,
  }));
  return {
    name: slug,
    title,
    source,
    url,
    published,
    campaign,
    confidence,
    note: null,
    expires: null,
    entries: result.taken,
    addresses,
  };
}

/** @throws ReportError when the file cannot be read or written, or holds something else than an indicator list */
export function writeList(request: WriteRequest): WriteOutcome {
  const { folder, slug, list } = request;
  checkSlug(slug);
  const path = join(folder, `${slug}.yaml`);
  const before = readOld(path);
  const merged = before === null ? fresh(list) : merge(path, before, list, request.grows === true);
  const { gained, lost, renewed } = merged;
  const outcome = { path, gained, lost, renewed };
  if (merged.lost.length > 0 && !request.mayDrop) return { ...outcome, kind: 'refused' };
  if (merged.text === before) return { ...outcome, kind: 'unchanged' };
  try {
    writeWhole(path, merged.text);
  } catch (error) {
    throw new ReportError('REPORT_WRITE', notKeptText(path, error), { cause: error });
  }
  return { ...outcome, kind: 'written' };
}

const fresh = (list: IndicatorList): Merged => ({
  text: indicatorsText(list),
  gained: list.entries.map(({ name }) => name),
  lost: [],
  renewed: [],
});

function merge(path: string, before: string, list: IndicatorList, grows: boolean): Merged {
  try {
    return mergeIndicators(before, list, grows);
  } catch (error) {
    throw new ReportError(
      'REPORT_WRITE',
      `there is a file that is no indicator list (${path}); move it away or choose another --name`,
      { cause: error },
    );
  }
}

function readOld(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new ReportError(
      'REPORT_WRITE',
      `cannot be read: ${codeOf(error)} (${path}); check its owner and mode`,
      {
        cause: error,
      },
    );
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);
