// A hit as people and other programs read it: one question that a rule decided, or several equal ones inside a second.

import type { Machine, NameFrom } from '../clients/machine.ts';
import { type HitRecord, VIA } from '../events/hit-record.ts';
import { RESULT_NAMES, type ResultName } from '../events/result.ts';
import type { HitIndicator, RuleMeaning } from '../policy/rule-meaning.ts';
import { VERDICT_NAMES } from '../policy/verdict.ts';
import { TRANSPORT_NAMES } from '../wire/message/query.ts';
import { addressToText, networkToText } from '../wire/names/address.ts';
import { nameToText } from '../wire/names/presentation.ts';
import { classToText, rcodeToText, typeToText } from '../wire/records/iana.ts';
import { momentToText } from './log/moment.ts';
import type { Match } from './match.ts';

/** The order of the keys is part of the hit line. */
export interface Hit {
  readonly event: 'hit';
  /** ULID. */
  readonly id: string;
  /** ISO 8601, UTC: when the first of them was asked. */
  readonly time: string;
  /** Queries that this line stands for. */
  readonly count: number;
  readonly client: HitClient;
  readonly question: { readonly name: string; readonly type: string; readonly class: string };
  readonly transport: 'udp' | 'tcp' | 'tls' | 'https';
  readonly verdict: 'sinkhole' | 'nxdomain' | 'nodata' | 'refused' | 'drop' | 'monitor';
  readonly rule: string;
  readonly list: string;
  readonly answer: readonly string[];
  /** The CNAME target or address that matched, when it was not the question's name. */
  readonly via: string | null;
  readonly indicator: HitIndicator | null;
  readonly worker: number;
  /** The machine that asked, by an id that stays when its address or name changes. */
  readonly machine: string;
  /** Attempts of one visit share it: the id of the first hit of the visit. */
  readonly visit: string;
  /** Every list that alerts and has what was asked for, or what it led to, whichever list decided. */
  readonly matches: readonly Match[];
  /** What the client got. */
  readonly outcome: ResultName;
  /** Of the reply; null: none was sent. */
  readonly rcode: string | null;
  /** Address of the trusted neighbour (`clients.trust`) that it came through; null: the machine asked itself. */
  readonly through: string | null;
  /** Name of the machine that cenote runs on. */
  readonly resolver: string;
}

export interface HitClient {
  readonly ip: string;
  readonly name: string | null;
  readonly mac: string | null;
  readonly group: string;
  /** The machine that it was then, by its id. Absent in what was stored before machines were known. */
  readonly machine?: string;
  /** Who says the name; null when it has none, or nobody kept it. */
  readonly nameFrom?: NameFrom | null;
  /** Who was logged on there when it was asked; absent: nobody is known to have been; null: several were. */
  readonly user?: string | null;
  /** Those that were logged on at once, where they were several. */
  readonly users?: readonly string[];
}

/** Where a group would stand, of who asked under a pseudonym: it may be any. */
export const ANY_GROUP = 'unknown';

/** With what is known of its machine by now. What was known when it asked stays: its address may be another machine's by now. */
export function completed(
  client: HitClient,
  { name, nameFrom, mac }: Pick<Machine, 'name' | 'nameFrom' | 'mac'>,
): HitClient {
  const named = client.name === null ? { name, nameFrom } : {};
  return { ...client, ...named, mac: client.mac ?? mac };
}

/** What is said of users: one by name; of several that no query can be given to one of. */
export function userFields(users: readonly string[]): Pick<HitClient, 'user' | 'users'> {
  const [user = null] = users;
  if (users.length > 1) return { user: null, users };
  return user === null ? {} : { user };
}

/** All that were logged on. */
export const usersIn = ({ user = null, users }: Pick<HitClient, 'user' | 'users'>): readonly string[] =>
  users ?? (user === null ? [] : [user]);

/** Who asked, as was known when it was asked. */
export interface Asker {
  readonly client: HitClient;
  readonly machine: string;
  readonly through: string | null;
}

/** What records leave out because everybody on this side knows it. */
export interface HitContext {
  meaning(record: HitRecord): RuleMeaning;
  group(number: number): string;
  /** The same objects for the same client, so that what is made of them is made once. */
  asker(address: Uint8Array, group: string, timeMs: number): Asker;
  /** The lists that alert and have what was asked for. @param rule text of the rule that decided */
  matches(record: HitRecord, meaning: RuleMeaning, rule: string): readonly Match[];
  visit(machine: string, name: string, timeMs: number, id: string): string;
  readonly resolver: string;
  answer(record: HitRecord, meaning: RuleMeaning): readonly string[];
  id(timeMs: number): string;
}

export function toHit(record: HitRecord, context: HitContext): Hit {
  const meaning = context.meaning(record);
  const verdict = VERDICT_NAMES[record.verdict] ?? 'sinkhole';
  const id = context.id(record.timeMs);
  const name = nameToText(record.qname);
  const rule = ruleText(record, meaning);
  const { client, machine, through } = context.asker(
    record.address,
    context.group(record.group),
    record.timeMs,
  );
  return {
    event: 'hit',
    id,
    time: momentToText(record.timeMs),
    count: record.count,
    client,
    question: {
      name,
      type: typeToText(record.qtype),
      class: classToText(record.qclass),
    },
    transport: TRANSPORT_NAMES[record.transport] ?? 'udp',
    verdict: verdict === 'pass' ? 'monitor' : verdict,
    rule,
    list: meaning.list,
    answer: context.answer(record, meaning),
    via: viaText(record),
    indicator: meaning.indicator,
    worker: record.worker,
    machine,
    visit: context.visit(machine, name, record.timeMs, id),
    matches: context.matches(record, meaning, rule),
    outcome: RESULT_NAMES[record.result] ?? 'unrecorded',
    rcode: record.rcode < 0 ? null : rcodeToText(record.rcode),
    through,
    resolver: context.resolver,
  };
}

/** The hit as each campaign, or list without one, counts it: with its own list and rule in place of those that decided. */
export function byCampaign(hit: Hit): readonly Hit[] {
  const [first] = hit.matches;
  if (first === undefined) return [];
  if (hit.matches.length === 1 && first.list === hit.list && first.rule === hit.rule) return [hit];
  const seen = new Set<string>();
  return hit.matches.flatMap(({ list, rule, indicator }) => {
    const campaign = indicator?.campaign ?? `list ${list}`;
    if (seen.has(campaign)) return [];
    seen.add(campaign);
    return [{ ...hit, list, rule, indicator }];
  });
}

/**
 * Whether two hits are of one list, indicator, type, transport, verdict, answer and outcome; those that share no object may be told
 * apart though they are equal.
 */
export function isOfKind(a: Hit, b: Hit): boolean {
  return (
    a.question.type === b.question.type &&
    a.list === b.list &&
    a.verdict === b.verdict &&
    a.outcome === b.outcome &&
    a.rcode === b.rcode &&
    a.transport === b.transport &&
    a.worker === b.worker &&
    a.indicator === b.indicator &&
    a.answer === b.answer &&
    a.question.class === b.question.class &&
    a.resolver === b.resolver
  );
}

function ruleText(record: HitRecord, meaning: RuleMeaning): string {
  if (record.pattern >= 0 && meaning.pattern !== null) return `/${meaning.pattern}/`;
  if (record.viaKind === VIA.address) return networkToText(record.via, record.nameOffset);
  const name = record.viaKind === VIA.name ? record.via : record.qname;
  return nameToText(name, Math.max(0, record.nameOffset));
}

function viaText(record: HitRecord): string | null {
  if (record.viaKind === VIA.none) return null;
  return record.viaKind === VIA.address ? addressToText(record.via) : nameToText(record.via);
}
