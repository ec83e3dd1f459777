// Lists as a table for people.
import type { ListView } from '../admin/state.ts';
import { ago, columns } from './print.ts';

const CONDITION = {
  ok: 'ok',
  stale: 'stale, an older text is in force',
  failed: 'failed, nothing is in force',
  pending: 'not looked at yet',
} as const satisfies Record<ListView['condition'], string>;

export function listLines(lists: readonly ListView[], nowMs: number): string[] {
  if (lists.length === 0) return ['There are no lists: nothing is blocked.'];
  const rows = lists.map((list) => [
    list.name,
    list.entries,
    list.mode === 'monitor' ? `${list.action}, monitor` : list.action,
    list.format ?? '-',
    ago(list.lastGood, nowMs),
    list.lastError === null ? CONDITION[list.condition] : `${CONDITION[list.condition]}: ${list.lastError}`,
  ]);
  return columns([['LIST', 'ENTRIES', 'ACTION', 'FORMAT', 'LAST GOOD', 'CONDITION'], ...rows]);
}
