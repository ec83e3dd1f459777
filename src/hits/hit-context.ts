// What the numbers in hit records mean: the rule sets and groups that were in force, the clients the network knows.
import type { SinkholeAnswer } from '../config/config.ts';
import type { HitRecord } from '../events/hit-record.ts';
import type { RuleMeaning } from '../policy/rule-meaning.ts';
import { meaningOf, type RuleFaces } from '../policy/rule-meaning.ts';
import { VERDICT } from '../policy/verdict.ts';
import { addressToText } from '../wire/names/address.ts';
import { TYPE } from '../wire/records/iana.ts';
import type { HitClient, HitContext } from './hit.ts';
import { createUlidMaker, type UlidMaker } from './ulid.ts';

/** A client the network gave a name or a MAC. */
export interface NamedClient {
  /** 16 octets. */
  readonly address: Uint8Array;
  readonly name: string | null;
  readonly mac: string | null;
}

/** Records of the last few rule sets may still be on their way when a new one is in force. */
const REVISIONS_MAX = 8;
/** Clients that are remembered; past it all are forgotten and made again. */
const CLIENTS_MAX = 65_536;
/** Rules whose meaning is remembered, of each rule set. */
const MEANINGS_MAX = 65_536;
const NOTHING: readonly string[] = [];
const UNKNOWN: RuleMeaning = {
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
  #sinkhole = answersOf({ kind: 'nullip' });
  #named = new Map<string, Pick<HitClient, 'name' | 'mac'>>();
  /** Address and group → client. */
  readonly #clients = new Map<string, Map<string, HitClient>>();

  constructor(ulid: UlidMaker = createUlidMaker()) {
    this.#ulid = ulid;
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
    this.#sinkhole = answersOf(sinkhole);
  }

  useClients(clients: readonly NamedClient[]): void {
    this.#clients.clear();
    this.#named = new Map(
      clients.map(({ address, name, mac }) => [addressToText(address), { name, mac }] as const),
    );
  }

  id(timeMs: number): string {
    return this.#ulid(timeMs);
  }

  group(number: number): string {
    return this.#groups[number] ?? 'none';
  }

  client(address: Uint8Array, group: string): HitClient {
    const ip = addressToText(address);
    let groups = this.#clients.get(ip);
    if (groups === undefined) {
      if (this.#clients.size >= CLIENTS_MAX) this.#clients.clear();
      groups = new Map();
      this.#clients.set(ip, groups);
    }
    let client = groups.get(group);
    if (client === undefined) {
      const { name, mac } = this.#named.get(ip) ?? { name: null, mac: null };
      client = { ip, name, mac, group };
      groups.set(group, client);
    }
    return client;
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

  answer(record: HitRecord, meaning: RuleMeaning): readonly string[] {
    const four = record.qtype === TYPE.A;
    if (!four && record.qtype !== TYPE.AAAA) return NOTHING;
    if (record.verdict === VERDICT.rewrite)
      return (meaning.addresses ?? NOTHING).filter((address) => address.includes(':') !== four);
    if (record.verdict !== VERDICT.sinkhole) return NOTHING;
    return four ? this.#sinkhole.four : this.#sinkhole.six;
  }
}

function answersOf(sinkhole: SinkholeAnswer): {
  readonly four: readonly string[];
  readonly six: readonly string[];
} {
  if (sinkhole.kind !== 'address') return { four: ['0.0.0.0'], six: ['::'] };
  const { a, aaaa } = sinkhole;
  return {
    four: a === null ? NOTHING : [addressToText(a)],
    six: aaaa === null ? NOTHING : [addressToText(aaaa)],
  };
}
