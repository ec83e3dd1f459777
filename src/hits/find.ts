// A find: a machine asked for what lists have now, before any of them had it. One line of JSON, in the hit log and for receivers.
import { counted } from '../config/values/grouped.ts';
import type { HitIndicator } from '../policy/rule-meaning.ts';
import type { HitClient } from './hit.ts';
import type { NameAskings } from './hunt/past.ts';
import type { RuleFinding } from './hunt/rule-hunt.ts';
import { momentToText } from './log/moment.ts';
import { CLASSES, type ResultClass } from './standing.ts';

/** Queries by what came of them; `unrecorded` are of a release that did not note it. */
export type Outcomes = { readonly [name in ResultClass]: number };

/** What one machine asked of one name. */
export interface AskedInPast extends Outcomes {
  readonly name: string;
  /** What stood behind the name, an alias or an address, where the list has that; null: it has the name. */
  readonly via: string | null;
  /** Queries; where some may have come before the time that was asked for, those that are sure. */
  readonly count: number;
  /** At most. */
  readonly countMax: number;
  /** Times it came back; null where that was not noted. */
  readonly visits: number | null;
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  /** Of the queries, those that the admin's own word let pass though a list had the name. */
  readonly allowed: number;
}

export interface Find extends Outcomes {
  readonly event: 'find';
  readonly id: string;
  /** ISO 8601: when it was found. */
  readonly time: string;
  /** Since when the lists in force have it. */
  readonly listedAt: string;
  readonly client: HitClient;
  readonly machine: string;
  readonly list: string;
  /** All of the campaign that have it. */
  readonly lists: readonly string[];
  /** Their entries that were asked for. */
  readonly rules: readonly string[];
  readonly indicator: HitIndicator | null;
  /** Queries of all names. */
  readonly count: number;
  readonly first: string;
  readonly last: string;
  readonly names: readonly AskedInPast[];
  readonly furtherNames: number;
  readonly resolver: string;
}

/** What stands in one line; all of them are told to receivers and kept in the incident. */
const NAMES_MAX = 100;

export function askedInPast({ got, firstMs, lastMs, ...asked }: NameAskings): AskedInPast {
  const { name, count, countMax, visits, allowed } = asked;
  const [first, last] = [momentToText(firstMs), momentToText(lastMs)];
  const { via = null } = asked;
  return { name, via, count, countMax, visits, first, last, ...outcomesOf([{ got }]), allowed };
}

export function outcomesOf(askings: readonly Pick<NameAskings, 'got'>[]): Outcomes {
  const sums = Object.fromEntries(CLASSES.map((name) => [name, 0])) as { [name in ResultClass]: number };
  for (const { got } of askings) for (const name of CLASSES) sums[name] += got[name] ?? 0;
  return sums;
}

/** For cenote's own log. */
export function textOfFind({ client, list, names, furtherNames, count, ...sums }: Find): string {
  const outcomes = CLASSES.flatMap((name) => (sums[name] === 0 ? [] : `${sums[name]} ${name}`)).join(', ');
  const asked = `${counted(names.length + furtherNames, 'name')} of list ${list}, ${counted(count, 'time')} (${outcomes})`;
  return `${client.ip} asked for ${asked} before they were on a list that alerts`;
}

export interface FindFacts {
  readonly id: string;
  readonly timeMs: number;
  readonly listedMs: number;
  readonly client: HitClient;
  readonly resolver: string;
}

export function findOf(finding: RuleFinding, { id, timeMs, listedMs, client, resolver }: FindFacts): Find {
  const { askings, list, lists, rules, indicator, furtherNames } = finding;
  const first = Math.min(...askings.map(({ firstMs }) => firstMs));
  const last = Math.max(...askings.map(({ lastMs }) => lastMs));
  return {
    event: 'find',
    id,
    time: momentToText(timeMs),
    listedAt: momentToText(listedMs),
    client,
    machine: client.machine ?? finding.asker.machine,
    list,
    lists,
    rules,
    indicator,
    count: askings.reduce((sum, { count }) => sum + count, 0),
    ...outcomesOf(askings),
    first: momentToText(first),
    last: momentToText(last),
    names: askings.slice(0, NAMES_MAX).map(askedInPast),
    furtherNames: furtherNames + Math.max(0, askings.length - NAMES_MAX),
    resolver,
  };
}
