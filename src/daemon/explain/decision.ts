// Explains the decision for one name as a person asks for it: verdict, rule, lists, group, answer. Used by the running
// daemon's API and, without a daemon, by the command line.
import { CodedError } from '../../config/coded-error.ts';
import type { Config } from '../../config/config.ts';
import type { CodesOf } from '../../config/error-codes.ts';
import { bitsOf, findAddress, openAddresses, widerEntry } from '../../policy/addresses/table.ts';
import { holdsFor, NO_NAME } from '../../policy/conditions.ts';
import { Policy } from '../../policy/decide.ts';
import { expiryTextOf, modeAt } from '../../policy/expiry.ts';
import { assignKnown, Groups, type KnownClient } from '../../policy/groups.ts';
import type { Indicator, ListFace, Rule, RuleSet } from '../../policy/rule.ts';
import { meaningOf } from '../../policy/rule-meaning.ts';
import { isInForce, minuteOfWeek } from '../../policy/schedule.ts';
import { VERDICT, VERDICT_NAMES, Verdict } from '../../policy/verdict.ts';
import { Sinkhole } from '../../resolver/sinkhole.ts';
import { findAll, openTrie, ruleSetsOf } from '../../trie/reader.ts';
import { addressToText, networkToText, textToAddress } from '../../wire/names/address.ts';
import { readPastedAddress, readPastedName } from '../../wire/names/pasted-name.ts';
import { nameToText, textToName } from '../../wire/names/presentation.ts';
import { textToType, typeToText } from '../../wire/records/iana.ts';
import { type Course, courseOf } from './course.ts';
import { KnownAnswers } from './known-answers.ts';
import type { BlockedTarget, WalkedQuestion } from './one-walk.ts';
import { type Answerer, mayAsk, type Walked, walkFor } from './walked.ts';

export interface Asked {
  readonly name: string;
  readonly type: string;
  /** Address of the client to decide for. */
  readonly client: string;
  /** Whom to decide for in its place: somebody who has not shown himself yet. */
  readonly expected?: KnownClient | null;
}

/** An entry of some list on the name or a name above it, whether it decided or not. */
export interface MatchingEntry {
  readonly list: string;
  /** The entry's name. */
  readonly rule: string;
  readonly scope: Rule['scope'];
  readonly action: Rule['action'];
  /** `expired`: its time is over, so it only watches. */
  readonly mode: 'enforce' | 'monitor' | 'expired';
  /** Whether the client's group uses the list. */
  readonly used: boolean;
  /** Whether its conditions (type, client, names that it leaves out) hold for what is asked. */
  readonly holds: boolean;
}

export interface Decision extends Course, Walked {
  readonly name: string;
  readonly type: string;
  readonly client: {
    /** Null: the machine has not shown itself yet. */
    readonly ip: string | null;
    readonly name: string | null;
    readonly mac: string | null;
    readonly group: string | null;
  };
  /** Whether `access.allow` lets the client ask at all. */
  readonly access: 'allowed' | 'refused';
  readonly verdict: string;
  /** Whether a rule's own data stand in the answer's place: the verdict is sinkhole then. */
  readonly rewritten: boolean;
  /** The name behind own aliases that matched, null when it was the name asked for. */
  readonly via: string | null;
  /** The name, network or /expression/ that decided; null when nothing matched. An allow has one too. */
  readonly rule: string | null;
  readonly list: string | null;
  readonly indicator: (Indicator & { readonly expires: string | null }) | null;
  /** The name that the rule leads to, where that is blocked in turn, and the list and rule that do; null where none is. */
  readonly blockedTarget: { readonly name: string; readonly list: string; readonly rule: string } | null;
  /** Addresses that cenote itself answers with; empty for a negative response and where upstreams answer. */
  readonly answer: readonly string[];
  readonly entries: readonly MatchingEntry[];
  /** Whether the group's blocking is paused. */
  readonly paused: boolean;
  /** Whether it is an hour at which the group's schedule leaves its lists out of force. */
  readonly outsideSchedule: boolean;
}

export class DecisionError extends CodedError<CodesOf<'BAD'>> {}

/**
 * An address in place of a name is decided as one that an answer leads to.
 * @param paused names of groups @throws DecisionError when name, type or client are none
 */
export function decideFor(
  asked: Asked,
  config: Config,
  ruleSet: RuleSet,
  known: readonly KnownClient[],
  now: Date,
  paused: readonly string[] = [],
  answers: KnownAnswers = new KnownAnswers(),
): Decision {
  const { name, qtype, address, listed } = questionOf(asked);
  const policy = new Policy(ruleSet, config.groups, config.sinkhole.answer);
  policy.setMinute(
    minuteOfWeek(now),
    config.groups.map(({ name }) => paused.includes(name)),
  );
  policy.setTime(now.getTime());
  const { expected = null } = asked;
  const clients = expected === null ? known : [...known, expected];
  const groups = new Groups(config.groups, assignKnown(config.groups, clients));
  const group = groups.groupOf(address);
  const verdict = new Verdict();
  if (listed === null) policy.decide(name, name.length, qtype, group, address, verdict);
  else policy.decideAddress(listed, 0, listed.length, qtype, group, address, verdict);
  const { addresses, hit, blocked, ...walked } =
    listed === null
      ? walkFor({ name, qtype, address }, config, policy, groups, answers)
      : walkedAddress(verdict);
  const { answeredBy } = walked;
  // Above the lists: what they say of the name decides nothing.
  if (answeredBy === 'records' || answeredBy === 'refused') verdict.clear();
  const via = hit?.via ?? null;
  if (hit !== null) verdict.copyFrom(hit.verdict);
  // An alias to itself, which is an exception.
  else if (verdict.code === VERDICT.rewrite) verdict.clear();
  const isVerdictOnAddress = verdict.addressBits >= 0;
  const octets = isVerdictOnAddress ? (via ?? listed) : null;
  const rule = policy.rule(verdict.rule);
  const sinkhole = new Sinkhole(policy, config.sinkhole.answer, config.sinkhole.ttlSeconds);
  const client = clients.find((who) => Buffer.compare(who.address, address) === 0);
  const used = config.groups[group]?.lists ?? [];
  const onAddress = octets ?? listed;
  const onName = onAddress === null ? (via ?? name) : NO_NAME;
  const found = onAddress === null ? rulesOnName(onName, ruleSet) : rulesOnAddress(onAddress, ruleSet);
  return {
    name: nameToText(name),
    type: typeToText(qtype),
    client: {
      ip: expected === null ? addressToText(address) : null,
      name: client?.name ?? userText(expected),
      mac: client?.mac ?? null,
      group: config.groups[group]?.name ?? null,
    },
    access: mayAsk(address, config) ? 'allowed' : 'refused',
    ...walked,
    via: via === null ? null : isVerdictOnAddress ? addressToText(via) : nameToText(via),
    verdict: verdictText(answeredBy, rule, verdict),
    rewritten: answeredBy === 'lists' && verdict.code === VERDICT.rewrite,
    rule: rule === undefined ? null : ruleText(ruleSet, verdict, via ?? name, onAddress),
    list: rule === undefined ? null : (meaningOf(ruleSet, verdict.rule, verdict.pattern)?.list ?? null),
    indicator: rule === undefined ? null : indicatorOf(rule, ruleSet.lists[rule.list]),
    blockedTarget: blocked === null ? null : targetText(blocked, ruleSet),
    answer: listed === null ? addresses : sinkhole.answersOf(verdict, qtype).map(addressToText),
    entries: found.flatMap((each) =>
      entryOf(each, ruleSet, used, now, (one) => holdsFor(one, onName, qtype, address)),
    ),
    paused: paused.includes(config.groups[group]?.name ?? ''),
    outsideSchedule: !isInForce(config.groups[group]?.schedule ?? null, minuteOfWeek(now)),
    ...courseOf(name, group, config),
  };
}

/** As whoever asks writes it. */
function userText(expected: KnownClient | null): string | null {
  const [user] = expected?.users ?? [];
  return user === undefined ? null : `user:${user}`;
}

/** What is asked; `listed` is the address that stands in the name's place. */
interface Question extends WalkedQuestion {
  readonly listed: Uint8Array | null;
}

/** @throws DecisionError */
function questionOf({ name: pasted, type, client, expected }: Asked): Question {
  const { name, listed } = whatIsMeant(pasted.trim());
  const qtype = textToType(type);
  if (qtype === null)
    throw new DecisionError(
      'BAD_TYPE',
      `not a record type: ${JSON.stringify(type)}; A, AAAA, HTTPS, TYPE65 …`,
    );
  const address = expected?.address ?? textToAddress(client);
  if (address === null)
    throw new DecisionError(
      'BAD_CLIENT',
      `no address is known for ${JSON.stringify(client)}; give the address itself, a machine or user as \`cenote clients\` shows them of a running daemon, or one that a group names`,
    );
  return { name, qtype, address, listed };
}

/** @throws DecisionError when it is neither a name nor an address, as people paste them */
function whatIsMeant(pasted: string): Pick<Question, 'name' | 'listed'> {
  const listed = readPastedAddress(pasted);
  const name = listed === null ? null : textToName(addressToText(listed));
  if (name !== null) return { name, listed };
  const read = readPastedName(pasted);
  if ('problem' in read) throw new DecisionError('BAD_NAME', read.problem);
  return { name: read.name, listed: null };
}

const walkedAddress = (verdict: Verdict): ReturnType<typeof walkFor> => ({
  answeredBy: isBlocking(verdict) ? 'lists' : 'upstreams',
  own: null,
  leadsTo: null,
  records: [],
  addresses: [],
  hit: null,
  blocked: null,
  reply: null,
  upstreamAnswer: null,
});

const isBlocking = ({ code }: Verdict): boolean => code !== VERDICT.pass && code !== VERDICT.monitor;

function ruleText(ruleSet: RuleSet, verdict: Verdict, name: Uint8Array, listed: Uint8Array | null): string {
  if (listed !== null) return networkToText(listed, verdict.addressBits);
  if (verdict.nameOffset >= 0) return nameToText(name, verdict.nameOffset);
  return `/${ruleSet.patterns[verdict.pattern]?.source ?? ''}/`;
}

function targetText({ name, verdict }: BlockedTarget, ruleSet: RuleSet): Decision['blockedTarget'] {
  const list = meaningOf(ruleSet, verdict.rule, verdict.pattern)?.list ?? '';
  return { name: nameToText(name), list, rule: ruleText(ruleSet, verdict, name, null) };
}

function verdictText(answeredBy: Answerer, rule: Rule | undefined, verdict: Verdict): string {
  if (answeredBy === 'refused') return 'refused';
  if (answeredBy === 'rebinding') return 'nodata';
  return rule?.action === 'allow' ? 'allow' : (VERDICT_NAMES[verdict.code] ?? '');
}

export interface FoundRule {
  readonly number: number;
  /** The name or network it stands on. */
  readonly text: string;
}

const rulesOnName = (name: Uint8Array, ruleSet: RuleSet): FoundRule[] => ruleFinder(ruleSet)(name);

/** Finds the rules of many names: what is read of all rules is read once. */
export function ruleFinder(ruleSet: RuleSet): (name: Uint8Array) => FoundRule[] {
  const trie = openTrie(ruleSet.trie);
  const sets = ruleSetsOf(trie);
  const matches = { sets: new Int32Array(128), offsets: new Int32Array(128) };
  return (name) => {
    const count = findAll(trie, name, name.length, matches);
    return Array.from({ length: count }, (_, i) => i).flatMap((i) =>
      (sets[matches.sets[i] ?? -1] ?? []).map((number) => ({
        number,
        text: nameToText(name, matches.offsets[i] ?? 0),
      })),
    );
  };
}

function rulesOnAddress(octets: Uint8Array, ruleSet: RuleSet): FoundRule[] {
  const table = openAddresses(ruleSet.addresses);
  const found: FoundRule[] = [];
  let entry = findAddress(table, octets, 0, octets.length);
  for (; entry >= 0; entry = widerEntry(table, entry))
    found.push({ number: table.rules[entry] ?? -1, text: networkToText(octets, bitsOf(table, entry)) });
  return found;
}

/** With its list's time where it has none of its own. */
function indicatorOf(rule: Rule, list: ListFace | undefined): Decision['indicator'] {
  const expires = expiryTextOf(rule, list);
  const { indicator } = rule;
  if (indicator === null && expires === null) return null;
  const none = { campaign: null, source: null, firstPublished: null, confidence: null, note: null };
  return { ...(indicator ?? none), expires };
}

function entryOf(
  { number, text }: FoundRule,
  ruleSet: RuleSet,
  lists: readonly string[],
  now: Date,
  holds: (rule: Rule) => boolean,
): MatchingEntry[] {
  const rule = ruleSet.rules[number];
  const list = rule === undefined ? undefined : ruleSet.lists[rule.list];
  if (rule === undefined || list === undefined) return [];
  const { scope, action } = rule;
  const mode = modeAt(rule, list, now.getTime());
  const isUsed = lists.includes(list.name);
  return [{ list: list.name, rule: text, scope, action, mode, used: isUsed, holds: holds(rule) }];
}
