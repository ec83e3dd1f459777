// What of a list somebody should look at, in words and with what mends it.

import type { Milliseconds } from '../../config/config.ts';
import { grouped } from '../../config/values/grouped.ts';
import type { ListStatus } from './list-status.ts';

export interface ListProblem {
  /** Stays the same as long as it is the same problem. */
  readonly id: string;
  /** Wall clock; null while unknown. */
  readonly sinceMs: Milliseconds | null;
  readonly what: string;
  readonly remedy: string;
}

/** Null for a list that is in order, or that has not been tried yet. */
export function listProblem(list: ListStatus): ListProblem | null {
  const { name, lastError, inForce, condition, sinceMs } = list;
  if (lastError === null) return null;
  const said = lastError.message;
  if (!inForce)
    return {
      id: `list:${name}`,
      sinceMs,
      what: `nothing of list ${name} is in force: ${said}`,
      remedy: `mend its source, then run \`cenote lists refresh ${name}\``,
    };
  return {
    id: `list:${name}`,
    sinceMs,
    what: `list ${name} is ${condition}, an older text is in force: ${said}`,
    remedy: list.overdue
      ? `mend its source, then run \`cenote lists refresh ${name}\``
      : 'nothing yet: it is tried again by itself',
  };
}

/** Lines that are right and that cenote cannot apply, or has no room for; null where there are none. */
export function gapProblem({ name, skips, lastChangeMs, inForce }: ListStatus): ListProblem | null {
  const gaps = gapsText(skips);
  if (!inForce || gaps === null) return null;
  return {
    id: `list:${name}:gaps`,
    sinceMs: lastChangeMs,
    what: `not all of list ${name} is in force: ${gaps}`,
    remedy: 'names that only these lines cover are not blocked; `cenote check --sources` shows some of them',
  };
}

/** How many such lines there are of each kind; null for none. */
export function gapsText(skips: ListStatus['skips']): string | null {
  const gaps = skips.filter(({ isGap }) => isGap);
  return gaps.length === 0 ? null : gaps.map(({ text, count }) => `${grouped(count)} ${text}`).join('; ');
}
