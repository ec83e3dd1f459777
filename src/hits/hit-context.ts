// What the numbers in hit records mean: the rule sets and groups that were in force, the clients the network knows.
import { addressShown, type Identity, throughShown } from '../clients/machine.ts';
import { MachineTable } from '../clients/machine-table.ts';
import { usersOf } from '../clients/users/sessions.ts';
import type { GroupConfig, SinkholeAnswer } from '../config/config.ts';
import { type HitRecord, VIA } from '../events/hit-record.ts';
import { REVISION_MASK } from '../events/query-record.ts';
import { type AnswerTexts, answerTexts } from '../policy/answer-texts.ts';
import { expiryMsOf } from '../policy/expiry.ts';
import type { RuleSet } from '../policy/rule.ts';
import type { RuleMeaning } from '../policy/rule-meaning.ts';
import { meaningOf, type RuleFaces } from '../policy/rule-meaning.ts';
import { IN_FORCE } from '../policy/schedule.ts';
import { VERDICT } from '../policy/verdict.ts';
import { isStandIn } from '../wire/names/stand-in.ts';
import { TYPE } from '../wire/records/iana.ts';
import { type Asker, type HitContext, userFields } from './hit.ts';
import type { Match } from './match.ts';
import { isSameListing, Matcher } from './matches.ts';
import type { Retitled } from './titles.ts';
import { createUlidMaker, type UlidMaker } from './ulid.ts';
import { Visits } from './visits.ts';

/** The main thread looks at its tables, and says what it found, in less. */
const SOON_MS = { known: 100, unknown: 300, standIn: 2000 } as const;

/** Groups and users of one machine at one address that are remembered. */
const ASKERS_MAX = 256;

/** Records of the last few rule sets may still be on their way when a new one is in force. */
const REVISIONS_MAX = 8;
/** Rules whose meaning is remembered, of each rule set. */
const MEANINGS_MAX = 65_536;
/** Old names of lists: past it all are forgotten. */
const NEW_NAMES_MAX = 1000;
const NOTHING: readonly string[] = [];
const NO_MATCH: readonly Match[] = [];
/** Of a hit whose rule nobody explains. */
export const UNKNOWN: RuleMeaning = {
  list: 'unknown',
  indicator: null,
  addresses: null,
  pattern: null,
  alert: true,
};

export class KnownContext implements HitContext {
  readonly #ruleSets = new Map<
    number,
    { readonly faces: RuleFaces; readonly meanings: Map<number, RuleMeaning> }
  >();
  readonly #ulid: UlidMaker;
  #groups: readonly string[] = [];
  /** What a sinkholed A, and AAAA, is answered with. */
  #sinkhole = answerTexts({ kind: 'nullip' });
  /** Which machine an address was when it asked. */
  readonly machines: MachineTable = new MachineTable();
  /** Identity, group and users → who asks. */
  readonly #askers = new WeakMap<Identity, Map<string, Asker>>();
  readonly #visits = new Visits();
  #matcher: Matcher | null = null;
  /** Of the rule sets of the last seconds, the latest first: two lists may change in one second. */
  #before: readonly Matcher[] = [];
  #next: Matcher | null = null;
  /** The only match of a hit whose own list is all that is known, by meaning and rule. */
  readonly #own = new WeakMap<RuleMeaning, Map<string, readonly Match[]>>();
  /** Old name of a list → the name that it has now. */
  readonly #newNames = new Map<string, string>();
  readonly resolver: string;

  /** @param resolver name of the machine this runs on */
  constructor(ulid: UlidMaker = createUlidMaker(), resolver = '') {
    this.#ulid = ulid;
    this.resolver = resolver;
  }

  /** What hits from now on are compared with: `useRules` for what alerts. */
  useLists(ruleSet: RuleSet, groups: readonly GroupConfig[]): void {
    const prepared = this.#next;
    this.#next = null;
    if (this.#matcher?.isOf(ruleSet, groups) === true) return;
    if (this.#matcher !== null) this.#before = [this.#matcher, ...this.#before].slice(0, REVISIONS_MAX);
    this.#matcher = prepared?.isOf(ruleSet, groups) === true ? prepared : new Matcher(ruleSet, groups);
  }

  /** What resolver threads may use at any moment now, before `useLists` says so. */
  prepareLists(ruleSet: RuleSet, groups: readonly GroupConfig[]): void {
    this.useRules(ruleSet);
    this.#next = new Matcher(ruleSet, groups);
  }

  /** What the records of the last seconds before `useLists` were decided by is not read any more. */
  forgetBefore(): void {
    this.#before = [];
  }

  /** The lists by the bits of their revision that query records have; −1 is what is in force. */
  matcherOf(revision: number): Matcher | null {
    const now = this.#matcher;
    if (revision < 0 || now === null || (now.revision & REVISION_MASK) === revision) return now;
    const others = [this.#next, ...this.#before];
    return others.find((other) => other !== null && (other.revision & REVISION_MASK) === revision) ?? null;
  }

  /** Call before the resolver threads get the rule set. */
  useRules(ruleSet: RuleFaces): void {
    const { revision, rules, lists, patterns } = ruleSet;
    this.#ruleSets.delete(revision);
    this.#ruleSets.set(revision, { faces: { revision, rules, lists, patterns }, meanings: new Map() });
    const [oldest] = this.#ruleSets.keys();
    if (this.#ruleSets.size > REVISIONS_MAX && oldest !== undefined) this.#ruleSets.delete(oldest);
  }

  /** @param groups names in the order of the config */
  useConfig(groups: readonly string[], sinkhole: SinkholeAnswer): void {
    this.#groups = groups;
    this.#sinkhole = answerTexts(sinkhole);
  }

  /** Lists go by other names: hits of an earlier start that are read now have the old ones. */
  useNames(relisted: readonly Retitled[]): void {
    for (const { from, to } of relisted) {
      for (const [old, name] of this.#newNames) if (name === from) this.#newNames.set(old, to);
      if (this.#newNames.size >= NEW_NAMES_MAX) this.#newNames.clear();
      this.#newNames.set(from, to);
      this.#newNames.delete(to);
    }
  }

  id(timeMs: number): string {
    return this.#ulid(timeMs);
  }

  group(number: number): string {
    return this.#groups[number] ?? 'none';
  }

  asker(address: Uint8Array, group: string, timeMs: number): Asker {
    const who = this.machines.at(address, timeMs);
    const users = usersOf(this.machines.sessionsAt(address, timeMs));
    const key = users.length === 0 ? group : `${group}\n${users.join('\n')}`;
    let groups = this.#askers.get(who);
    if (groups === undefined) {
      groups = new Map();
      this.#askers.set(who, groups);
    }
    let asker = groups.get(key);
    if (asker === undefined) {
      const { id, name, nameFrom, mac } = who;
      const through = throughShown(address, who);
      const ip = addressShown(address, who);
      const client = { ip, name, mac, group, machine: id, nameFrom, ...userFields(users) };
      asker = { client, machine: id, through };
      if (groups.size >= ASKERS_MAX) groups.clear();
      groups.set(key, asker);
    }
    return asker;
  }

  /** Of a moment ago: the main thread may be about to say who it is and through whom it asks, and then the hit says it. */
  isSoonKnown({ address, timeMs }: Pick<HitRecord, 'address' | 'timeMs'>, nowMs: number): boolean {
    const ageMs = nowMs - timeMs;
    if (ageMs < 0 || ageMs >= SOON_MS.standIn) return false;
    if (ageMs < SOON_MS.known) return true;
    const who = this.machines.openAt(address)?.who ?? null;
    // One that stands in for an address is always told of.
    if (isStandIn(address)) return (who?.through ?? null) === null;
    return who === null && ageMs < SOON_MS.unknown;
  }

  visit(machine: string, name: string, timeMs: number, id: string): string {
    return this.#visits.of(machine, name, timeMs, id);
  }

  matches(record: HitRecord, meaning: RuleMeaning, rule: string): readonly Match[] {
    const isOf = (known: Matcher | null): boolean => known?.revision === record.revision;
    const now = isOf(this.#matcher) ? this.#matcher : null;
    const matcher = now ?? [this.#next, ...this.#before].find(isOf) ?? null;
    if (matcher === null) return this.ownMatch(meaning, rule, record);
    return this.#along(matcher, record, rule);
  }

  #along(matcher: Matcher, record: HitRecord, rule: string): readonly Match[] {
    return matcher.offSchedule(this.#listing(matcher, record, rule), record.group, record.timeMs);
  }

  /** By its name, and by what that led to. @param rule text of the rule that decided */
  #listing(matcher: Matcher, record: HitRecord, rule: string): readonly Match[] {
    const { qname, viaKind, nameOffset: offset } = record;
    if (viaKind === VIA.none) return matcher.ofName(qname, qname.length, record, { offset, text: rule });
    const byName = matcher.ofName(qname, qname.length, record);
    const byWay =
      record.viaKind === VIA.address
        ? matcher.ofAddress(record.via, record)
        : matcher.ofName(record.via, record.via.length, record);
    if (byName.length === 0) return byWay;
    const further = byWay.filter((match) => !byName.some((known) => isSameListing(known, match)));
    return further.length === 0 ? byName : [...byName, ...further];
  }

  /**
   * What a hit of an earlier start matches: its own rule, which its journal explains, and what the lists in force have of it. Which
   * lists had it then nobody noted, and a campaign's hit must not go for another list's. Where damage took what explains its rule, what
   * the lists in force say of it now is the best there is: those without an alert tell nobody.
   */
  recoveredMatches(record: HitRecord, meaning: RuleMeaning, rule: string, group: string): readonly Match[] {
    const own = this.ownMatch(meaning, rule, record);
    const matcher = this.#matcher;
    const number = this.#groups.indexOf(group);
    if (matcher === null || number < 0) return own;
    const asked = { ...record, group: number };
    const now = this.#along(matcher, asked, rule);
    if (meaning === UNKNOWN && (now.length > 0 || isDecided(matcher, asked))) return now;
    const isOwn = (match: Match): boolean =>
      own.some((known) =>
        isSameListing({ ...known, list: this.#newNames.get(known.list) ?? known.list }, match),
      );
    return [...own, ...now.filter((match) => !isOwn(match))];
  }

  /** What a hit matches by its own rule alone. */
  ownMatch(
    meaning: RuleMeaning,
    rule: string,
    { verdict, timeMs }: Pick<HitRecord, 'verdict' | 'timeMs'>,
  ): readonly Match[] {
    if (!meaning.alert) return NO_MATCH;
    let known = this.#own.get(meaning);
    if (known === undefined || known.size >= MEANINGS_MAX) {
      known = new Map();
      this.#own.set(meaning, known);
    }
    const isOver = expiryMsOf(meaning.indicator?.expires ?? null) <= timeMs;
    const mode = verdict !== VERDICT.monitor ? 'enforce' : isOver ? 'expired' : 'monitor';
    const key = `${mode} ${rule}`;
    let match = known.get(key);
    if (match === undefined) {
      const { list, indicator } = meaning;
      match = [{ list, rule, indicator, mode }];
      known.set(key, match);
    }
    return match;
  }

  meaning({ revision, rule, pattern }: HitRecord): RuleMeaning {
    const known = this.#ruleSets.get(revision);
    if (known === undefined) return UNKNOWN;
    const key = (pattern + 1) * 0x100000000 + rule + 1;
    let meaning = known.meanings.get(key);
    if (meaning === undefined) {
      meaning = meaningOf(known.faces, rule, pattern) ?? UNKNOWN;
      if (known.meanings.size >= MEANINGS_MAX) known.meanings.clear();
      known.meanings.set(key, meaning);
    }
    return meaning;
  }

  /** @param texts what a sinkholed question was answered with; unless said, what it is answered with now */
  answer(record: HitRecord, meaning: RuleMeaning, texts: AnswerTexts = this.#sinkhole): readonly string[] {
    const four = record.qtype === TYPE.A;
    if (!four && record.qtype !== TYPE.AAAA) return NOTHING;
    if (record.verdict === VERDICT.rewrite)
      return (meaning.addresses ?? NOTHING).filter((address) => address.includes(':') !== four);
    if (record.verdict !== VERDICT.sinkhole) return NOTHING;
    return four ? texts.four : texts.six;
  }
}

/** Whether lists in force, with an alert or without, would block or watch it. */
function isDecided(matcher: Matcher, record: HitRecord): boolean {
  const [octets, isAddress] =
    record.viaKind === VIA.none ? [record.qname, false] : [record.via, record.viaKind === VIA.address];
  return ['blocks', 'watches'].includes(matcher.ruling(octets, isAddress, record, IN_FORCE.all));
}

/** What a journal says of a hit of an earlier start. */
interface SaidThen {
  readonly meaning: RuleMeaning | null;
  readonly group: string | null;
  readonly answer: AnswerTexts | null;
}

/** What its journal does not say is as it is now. @param id under which it was logged; null: it was not */
export function recoveredContext(
  context: KnownContext,
  { meaning, group, answer }: SaidThen,
  id: string | null,
): HitContext {
  return {
    meaning: () => meaning ?? UNKNOWN,
    group: (number) => group ?? context.group(number),
    asker: (address, name, timeMs) => context.asker(address, name, timeMs),
    answer: (of, means) => context.answer(of, means, answer ?? undefined),
    id: (timeMs) => id ?? context.id(timeMs),
    visit: (machine, name, timeMs, own) => context.visit(machine, name, timeMs, own),
    matches: (of, means, rule) => context.recoveredMatches(of, means, rule, group ?? context.group(of.group)),
    resolver: context.resolver,
  };
}
