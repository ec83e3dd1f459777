// What the numbers in hit records mean: the rule sets and groups that were in force, the clients the network knows.
import type { SinkholeAnswer } from '../config/config.ts';
import type { HitRecord } from '../events/hit-record.ts';
import type { RuleSet } from '../policy/rule.ts';
import { VERDICT } from '../policy/verdict.ts';
import { TYPE } from '../wire/iana.ts';
import { addressToText } from './address.ts';
import type { HitContext, RuleMeaning } from './hit.ts';
import { createUlidMaker, type UlidMaker } from './ulid.ts';

/** The part of a rule set that hits need; the trie is not. */
export type RuleFaces = Pick<RuleSet, 'revision' | 'rules' | 'lists' | 'patterns'>;

/** A client the network gave a name or a MAC. */
export interface NamedClient {
  /** 16 octets. */
  readonly address: Uint8Array;
  readonly name: string | null;
  readonly mac: string | null;
}

/** Records of the last few rule sets may still be on their way when a new one is in force. */
const REVISIONS_MAX = 8;
const NOBODY = { name: null, mac: null } as const;
const UNKNOWN: RuleMeaning = {
  list: 'unknown',
  indicator: null,
  addresses: null,
  pattern: null,
  alert: true,
};

/** What a rule number and pattern number of a rule set mean. */
export function meaningOf(rules: RuleFaces, rule: number, pattern: number): RuleMeaning | null {
  const found = rules.rules[rule];
  if (found === undefined) return null;
  const list = rules.lists[found.list];
  const { indicator, rewrite } = found;
  return {
    list: list?.name ?? 'unknown',
    indicator:
      indicator === null
        ? null
        : {
            campaign: indicator.campaign,
            source: indicator.source,
            firstPublished: indicator.firstPublished,
            confidence: indicator.confidence,
          },
    addresses: rewrite === null ? null : rewrite.kind === 'address' ? rewrite.addresses : [],
    pattern: pattern < 0 ? null : (rules.patterns[pattern]?.source ?? null),
    alert: list?.alert ?? true,
  };
}

export class KnownContext implements HitContext {
  readonly #ruleSets = new Map<number, RuleFaces>();
  readonly #ulid: UlidMaker;
  #groups: readonly string[] = [];
  #sinkhole: SinkholeAnswer = { kind: 'nullip' };
  #clients = new Map<string, { readonly name: string | null; readonly mac: string | null }>();

  constructor(ulid: UlidMaker = createUlidMaker()) {
    this.#ulid = ulid;
  }

  /** Call before the resolver threads get the rule set. */
  useRules(ruleSet: RuleFaces): void {
    const { revision, rules, lists, patterns } = ruleSet;
    this.#ruleSets.delete(revision);
    this.#ruleSets.set(revision, { revision, rules, lists, patterns });
    const [oldest] = this.#ruleSets.keys();
    if (this.#ruleSets.size > REVISIONS_MAX && oldest !== undefined) this.#ruleSets.delete(oldest);
  }

  /** @param groups names in the order of the config */
  useConfig(groups: readonly string[], sinkhole: SinkholeAnswer): void {
    this.#groups = groups;
    this.#sinkhole = sinkhole;
  }

  useClients(clients: readonly NamedClient[]): void {
    this.#clients = new Map(
      clients.map(({ address, name, mac }) => [addressToText(address), { name, mac }] as const),
    );
  }

  id(timeMs: number): string {
    return this.#ulid(timeMs);
  }

  group(number: number): string {
    return this.#groups[number] ?? 'none';
  }

  client(address: Uint8Array): { readonly name: string | null; readonly mac: string | null } {
    if (this.#clients.size === 0) return NOBODY;
    return this.#clients.get(addressToText(address)) ?? NOBODY;
  }

  meaning(record: HitRecord): RuleMeaning {
    const rules = this.#ruleSets.get(record.revision);
    return (rules && meaningOf(rules, record.rule, record.pattern)) ?? UNKNOWN;
  }

  answer(record: HitRecord, meaning: RuleMeaning): readonly string[] {
    const four = record.qtype === TYPE.A;
    if (!four && record.qtype !== TYPE.AAAA) return [];
    if (record.verdict === VERDICT.rewrite)
      return (meaning.addresses ?? []).filter((address) => address.includes(':') !== four);
    if (record.verdict !== VERDICT.sinkhole) return [];
    if (this.#sinkhole.kind !== 'address') return [four ? '0.0.0.0' : '::'];
    const octets = four ? this.#sinkhole.a : this.#sinkhole.aaaa;
    return octets === null ? [] : [addressToText(octets)];
  }
}
