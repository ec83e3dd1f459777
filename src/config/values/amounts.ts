// Durations, sizes, shares: numbers that carry a unit.
import { bad, good, type Parsed, quote } from './parsed.ts';

export type Milliseconds = number;
export type Seconds = number;

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+$/;
const DURATION_PART = /(\d+(?:\.\d+)?)(ms|[smhdwy])/g;

const SIZE_OCTETS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};
const SIZE = /^(\d+(?:\.\d+)?)(b|kb|mb|gb|kib|mib|gib)$/i;

/** `30s`, `1h30m`, `2y` (365 days a year) in milliseconds; a lone `0` needs no unit. */
export function parseDuration(text: string): Parsed<number> {
  if (text === '0') return good(0);
  if (!DURATION.test(text)) return bad(`${quote(text)} is not a duration`, durationHint(text));
  let ms = 0;
  for (const [, digits = '', unit = ''] of text.matchAll(DURATION_PART))
    ms += Number(digits) * (DURATION_MS[unit] ?? 0);
  return good(ms);
}

function durationHint(text: string): string {
  const number = /^(\d+)\s*(\p{L}*)/u.exec(text);
  const unit = number?.[2]?.toLowerCase() ?? '';
  if (number !== null && unit === '')
    return `add a unit: \`${number[1]}s\`, \`${number[1]}m\`, \`${number[1]}h\` or \`${number[1]}d\``;
  const letter = unit.startsWith('mil') ? 'ms' : unit === 'mo' || unit.startsWith('month') ? '' : unit[0];
  if (number !== null && letter !== undefined && letter in DURATION_MS)
    return `write \`${number[1]}${letter}\``;
  return 'write a number and a unit without a space, such as `30s`, `5m`, `12h`, `7d`';
}

/** Milliseconds as the shortest duration that says the same. */
export function durationText(ms: number): string {
  for (const unit of ['y', 'w', 'd', 'h', 'm', 's'] as const) {
    const size = DURATION_MS[unit] ?? 1;
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return ms === 0 ? '0s' : `${ms}ms`;
}

/** `64MiB`, `500kB` in octets. */
export function parseSize(text: string): Parsed<number> {
  const match = SIZE.exec(text);
  if (match === null)
    return bad(`${quote(text)} is not a size`, 'write a number and a unit, such as `64MiB`');
  return good(Math.floor(Number(match[1]) * (SIZE_OCTETS[(match[2] ?? '').toLowerCase()] ?? 0)));
}

/** Octets as the shortest size that says the same. */
export function sizeText(octets: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB'] as const) {
    const size = SIZE_OCTETS[unit.toLowerCase()] ?? 1;
    if (octets >= size && octets % size === 0) return `${octets / size}${unit}`;
  }
  return `${octets}B`;
}

/** `50%` as 0.5. */
export function parseShare(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const percent = Number(match?.[1] ?? Number.NaN);
  if (!(percent >= 0 && percent <= 100))
    return bad(`${quote(text)} is not a share`, 'write a percentage from `0%` to `100%`');
  return good(percent / 100);
}

/** How long a Retry-After wants one to wait: seconds, or a date (RFC 9110 §10.2.3); null where it is neither. @param nowMs wall clock */
export function retryAfterMs(text: string | null | undefined, nowMs: number): number | null {
  if (text === null || text === undefined || text.trim() === '') return null;
  const ms = /^\s*\d+\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** What a date begins with that the calendar has not, as a sentence; null: it has. `Date.parse` takes 29 February 2027 for 1 March. */
export function noSuchDay(text: string): string | null {
  const [day, year, month, date] = /^(\d{4})-(0[1-9]|1[0-2])-(\d\d)/.exec(text) ?? [];
  if (day === undefined) return null;
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(date) <= last ? null : `there is no ${day}, the month ends with ${year}-${month}-${last}`;
}

/** Whether a text is a day that the calendar has: `2027-01-31`. */
export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && noSuchDay(text) === null && !Number.isNaN(Date.parse(text));
