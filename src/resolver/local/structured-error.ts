// Structured DNS errors: the reason of a block as I-JSON in EXTRA-TEXT, for clients that ask for it
// (draft-ietf-dnsop-structured-dns-error). Made once a rule; a client that asks for other rules first costs others nothing.

import type { Config } from '../../config/config.ts';
import type { ListCategory } from '../../config/values/list-words.ts';
import type { RuleSet } from '../../policy/rule.ts';

/** Sub-errors of the draft's registry. */
const SUB_ERRORS: Readonly<Record<ListCategory, number>> = {
  malware: 1,
  phishing: 2,
  spam: 3,
  spyware: 4,
  policy: 5,
};
/** The language of what lists say of themselves and of campaigns' names. */
const LANGUAGE = 'en';
/** Texts of rules kept; beyond, all are made again. */
const TEXTS_MAX = 4096;

export type StructuredErrorConfig = Pick<Config, 'contact' | 'resolver' | 'lists'>;

export class StructuredErrors {
  readonly #contact: readonly string[];
  readonly #organization: string | null;
  readonly #categories: ReadonlyMap<string, ListCategory | null | undefined>;
  readonly #ruleSet: RuleSet;
  /** The longest first: what does not fit is left out whole, since a JSON text that is cut is none. */
  readonly #byRule = new Map<number, readonly Uint8Array[]>();

  constructor({ contact, resolver, lists }: StructuredErrorConfig, ruleSet: RuleSet) {
    this.#contact = contact;
    this.#organization = resolver.organization;
    this.#categories = new Map(lists.map(({ name, category }) => [name, category]));
    this.#ruleSet = ruleSet;
  }

  /** The text for a rule's block that fits into so many octets; empty when none does. @param rule −1: none of a list's */
  textOf(rule: number, octetsMax: number): Uint8Array {
    const texts = this.#byRule.get(rule) ?? this.#make(rule);
    for (let i = 0; i < texts.length; i += 1) if (texts[i]!.length <= octetsMax) return texts[i]!;
    return NOTHING;
  }

  #make(number: number): readonly Uint8Array[] {
    const rule = this.#ruleSet.rules[number];
    const list = this.#ruleSet.lists[rule?.list ?? -1]?.name;
    const category = list === undefined ? null : this.#categories.get(list);
    const campaign = rule?.indicator?.campaign ?? null;
    const s = SUB_ERRORS[category ?? 'policy'];
    const c = this.#contact.length === 0 ? {} : { c: this.#contact };
    const j = campaign === null ? {} : { j: wellFormed(campaign) };
    const o = this.#organization === null ? {} : { o: wellFormed(this.#organization) };
    const language = campaign === null && this.#organization === null ? {} : { l: LANGUAGE };
    const made = [{ ...c, ...j, s, ...o, ...language }, { ...c, s }, { s }].map((json) =>
      encoder.encode(JSON.stringify(json)),
    );
    if (this.#byRule.size >= TEXTS_MAX) this.#byRule.clear();
    this.#byRule.set(number, made);
    return made;
  }
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** I-JSON allows no lone surrogates (RFC 7493 §2.1), and nobody wants control characters. */
const wellFormed = (text: string): string => text.toWellFormed().replaceAll(/\p{Cc}/gu, ' ');
