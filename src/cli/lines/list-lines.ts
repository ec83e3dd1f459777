// Lists as a table for people.
import type { ListView } from '../../admin/lists/list-view.ts';
import { counted, grouped, momentText } from '../../config/values/grouped.ts';
import { ago } from '../print.ts';
import { columns } from './table.ts';

const STATE = {
  new: 'new, never tried',
  fetching: 'being fetched for the first time',
  good: 'good',
  empty: 'empty by its owner',
  stale: 'stale',
  refused: 'refused',
  failed: 'failed',
} as const satisfies Record<ListView['state'], string>;

export function listLines(lists: readonly ListView[], nowMs: number): string[] {
  if (lists.length === 0) return ['There are no lists: nothing is blocked.'];
  const rows = lists.map((list) => [
    list.name,
    list.entries,
    list.mode === 'monitor' ? `${list.action}, monitor` : list.action,
    list.format ?? '-',
    list.lastGood === null && list.inForce ? 'unknown' : ago(list.lastGood, nowMs),
    [stateText(list), ...endTexts(list)].join('; '),
  ]);
  return columns([['LIST', 'ENTRIES', 'ACTION', 'FORMAT', 'LAST GOOD', 'STATE'], ...rows]);
}

/** `stale since 2026-11-29 04:23 UTC: connect ECONNREFUSED …; an older text is in force` */
function stateText({ state, since, why, inForce }: ListView): string {
  if (why === null) return STATE[state];
  const began = since === null ? '' : ` since ${momentText(since)}`;
  return `${STATE[state]}${began}: ${why}; ${inForce ? 'an older text is in force' : 'nothing of it is in force'}`;
}

/** `12 expired, which only watch`, `the next expires 2027-01-31` */
function endTexts({ expired, nextExpiry, undated }: ListView): string[] {
  return [
    ...(expired > 0 ? [`${expired} expired: watched, not blocked`] : []),
    ...(nextExpiry === null ? [] : [`next expires ${momentText(nextExpiry)}`]),
    ...(undated > 0 ? [`${undated} without a date to count from, so for good`] : []),
  ];
}

export function leftOutLines(lists: readonly ListView[]): string[] {
  return lists.flatMap(leftOutLine);
}

function leftOutLine({ name, skips, skipped }: ListView): string[] {
  const wordsOf = (isInForce: boolean): string[] =>
    skips
      .filter(({ inForce }) => inForce === isInForce)
      .map(({ text, count }) => `${grouped(count)} ${text}`);
  const told = wordsOf(true).map((words) => `list ${name}: ${words}`);
  if (skipped === 0) return told;
  const reasons = wordsOf(false).join('; ');
  return [
    `list ${name}: ${counted(skipped, 'line')} left out${reasons === '' ? '' : `: ${reasons}`}`,
    ...told,
  ];
}
