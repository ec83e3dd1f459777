// The answer a blocked name gets: an address of the sinkhole's, a negative response or REFUSED, with the reason in an Extended DNS
// Error: 15, 16 or 17 as its list says; 4 in its place where the answer is a rule's own data, and 4 beside it where it is the
// sinkhole's own address.
//
// HOT. Texts of lists are prepared once per rule set; a name is escaped octet by octet into a reused buffer.

import type { ListConfig, SinkholeAnswer } from '../config/config.ts';
import type { ListError } from '../config/values/list-words.ts';
import type { Policy } from '../policy/decide.ts';
import { addressesOf, type Rewrite } from '../policy/rule.ts';
import { stageBehind } from '../policy/rule-table.ts';
import { VERDICT, type Verdict, type VerdictCode } from '../policy/verdict.ts';
import { HEADER_OCTETS } from '../wire/header.ts';
import { appendAnswer, appendSoa, beginReply, replyLimit } from '../wire/message/compose.ts';
import { appendEde, appendOpt, EXTRA_TEXT_OCTETS_MAX } from '../wire/message/edns.ts';
import { type LeadAlias, type Query, TRANSPORT, WANTS } from '../wire/message/query.ts';
import { recordAddress } from '../wire/names/address.ts';
import { NAME_OCTETS_MAX } from '../wire/names/name.ts';
import { textToName } from '../wire/names/presentation.ts';
import { copyOctets } from '../wire/octets.ts';
import { EDE, RCODE, TYPE } from '../wire/records/iana.ts';
import { writeName } from './inspect/name-text.ts';
import { writeNetwork } from './inspect/network-text.ts';
import type { StructuredErrors } from './local/structured-error.ts';
import { truncatedReply } from './replies.ts';

const NULL_IPV4 = new Uint8Array(4);
const NULL_IPV6 = new Uint8Array(16);
/** A list name is cut here in EXTRA-TEXT, so that the rule always has room. */
const REASON_OCTETS_MAX = 96;
const encoder = new TextEncoder();
const REBINDING = encoder.encode('rebinding: a private address for a public name; see rebinding.except');
const text = new Uint8Array(EXTRA_TEXT_OCTETS_MAX);

/** RDATA a rewriting rule answers with. */
interface Rewritten {
  /** By type. */
  readonly data: ReadonlyMap<number, readonly Uint8Array[]>;
  /** The name it puts in QNAME's place, wire form; null for none. */
  readonly target: Uint8Array | null;
  /** The name it puts QNAME before, as a name in QNAME's place; null for none. */
  readonly above: Uint8Array | null;
  /** Whether it answers with something that can be used, and not with an address that leads nowhere. */
  readonly isForged: boolean;
}

const NOTHING: readonly Uint8Array[] = [];
const NO_TEXT = new Uint8Array(0);
/** By what a list says of its blocks (`lists.NAME.ede`). */
export const INFO_CODES: Readonly<Record<ListError, number>> = {
  blocked: EDE.BLOCKED,
  censored: EDE.CENSORED,
  filtered: EDE.FILTERED,
};
/** A record without its RDATA, and an OPT. */
const ROOM_BESIDE_RDATA = 12 + 11;
/** An Extended DNS Error without its text. */
const EDE_OCTETS = 6;

export class Sinkhole {
  readonly ttlSeconds: number;
  readonly #a: readonly Uint8Array[];
  readonly #aaaa: readonly Uint8Array[];
  readonly #policy: Policy;
  /** "list=NAME rule=" of each list. */
  readonly #reasons: readonly Uint8Array[];
  readonly #patternTexts: readonly Uint8Array[];
  readonly #rewritten: ReadonlyMap<number, Rewritten>;
  readonly #structured: StructuredErrors | null;
  /** By the number of the list. */
  readonly #infoCodes: Uint8Array;
  /** Whether the sinkhole's address is one that answers, and not 0.0.0.0. */
  readonly #isOurs: boolean;

  /**
   * @param structured null: nobody gets structured errors
   * @param configs how lists are configured; one that is not among them blocks as `blocked`
   */
  constructor(
    policy: Policy,
    answer: SinkholeAnswer,
    ttlSeconds: number,
    structured: StructuredErrors | null = null,
    configs: readonly Pick<ListConfig, 'name' | 'ede'>[] = [],
  ) {
    const { lists, patterns, rules } = policy.ruleSet;
    this.#policy = policy;
    this.ttlSeconds = ttlSeconds;
    this.#structured = structured;
    const address = answer.kind === 'address' ? answer : { a: NULL_IPV4, aaaa: NULL_IPV6 };
    this.#isOurs = answer.kind === 'address';
    const errors = new Map(configs.map(({ name, ede }) => [name, ede]));
    this.#infoCodes = Uint8Array.from(lists, ({ name }) => INFO_CODES[errors.get(name) ?? 'blocked']);
    this.#a = address.a === null ? NOTHING : [address.a];
    this.#aaaa = address.aaaa === null ? NOTHING : [address.aaaa];
    this.#reasons = lists.map((list) =>
      encoder.encode(`list=${list.name} rule=`).slice(0, REASON_OCTETS_MAX),
    );
    this.#patternTexts = patterns.map((pattern) => encoder.encode(`/${printable(pattern.source)}/`));
    this.#rewritten = new Map(
      rules.flatMap((rule, i) => (rule.rewrite === null ? [] : [[i, rewritten(rule.rewrite)] as const])),
    );
  }

  /** RDATA of the answers to a blocked query of this type; empty is NODATA. */
  answersOf(verdict: Verdict, qtype: number): readonly Uint8Array[] {
    if (verdict.code === VERDICT.rewrite)
      return this.#rewritten.get(verdict.rule)?.data.get(qtype) ?? NOTHING;
    if (verdict.code !== VERDICT.sinkhole || (qtype !== TYPE.A && qtype !== TYPE.AAAA)) return NOTHING;
    return qtype === TYPE.A ? this.#a : this.#aaaa;
  }

  /**
   * The alias a rule puts in QNAME's place; null when it puts none there, or the alias itself is asked for.
   * @param name as in `write`
   */
  aliasOf(query: Query, verdict: Verdict, name: Uint8Array): LeadAlias | null {
    if (verdict.code !== VERDICT.rewrite || asksForAlias(query.qtype)) return null;
    const target = targetFor(query, this.#rewritten.get(verdict.rule));
    if (target === null) return null;
    const stage = stageBehind(this.#policy.rule(verdict.rule), this.#policy.ruleSet.lists);
    const reason = text.slice(0, this.#reason(verdict, name));
    return { target, ttlSeconds: this.ttlSeconds, stage, reason };
  }

  /** Whether a policy zone's own data answer, and not its NXDOMAIN and the like. */
  isZoneData({ code, rule }: Verdict): boolean {
    if (code !== VERDICT.rewrite) return false;
    return this.#policy.ruleSet.lists[this.#policy.rule(rule)?.list ?? -1]?.action === 'zone';
  }

  /** Whether a rule puts QNAME in QNAME's own place. */
  leadsToItself({ qname, qnameEnd }: Query, { code, rule }: Verdict): boolean {
    if (code !== VERDICT.rewrite) return false;
    const target = this.#rewritten.get(rule)?.target ?? null;
    if (target === null || target.length !== qnameEnd - HEADER_OCTETS) return false;
    for (let i = 0; i < target.length; i += 1) if (target[i] !== qname[i]) return false;
    return true;
  }

  /**
   * Builds the reply to a blocked query.
   * @param name what the rule matched: QNAME or a name of the answer's chain in lower-case wire form, or an address' octets
   * @param ownerOffset offset in the reply of the name that owns the SOA
   * @returns its length
   */
  write(query: Query, verdict: Verdict, name: Uint8Array, ownerOffset: number): number {
    const { reply } = query;
    const { code } = verdict;
    if (code === VERDICT['tcp-only']) return truncatedReply(query);
    const own = code === VERDICT.rewrite ? this.#rewritten.get(verdict.rule) : undefined;
    let end = beginReply(query, rcodeOf(query, code, own));
    let isForged = false;
    let isOurs = false;
    if (code !== VERDICT.refused) {
      const answers = this.answersOf(verdict, query.qtype);
      for (let i = 0; i < answers.length; i += 1) {
        const rdata = answers[i]!;
        if (end + ROOM_BESIDE_RDATA + rdata.length > replyLimit(query)) return truncatedReply(query);
        end = appendAnswer(reply, end, query.qtype, this.ttlSeconds, rdata);
      }
      const target = asksForAlias(query.qtype) ? targetFor(query, own) : null;
      if (target !== null) end = appendAnswer(reply, end, TYPE.CNAME, this.ttlSeconds, target);
      else if (answers.length === 0) end = appendSoa(reply, end, ownerOffset, this.ttlSeconds);
      isOurs = this.#isOurs && code === VERDICT.sinkhole && answers.length > 0;
      isForged = own?.isForged === true && (answers.length > 0 || target !== null);
    }
    if (query.optOffset === 0) return end;
    const opt = end;
    end = appendOpt(reply, opt, query.dnssecOk, 0);
    if (this.#structured !== null && (query.wants & WANTS.structuredError) !== 0)
      return this.#appendStructured(this.#structured, query, opt, end, verdict.rule);
    const length = this.#reason(verdict, name);
    const limit = replyLimit(query);
    const infoCode = isForged ? EDE.FORGED_ANSWER : this.#infoCode(verdict.rule);
    end = appendEde(reply, opt, end, infoCode, text, length, limit);
    return isOurs ? appendEde(reply, opt, end, EDE.FORGED_ANSWER, NO_TEXT, 0, limit) : end;
  }

  /** "Blocked" even where the answer is forged: whoever asks so is to be told why, not where to go (draft §5.2). */
  #appendStructured(
    structured: StructuredErrors,
    query: Query,
    opt: number,
    end: number,
    rule: number,
  ): number {
    const limit = replyLimit(query);
    const text = structured.textOf(rule, Math.min(EXTRA_TEXT_OCTETS_MAX, limit - end - EDE_OCTETS));
    return appendEde(query.reply, opt, end, this.#infoCode(rule), text, text.length, limit);
  }

  #infoCode(rule: number): number {
    return this.#infoCodes[this.#policy.rule(rule)?.list ?? -1] ?? EDE.BLOCKED;
  }

  /**
   * NODATA in place of an answer that leads a public name into the private network (RFC 8914 §4.16).
   * @returns its length
   */
  withhold(query: Query): number {
    const { reply } = query;
    const opt = appendSoa(reply, beginReply(query, RCODE.NOERROR), HEADER_OCTETS, this.ttlSeconds);
    if (query.optOffset === 0) return opt;
    const end = appendOpt(reply, opt, query.dnssecOk, 0);
    return appendEde(reply, opt, end, EDE.BLOCKED, REBINDING, REBINDING.length, replyLimit(query));
  }

  /** Writes `list=… rule=…` into `text`. */
  #reason(verdict: Verdict, name: Uint8Array): number {
    const reason = this.#reasons[this.#policy.rule(verdict.rule)?.list ?? -1];
    if (reason === undefined) return 0;
    copyOctets(reason, 0, text, 0, reason.length);
    if (verdict.addressBits >= 0) return writeNetwork(name, verdict.addressBits, text, reason.length);
    if (verdict.nameOffset >= 0) return writeName(name, verdict.nameOffset, text, reason.length);
    const pattern = this.#patternTexts[verdict.pattern];
    if (pattern === undefined) return reason.length;
    const room = Math.min(pattern.length, text.length - reason.length);
    text.set(pattern.subarray(0, room), reason.length);
    return reason.length + room;
  }
}

/** Whether a rule that wants TCP has what it wants. */
export function isSatisfied(query: Query, code: VerdictCode): boolean {
  return code === VERDICT['tcp-only'] && query.transport !== TRANSPORT.udp;
}

/** The verdict's code, taken back where the rule has what it wants. */
export function satisfied(query: Query, verdict: Verdict): VerdictCode {
  if (isSatisfied(query, verdict.code)) verdict.clear();
  return verdict.code;
}

/** Where in a reply the SOA of a negative response belongs: at the name of the rule that matched QNAME. */
export function soaOwner(verdict: Verdict): number {
  return HEADER_OCTETS + Math.max(0, verdict.nameOffset);
}

function printable(source: string): string {
  return source.replace(/[^\x20-\x7e]/g, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

function asksForAlias(qtype: number): boolean {
  return qtype === TYPE.CNAME || qtype === TYPE.ANY;
}

function rcodeOf(query: Query, code: VerdictCode, own: Rewritten | undefined): number {
  if (code === VERDICT.refused) return RCODE.REFUSED;
  if (code === VERDICT.nxdomain) return RCODE.NXDOMAIN;
  // The name that `*.garden` makes would be too long (RFC 6672 §2.2 of DNAME).
  return own?.above != null && targetFor(query, own) === null ? RCODE.YXDOMAIN : RCODE.NOERROR;
}

/** The name a rule's alias leads to; null where it has none, or none that fits into a name. */
function targetFor({ qname, qnameEnd }: Query, own: Rewritten | undefined): Uint8Array | null {
  if (own === undefined || own.above === null) return own?.target ?? null;
  const length = qnameEnd - HEADER_OCTETS - 1;
  if (length + own.above.length > NAME_OCTETS_MAX) return null;
  const target = new Uint8Array(length + own.above.length);
  copyOctets(qname, 0, target, 0, length);
  target.set(own.above, length);
  return target;
}

function rewritten(rewrite: Rewrite): Rewritten {
  const alias = rewrite.kind === 'cname' ? rewrite.target : '';
  const target = alias === '' || alias.startsWith('*.') ? null : textToName(alias);
  const above = alias.startsWith('*.') ? textToName(alias.slice(2)) : null;
  const data = new Map<number, Uint8Array[]>();
  const add = (type: number, rdata: Uint8Array): void => {
    const known = data.get(type);
    if (known === undefined) data.set(type, [rdata]);
    else known.push(rdata);
  };
  const addresses = addressesOf(rewrite).flatMap((address) => recordAddress(address) ?? []);
  for (const octets of addresses) add(octets.length === 4 ? TYPE.A : TYPE.AAAA, octets);
  const records = rewrite.kind === 'records' ? rewrite.records : [];
  for (const { type, rdata } of records) add(type, Uint8Array.from(Buffer.from(rdata, 'hex')));
  const isForged = records.length > 0 || addresses.some((own) => own.some((octet) => octet !== 0));
  return { data, target, above, isForged: isForged || alias !== '' };
}
