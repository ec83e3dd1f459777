// Whether a group's lists are in force at a minute of the local week.
import type { Schedule } from '../config/config.ts';

const DAY_MINUTES = 1440;

/** Which lists of a group are in force: none in a pause, those for all outside its schedule. */
export const IN_FORCE = { none: 0, always: 1, all: 2 } as const;
export type InForce = (typeof IN_FORCE)[keyof typeof IN_FORCE];

export function inForceAt(schedule: Schedule | null, minuteOfWeek: number, isPaused: boolean): InForce {
  if (isPaused) return IN_FORCE.none;
  return isInForce(schedule, minuteOfWeek) ? IN_FORCE.all : IN_FORCE.always;
}

/**
 * @param minuteOfWeek minutes since Sunday 00:00, local time
 * @returns true without a schedule; a span that passes midnight belongs to the day it begins on
 */
export function isInForce(schedule: Schedule | null, minuteOfWeek: number): boolean {
  if (schedule === null) return true;
  const day = Math.floor(minuteOfWeek / DAY_MINUTES) % 7;
  const minute = minuteOfWeek % DAY_MINUTES;
  const { days, fromMinute, toMinute } = schedule;
  const today = (days & (1 << day)) !== 0;
  if (fromMinute < toMinute) return today && minute >= fromMinute && minute < toMinute;
  const yesterday = (days & (1 << ((day + 6) % 7))) !== 0;
  return (today && minute >= fromMinute) || (yesterday && minute < toMinute);
}

/** Minutes since Sunday 00:00 in local time. */
export function minuteOfWeek(date: Date): number {
  return date.getDay() * DAY_MINUTES + date.getHours() * 60 + date.getMinutes();
}
