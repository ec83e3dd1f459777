// What an incident's campaign and lists are called now, and what they were called before: its hits of then say so.
import type { Retitled } from '../titles.ts';
import { LISTS_MAX, put } from './growth.ts';
import type { Incident } from './incident.ts';

const TITLES_MAX = 16;

/** Its campaign goes by another title, or has one now. @param campaign null: none */
export function retitle(incident: Incident, campaign: string | null): void {
  const { campaign: before, formerTitles = [] } = incident;
  if (before === campaign) return;
  incident.campaign = campaign;
  if (formerTitles.includes(before)) return;
  incident.formerTitles = [...formerTitles, before].slice(-TITLES_MAX);
}

export const isRelisted = ({ lists }: Incident, renamed: readonly Retitled[]): boolean =>
  renamed.some(({ from }) => lists.includes(from));

/**
 * Its lists by the names that they have now, beside those that they had. @param names of all lists: one may have a name again that
 * another had @returns whether there are any
 */
export function relist(
  incident: Incident,
  renamed: readonly Retitled[],
  names: ReadonlySet<string>,
): boolean {
  const { lists } = incident;
  let isConcerned = incident.formerLists?.some((list) => names.has(list)) ?? false;
  if (isConcerned) incident.formerLists = incident.formerLists?.filter((list) => !names.has(list)) ?? [];
  for (const { from, to } of renamed) {
    if (!lists.includes(from)) continue;
    isConcerned = true;
    if (incident.list === from) incident.list = to;
    put(lists, to, LISTS_MAX);
    // Where there was no room for its new name it goes by the old one.
    if (!lists.includes(to)) continue;
    const { formerLists = [] } = incident;
    incident.formerLists = [...formerLists.filter((list) => list !== to && list !== from), from];
  }
  return isConcerned;
}
