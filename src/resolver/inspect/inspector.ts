// Looks at a response before a client may have it: is its chain sound, whose records are in it, and does it lead to a listed
// name, a listed address or into the private network.
//
// HOT. In order: `follow`, which leaves the chain for the others, `clean`, `inspect`. What `inspect` found stays readable
// until the next one.
import type { Policy } from '../../policy/decide.ts';
import { STAGE, type Stage } from '../../policy/rule-table.ts';
import { ALL_LISTS, VERDICT, Verdict, type VerdictCode } from '../../policy/verdict.ts';
import { OFFSET, readU16 } from '../../wire/header.ts';
import { NO_WAY, type Query, type Way } from '../../wire/message/query.ts';
import { expandName, lowerName, nameLength } from '../../wire/names/name.ts';
import { TYPE } from '../../wire/records/iana.ts';
import { nextRecord, RecordView } from '../../wire/records/records.ts';
import { CHAIN, Chain } from './chain.ts';
import { Leads } from './leads.ts';
import { LedTo, wrappedIpv4 } from './led-to.ts';
import type { Rebinding } from './rebinding.ts';
import { scrub } from './scrub.ts';

/** More aliases than this before a rule's own data are left out: the data then stand at the name asked for. */
const WAY_MAX = 7;

/** `listed`: some rule has a say, and be it that of a list in monitor mode. `inside`: a private address for a public name. */
export const INSPECTED = { sound: 0, listed: 1, inside: 2 } as const;

const record = new RecordView();
const target = new Uint8Array(256);

export class Inspector {
  readonly #chain = new Chain();
  readonly #ledTo = new LedTo();
  readonly #leads = new Leads();
  readonly #cleaned = { message: new Uint8Array(65_535), length: 0 };
  readonly #result: { message: Uint8Array; length: number } = { message: this.#cleaned.message, length: 0 };
  readonly #viaName = new Uint8Array(256);
  readonly #via4 = new Uint8Array(4);
  readonly #via16 = new Uint8Array(16);
  /** What a list in monitor mode says: kept while something that counts may still come. */
  readonly #noted = new Verdict();
  /** What matched: a lower-case wire name, or 4 or 16 octets of an address where the verdict has `addressBits`. */
  via: Uint8Array = this.#viaName;
  /** Whether a public name was given a private address. */
  leadsInside = false;
  /** Which lists have a say on addresses, as Policy.zonesBefore says it: an exception on a name that the question leads to holds for what that one leads to. */
  #before: number = ALL_LISTS;

  /** Follows a verified response's aliases. @returns false when they go in circles or on for too long */
  follow(query: Query, response: Uint8Array, length: number): boolean {
    return this.#chain.follow(response, length, query.qname, query.qnameEnd - 12) === CHAIN.sound;
  }

  /** The response itself, or a copy without the records that do not belong to the question. */
  clean(
    query: Query,
    response: Uint8Array,
    length: number,
  ): { readonly message: Uint8Array; readonly length: number } {
    const cleaned = scrub(query, response, length, this.#chain, this.#cleaned.message);
    this.#result.message = cleaned === 0 ? response : this.#cleaned.message;
    this.#result.length = cleaned === 0 ? length : cleaned;
    return this.#result;
  }

  /** Notes what a response that was followed and cleaned leads to. */
  lead({ qtype, lead }: Query, response: Uint8Array, length: number): Leads {
    // Of a record of the configuration that is an alias, its target too.
    this.#leads.gather(qtype, response, length, this.#chain, lead === null ? 1 : 0);
    return this.#leads;
  }

  /** The same of one that was kept. */
  wayOf(query: Query, response: Uint8Array, length: number): Leads {
    this.follow(query, response, length);
    return this.lead(query, response, length);
  }

  /**
   * Decides every alias, every service target and every address, nearest to QNAME first; a rule in force goes before one in
   * monitor mode.
   * @param response cleaned
   * @param policy null when lists have no say
   * @param before who has one on addresses, as Policy.zonesBefore says it; on names nobody has where not all have
   * @param rebinding null when private addresses may pass
   */
  inspect(
    query: Query,
    response: Uint8Array,
    length: number,
    policy: Policy | null,
    before: number,
    rebinding: Rebinding | null,
    verdict: Verdict,
  ): number {
    this.#noted.clear();
    this.leadsInside = false;
    this.#before = before;
    if (policy !== null && before === ALL_LISTS)
      if (this.#inspectNames(query, response, length, policy, verdict)) return INSPECTED.listed;
    const listed = policy?.hasAddresses === true && this.#before !== 0 ? policy : null;
    if (listed !== null || rebinding !== null)
      if (this.#inspectAddresses(query, response, length, listed, rebinding, verdict))
        return INSPECTED.listed;
    if (this.#noted.rule < 0) return this.leadsInside ? INSPECTED.inside : INSPECTED.sound;
    verdict.copyFrom(this.#noted);
    return INSPECTED.listed;
  }

  /**
   * The response's aliases from QNAME to what matched: the name itself, or the last one where an address did. Rare, so it
   * may allocate. @returns none when QNAME owns it, no alias leads to it, or there are too many
   */
  wayTo(via: Uint8Array, { addressBits }: Verdict, ttlSeconds: number): Way {
    const { names, lengths, count } = this.#chain;
    const last = addressBits >= 0 ? count - 1 : this.#chain.indexOf(via, nameLength(via, 0));
    if (last < 1 || last > WAY_MAX) return NO_WAY;
    return Array.from({ length: last }, (_, i) => ({
      target: names[i + 1]!.slice(0, lengths[i + 1]!),
      ttlSeconds,
      stage: STAGE.asked,
      reason: null,
    }));
  }

  #inspectNames(
    query: Query,
    response: Uint8Array,
    length: number,
    policy: Policy,
    verdict: Verdict,
  ): boolean {
    const chain = this.#chain;
    for (let i = 1; i < chain.count; i += 1) {
      if (this.#isBlocked(query, chain.names[i]!, chain.lengths[i]!, policy, verdict)) return true;
      if (verdict.code !== VERDICT.pass || verdict.rule < 0) continue;
      this.#before = policy.zonesBefore(query.clientGroup, verdict);
      return false;
    }
    if (!isServiceType(query.qtype)) return false;
    let at = chain.lengths[0]! + 16;
    for (let left = readU16(response, OFFSET.ancount); left > 0; left -= 1) {
      at = nextRecord(response, at, length, record);
      if (at < 0) return false;
      if (!isServiceType(record.type)) continue;
      // Of an alias (priority 0) and of a service alike; "." is the owner itself (RFC 9460 §2.5).
      const octets = expandName(response, record.rdata + 2, length, target);
      if (octets <= 1) continue;
      lowerName(target, 0, octets, target);
      if (this.#isBlocked(query, target, octets, policy, verdict)) return true;
    }
    return false;
  }

  #isBlocked(query: Query, name: Uint8Array, length: number, policy: Policy, verdict: Verdict): boolean {
    const { qtype, clientGroup, address } = query;
    const code = policy.decide(name, length, qtype, clientGroup, address, verdict, stageOf(query));
    if (!this.#counts(code, verdict)) return false;
    for (let i = 0; i < length; i += 1) this.#viaName[i] = name[i]!;
    this.via = this.#viaName;
    return this.#isInForce(code, verdict);
  }

  /** @returns true when a rule in force matches one */
  #inspectAddresses(
    query: Query,
    response: Uint8Array,
    length: number,
    policy: Policy | null,
    rebinding: Rebinding | null,
    verdict: Verdict,
  ): boolean {
    const ledTo = this.#ledTo;
    for (ledTo.begin(response, length); ledTo.next(); ) {
      const { offset, octets } = ledTo;
      if (policy !== null) {
        if (this.#isBlockedAddress(query, response, offset, octets, policy, verdict)) return true;
        if (verdict.isException) continue;
      }
      // Addresses of name servers and mail hosts that come along lead no browser anywhere.
      if (rebinding === null || this.leadsInside || !(ledTo.isAnswer || isServiceType(query.qtype))) continue;
      this.leadsInside =
        rebinding.isInside(response, offset, octets) && !rebinding.isExempt(query.qname, query.qnameEnd - 12);
    }
    return false;
  }

  #isBlockedAddress(
    query: Query,
    response: Uint8Array,
    offset: number,
    octets: number,
    policy: Policy,
    verdict: Verdict,
  ): boolean {
    const { qtype, clientGroup, address } = query;
    const stage = stageOf(query);
    const before = this.#before;
    let code = policy.decideAddress(
      response,
      offset,
      octets,
      qtype,
      clientGroup,
      address,
      verdict,
      stage,
      before,
    );
    let at = offset;
    let size = octets;
    // An IPv6 address that only wraps an IPv4 one is listed where that one is.
    const four = octets === 16 && verdict.rule < 0 ? wrappedIpv4(response, offset) : -1;
    if (four >= 0) {
      at = four;
      size = 4;
      code = policy.decideAddress(response, four, 4, qtype, clientGroup, address, verdict, stage, before);
    }
    if (!this.#counts(code, verdict)) return false;
    this.via = size === 4 ? this.#via4 : this.#via16;
    for (let i = 0; i < size; i += 1) this.via[i] = response[at + i]!;
    return this.#isInForce(code, verdict);
  }

  /** Whether a verdict is worth keeping: of several in monitor mode the first is told. */
  #counts(code: VerdictCode, verdict: Verdict): boolean {
    return code !== VERDICT.pass && (code !== VERDICT.monitor || (this.#noted.rule < 0 && verdict.rule >= 0));
  }

  #isInForce(code: VerdictCode, verdict: Verdict): boolean {
    if (code !== VERDICT.monitor) return true;
    this.#noted.copyFrom(verdict);
    return false;
  }
}

function stageOf({ lead }: Query): Stage {
  return lead === null ? STAGE.asked : lead.stage;
}

function isServiceType(type: number): boolean {
  return type === TYPE.HTTPS || type === TYPE.SVCB;
}
