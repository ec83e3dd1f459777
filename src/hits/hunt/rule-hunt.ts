// When lists change, or somebody wants to know: who asked for names that lists have now?
//
// Works from the names in the history, not from those on the lists: a list may gain a million names, an office asks for some
// hundred thousand different ones. Every list that has a name is found, whichever would answer. What was told when it was
// asked for, or was let pass by the admin's own word, is no find; a find is told once, and again only for what came since.

import type { MachineIds, Merge } from '../../clients/machine.ts';
import type { GroupConfig, SinkholeAnswer } from '../../config/config.ts';
import { type Assignment, Groups } from '../../policy/groups.ts';
import type { RuleSet } from '../../policy/rule.ts';
import type { HitIndicator } from '../../policy/rule-meaning.ts';
import { textToAddress } from '../../wire/names/address.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { TYPE, textToType } from '../../wire/records/iana.ts';
import type { Hit } from '../hit.ts';
import { textToMoment } from '../log/moment.ts';
import type { Match } from '../match.ts';
import { Matcher } from '../matches.ts';
import { isElsewhere, isFind } from '../standing.ts';
import type { AskerFacts } from '../store/askers.ts';
import { isBelowOnly, reverseName } from '../store/reversed-name.ts';
import { numberIn, textIn } from '../store/row.ts';
import { dayOf } from '../store/schema.ts';
import type { Tables } from '../store/store.ts';
import { allMatches, entriesOf, speaksOf, speaksOfAll, type ViaMatch } from './all-matches.ts';
import { type Led, ledToListed, namesOf, shownBy } from './led.ts';
import { type Asked, findAskers, joined, lastAsker, type MachineAskings, type Within } from './past.ts';
import { RowReader, summedOf } from './rows.ts';
import { daysWithout, eitherOf, newsOf, type Part } from './untold.ts';

export interface Rulebook {
  readonly ruleSet: RuleSet;
  readonly groups: readonly GroupConfig[];
  readonly assignments: readonly Assignment[];
  readonly answer: SinkholeAnswer;
}

const NAMES_A_TIME = 1000;
const NOWHERE: Led = new Map();
const NO_ADDRESS = new Uint8Array(16);
export interface RuleHunt {
  /** Ids of machines that became others. */
  readonly merges: readonly Merge[];
  readonly rulebook: Rulebook;
  /** Only these lists, whatever they do; null is all that alert. */
  readonly lists: readonly string[] | null;
  readonly sinceMs: number;
  /** Leave out what is no find: told before, told when it was asked for, allowed, refused, of a group without the list. */
  readonly onlyNews: boolean;
  /** What was asked for since may not all be in the history yet. */
  readonly settledMs: number;
  /** So many names of a finding at most. */
  readonly namesMax: number;
}

/** Of one machine and list, or campaign of it; what is told is of a machine and campaign. */
export interface RuleFinding extends MachineAskings {
  readonly list: string;
  /** All that have a name of it; of what is told, the lists of its campaign. */
  readonly lists: readonly string[];
  /** The gravest of `indicators`. */
  readonly indicator: HitIndicator | null;
  readonly indicators: readonly HitIndicator[];
  /** Entries of the list that were asked for. */
  readonly rules: readonly string[];
  /** Whether the list is one of those of the machine's group. */
  readonly isOfGroup: boolean;
}

interface Found {
  readonly asker: AskerFacts;
  readonly list: string;
  readonly lists: Set<string>;
  readonly indicators: HitIndicator[];
  readonly rules: Set<string>;
  readonly isOfGroup: boolean;
  /** By asker and name, each once however many lists have it. */
  readonly asked: Map<string, Counted>;
}

interface Counted {
  readonly asked: Asked;
  /** Its listings. */
  readonly parts: readonly Part[];
  /** Whether all rows of the name count. */
  readonly isWhole: boolean;
  /** TYPE_BIT of the askings that its listings speak of. */
  readonly spoken: number;
}

/** Findings of machines that asked for names that these lists have now: one a machine, list and campaign; what is told, one a machine and campaign. */
export function huntRules(tables: Tables, hunt: RuleHunt, ids: MachineIds): RuleFinding[] {
  const { history } = tables;
  const { rulebook, onlyNews, settledMs } = hunt;
  const matcher = new Matcher(rulebook.ruleSet, rulebook.groups, { lists: hunt.lists, anyGroup: true });
  const direct = listedNames(tables, matcher);
  const led = ledToListed(tables.led, matcher);
  const within: Within = {
    days: history.days().filter((day) => day >= dayOf(hunt.sinceMs)),
    sinceMs: hunt.sinceMs,
    ...(led.size === 0 ? {} : { takesName: namesOf(direct, led) }),
    ...(onlyNews ? { takes: isFind } : {}),
  };
  const found = new Map<string, Found>();
  const reader = new RowReader(history);
  const askerOf = remembering((id: number) => history.askers.byId(id));
  const elsewhereOf = remembering((name: number) => tables.elsewhere.of(name));
  const groupOf = groupFinder(rulebook);
  const keyOf = onlyNews ? tellingKey : listKey;
  const take = (row: Asked, own: Within, isOthers: boolean): void => {
    const stored = askerOf(row.askerId);
    const asker = ids.asker(stored);
    const { group, lists } = groupOf(asker);
    const ways = isOthers ? NOWHERE : led;
    const behind = ways.get(row.nameId);
    const place = `${row.askerId} ${row.nameId} ${isOthers}`;
    /** Of the group, and told before of their own. */
    const told: { readonly key: string; readonly match: ViaMatch }[] = [];
    for (const match of allMatches(matcher, row, ways, group, asker)) {
      const isOfGroup = lists === null || lists.includes(match.list);
      const key = keyOf({ asker, match, isOfGroup });
      // Another list of the campaign: what either of them speaks of counts.
      const other = found.get(key)?.asked.get(place);
      const days = isOthers ? daysWithout(elsewhereOf(row.nameId), match, own) : own.days;
      const speaks = speaksOf(match, behind);
      const takesName = (_: number, day: number, types: number): boolean =>
        (!isOthers || days.includes(day)) && speaks(day, types);
      const parts = [...(other?.parts ?? []), { match, days, takesName }];
      const within = { ...own, ...eitherOf(parts) };
      const isWhole =
        !isOthers && (speaksOfAll(match, row, direct.has(row.nameId), behind) || other?.isWhole === true);
      // Of a name that only led there, rows of other days and types are no part of it, and are not told.
      const areAll = isWhole && (!onlyNews || direct.has(row.nameId));
      const rows = areAll ? null : reader.of(row, within);
      const summed = rows === null ? row : summedOf(rows, within.sinceMs);
      if (summed === null) continue;
      const via = other === undefined ? match.via : (other.asked.via ?? null);
      const asked = { ...row, ...summed, ...(via === null ? {} : { via }) };
      const machines = ids.since(stored.machine);
      const candidate = { asked, rows, asker, machines, parts, within, isOfGroup, settledMs };
      const news = onlyNews ? newsOf(tables, reader, candidate) : asked;
      if (news === null) {
        if (isOfGroup) told.push({ key, match });
        continue;
      }
      const known = found.get(key) ?? foundOf({ asker, list: match.list, isOfGroup });
      found.set(key, known);
      involve(known, match, news);
      // Askings of other types are not told by this, also where those of another day had them too.
      const spoken = match.types.own | match.types.behind | (other?.spoken ?? 0);
      const types = news.types & spoken;
      known.asked.set(place, { asked: { ...news, types }, parts, isWhole, spoken });
    }
    // What is told once more is told by all lists that have it now: a graver one may have been told of without the campaign.
    for (const { key, match } of told) {
      const known = found.get(key);
      const asked = known?.asked.get(place)?.asked;
      if (known !== undefined && asked !== undefined) involve(known, match, asked);
    }
  };
  for (const row of findAskers(history, new Map<number, unknown>([...direct, ...led]), within))
    take(row, within, false);
  if (onlyNews) {
    const others = { ...within, takes: isElsewhere };
    for (const row of findAskers(history, direct, others)) take(row, others, true);
  }
  return [...found.values()].map(({ list, lists, indicators, rules, isOfGroup, asked }) => {
    const all = [...asked.values()]
      .map((one) => one.asked)
      .sort((a, b) => a.firstMs - b.firstMs)
      .map((one) => (onlyNews || one.via === undefined ? one : { ...one, name: shownBy(one.name, one.via) }));
    const shown = { ...joined(all, hunt.namesMax), asker: lastAsker(all, history, ids) };
    const indicator = gravest(indicators);
    return { ...shown, list, lists: [...lists], indicator, indicators, rules: [...rules], isOfGroup };
  });
}

const foundOf = (said: Pick<Found, 'asker' | 'list' | 'isOfGroup'>): Found => ({
  ...said,
  lists: new Set(),
  indicators: [],
  rules: new Set(),
  asked: new Map(),
});

/** A list has what was asked for, by these of its entries. */
function involve({ lists, rules, indicators }: Found, match: ViaMatch, asked: Asked): void {
  lists.add(match.list);
  for (const { rule, indicator } of entriesOf(match, asked)) {
    rules.add(rule);
    if (indicator !== null && !indicators.includes(indicator)) indicators.push(indicator);
  }
}

interface Keyed {
  readonly asker: AskerFacts;
  readonly match: Match;
  readonly isOfGroup: boolean;
}

const listKey = ({ asker, match, isOfGroup }: Keyed): string =>
  JSON.stringify([asker.machine, match.list, match.indicator?.campaign ?? null, isOfGroup]);

/** What is told is told once a campaign, however many of its lists have the name. */
const tellingKey = (keyed: Keyed): string => {
  const campaign = keyed.match.indicator?.campaign ?? null;
  return campaign === null ? listKey(keyed) : JSON.stringify([keyed.asker.machine, campaign]);
};

const CONFIDENCES: readonly (HitIndicator['confidence'] | undefined)[] = ['low', null, 'medium', 'high'];

function gravest(indicators: readonly HitIndicator[]): HitIndicator | null {
  let found: HitIndicator | null = null;
  for (const one of indicators)
    if (CONFIDENCES.indexOf(one.confidence) > CONFIDENCES.indexOf(found?.confidence)) found = one;
  return found;
}

/** Whether one of the hunt's lists has a name, and those that have the name of a hit. */
export function listedBy({ rulebook, lists }: RuleHunt): {
  readonly isListed: (name: string) => boolean;
  readonly matchesOf: (hit: Hit) => readonly Match[];
} {
  const matcher = new Matcher(rulebook.ruleSet, rulebook.groups, { lists, anyGroup: true });
  const address = new Uint8Array(16);
  return {
    isListed: (name) => {
      const wire = textToName(name);
      return wire !== null && matcher.isListed(wire, wire.length);
    },
    matchesOf: ({ question: { name, type }, time }) => {
      const wire = textToName(name);
      if (wire === null) return [];
      const asking = { qtype: textToType(type) ?? TYPE.A, group: -1, address, timeMs: textToMoment(time) };
      return matcher.ofName(wire, wire.length, asking);
    },
  };
}

/** The group that a machine was in when it asked, as it is now; where that was not noted, the group it would be in. */
function groupFinder({ groups, assignments }: Rulebook) {
  const grouping = new Groups(groups, assignments);
  return ({ group: noted, ip }: AskerFacts): { group: number; lists: readonly string[] | null } => {
    const address = textToAddress(ip);
    // Who asked is anonymous: it may have been anybody.
    if (noted === null && address === null) return { group: -1, lists: null };
    let group = groups.findIndex(({ name }) => name === noted);
    if (group < 0) group = grouping.groupOf(address ?? NO_ADDRESS);
    return { group, lists: groups[group]?.lists ?? [] };
  };
}

/** Names of the history that these lists may have; those that only stand for what is below them are nobody's asking. */
function listedNames({ database }: Tables, matcher: Matcher): Map<number, true> {
  const select = database.prepare('SELECT id, name FROM names WHERE id > ? ORDER BY id LIMIT ?');
  const found = new Map<number, true>();
  for (let last = 0; ; ) {
    const rows = select.all(last, NAMES_A_TIME);
    for (const row of rows) {
      last = numberIn(row, 'id');
      const text = reverseName(textIn(row, 'name'));
      const name = isBelowOnly(text) ? null : textToName(text);
      if (name !== null && matcher.isListed(name, name.length)) found.set(last, true);
    }
    if (rows.length < NAMES_A_TIME) return found;
  }
}

function remembering<T>(find: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>();
  return (id) => {
    const value = known.get(id) ?? find(id);
    known.set(id, value);
    return value;
  };
}
