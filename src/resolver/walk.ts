// The walk of a query, every step in its order and with the reason why it stands there. Read this file first.
//
//   repeat → read → access → refuse → own records → policy → special names → cache → forward
//     …  response → inspect → keep → finish
//
// HOT. `answer` is synchronous and allocates nothing for a query that is blocked or found in the cache; only what must
// leave the machine waits, as a copy in `Waiting`. Nothing in here throws: every bad message has an outcome.
import { FRESHNESS } from '../cache/freshness.ts';
import { VERDICT, Verdict } from '../policy/verdict.ts';
import { type Asker, FAILURE, type Failure, type Forwarder } from '../upstream/exchange.ts';
import { HEADER_OCTETS } from '../wire/header.ts';
import { OUTCOME, type Outcome, type Query } from '../wire/message/query.ts';
import { PARSE, readQuery } from '../wire/message/question.ts';
import { textToName } from '../wire/names/presentation.ts';
import { EDE, RCODE, TYPE } from '../wire/records/iana.ts';
import { ACCESS, type AccessAnswer } from './access.ts';
import { CacheStep } from './cache-step.ts';
import { INSPECTED, Inspector } from './inspect/inspector.ts';
import { aliasQuery } from './local/alias.ts';
import { aliasTarget, answerAny, answerLocally, isRefused } from './local/local.ts';
import type { LocalEntry } from './local/local-names.ts';
import { buildOutgoing } from './outgoing.ts';
import { ENDING, type Ending, type Recorder } from './recorder.ts';
import { Repeats } from './repeats/repeats.ts';
import { failureReply, infoCodeOf, rejectReply, saysItCannot, truncatedReply } from './replies.ts';
import { isSatisfied, satisfied, soaOwner } from './sinkhole.ts';
import { Waiting } from './waiting.ts';
import type { WalkParts, WalkState } from './walk-state.ts';

const OUTGOING_OCTETS_MAX = 4096;
/** Aliases of our own that lead to one another; more of them go in a circle. */
const ALIASES_MAX = 8;

export class Walk implements Asker {
  #state: WalkState;
  #forwarder: Forwarder;
  readonly #cache: CacheStep;
  readonly #recorder: Recorder;
  readonly #notified: (query: Query) => boolean;
  readonly #nowMs: () => number;
  readonly #waiting: Waiting;
  readonly #verdict = new Verdict();
  readonly #inspector = new Inspector();
  readonly #repeats: Repeats;
  #aliases = 0;
  readonly #outgoing = new Uint8Array(OUTGOING_OCTETS_MAX);
  /** Replies to queries that waited are built here and consumed before the next. */
  readonly #late = new Uint8Array(65_535);

  constructor(parts: WalkParts) {
    this.#state = parts.state;
    this.#forwarder = parts.forwarder;
    this.#cache = new CacheStep(parts.cache, parts.cacheConfig);
    this.#recorder = parts.recorder;
    this.#notified = parts.notified ?? (() => false);
    this.#nowMs = parts.nowMs;
    this.#waiting = new Waiting(parts.seed);
    this.#repeats = new Repeats(this.#cache, parts.recorder, this.#verdict, parts.seed);
  }

  /** Queries that wait for an upstream. */
  get waiting(): number {
    return this.#waiting.count;
  }

  get state(): WalkState {
    return this.#state;
  }

  /** Takes effect from the next query on; queries that wait are judged by the new state when their response comes. */
  apply(state: WalkState): void {
    this.#state = state;
  }

  /** The old forwarder goes on serving what it was asked. */
  useForwarder(forwarder: Forwarder): void {
    this.#forwarder = forwarder;
  }

  /** Decides one query: see Answer in listen/listener.ts. */
  readonly answer = (query: Query): Outcome => {
    const state = this.#state;
    query.clientGroup = state.groups.groupOf(query.address);
    query.notedRule = -1;
    query.view = state.views.of(query.clientGroup);
    // Before all else, since all else of it has been done: the same octets, from the same group, under the same rules.
    const repeat = this.#repeats.find(query, state);
    const parse = repeat < 0 ? readQuery(query) : PARSE.ok;
    // A response, or too short to have an ID: replying could start a loop between two servers.
    if (parse === PARSE.ignore) return this.#end(query, OUTCOME.dropped, ENDING.dropped, -1);
    // A primary tells of its zone, from wherever it stands: no query, and whoever takes it answers later.
    if (parse === PARSE.notimp && this.#notified(query)) return OUTCOME.waiting;
    // Before anything is spent on the query. After reading, since a refusal needs an ID.
    const access = state.access.check(query.address, query.arrivedMs);
    if (access !== ACCESS.allowed) return this.#turnAway(query, access);
    if (repeat >= 0 && this.#repeats.answer(query, repeat)) return OUTCOME.answered;
    if (parse !== PARSE.ok)
      return this.#end(query, OUTCOME.answered, ENDING.malformed, rejectReply(query, parse));
    // Classes and types that no forwarder passes on: above policy, since no list speaks of them.
    if (isRefused(query)) return this.#sayNo(query, RCODE.REFUSED, -1, ENDING.refused);
    // Above policy: a record that the admin wrote for this network goes before anybody's list.
    const local = state.local.find(query.qname, query.qnameEnd - 12, query.qtype);
    if (local !== null && local.kind === 'records') return this.#answerLocally(query, local);
    // Before the cache: a name that was listed a moment ago is blocked on its next query.
    if (this.#decide(query) !== VERDICT.pass) {
      const outcome = this.#blockOrNote(query, null);
      if (outcome !== null) return outcome;
    }
    // Below policy, so that a listed name is a hit though nothing below `onion` exists and whatever type is asked.
    if (local !== null) return this.#answerLocally(query, local);
    if (query.qtype === TYPE.ANY) {
      query.replyLength = answerAny(query);
      return this.#answered(query, ENDING.local);
    }
    return this.#fromCacheOrForward(query);
  };

  #answerLocally(query: Query, entry: LocalEntry): Outcome {
    const target = aliasTarget(query, entry);
    if (target !== null) return this.#followAlias(query, target);
    query.replyLength = answerLocally(query, entry, this.#state.local.offset);
    return this.#answered(query, ENDING.local);
  }

  /** Answers with an alias of our own and, behind it, what the target's answer is. */
  #followAlias(query: Query, target: Uint8Array): Outcome {
    const { origin } = query;
    const asked = aliasQuery(query, target, (answered) => origin?.send(answered));
    const local = this.#state.local.find(asked.qname, asked.qnameEnd - 12, asked.qtype);
    this.#aliases += 1;
    let outcome: Outcome;
    if (this.#aliases > ALIASES_MAX) outcome = this.#sayNo(asked, RCODE.SERVFAIL, EDE.OTHER, ENDING.failed);
    else outcome = local === null ? this.#fromCacheOrForward(asked) : this.#answerLocally(asked, local);
    this.#aliases -= 1;
    // The listener was told that the reply comes later, even where it is there at once: aliases are rare.
    if (outcome === OUTCOME.answered) queueMicrotask(() => asked.origin?.send(asked));
    return OUTCOME.waiting;
  }

  #decide(query: Query): number {
    const { qname, qnameEnd, qtype, clientGroup, address } = query;
    this.#state.policy.decide(qname, qnameEnd - 12, qtype, clientGroup, address, this.#verdict);
    return satisfied(query, this.#verdict);
  }

  #turnAway(query: Query, access: AccessAnswer): Outcome {
    readQuery(query); // a repeat's name is not read yet
    if (access === ACCESS.silence) return this.#end(query, OUTCOME.dropped, ENDING.dropped, -1);
    if (access === ACCESS.refuse) return this.#sayNo(query, RCODE.REFUSED, EDE.PROHIBITED, ENDING.refused);
    query.replyLength = truncatedReply(query);
    return this.#answered(query, ENDING.limited);
  }

  /** Acts on #verdict; null when the query goes on (monitor). */
  #blockOrNote(query: Query, via: Uint8Array | null): Outcome | null {
    const verdict = this.#verdict;
    if (isSatisfied(query, verdict.code)) return null;
    const { sinkhole } = this.#state;
    this.#recorder.hit(query, verdict, via, sinkhole.answersOf(verdict, query.qtype));
    if (verdict.code === VERDICT.monitor) {
      this.#repeats.forgo();
      return null;
    }
    const rewrite = verdict.code === VERDICT.rewrite ? this.#state.policy.rule(verdict.rule)?.rewrite : null;
    if (rewrite?.kind === 'cname' && query.origin !== null) {
      const target = textToName(rewrite.target);
      if (target !== null) return this.#followAlias(query, target);
    }
    if (verdict.code === VERDICT.drop) return this.#end(query, OUTCOME.dropped, ENDING.sinkholed, -1);
    const owner = via === null ? soaOwner(verdict) : HEADER_OCTETS;
    query.replyLength = sinkhole.write(query, verdict, via ?? query.qname, owner);
    return this.#answered(query, ENDING.sinkholed);
  }

  #fromCacheOrForward(query: Query): Outcome {
    const cache = this.#cache;
    const freshness = cache.find(query, query.arrivedMs);
    if (freshness === FRESHNESS.fresh || freshness === FRESHNESS.prefetch || freshness === FRESHNESS.held) {
      const outcome = this.#answerFromCache(query, freshness === FRESHNESS.held);
      if (freshness === FRESHNESS.prefetch) this.#prefetch(query);
      if (outcome !== null) return outcome;
    }
    const kept = this.#waiting.keep(query);
    if (kept === null) return this.#sayNo(query, RCODE.SERVFAIL, EDE.OTHER, ENDING.failed);
    this.#forwarder.ask(this.#outgoing, buildOutgoing(kept, this.#outgoing), this, kept.ticket, kept.view);
    return OUTCOME.waiting;
  }

  /** Replies with what the cache holds; null when that cannot be used. */
  #answerFromCache(query: Query, stale: boolean): Outcome | null {
    const { message, length } = this.#cache.copy(query, stale);
    // What it leads to is judged again under every new policy: a target may have been listed since the answer was kept.
    if (!this.#cache.isSound(this.#state.policy, query.clientGroup)) {
      this.#repeats.forgo();
      this.#inspector.follow(query, message, length);
      const outcome = this.#judge(query, message, length, true);
      if (outcome !== null) return outcome;
    }
    query.replyLength = this.#cache.finish(query, stale);
    if (query.replyLength === 0) return null;
    return this.#answered(query, stale ? ENDING.stale : ENDING.cached);
  }

  /** Asks again on our own account before a popular answer runs out. */
  #prefetch(query: Query): void {
    this.#cache.hold(query.arrivedMs);
    const kept = this.#waiting.keep(query);
    if (kept === null) return;
    kept.origin = null;
    this.#forwarder.ask(this.#outgoing, buildOutgoing(kept, this.#outgoing), this, kept.ticket, kept.view);
  }

  /** Acts on what a followed and cleaned response leads to; null when nothing stands against it. */
  #judge(query: Query, response: Uint8Array, length: number, isSound: boolean): Outcome | null {
    const { policy, rebinding } = this.#state;
    const group = query.clientGroup;
    const isAllowed = this.#decide(query) === VERDICT.pass && this.#verdict.rule >= 0;
    const lists = isAllowed || !policy.inspects(group) ? null : policy;
    const inspector = this.#inspector;
    const guard = rebinding.protects(group) ? rebinding : null;
    const found = inspector.inspect(query, response, length, lists, guard, this.#verdict);
    if (found === INSPECTED.sound) {
      if (isSound) this.#cache.markSound(policy, group);
    } else if (query.origin === null) return OUTCOME.dropped; // a prefetch is nobody's question
    if (found === INSPECTED.listed && (isSound || this.#verdict.code !== VERDICT.monitor)) {
      const outcome = this.#blockOrNote(query, inspector.via);
      if (outcome !== null) return outcome;
    }
    if (!inspector.leadsInside) return null;
    query.replyLength = this.#state.sinkhole.withhold(query);
    return this.#answered(query, ENDING.withheld);
  }

  /** See Asker. */
  settled(ticket: number, response: Uint8Array, length: number, failure: Failure): void {
    const query = this.#waiting.find(ticket);
    if (query === null) return;
    query.reply = this.#late;
    query.replyLength = 0;
    const outcome =
      failure === FAILURE.none ? this.#relay(query, response, length) : this.#fail(query, failure);
    const { origin } = query;
    if (origin !== null) {
      if (outcome === OUTCOME.answered) origin.send(query);
      else if (outcome === OUTCOME.dropped) origin.abandon(query);
    }
    this.#waiting.release(query);
  }

  #relay(query: Query, received: Uint8Array, receivedLength: number): Outcome {
    // Listed while it was waiting: policy stands above what any upstream says.
    if (this.#decide(query) !== VERDICT.pass && this.#verdict.code !== VERDICT.monitor)
      return query.origin === null ? OUTCOME.dropped : (this.#blockOrNote(query, null) ?? OUTCOME.dropped);
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
    return this.#answered(query, ENDING.forwarded);
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
    return this.#sayNo(query, RCODE.SERVFAIL, infoCodeOf(failure), ENDING.failed);
  }

  #sayNo(query: Query, rcode: number, infoCode: number, ending: Ending): Outcome {
    query.replyLength = failureReply(query, rcode, infoCode);
    return this.#answered(query, ending);
  }

  #answered(query: Query, ending: Ending): Outcome {
    this.#end(query, OUTCOME.answered, ending, query.reply[3]! & 0x0f);
    this.#repeats.keep(query, ending);
    return OUTCOME.answered;
  }

  #end(query: Query, outcome: Outcome, ending: Ending, rcode: number): Outcome {
    this.#recorder.end(query, ending, rcode);
    return outcome;
  }
}
