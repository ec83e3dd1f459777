// All rules as flat tables, one view a group, so that a decision reads numbers only.
import type { GroupConfig, SinkholeAnswer } from '../config/config.ts';
import { textToName } from '../wire/names/presentation.ts';
import { type ClientRange, clientRanges } from './client-pattern.ts';
import { addressesOf, type ListFace, type Rule, type RuleSet } from './rule.ts';
import { VERDICT, type VerdictCode } from './verdict.ts';
import { NO_ZONE } from './zone-turn.ts';

/** What a rule is worth in a group: the lowest number that matches decides. `none` is a rule the group does not use. */
export const RANK = {
  importantAllow: 0,
  importantBlock: 1,
  allow: 2,
  /** Adblock `$dnsrewrite`. */
  rewrite: 3,
  /** An exception of a list that blocks. */
  exception: 4,
  block: 5,
  monitor: 6,
  none: 7,
} as const;

/**
 * How far a resolution has come. One rule rewrites it (RPZ draft §5.1): behind that rule no alias is put in a name's place
 * again, so no rules lead in a circle, and behind one of a policy zone no zone has another say. Exceptions always hold.
 */
export const STAGE = { asked: 0, rewritten: 1, rewrittenByZone: 2 } as const;
export type Stage = (typeof STAGE)[keyof typeof STAGE];

/** What a rule answers itself; 0 for one that only blocks. Of several on one name an RCODE goes before an alias, and that before data. */
export const ANSWER = { any: 1, a: 2, aaaa: 4, alias: 8, rcode: 16 } as const;

export const SCOPE = { exact: 1, below: 2, subtree: 3 } as const;
/** Beside SCOPE bits: an exception that yields to what its list blocks as near by. */
export const YIELDS = 4;

/** A rule's conditions beyond its name; most rules have none. */
export interface Conditions {
  readonly types: ReadonlySet<number> | null;
  readonly typesNegated: boolean;
  readonly clients: readonly ClientRange[] | null;
  readonly except: readonly Uint8Array[] | null;
}

export interface RuleTable {
  /** SCOPE bits: 1 covers the name itself, 2 the names below it; and YIELDS. */
  readonly scope: Uint8Array;
  readonly verdict: Uint8Array;
  /** null where the rule is unconditional. */
  readonly conditions: readonly (Conditions | null)[];
  /** [group][rule] → RANK; then again, at hours when the group's schedule leaves it the lists that are for all. */
  readonly rank: readonly Uint8Array[];
  /** [group][rule] → order among equals: alerting lists first, then as the group names them. */
  readonly order: readonly Uint16Array[];
  /** ANSWER bits of a rule's own answer. */
  readonly answers: Uint8Array;
  /** 1 where the rule is a policy zone's: of all zones one rule alone counts, see zone-turn.ts. */
  readonly zone: Uint8Array;
  /** Number of the list that holds the rule. */
  readonly list: Uint16Array;
  /** [group][list] → its place among the group's policy zones in force, NO_ZONE for any other list. */
  readonly zoneOrder: readonly Uint16Array[];
}

/** [rule] → RANK in a group whose lists are all in force. */
export function ranksIn({ rules, lists }: RuleSet, group: GroupConfig): Uint8Array {
  return Uint8Array.from(rules, (rule) => rankOf(rule, lists[rule.list], group));
}

export function buildRuleTable(
  ruleSet: RuleSet,
  groups: readonly GroupConfig[],
  answer: SinkholeAnswer,
): RuleTable {
  const { rules, lists } = ruleSet;
  return {
    scope: Uint8Array.from(rules, (rule) => SCOPE[rule.scope] | (rule.yields === true ? YIELDS : 0)),
    verdict: Uint8Array.from(rules, (rule) => verdictOf(rule, answer)),
    conditions: rules.map(conditionsOf),
    rank: hoursOf(groups).map((group) => ranksIn(ruleSet, group)),
    order: groups.map((group) => Uint16Array.from(rules, (rule) => orderOf(lists[rule.list], group))),
    answers: Uint8Array.from(rules, answersOf),
    zone: Uint8Array.from(rules, (rule) => zoneOf(rule, lists[rule.list])),
    list: Uint16Array.from(rules, (rule) => rule.list),
    zoneOrder: groups.map((group) =>
      Uint16Array.from(lists, (list) => (isZoneInForce(list) ? group.lists.indexOf(list.name) : NO_ZONE)),
    ),
  };
}

/** A zone on trial decides nothing, so it stands in no other's way. */
function isZoneInForce(list: ListFace | undefined): boolean {
  return list?.action === 'zone' && list.mode === 'enforce';
}

/** Of RuleTable.zone. @param isExpired as for rankOf */
export function zoneOf(rule: Rule, list: ListFace | undefined, isExpired = false): number {
  return !isExpired && !rule.important && isZoneInForce(list) ? 1 : 0;
}

/** Each group when all its lists are in force, then each when its schedule leaves it those that are for all. */
export function hoursOf(groups: readonly GroupConfig[]): GroupConfig[] {
  return [...groups, ...groups.map(offSchedule)];
}

function offSchedule(group: GroupConfig): GroupConfig {
  return { ...group, lists: group.alwaysLists ?? [] };
}

/** @param isExpired whether its time is over: it only watches */
export function rankOf(
  rule: Rule,
  list: ListFace | undefined,
  group: GroupConfig,
  isExpired = false,
): number {
  if (list === undefined || !group.lists.includes(list.name)) return RANK.none;
  const isWatching = isExpired || list.mode === 'monitor';
  if (rule.action === 'allow') {
    if (isWatching) return RANK.none;
    if (rule.important) return RANK.importantAllow;
    return list.action === 'allow' || list.action === 'zone' ? RANK.allow : RANK.exception;
  }
  if (isWatching) return RANK.monitor;
  if (rule.important) return RANK.importantBlock;
  return rule.firm ? RANK.rewrite : RANK.block;
}

/** What each rule of a group is worth at a stage behind `asked`. */
export function ranksAt(stage: Stage, ranks: Uint8Array, { rules, lists }: RuleSet): Uint8Array {
  return ranks.map((rank, number) => {
    const rule = rules[number];
    if (rule === undefined || rule.action === 'allow') return rank;
    const isZone = lists[rule.list]?.action === 'zone';
    return rule.rewrite?.kind === 'cname' || (isZone && stage === STAGE.rewrittenByZone) ? RANK.none : rank;
  });
}

/** Where a resolution stands once a rule has rewritten it. */
export function stageBehind(rule: Rule | undefined, lists: readonly ListFace[]): Stage {
  return lists[rule?.list ?? -1]?.action === 'zone' ? STAGE.rewrittenByZone : STAGE.rewritten;
}

function orderOf(list: ListFace | undefined, group: GroupConfig): number {
  if (list === undefined) return 0xffff;
  return (list.alert ? 0 : 0x8000) + group.lists.indexOf(list.name);
}

function verdictOf(rule: Rule, answer: SinkholeAnswer): VerdictCode {
  if (rule.action === 'allow') return VERDICT.pass;
  if (rule.rewrite !== null) {
    if (rule.rewrite.kind === 'rcode') return VERDICT[rule.rewrite.rcode];
    return VERDICT.rewrite;
  }
  if (rule.action !== 'sinkhole' && rule.action !== 'zone') return VERDICT[rule.action];
  return answer.kind === 'nullip' || answer.kind === 'address' ? VERDICT.sinkhole : VERDICT[answer.kind];
}

function answersOf({ rewrite }: Rule): number {
  if (rewrite === null) return 0;
  if (rewrite.kind === 'cname') return ANSWER.any | ANSWER.alias;
  if (rewrite.kind === 'rcode') return rewrite.rcode === 'nodata' ? ANSWER.any : ANSWER.any | ANSWER.rcode;
  const addresses = addressesOf(rewrite);
  if (addresses.length === 0) return ANSWER.any;
  const isSix = (address: string): boolean => address.includes(':');
  const six = addresses.some(isSix) ? ANSWER.aaaa : 0;
  return ANSWER.any | six | (addresses.every(isSix) ? 0 : ANSWER.a);
}

/** null where the rule is unconditional. */
export function conditionsOf(rule: Rule): Conditions | null {
  if (rule.types === null && rule.clients === null && rule.except === null) return null;
  return {
    types: rule.types === null ? null : new Set(rule.types),
    typesNegated: rule.typesNegated,
    clients: rule.clients === null ? null : clientRanges(rule.clients),
    except: rule.except?.flatMap((suffix) => textToName(suffix) ?? []) ?? null,
  };
}
