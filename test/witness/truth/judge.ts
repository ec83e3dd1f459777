// What the lists of an office say of a question: read off the admin's lists by the words of the documents, name by name.
import { type Campaign, type Entry, type Group, isWithinHours, type List } from '../world/rules.ts';

/** One list that alerts and has what was asked for, for one campaign. */
export interface Match {
  readonly list: List;
  /** As it was called then. */
  readonly listName: string;
  readonly entry: Entry;
  /** Of the list, or of an entry whose time was over, then. */
  readonly mode: List['mode'] | 'expired';
  /** Whether the list was in force. */
  readonly isInForce: boolean;
  /** What it has: the name that was asked for, or what that led to. */
  readonly target: { readonly text: string; readonly isAddress: boolean };
}

export interface Judgement {
  /** The list that decides, and what it does; null: none does. */
  readonly decided: { readonly list: List; readonly does: 'block' | 'watch' | 'allow' } | null;
  /** What would decide if its lists were in force. */
  readonly withoutPause: Judgement['decided'];
  /** Lists of the group that alert and have it. */
  readonly matches: readonly Match[];
}

export interface Asked {
  /** A name, or an address where `isAddress`. */
  readonly text: string;
  readonly isAddress: boolean;
  readonly type: number;
  readonly wallMs: number;
}

const isBelow = (name: string, parent: string): boolean => name === parent || name.endsWith(`.${parent}`);

function covers({ text, isNetwork, covers: how, types }: Entry, asked: Asked): boolean {
  if (isNetwork !== asked.isAddress || (types !== null && !types.includes(asked.type))) return false;
  if (isNetwork) return text === `${asked.text}/32`;
  return how === 'exact' ? text === asked.text : isBelow(asked.text, text);
}

/** Entries of a list that cover it, the longest first. */
const entriesFor = ({ entries }: List, asked: Asked): Entry[] =>
  entries.filter((entry) => covers(entry, asked)).sort((a, b) => b.text.length - a.text.length);

const RANKS = { allow: 0, block: 1, watch: 2 } as const;

const isOver = ({ expiresMs }: Entry, { wallMs }: Asked): boolean =>
  expiresMs !== null && expiresMs <= wallMs;

function decide(lists: readonly List[], asked: Asked): Judgement['decided'] {
  const found = lists.flatMap((list, place) =>
    entriesFor(list, asked).map((entry) => {
      const isWatching = list.mode === 'monitor' || isOver(entry, asked);
      const does = list.action === 'allow' ? 'allow' : isWatching ? 'watch' : 'block';
      return { list, does, entry, place } as const;
    }),
  );
  // Allow before block before watching; then the longest entry; then a list that alerts; then the group's order.
  found.sort(
    (a, b) =>
      RANKS[a.does] - RANKS[b.does] ||
      b.entry.text.length - a.entry.text.length ||
      Number(b.list.alert) - Number(a.list.alert) ||
      a.place - b.place,
  );
  const [first] = found;
  return first === undefined ? null : { list: first.list, does: first.does };
}

/** Of a group's lists, those that are in force at a time. */
function listsInForce(group: Group, wallMs: number): readonly List[] {
  if (isInForce(group, wallMs)) return group.lists;
  return group.paused || group.letThrough ? [] : group.lists.filter(({ isForAll }) => isForAll);
}

/** Whether all of a group's lists are in force at a time. */
export function isInForce({ schedule, paused, letThrough }: Group, wallMs: number): boolean {
  if (paused || letThrough) return false;
  return schedule === null || isWithinHours(schedule, wallMs);
}

export function matchesOf(lists: readonly List[], asked: Asked): Match[] {
  return lists
    .filter(({ alert, action }) => alert && action !== 'allow')
    .flatMap((list) => {
      const byCampaign = new Map<Campaign | null, Match>();
      for (const entry of entriesFor(list, asked))
        if (!byCampaign.has(entry.campaign))
          byCampaign.set(entry.campaign, {
            list,
            listName: list.name,
            entry,
            mode: list.mode === 'monitor' ? 'monitor' : isOver(entry, asked) ? 'expired' : 'enforce',
            isInForce: true,
            target: asked,
          });
      return [...byCampaign.values()];
    });
}

export function judge(group: Group, asked: Asked): Judgement {
  const inForce = listsInForce(group, asked.wallMs);
  return {
    decided: decide(inForce, asked),
    withoutPause: decide(group.lists, asked),
    matches: matchesOf(group.lists, asked).map((match) => ({
      ...match,
      isInForce: inForce.includes(match.list),
    })),
  };
}
