// Values that reports of several kinds say of an entry, in one form each: confidence, dates, TLP.
import { isDay } from '../../config/values/amounts.ts';
import type { Confidence } from '../report.ts';

/** STIX §2.11's scale of words: 0–29 low, 30–69 medium, 70–100 high. */
export function confidenceOf(value: string | number | null): Confidence | null {
  const word = String(value ?? '').toLowerCase();
  if (word === 'low' || word === 'medium' || word === 'high') return word;
  const number = word === '' ? Number.NaN : Number(word);
  if (!(number >= 0 && number <= 100)) return null;
  return number < 30 ? 'low' : number < 70 ? 'medium' : 'high';
}

/** The day of an ISO time. */
export function dateOf(value: string | null | undefined): string | null {
  const day = value?.trim().slice(0, 10) ?? '';
  return isDay(day) ? day : null;
}

/** `2027-01-31`, `2027-01-31 10:00:00`, seconds or milliseconds since 1970; null for anything else, or for never. */
export function timeOf(value: string | null | undefined): string | null {
  const text = value?.trim() ?? '';
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?/.exec(text);
  if (iso !== null) {
    if (!isDay(iso[1]!)) return null;
    const time = iso[2];
    return time === undefined ? iso[1]! : `${iso[1]}T${time.length === 5 ? `${time}:00` : time}Z`;
  }
  if (!/^\d{10}(\d{3})?$/.test(text)) return null;
  return new Date(Number(text) * (text.length === 10 ? 1000 : 1)).toISOString().slice(0, 10);
}

/** `TLP:AMBER+STRICT`, `tlp:white`, `amber`. */
export function tlpOf(value: string | null | undefined): string | null {
  const word = /^(?:tlp[\s:-]*)?(white|clear|green|amber\+?strict|amber|red)$/i
    .exec(value?.trim() ?? '')?.[1]
    ?.toLowerCase();
  if (word === undefined) return null;
  if (word === 'white') return 'clear';
  return word.startsWith('amber') && word !== 'amber' ? 'amber+strict' : word;
}
