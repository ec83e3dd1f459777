// When a group's lists are in force: days of the week and a span of the day, in local time.
import { bad, good, type Parsed, quote } from './parsed.ts';

export interface Schedule {
  /** Bit 0 = Sunday … bit 6 = Saturday. */
  readonly days: number;
  /** Minutes after local midnight; `to` may be less than `from` (past midnight). */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly text: string;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MINUTES = 1440;
const HINT = 'write days and a span of the day, such as `Mon-Fri 08:00-18:00` or `Sat,Sun 22:00-06:00`';

/** `Mon-Fri 08:00-18:00`, `Sat,Sun`, `21:00-06:00`, `daily 08:00-12:00`. A span past midnight belongs to the day it begins on. */
export function parseSchedule(text: string): Parsed<Schedule> {
  const match = /^(?:([a-z]+(?:[-,][a-z]+)*))?\s*(?:(\d{1,2}:\d{2})-(\d{1,2}:\d{2}))?$/i.exec(text.trim());
  if (match === null || text.trim() === '') return bad(`${quote(text)} is not a schedule`, HINT);
  const days = match[1] === undefined ? 0b1111111 : parseDays(match[1]);
  if (typeof days === 'string')
    return bad(
      `${quote(days)} in ${quote(text)} is not a day`,
      `days are ${DAYS.map(capital).join(', ')} or \`daily\``,
    );
  const from = match[2] === undefined ? 0 : minuteOf(match[2]);
  const to = match[3] === undefined ? DAY_MINUTES : minuteOf(match[3]);
  if (from === null || to === null || from === DAY_MINUTES)
    return bad(`${quote(text)} has a time that cannot be`, 'times go from 00:00 to 24:00');
  if (from === to)
    return bad(`${quote(text)} is a span of no length`, 'leave the times out for the whole day');
  return good({ days, fromMinute: from, toMinute: to, text });
}

/** @returns the bits, or the word that is no day */
function parseDays(text: string): number | string {
  if (/^daily$/i.test(text)) return 0b1111111;
  let days = 0;
  for (const part of text.split(',')) {
    const [first = '', last = first, ...rest] = part.split('-');
    const from = dayOf(first);
    const to = dayOf(last);
    if (from < 0) return first;
    if (to < 0 || rest.length > 0) return rest.length > 0 ? part : last;
    for (let day = from; ; day = (day + 1) % 7) {
      days |= 1 << day;
      if (day === to) break;
    }
  }
  return days;
}

function dayOf(word: string): number {
  const lower = word.toLowerCase();
  return DAYS.findIndex((day) => lower === day || (lower.length > 3 && FULL[day].startsWith(lower)));
}

const FULL = {
  sun: 'sunday',
  mon: 'monday',
  tue: 'tuesday',
  wed: 'wednesday',
  thu: 'thursday',
  fri: 'friday',
  sat: 'saturday',
} as const;

function minuteOf(text: string): number | null {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  const minute = hours * 60 + minutes;
  return minutes > 59 || minute > DAY_MINUTES ? null : minute;
}

function capital(day: string): string {
  return day.charAt(0).toUpperCase() + day.slice(1);
}
