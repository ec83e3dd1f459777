// The same question again: answered with the reply it had, as long as nothing that made that reply has changed.
//
// HOT. What a reply of the walk depends on, and how each is held to: the message without its ID (every octet is compared);
// group, transport (in the key); lists, schedules, pauses, configuration (an epoch: a new policy or its next generation voids
// all); the kept response and its age (cache-step.ts: asked each time, TTLs counted down). Policies that look at more of a
// client than its group are not remembered, nor what was noted and let pass (monitor).
// Access, rate limit, hits and counters are the walk's and the observer's for every query, first or repeated.
// Twin: the walk itself; test/resolver/repeats.test.ts compares the two.
import type { Verdict, VerdictCode } from '../../policy/verdict.ts';
import { HEADER_OCTETS, readU16 } from '../../wire/header.ts';
import { type Query, WANTS } from '../../wire/message/query.ts';
import { readQuery } from '../../wire/message/question.ts';
import { isAskedByValidators } from '../../wire/records/iana.ts';
import type { CacheStep } from '../cache-step.ts';
import { ENDING, type Ending, isByRule, type QueryObserver } from '../query-observer.ts';
import type { Ruling } from '../ruling.ts';
import { FIELD, MESSAGE_OCTETS_MAX, RepeatTable } from './repeat-table.ts';

/** Of FIELD.udpSize: the DO bit. */
const DNSSEC_OK = 0x10000;

export class Repeats {
  readonly #table: RepeatTable;
  readonly #cache: CacheStep;
  readonly #observer: QueryObserver;
  readonly #verdict: Verdict;
  #ruling: Ruling | null = null;
  #generation = -1;
  #epoch = 0;
  /** The query that was looked for last and not found: only it may be kept. */
  #asked: Query | null = null;
  /** An exception lets it pass. */
  #isAllowed = false;

  /** @param verdict the walk's */
  constructor(cache: CacheStep, observer: QueryObserver, verdict: Verdict, seed: number) {
    this.#table = new RepeatTable(seed);
    this.#cache = cache;
    this.#observer = observer;
    this.#verdict = verdict;
  }

  /** The place of an equal question, and then the query is as `readQuery` leaves it but for its QNAME; −1. */
  find(query: Query, ruling: Ruling): number {
    this.#asked = null;
    this.#isAllowed = false;
    const { policy } = ruling;
    const { messageLength } = query;
    if (messageLength < HEADER_OCTETS || messageLength > MESSAGE_OCTETS_MAX || policy.dependsOnClient)
      return -1;
    if (ruling !== this.#ruling || policy.generation !== this.#generation) {
      this.#ruling = ruling;
      this.#generation = policy.generation;
      this.#epoch += 1;
    }
    const scope = ((query.clientGroup + 1) << 2) | query.transport;
    const place = this.#table.find(query.message, messageLength, scope, this.#epoch);
    if (place < 0) this.#asked = query;
    else this.#restore(query, place);
    return place;
  }

  #restore(query: Query, place: number): void {
    const table = this.#table;
    query.id = readU16(query.message, 0);
    query.flags = readU16(query.message, 2);
    query.qnameEnd = table.get(place, FIELD.qnameEnd);
    query.qtype = table.get(place, FIELD.qtype);
    query.qclass = 1; // isRefused (local/local.ts): every other is refused, which is not kept
    query.optOffset = table.get(place, FIELD.optOffset);
    query.ednsVersion = 0;
    const udpSize = table.get(place, FIELD.udpSize);
    query.udpSize = udpSize & 0xffff;
    query.dnssecOk = udpSize >= DNSSEC_OK;
  }

  /** Answers as before and tells of it; false, and QNAME is read, when that answer is of no use any more. */
  answer(query: Query, place: number): boolean {
    const table = this.#table;
    const ending = table.get(place, FIELD.ending) as Ending;
    if (ending === ENDING.cached) {
      const passed = this.#cache.again(
        table.get(place, FIELD.first),
        table.get(place, FIELD.second),
        table.get(place, FIELD.third),
        query.arrivedMs,
      );
      if (passed < 0) {
        readQuery(query);
        this.#asked = query;
        return false;
      }
      table.writeReply(place, query);
      if (passed > 0) this.#age(query, place, passed);
    } else table.writeReply(place, query);
    this.#tell(query, place, ending);
    return true;
  }

  #age(query: Query, place: number, passedSeconds: number): void {
    this.#cache.age(query, passedSeconds);
    this.#table.keepReply(place, query);
    this.#table.set(place, FIELD.third, this.#table.get(place, FIELD.third) + passedSeconds);
  }

  #tell(query: Query, place: number, ending: Ending): void {
    const table = this.#table;
    const observer = this.#observer;
    const rcode = query.reply[3]! & 0x0f;
    if (!isByRule(ending) && table.get(place, FIELD.fourth) === 1) observer.allowed();
    if (observer.again(query, ending, rcode, table.get(place, FIELD.heldPlace), table.heldNumber(place)))
      return;
    readQuery(query);
    if (isByRule(ending)) {
      const verdict = this.#verdict;
      verdict.clear();
      verdict.code = table.get(place, FIELD.first) as VerdictCode;
      verdict.rule = table.get(place, FIELD.second);
      verdict.nameOffset = table.get(place, FIELD.third);
      verdict.pattern = table.get(place, FIELD.fourth);
      observer.hit(query, verdict, null, this.#ruling?.sinkhole.answersOf(verdict, query.qtype) ?? []);
    }
    observer.end(query, ending, rcode);
    table.setHeld(place, observer.held.place, observer.held.number);
  }

  /** What is being decided passes by an exception: so does the same again. */
  allow(): void {
    this.#isAllowed = true;
  }

  /** What is being decided is not to be kept. */
  forgo(): void {
    this.#asked = null;
  }

  /**
   * Keeps the reply of the query that was looked for, where the next one may have the same: a question blocked by the rule
   * of the walk's verdict, one that the configuration answers, one answered by the response that the cache step speaks of.
   */
  keep(query: Query, ending: Ending): void {
    if (query !== this.#asked) return;
    const isAllowed = this.#isAllowed;
    this.#asked = null;
    const isOwn = ending === ENDING.local || ending === ENDING.special;
    if (!isByRule(ending) && !isOwn && ending !== ENDING.cached) return;
    // Another client of the group may be told another answer.
    if (query.audience !== null) return;
    // A server cookie is of one address and time; claims are counted.
    if ((query.wants & (WANTS.cookie | WANTS.claim)) !== 0) return;
    // Nothing is recorded of it, so nothing is held that a repeat could be counted with.
    if (isAskedByValidators(query.qtype)) return;
    const table = this.#table;
    const place = table.keep(query, this.#epoch);
    if (place < 0) return;
    table.set(place, FIELD.ending, ending);
    table.set(place, FIELD.qnameEnd, query.qnameEnd);
    table.set(place, FIELD.optOffset, query.optOffset);
    table.set(place, FIELD.qtype, query.qtype);
    table.set(place, FIELD.udpSize, query.udpSize | (query.dnssecOk ? DNSSEC_OK : 0));
    table.setHeld(place, this.#observer.held.place, this.#observer.held.number);
    if (isByRule(ending)) {
      const { code, rule, nameOffset, pattern } = this.#verdict;
      table.setCause(place, code, rule, nameOffset, pattern);
    } else if (ending === ENDING.cached) {
      const { entry, response } = this.#cache;
      table.setCause(place, entry, response, Math.floor(query.arrivedMs / 1000), isAllowed ? 1 : 0);
    } else table.setCause(place, 0, 0, 0, isAllowed ? 1 : 0);
  }
}
