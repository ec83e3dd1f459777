// What a list says about names, in the form every thread shares. The trie holds numbers of these rules, never the rules.
import type { ListAction, ListMode } from '../config/config.ts';

/** `tcp-only` (RPZ): over UDP the client is told to come back over TCP, where the rule has nothing against it. */
export type RuleAction = ListAction | 'tcp-only';

export type Scope = 'exact' | 'subtree' | 'below';

/** Where an indicator came from, as a hit shows it. */
export interface Indicator {
  readonly campaign: string | null;
  readonly source: string | null;
  /** ISO date. */
  readonly firstPublished: string | null;
  readonly confidence: 'low' | 'medium' | 'high' | null;
  readonly note: string | null;
  readonly malware?: string | null;
  /** Traffic Light Protocol: `clear`, `green`, `amber`, `amber+strict`, `red`. */
  readonly tlp?: string | null;
  /** ISO date or time from which on it only watches: expiry.ts. */
  readonly expires?: string | null;
}

/** One distinct kind of entry; thousands of names share one. */
export interface Rule {
  /** Index into RuleSet.lists. */
  readonly list: number;
  readonly action: RuleAction;
  readonly scope: Scope;
  /** Adblock `$important`: beats allow rules that are not important. */
  readonly important: boolean;
  /** QTYPEs it is limited to (`$dnstype`); null is all. `typesNegated` turns it round. */
  readonly types: readonly number[] | null;
  readonly typesNegated: boolean;
  /** Clients it is limited to (`$client`), as written; null is all. */
  readonly clients: readonly string[] | null;
  /** Suffixes it never covers (`$denyallow`), lower-case text; null is none. */
  readonly except: readonly string[] | null;
  /** A fixed answer instead of the list's (hosts line with an address, `$dnsrewrite`, RPZ local data); null is none. */
  readonly rewrite: Rewrite | null;
  /** Adblock `$dnsrewrite`: goes before exceptions of lists that block, not before an allow list. */
  readonly firm: boolean;
  /** An exception that holds only where no entry of its list that blocks stands on the same name or a longer one. */
  readonly yields?: true;
  readonly indicator: Indicator | null;
}

/** A record of a rule's own answer. */
export interface RewriteRecord {
  readonly type: number;
  /** Hexadecimal. */
  readonly rdata: string;
}

export type Rewrite =
  | { readonly kind: 'address'; readonly addresses: readonly string[] }
  /** Of any type; addresses stand apart. */
  | {
      readonly kind: 'records';
      readonly addresses: readonly string[];
      readonly records: readonly RewriteRecord[];
    }
  /** `*.name` puts the name asked for in front (RPZ draft §3.5). */
  | { readonly kind: 'cname'; readonly target: string }
  | { readonly kind: 'rcode'; readonly rcode: 'nxdomain' | 'nodata' | 'refused' };

/** Addresses that a rule itself answers with. */
export function addressesOf(rewrite: Rewrite | null): readonly string[] {
  return rewrite !== null && 'addresses' in rewrite ? rewrite.addresses : [];
}

/** A rule on a name's text, tried after the trie only. */
export interface PatternRule {
  readonly source: string;
  /** Index into RuleSet.rules. */
  readonly rule: number;
  /** Expressions of one group are looked for in one walk over the name. */
  readonly group: number;
}

export interface ListFace {
  readonly name: string;
  readonly action: ListAction;
  readonly mode: ListMode;
  readonly alert: boolean;
  /** As `Indicator.expires`, for rules that say nothing of it themselves. */
  readonly expires?: string | null;
}

/** Everything the decision needs about all lists; structured-cloneable, what is big shared and not copied. */
export interface RuleSet {
  readonly revision: number;
  readonly trie: SharedArrayBuffer;
  /** Addresses and networks that answers are checked against: addresses/table.ts. */
  readonly addresses: SharedArrayBuffer;
  readonly rules: readonly Rule[];
  readonly lists: readonly ListFace[];
  readonly patterns: readonly PatternRule[];
  /** Names held by the trie. */
  readonly names: number;
}

/** Whether a hit of any list is worth an alert, and so is who asked before. */
export function hasAlerts({ lists }: RuleSet): boolean {
  return lists.some(({ alert }) => alert);
}
