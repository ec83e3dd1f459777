// Turns what lines say (Shape) and what the list's settings say (ListConfig) into Rules, each distinct one held once.
//
// Bounded: a list of a million lines with an answer or a remark of its own each would be a million rules, in every thread.
// Beyond RULES_MAX a line loses what is its own and keeps what it is for: its name stays blocked.
import type { ListAction, ListConfig } from '../../config/config.ts';
import { expiryMsOf } from '../../policy/expiry.ts';
import {
  addressesOf,
  type Indicator,
  type Rewrite,
  type RewriteRecord,
  type Rule,
  type RuleAction,
  type Scope,
} from '../../policy/rule.ts';
import { textToAddress } from '../../wire/names/address.ts';
import type { Shape } from '../format.ts';
import { midnightAfter, withExpiry } from './expiries.ts';

export type RuleSettings = Pick<ListConfig, 'action' | 'subdomains' | 'expires'>;

/** Distinct rules of one list, and of all lists. */
export const RULES_MAX = { list: 65_536, all: 262_144 } as const;
/** Shapes remembered by identity, of the list at hand. */
const SHAPES_MAX = 4096;
/** Addresses of one rule's answer: what a message holds is not much more. */
export const ANSWERS_MAX = 256;

/** Octets of the data of one rule's records. */
const ANSWER_OCTETS_MAX = 16_384;

/** No room for what a shape says, which would mean something else without it. */
export const NO_RULE = -1;

export class RuleInterner {
  readonly rules: Rule[] = [];
  /** Whether the last `numberOf` left out a line's own answer or remark. */
  isSimplified = false;
  readonly #byKey = new Map<string, number>();
  /** Of the list at hand only: its parser's shape objects. */
  readonly #byShape = new Map<Shape, number>();
  #list = -1;
  /** Number of rules when the list at hand began. */
  #first = 0;
  #settings: RuleSettings = { action: 'sinkhole', subdomains: null };
  #lastShape: Shape | null = null;
  #lastNumber = NO_RULE;
  /** The last rule that a line was simplified to. */
  #lastSimple = NO_RULE;

  /** The rules that follow are of list number `list`. */
  beginList(list: number, settings: RuleSettings): void {
    this.#list = list;
    this.#settings = settings;
    this.#first = this.rules.length;
    this.#byShape.clear();
    this.#lastShape = null;
  }

  /** @returns NO_RULE when there is no room for a rule with these conditions */
  numberOf(shape: Shape): number {
    if (shape === this.#lastShape) return this.#lastNumber;
    this.isSimplified = false;
    let number = this.#byShape.get(shape);
    if (number === undefined) {
      number = this.#isBeyond(shape) ? NO_RULE : this.#intern(ruleOf(shape, this.#list, this.#settings));
      if (this.#byShape.size < SHAPES_MAX && !this.isSimplified) this.#byShape.set(shape, number);
    }
    this.#lastShape = shape;
    this.#lastNumber = number;
    return number;
  }

  /** What the rules of one name become, ascending: what several lines of a list answer for it is one answer. */
  readonly settle = (rules: readonly number[]): readonly number[] => {
    if (this.rules.length >= RULES_MAX.all) return rules;
    const answers = rules.filter((rule) => hasData(this.rules[rule]!.rewrite));
    if (answers.length < 2) return rules;
    const alike = Map.groupBy(answers, (rule) => keyOf({ ...this.rules[rule]!, rewrite: null }));
    const settled = new Set(rules);
    for (const same of alike.values()) {
      if (same.length < 2) continue;
      const rewrite = joined(same.map((rule) => this.rules[rule]!.rewrite));
      for (const rule of same) settled.delete(rule);
      settled.add(this.#add({ ...this.rules[same[0]!]!, rewrite }));
    }
    return [...settled].sort((a, b) => a - b);
  };

  #isFull(): boolean {
    const count = this.rules.length;
    return count - this.#first >= RULES_MAX.list || count >= RULES_MAX.all;
  }

  /** Whether there is no room for it: what is the same as a rule of before is not looked for, which costs more than all else of the line. */
  #isBeyond({ types, clients, except }: Shape): boolean {
    return (types !== null || clients !== null || except !== null) && this.#isFull();
  }

  #intern(rule: Rule): number {
    if (!this.#isFull()) return this.#add(rule);
    if (rule.rewrite === null && rule.indicator === null) return this.#add(rule);
    this.isSimplified = true;
    const indicator = endAlone(rule.indicator);
    const last = this.rules[this.#lastSimple];
    if (
      last?.list === rule.list &&
      last.action === rule.action &&
      last.scope === rule.scope &&
      last.important === rule.important &&
      last.indicator?.expires === indicator?.expires
    )
      return this.#lastSimple;
    this.#lastSimple = this.#add({ ...rule, rewrite: null, firm: false, indicator });
    return this.#lastSimple;
  }

  #add(rule: Rule): number {
    const key = keyOf(rule);
    let number = this.#byKey.get(key);
    if (number === undefined) {
      number = this.rules.length;
      this.rules.push(rule);
      this.#byKey.set(key, number);
    }
    return number;
  }
}

/** One text for rules that say the same; short for the usual ones, since hostile lists make a million of them. */
function keyOf({ list, action, scope, important, firm, yields, rewrite, ...rest }: Rule): string {
  const { types, clients, except, indicator } = rest;
  const own = rewrite?.kind === 'address' ? rewrite.addresses.join() : JSON.stringify(rewrite);
  const key = `${list} ${action} ${scope} ${important ? 1 : 0}${firm ? 1 : 0}${yields ? 1 : 0} ${own}`;
  if (types === null && clients === null && except === null && indicator === null) return key;
  return `${key} ${JSON.stringify(rest)}`;
}

/** Of what is said of an entry, the day on which it ends, or the one after: it must not block for longer than that. */
function endAlone(indicator: Indicator | null): Indicator | null {
  const endMs = expiryMsOf(indicator?.expires ?? null);
  if (endMs === Number.POSITIVE_INFINITY) return null;
  const expires = new Date(midnightAfter(endMs)).toISOString().slice(0, 10);
  return { campaign: null, source: null, firstPublished: null, confidence: null, note: null, expires };
}

const hasData = (rewrite: Rewrite | null): boolean =>
  rewrite?.kind === 'address' || rewrite?.kind === 'records';

/** A set of records has none twice (RFC 2181 §5), whatever its file says. */
function withoutDoubles(rewrite: Rewrite | null): Rewrite | null {
  const isSet =
    addressesOf(rewrite).length > 1 || (rewrite?.kind === 'records' && rewrite.records.length > 1);
  return isSet ? joined([rewrite]) : rewrite;
}

function joined(answers: readonly (Rewrite | null)[]): Rewrite {
  const keyOfAddress = (text: string): string =>
    text.includes(':') ? (textToAddress(text)?.join() ?? text) : text;
  const written = answers.flatMap(addressesOf).map((text) => [keyOfAddress(text), text] as const);
  const addresses = [...new Map(written).values()].slice(0, ANSWERS_MAX);
  const records = answers.flatMap((answer) => (answer?.kind === 'records' ? answer.records : []));
  const distinct = new Map(records.map((record) => [`${record.type} ${record.rdata}`, record]));
  if (distinct.size === 0) return { kind: 'address', addresses };
  return { kind: 'records', addresses, records: fitting([...distinct.values()]) };
}

/** As many records as an answer may hold. */
export function fitting(records: readonly RewriteRecord[]): RewriteRecord[] {
  let octets = 0;
  return records.slice(0, ANSWERS_MAX).filter(({ rdata }) => {
    octets += rdata.length / 2;
    return octets <= ANSWER_OCTETS_MAX;
  });
}

/** The rule a line becomes in a list with these settings. */
export function ruleOf(shape: Shape, list: number, settings: RuleSettings): Rule {
  const action = actionOf(shape, settings.action);
  return {
    list,
    action,
    scope: scopeOf(shape.scope, settings.subdomains),
    important: shape.important,
    types: shape.types,
    typesNegated: shape.typesNegated,
    clients: shape.clients,
    except: shape.except,
    // A line's own answer takes the place of the sinkhole's; a list told to say NXDOMAIN says NXDOMAIN.
    rewrite: action === 'sinkhole' ? withoutDoubles(shape.rewrite) : null,
    firm: action === 'sinkhole' && shape.firm,
    ...(shape.yields && settings.action !== 'allow' && { yields: true as const }),
    indicator: withExpiry(shape.indicator, settings.expires ?? null),
  };
}

/** An exception stays one in any list; a line's own action counts when the list says `zone`. */
function actionOf(shape: Shape, listAction: ListAction): RuleAction {
  if (shape.action === 'allow' || listAction === 'allow') return 'allow';
  return listAction === 'zone' ? (shape.action ?? 'sinkhole') : listAction;
}

function scopeOf(scope: Scope, subdomains: boolean | null): Scope {
  if (subdomains === null) return scope;
  return subdomains ? 'subtree' : 'exact';
}
