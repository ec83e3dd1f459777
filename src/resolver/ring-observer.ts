// The observer of a resolver thread: what the walk tells, as records and counters in shared memory.
//
// HOT.
import { COUNTER, countRcode, countWait, endingCell } from '../events/counters.ts';
import type { EventWriter as Events, HeldRecord } from '../events/event-writer.ts';
import { VIA } from '../events/hit-record.ts';
import { addLed, LED, LED_OCTETS_MAX, UPSTREAM_OCTETS_MAX } from '../events/led-to.ts';
import { ANSWERED_FROM, OWN_NAME } from '../events/query-record.ts';
import { RESULT, type Result } from '../events/result.ts';
import { VERDICT, type Verdict, type VerdictCode } from '../policy/verdict.ts';
import { OFFSET } from '../wire/header.ts';
import type { Query } from '../wire/message/query.ts';
import { nameLength } from '../wire/names/name.ts';
import { isAskedByValidators, RCODE } from '../wire/records/iana.ts';
import { ENDING, type Ending, isByRule, type QueryObserver } from './query-observer.ts';
import { resultOf } from './result.ts';

const NOTHING = new Uint8Array(0);
const UPSTREAMS_MAX = 1024;
/** TC, in the first octet of the flags (RFC 1035 §4.1.1). */
const TC_OF_FIRST_OCTET = 0x02;

export class RingObserver implements QueryObserver {
  readonly #events: Events;
  readonly #revision: () => number;
  /** Whose answer leads to what a list that only watches has: `hitFacts` hold that hit until the query ends. */
  #led: Query | null = null;
  readonly #way = new Uint8Array(LED_OCTETS_MAX);
  /** By name: each is made into octets once. */
  readonly #upstreams = new Map<string, Uint8Array>();

  /** @param revision of the rule set that is in force: rule numbers mean something only with it */
  constructor(events: Events, revision: () => number) {
    this.#events = events;
    this.#revision = revision;
  }

  get revision(): number {
    return this.#revision();
  }

  get held(): HeldRecord {
    return this.#events.held;
  }

  hit(
    query: Query,
    verdict: Verdict,
    via: Uint8Array | null,
    _answers: readonly Uint8Array[],
    rcode: number = rcodeOfBlocked(verdict.code),
    revision: number = this.#revision(),
  ): void {
    // It was blocked like all else, but nobody asked: behind a validating forwarder ten askings would be a hundred hits.
    if (isAskedByValidators(query.qtype)) return;
    if (verdict.code === VERDICT.monitor && via === null) {
      query.notedRule = verdict.rule;
      query.notedPattern = verdict.pattern;
      query.notedOffset = verdict.nameOffset;
      query.notedRevision = this.#revision();
      return;
    }
    this.#describe(query, verdict, via, revision);
    query.notedRule = -1; // one asking, one hit: what matched besides is found in the name
    if (verdict.code === VERDICT.monitor) {
      this.#led = query;
      return;
    }
    this.#led = null;
    const facts = this.#events.hitFacts;
    facts.result = blockedAs(verdict.code);
    facts.rcode = rcode;
    this.#events.hit(query);
  }

  #describe(query: Query, verdict: Verdict, via: Uint8Array | null, revision: number): void {
    const facts = this.#events.hitFacts;
    const isAddress = via !== null && verdict.addressBits >= 0;
    facts.verdict = verdict.code;
    facts.rule = verdict.rule;
    facts.pattern = verdict.pattern;
    facts.nameOffset = isAddress ? verdict.addressBits : verdict.nameOffset;
    facts.revision = revision;
    facts.group = query.clientGroup;
    facts.viaKind = via === null ? VIA.none : isAddress ? VIA.address : VIA.name;
    facts.via = via ?? NOTHING;
    facts.viaLength = via === null ? 0 : isAddress ? via.length : nameLength(via, 0);
  }

  /** The hit just told says what the answer leads to, also where that was kept: the history has to say that it was told. */
  #leadAsTold(): void {
    const { queryFacts, hitFacts } = this.#events;
    if (hitFacts.viaKind === VIA.none) return;
    const kind = hitFacts.viaKind === VIA.address ? LED.address : LED.name;
    queryFacts.led = this.#way;
    queryFacts.ledLength = addLed(this.#way, 0, kind, hitFacts.via, 0, hitFacts.viaLength);
  }

  /** Tells what a list that only watches has of a query that ends. @returns 1 when there is such a hit */
  #tellNoted(query: Query, result: Result, rcode: number): number {
    const facts = this.#events.hitFacts;
    if (query.notedRule >= 0) {
      facts.verdict = VERDICT.monitor;
      facts.rule = query.notedRule;
      facts.pattern = query.notedPattern;
      facts.nameOffset = query.notedOffset;
      facts.revision = query.notedRevision;
      facts.group = query.clientGroup;
      facts.viaKind = VIA.none;
      facts.viaLength = 0;
    } else if (this.#led !== query) return 0;
    query.notedRule = -1;
    this.#led = null;
    facts.result = result;
    facts.rcode = rcode;
    this.#events.hit(query);
    this.#events.counters[COUNTER.monitored]! += 1;
    return 1;
  }

  again(query: Query, ending: Ending, rcode: number, place: number, number: number): boolean {
    const events = this.#events;
    if (isByRule(ending) ? !events.hitAgain(query, place, number) : !events.queryAgain(query, place, number))
      return false;
    this.#count(query, ending, rcode);
    return true;
  }

  heardOf(upstream: string, ms: number): void {
    const facts = this.#events.queryFacts;
    let octets = this.#upstreams.get(upstream);
    if (octets === undefined) {
      octets = Buffer.from(upstream).subarray(0, UPSTREAM_OCTETS_MAX);
      if (this.#upstreams.size >= UPSTREAMS_MAX) this.#upstreams.clear();
      this.#upstreams.set(upstream, octets);
    }
    facts.upstream = octets;
    facts.waitedMs = ms;
  }

  leads(octets: Uint8Array, length: number): void {
    const facts = this.#events.queryFacts;
    facts.led = octets;
    facts.ledLength = length;
  }

  allowed(): void {
    this.#events.counters[COUNTER.allowed]! += 1;
  }

  missed(): void {
    this.#events.counters[COUNTER.cacheMisses]! += 1;
  }

  claimIgnored(): void {
    this.#events.counters[COUNTER.claimsIgnored]! += 1;
  }

  waited(ms: number): void {
    countWait(this.#events.counters, ms);
  }

  #count(query: Query, ending: Ending, rcode: number): void {
    const { counters } = this.#events;
    counters[endingCell(query.transport, ending)]! += 1;
    countRcode(counters, rcode);
    if (rcode >= 0 && (query.reply[OFFSET.flags]! & TC_OF_FIRST_OCTET) !== 0)
      counters[COUNTER.truncated]! += 1;
  }

  end(query: Query, ending: Ending, rcode: number): void {
    const facts = this.#events.queryFacts;
    const { ledLength, waitedMs, upstream } = facts;
    this.#count(query, ending, rcode);
    const result = resultOf(query, ending, rcode);
    const isHit = this.#tellNoted(query, result, rcode);
    facts.ledLength = 0;
    facts.waitedMs = -1;
    facts.upstream = NOTHING;
    // The history learns of a sinkholed query from its hit.
    if (query.qnameEnd === 0 || isByRule(ending) || ending === ENDING.malformed) return;
    // Nobody's asking (iana.ts): the history would say of a machine that it asked.
    if (isAskedByValidators(query.qtype)) return;
    // Strangers who get no reply fill no history.
    if (ending === ENDING.denied && rcode < 0) return;
    facts.result = result;
    facts.rcode = rcode;
    facts.from = answeredFrom(ending) | (ending === ENDING.limited && query.isOwnName ? OWN_NAME : 0);
    facts.isHit = isHit;
    facts.revision = this.#revision();
    facts.ledLength = hasWay(ending) ? ledLength : 0;
    if (isHit === 1 && facts.ledLength === 0) this.#leadAsTold();
    facts.waitedMs = waitedMs;
    facts.upstream = upstream;
    this.#events.query(query);
    facts.ledLength = 0;
    facts.waitedMs = -1;
    facts.upstream = NOTHING;
  }
}

function blockedAs(code: VerdictCode): Result {
  if (code === VERDICT.rewrite) return RESULT.rewritten;
  return code === VERDICT['tcp-only'] ? RESULT.truncated : RESULT.blocked;
}

/** Of the sinkhole's own replies; −1: none is sent. */
function rcodeOfBlocked(code: VerdictCode): number {
  if (code === VERDICT.drop) return -1;
  if (code === VERDICT.nxdomain) return RCODE.NXDOMAIN;
  return code === VERDICT.refused ? RCODE.REFUSED : RCODE.NOERROR;
}

function answeredFrom(ending: Ending): (typeof ANSWERED_FROM)[keyof typeof ANSWERED_FROM] {
  switch (ending) {
    case ENDING.withheld:
      return ANSWERED_FROM.policy;
    case ENDING.cached:
      return ANSWERED_FROM.cache;
    case ENDING.forwarded:
      return ANSWERED_FROM.upstream;
    case ENDING.stale:
      return ANSWERED_FROM.stale;
    default:
      return ANSWERED_FROM.local;
  }
}

/** Endings behind which somebody was asked, now or before. */
const hasWay = (ending: Ending): boolean =>
  ending === ENDING.forwarded ||
  ending === ENDING.cached ||
  ending === ENDING.stale ||
  ending === ENDING.failed ||
  ending === ENDING.withheld;
