// The time that somebody asks about, and which groups are paused then.
import { dateMs } from '../../admin/shapes.ts';
import { noSuchDay } from '../../config/values/amounts.ts';
import { DecisionError } from './decision.ts';

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** @param text `19:30` of today, `2026-11-29T19:30`, or a time with its zone; unsaid: now @throws DecisionError */
export function timeMeant(text: string | undefined, now: Date): Date {
  if (text === undefined) return now;
  const clock = CLOCK.exec(text.trim());
  if (clock !== null) {
    const at = new Date(now);
    at.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
    return at;
  }
  // A day alone is one of here, not of Greenwich.
  const atMs = dateMs(text.trim(), 'here');
  if (atMs === null)
    throw new DecisionError(
      'BAD_TIME',
      `not a time: ${JSON.stringify(text)}; ${noSuchDay(text.trim()) ?? 'such as 19:30 (today) or 2026-11-29T19:30'}`,
    );
  return new Date(atMs);
}

export function pausedAt(
  pauses: readonly { readonly group: string; readonly untilMs: number | null }[],
  at: Date,
): string[] {
  return pauses.filter(({ untilMs }) => untilMs === null || untilMs > at.getTime()).map(({ group }) => group);
}
