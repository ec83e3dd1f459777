// The walk of a query, every step in its order and with the reason why it stands there. Read this file first.
//
//   repeat → read → access → refuse → own records → policy → special names → cache → forward
//     …  response → inspect → keep → finish
//
// HOT. `answer` is synchronous and allocates nothing for a query that is blocked or found in the cache; only what must
// leave the machine waits, as a copy in `Waiting`. Nothing in here throws: every bad message has an outcome.
import { FRESHNESS } from '../cache/freshness.ts';
import { STAGE } from '../policy/rule-table.ts';
import { ALL_LISTS, VERDICT, Verdict } from '../policy/verdict.ts';
import { type Asker, FAILURE, type Failure, type Forwarder } from '../upstream/exchange.ts';
import { HEADER_OCTETS } from '../wire/header.ts';
import { NO_WAY, OUTCOME, type Outcome, type Query, type Way } from '../wire/message/query.ts';
import { PARSE, readQuery } from '../wire/message/question.ts';
import { EDE, RCODE, TYPE } from '../wire/records/iana.ts';
import { ACCESS } from './access.ts';
import { CacheStep } from './cache-step.ts';
import { Ends, endingOf, NO_ANSWERS } from './ends.ts';
import { learnWhoAsks } from './identity/first-sight.ts';
import { INSPECTED, Inspector } from './inspect/inspector.ts';
import { leadOn } from './local/alias.ts';
import { aliasOf, answerAny, answerLocally, isRefused, mayBeOfZone } from './local/local.ts';
import type { LocalEntry } from './local/local-names.ts';
import { Pending } from './pending.ts';
import { ENDING } from './query-observer.ts';
import { Repeats } from './repeats/repeats.ts';
import { infoCodeOf, saysItCannot } from './replies.ts';
import type { Ruling, WalkParts } from './ruling.ts';
import { isSatisfied, satisfied, soaOwner } from './sinkhole.ts';

export class Walk implements Asker {
  #ruling: Ruling;
  readonly #pending: Pending;
  readonly #cache: CacheStep;
  readonly #ofZones: (query: Query) => Outcome | null;
  readonly #nowMs: () => number;
  readonly #verdict = new Verdict();
  readonly #inspector = new Inspector();
  readonly #repeats: Repeats;
  readonly #ends: Ends;
  /** Replies to queries that waited are built here. */
  readonly #late = new Uint8Array(65_535);

  constructor(parts: WalkParts) {
    this.#ruling = parts.ruling;
    this.#pending = new Pending(parts.forwarder, parts.seed);
    this.#cache = new CacheStep(parts.cache, parts.cacheConfig);
    this.#ofZones = parts.ofZones ?? (() => null);
    this.#nowMs = parts.nowMs;
    this.#repeats = new Repeats(this.#cache, parts.observer, this.#verdict, parts.seed);
    this.#ends = new Ends(parts.observer, this.#repeats, () => this.#ruling.ownOptions);
  }

  /** Queries that wait for an upstream. */
  get waiting(): number {
    return this.#pending.count;
  }
  get ruling(): Ruling {
    return this.#ruling;
  }

  /** Takes effect from the next query on; queries that wait are judged by the new ruling when their response comes. */
  apply(ruling: Ruling): void {
    this.#ruling = ruling;
    this.#pending.regroup(ruling.groups);
  }

  /** The old forwarder goes on serving what it was asked. */
  useForwarder(forwarder: Forwarder): void {
    this.#pending.useForwarder(forwarder);
  }

  /** Decides one query: see Answer in listen/listener.ts. */
  readonly answer = (query: Query): Outcome => {
    // First: all goes by who asks, and what is learnt of a machine may put it into a group, which is another ruling.
    const isSomebody = learnWhoAsks(this.#ruling, query);
    const ruling = this.#ruling;
    query.clientGroup = ruling.groups.groupOf(query.address);
    query.notedRule = -1;
    query.view = ruling.views.of(query.clientGroup);
    // First, since all else of it has been done: the same octets, from the same group, under the same rules.
    const repeat = this.#repeats.find(query, ruling);
    const parse = !isSomebody ? PARSE.ignore : repeat < 0 ? readQuery(query) : PARSE.ok;
    // A response, or too short to have an ID: replying could start a loop between two servers.
    if (parse === PARSE.ignore) return this.#ends.end(query, OUTCOME.dropped, ENDING.ignored, -1);
    // Before anything is spent on the query. After reading, since a refusal needs an ID.
    const access = ruling.access.check(query.address, query.arrivedMs);
    // A primary tells of its zone, or a secondary asks for one of ours: answered elsewhere. It may be a stranger, within the bound of refusals.
    const outcome = repeat < 0 && mayBeOfZone(query, parse, access) ? this.#ofZones(query) : null;
    if (outcome !== null) return outcome;
    if (access !== ACCESS.allowed) return this.#ends.turnAway(query, access, ruling.local);
    if (repeat >= 0 && this.#repeats.answer(query, repeat)) return OUTCOME.answered;
    if (parse !== PARSE.ok) return this.#ends.reject(query, parse);
    if (query.wants !== 0 && this.#ends.lacksCookie(query)) return this.#ends.askCookie(query);
    if (isRefused(query)) return this.#ends.refuse(query, ruling.about); // above policy: no list speaks of them
    return this.#resolve(query);
  };

  /** Of a client's question, and of a target that it is led to: the same steps decide. */
  #resolve(query: Query): Outcome {
    // Above policy: a record that the admin wrote for this network goes before anybody's list.
    const local = this.#ruling.local.find(query.qname, query.qnameEnd - 12, query.qtype);
    if (local !== null && local.kind === 'records') return this.#answerLocally(query, local);
    // Before the cache: a name that was listed a moment ago is blocked on its next query.
    if (this.#decide(query) !== VERDICT.pass) {
      const outcome = this.#blockOrNote(query, null);
      if (outcome !== null) return outcome;
    } else if (this.#verdict.rule >= 0) this.#ends.allow(query);
    // Below policy, so that a listed name is a hit though nothing below `onion` exists and whatever type is asked.
    if (local !== null) return this.#answerLocally(query, local);
    if (query.qtype === TYPE.ANY) {
      query.replyLength = answerAny(query);
      return this.#ends.answered(query, ENDING.special);
    }
    this.#ruling.audiences?.place(query);
    return this.#fromCacheOrForward(query);
  }

  #answerLocally(query: Query, entry: LocalEntry): Outcome {
    const alias = aliasOf(query, entry);
    if (alias !== null) {
      // As behind any alias of an allowed name.
      if (query.lead === null) this.#decide(query);
      return this.#follow(query, [alias], query.lead === null && this.#verdict.isException, null);
    }
    query.replyLength = answerLocally(query, entry, this.#ruling.local.offset);
    return this.#ends.answered(query, entry.kind === 'records' ? ENDING.local : ENDING.special);
  }

  /** Answers with aliases, and behind them with what the last target has: by the verdict's rule where `isData`. @param via as in `#blockOrNote` */
  #follow(query: Query, way: Way, isAllowed: boolean, via: Uint8Array | null, isData = false): Outcome {
    this.#repeats.forgo();
    this.#ends.beginLed();
    const lead = leadOn(query, way);
    const isRewrite = isData || way.at(-1)?.stage !== STAGE.asked;
    if (lead === null) {
      if (isRewrite) this.#ends.hit(query, this.#verdict, via, NO_ANSWERS);
      return this.#ends.sayNo(query, RCODE.SERVFAIL, EDE.OTHER, isRewrite ? ENDING.rewritten : ENDING.failed);
    }
    if (isAllowed) lead.isAllowed = true;
    if (isRewrite) this.#ends.hold(lead, this.#verdict, query.lead === null ? via : (via ?? query.qname));
    const asked = this.#ends.askFor(query, lead);
    const outcome = isData
      ? this.#ends.giveData(asked, this.#ruling.sinkhole, this.#verdict, via)
      : this.#resolve(asked);
    return this.#ends.comeBack(query, lead, asked, outcome);
  }

  #decide(query: Query): number {
    const { qname, qnameEnd, qtype, clientGroup, address, lead } = query;
    const verdict = this.#verdict;
    if (lead?.isAllowed === true) verdict.clear();
    else this.#ruling.policy.decide(qname, qnameEnd - 12, qtype, clientGroup, address, verdict, lead?.stage);
    // An alias to itself is the oldest way to write an exception (RPZ draft §4.1.3).
    if (this.#ruling.sinkhole.leadsToItself(query, verdict)) verdict.clear();
    return satisfied(query, verdict);
  }

  /** Acts on #verdict; null when the query goes on (monitor). */
  #blockOrNote(query: Query, via: Uint8Array | null): Outcome | null {
    const verdict = this.#verdict;
    if (isSatisfied(query, verdict.code)) return null;
    const { sinkhole } = this.#ruling;
    const name = via ?? query.qname;
    const alias = sinkhole.aliasOf(query, verdict, name);
    // Data of a policy zone stand where they would for any resolver: at the end of the aliases that lead there.
    const way =
      via !== null && sinkhole.isZoneData(verdict)
        ? this.#inspector.wayTo(via, verdict, sinkhole.ttlSeconds)
        : NO_WAY;
    if (alias !== null) return this.#follow(query, [...way, alias], false, via);
    if (way.length > 0) return this.#follow(query, way, false, via, true);
    this.#ends.hit(query, verdict, via, sinkhole.answersOf(verdict, query.qtype));
    if (verdict.code === VERDICT.monitor) {
      this.#repeats.forgo();
      return null;
    }
    const ending = endingOf(verdict.code);
    if (ending === ENDING.dropped) return this.#ends.end(query, OUTCOME.dropped, ending, -1);
    const owner = via === null && query.lead === null ? soaOwner(verdict) : HEADER_OCTETS;
    query.replyLength = sinkhole.write(this.#ends.clientOf(query), verdict, name, owner);
    return this.#ends.answered(query, ending);
  }

  #fromCacheOrForward(query: Query): Outcome {
    const cache = this.#cache;
    const freshness = cache.find(query, query.arrivedMs);
    if (freshness === FRESHNESS.fresh || freshness === FRESHNESS.prefetch || freshness === FRESHNESS.held) {
      if (freshness === FRESHNESS.prefetch) cache.hold(query.arrivedMs);
      const outcome = this.#answerFromCache(query, freshness === FRESHNESS.held);
      // On our own account, before a popular answer runs out.
      if (freshness === FRESHNESS.prefetch) this.#pending.ask(query, null, this);
      if (outcome !== null) return outcome;
    }
    this.#ends.missed();
    if (this.#pending.ask(query, query.origin, this)) return OUTCOME.waiting;
    return this.#ends.sayNo(query, RCODE.SERVFAIL, EDE.OTHER, ENDING.failed);
  }

  /** Replies with what the cache holds; null when that cannot be used. */
  #answerFromCache(query: Query, stale: boolean): Outcome | null {
    const { message, length } = this.#cache.copy(query, stale);
    const isExcepted = query.lead?.isAllowed === true || this.#verdict.isException;
    // What it leads to is judged again under every new policy: a target may have been listed since the answer was kept.
    if (!this.#cache.isSound(this.#ruling.policy, query.clientGroup)) {
      this.#repeats.forgo();
      this.#inspector.follow(query, message, length);
      const outcome = this.#judge(query, message, length, true);
      if (outcome !== null) return outcome;
    }
    if (isExcepted || !this.#ruling.policy.isWhole(query.clientGroup))
      this.#ends.leadsAgain(query, this.#inspector.wayOf(query, message, length));
    query.replyLength = this.#cache.finish(query, stale);
    if (query.replyLength === 0) return null;
    return this.#ends.answered(query, stale ? ENDING.stale : ENDING.cached);
  }

  /** Acts on what a followed and cleaned response leads to; null when nothing stands against it. */
  #judge(query: Query, response: Uint8Array, length: number, isSound: boolean): Outcome | null {
    const { policy, rebinding } = this.#ruling;
    const { lead, clientGroup: group } = query;
    const code = this.#decide(query);
    const isOwn = lead?.isAllowed === true;
    const before = code !== VERDICT.pass ? ALL_LISTS : isOwn ? 0 : policy.zonesBefore(group, this.#verdict);
    const lists = before === 0 || !policy.inspects(group) ? null : policy;
    const inspector = this.#inspector;
    const guard = rebinding.protects(group) ? rebinding : null;
    const found = inspector.inspect(query, response, length, lists, before, guard, this.#verdict);
    if (found === INSPECTED.sound) {
      // Behind a rewrite, or an exception for another name, not every rule had a say.
      if (isSound && lead === null) this.#cache.markSound(policy, group);
    } else if (query.origin === null) return OUTCOME.dropped; // a prefetch is nobody's question
    if (found === INSPECTED.listed && (isSound || this.#verdict.code !== VERDICT.monitor)) {
      const outcome = this.#blockOrNote(query, inspector.via);
      if (outcome !== null) return outcome;
    }
    if (!inspector.leadsInside) return null;
    this.#ends.leads(query, inspector.lead(query, response, length));
    query.replyLength = this.#ruling.sinkhole.withhold(this.#ends.clientOf(query));
    return this.#ends.answered(query, ENDING.withheld);
  }

  settled(ticket: number, response: Uint8Array, length: number, failure: Failure, upstream: string): void {
    const query = this.#pending.find(ticket);
    if (query === null) return;
    query.reply = this.#late;
    query.replyLength = 0;
    this.#ends.beginLate(upstream, this.#nowMs() - query.arrivedMs);
    const outcome = this.#settle(query, response, length, failure);
    const { origin, lead } = query;
    if (origin !== null && outcome !== OUTCOME.waiting) {
      this.#ends.waited();
      if (lead !== null) this.#ends.endLate(lead, query, outcome);
      if (outcome === OUTCOME.answered) origin.send(lead?.root ?? query);
      else origin.abandon(lead?.root ?? query);
    }
    this.#ends.forgetLate();
    this.#pending.release(query);
  }

  #settle(query: Query, response: Uint8Array, length: number, failure: Failure): Outcome {
    // Listed while it was waiting: policy stands above what any upstream says, and above what is kept.
    if (this.#decide(query) !== VERDICT.pass && this.#verdict.code !== VERDICT.monitor)
      return query.origin === null ? OUTCOME.dropped : (this.#blockOrNote(query, null) ?? OUTCOME.dropped);
    return failure === FAILURE.none ? this.#relay(query, response, length) : this.#fail(query, failure);
  }

  #relay(query: Query, received: Uint8Array, receivedLength: number): Outcome {
    // A server that only says that it cannot is no answer while an old one is kept (RFC 8767 §5).
    if (saysItCannot(received) && this.#cache.find(query, this.#nowMs()) >= FRESHNESS.stale)
      return this.#fail(query, FAILURE.network);
    const isSound = this.#inspector.follow(query, received, receivedLength);
    const { message, length } = this.#inspector.clean(query, received, receivedLength);
    if (isSound) this.#cache.keep(query, message, length, this.#nowMs());
    // Before the chain is given up: a loop or a long way round hides no listed name.
    const outcome = this.#judge(query, message, length, isSound);
    if (outcome !== null) return outcome;
    if (!isSound) return this.#fail(query, FAILURE.malformed);
    if (query.origin === null) return OUTCOME.dropped;
    query.replyLength = this.#cache.finishFresh(query, message, length);
    if (query.replyLength === 0) return this.#fail(query, FAILURE.malformed);
    this.#ends.leads(query, this.#inspector.lead(query, message, length));
    return this.#ends.answered(query, ENDING.forwarded);
  }

  /** No upstream answered: what we had, else SERVFAIL with the reason (RFC 8767 §4, RFC 8914 §4.23). */
  #fail(query: Query, failure: Failure): Outcome {
    const nowMs = this.#nowMs();
    const freshness = this.#cache.find(query, nowMs);
    if (freshness >= 0 && freshness !== FRESHNESS.expired) {
      this.#cache.hold(nowMs);
      if (query.origin === null) return OUTCOME.dropped;
      const outcome = this.#answerFromCache(query, freshness >= FRESHNESS.stale);
      if (outcome !== null) return outcome;
    }
    if (query.origin === null) return OUTCOME.dropped;
    return this.#ends.sayNo(query, RCODE.SERVFAIL, infoCodeOf(failure), ENDING.failed);
  }
}
