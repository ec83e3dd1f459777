// Names of a report that everybody uses: held back and asked about, neither taken nor forgotten.
import type { ImportResult } from '../../report/import.ts';
import type { Taken } from '../../report/report.ts';
import type { Warning, Warnings } from '../entry/warnings.ts';

export interface HeldBack extends Taken {
  /** The name that everybody uses, itself or below the one held back, and who says so. */
  readonly warning: Warning;
}

export interface Imported extends ImportResult {
  /** What would have been taken, were it on no warning list. */
  readonly held: readonly HeldBack[];
}

/** @param take names that whoever imports has asked for */
export function holdBack(result: ImportResult, warnings: Warnings, take: readonly string[] = []): Imported {
  const wanted = new Set(take);
  const taken: Taken[] = [];
  const held: HeldBack[] = [];
  for (const each of result.taken) {
    const warning = wanted.has(each.name) ? null : warnings.of(each.name, !each.isExact);
    if (warning === null) taken.push(each);
    else held.push({ ...each, warning });
  }
  return { ...result, taken, held };
}

/** Why a name is held back, in words. */
export function heldText({ name, warning }: Pick<HeldBack, 'name' | 'warning'>): string {
  const subject =
    warning.name === name || `www.${warning.name}` === name ? '' : `${warning.name} would go with it: `;
  return `${subject}${warning.where}`;
}
