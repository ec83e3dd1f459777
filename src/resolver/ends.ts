// How a query ends: what is recorded of it, whether its reply is kept for the next one, and, where aliases of our own or a rule's
// led to another name, how the client's reply is made of that name's.
//
// HOT but for leads. Invariant: every query of a client ends once; one that is asked for another is recorded with that one.
import { addLed, LED, LED_OCTETS_MAX } from '../events/led-to.ts';
import { STAGE } from '../policy/rule-table.ts';
import { VERDICT, Verdict, type VerdictCode } from '../policy/verdict.ts';
import { HEADER_OCTETS } from '../wire/header.ts';
import { type Lead, OUTCOME, type Outcome, type Query, WANTS } from '../wire/message/query.ts';
import { PARSE, type Parse, readQuery } from '../wire/message/question.ts';
import { copyOctets } from '../wire/octets.ts';
import { EDE, RCODE } from '../wire/records/iana.ts';
import { ACCESS, type AccessAnswer } from './access.ts';
import type { Leads } from './inspect/leads.ts';
import type { About } from './local/about.ts';
import { composeLed, targetQuery } from './local/alias.ts';
import type { LocalNames } from './local/local-names.ts';
import type { OwnOptions } from './local/own-options.ts';
import { ENDING, type Ending, type QueryObserver } from './query-observer.ts';
import type { Repeats } from './repeats/repeats.ts';
import { badCookieReply, failureReply, rejectReply, truncatedReply } from './replies.ts';
import type { Sinkhole } from './sinkhole.ts';

export const NO_ANSWERS: readonly Uint8Array[] = [];

interface HeldHit {
  readonly verdict: Verdict;
  readonly via: Uint8Array | null;
  /** Of the rules that the verdict is of: others may be in force by the time it is told. */
  readonly revision: number;
}

export class Ends {
  readonly #observer: QueryObserver;
  readonly #repeats: Repeats;
  readonly #held = new WeakMap<Lead, HeldHit>();
  /** Of two replies of which one is made of the other, the one that is not the query's. */
  readonly #led = new Uint8Array(65_535);
  /** How the last query for a lead's target ended, and whether its reply is the client's as it stands. */
  #ledEnding: Ending = ENDING.failed;
  #isDirect = false;
  /** For upstreams, of the query that waited last. */
  #waitedMs = 0;
  readonly #options: () => OwnOptions | null;

  /** @param options what replies carry for those who ask for it, as it is in force */
  constructor(observer: QueryObserver, repeats: Repeats, options: () => OwnOptions | null) {
    this.#observer = observer;
    this.#repeats = repeats;
    this.#options = options;
  }

  /** Tells of a hit; of one that a lead has, when the client's query ends: then it is known what the client got. */
  hit(query: Query, verdict: Verdict, via: Uint8Array | null, answers: readonly Uint8Array[]): void {
    const { lead } = query;
    if (lead === null) this.#observer.hit(query, verdict, via, answers);
    else this.hold(lead, verdict, via ?? query.qname);
  }

  /**
   * One question, one hit: a rule that only watches steps behind one that answers, and what a rewrite leads to is its rule's doing.
   * @param via null for the name that the client asked for
   */
  hold(lead: Lead, verdict: Verdict, via: Uint8Array | null): void {
    const held = this.#held.get(lead);
    if (held !== undefined && (held.verdict.code !== VERDICT.monitor || verdict.code === VERDICT.monitor))
      return;
    const copy = new Verdict();
    copy.copyFrom(verdict);
    const { revision } = this.#observer;
    this.#held.set(lead, { verdict: copy, via: via?.slice() ?? null, revision });
  }

  /** An exception lets a client's question, or what it leads to, pass. */
  allow(query: Query): void {
    if (query.lead !== null) return;
    this.#observer.allowed();
    this.#repeats.allow();
  }

  /** Whether a client has to ask again with a cookie of ours; what a query says beside its question is noted first. */
  lacksCookie(query: Query): boolean {
    if ((query.wants & WANTS.claim) !== 0 && !query.isForwarded) this.#observer.claimIgnored();
    return this.#options()?.wantsCookie(query) ?? false;
  }

  /** BADCOOKIE, with the cookie to ask again with. */
  askCookie(query: Query): Outcome {
    query.replyLength = badCookieReply(query);
    return this.answered(query, ENDING.refused);
  }

  /** What an answer leads to, so that it is told in a pause and found when that is listed later: call it just before the query ends by `answered`. */
  leads({ lead }: Query, { octets, length }: Leads): void {
    if (lead === null || lead.stage === STAGE.asked) this.#observer.leads(octets, length);
  }

  /** The same of an answer from the cache. No repeat is kept of it: each query has to say anew what it leads to. */
  leadsAgain(query: Query, leads: Leads): void {
    this.#repeats.forgo();
    this.leads(query, leads);
  }

  /** Call before a query that waited is decided: who answered, or failed to, and after how long. */
  beginLate(upstream: string, waitedMs: number): void {
    this.beginLed();
    this.#waitedMs = waitedMs;
    this.#observer.heardOf(upstream, waitedMs);
  }

  /** It ended, or waits again: what it heard is no other query's. */
  forgetLate(): void {
    this.#observer.heardOf('', -1);
  }

  missed(): void {
    this.#observer.missed();
  }

  /** A client's query that waited has ended. */
  waited(): void {
    this.#observer.waited(this.#waitedMs);
  }

  /** @param rcode −1 when there is no reply */
  end(query: Query, outcome: Outcome, ending: Ending, rcode: number): Outcome {
    if (query.lead === null) this.#observer.end(query, ending, rcode);
    else this.#ledEnding = ending;
    return outcome;
  }

  answered(query: Query, ending: Ending): Outcome {
    if (query.wants !== 0 && query.lead === null) this.#options()?.append(query);
    this.end(query, OUTCOME.answered, ending, query.reply[3]! & 0x0f);
    this.#repeats.keep(query, ending);
    return OUTCOME.answered;
  }

  /** Another class, or a type that is not forwarded. Of this resolver itself something may be said in class CHAOS. */
  refuse(query: Query, about: About | null): Outcome {
    query.replyLength = about?.answer(query) ?? 0;
    if (query.replyLength === 0) return this.sayNo(query, RCODE.REFUSED, -1, ENDING.refused);
    this.#repeats.forgo(); // a repeat is taken for one of class IN
    return this.answered(query, ENDING.local);
  }

  /** What readQuery refused. */
  reject(query: Query, parse: Parse): Outcome {
    return this.end(query, OUTCOME.answered, ENDING.malformed, rejectReply(query, parse));
  }

  sayNo(query: Query, rcode: number, infoCode: number, ending: Ending): Outcome {
    query.replyLength = failureReply(this.clientOf(query), rcode, infoCode);
    return this.answered(query, ending);
  }

  /** Of a client that may not ask, or asks too fast. */
  turnAway(query: Query, access: AccessAnswer, own: LocalNames): Outcome {
    const parse = readQuery(query); // a repeat's name is not read yet
    if (access === ACCESS.silence) return this.end(query, OUTCOME.dropped, ENDING.denied, -1);
    if (access === ACCESS.refuse) return this.sayNo(query, RCODE.REFUSED, EDE.PROHIBITED, ENDING.denied);
    // Above policy: no list speaks of it, and nobody is to be told that one does.
    query.isOwnName =
      parse === PARSE.ok && own.find(query.qname, query.qnameEnd - 12, query.qtype)?.kind === 'records';
    if (access === ACCESS.limit) return this.end(query, OUTCOME.dropped, ENDING.limited, -1);
    query.replyLength = truncatedReply(query);
    return this.answered(query, ENDING.limited);
  }

  /** Whose reply it is that something is blocked, withheld or cannot be had: the client's, whatever led to it. */
  clientOf(query: Query): Query {
    const { lead } = query;
    if (lead === null) return query;
    this.#isDirect = true;
    lead.root.reply = query.reply;
    return lead.root;
  }

  /** Call before a query for a lead's target is decided. */
  beginLed(): void {
    this.#isDirect = false;
  }

  /** The query for a lead's last target. */
  askFor({ lead: before, reply }: Query, lead: Lead): Query {
    return targetQuery(lead, before === null ? this.#led : reply);
  }

  /** Answers what a lead leads to with the rule's own data. */
  giveData(asked: Query, sinkhole: Sinkhole, verdict: Verdict, via: Uint8Array | null): Outcome {
    asked.replyLength = sinkhole.write(asked, verdict, via ?? asked.qname, HEADER_OCTETS);
    return this.answered(asked, ENDING.rewritten);
  }

  /** Goes back to a query from what was asked for it: a client's ends with it, unless it waits. */
  comeBack(query: Query, lead: Lead, asked: Query, outcome: Outcome): Outcome {
    query.replyLength = asked.replyLength;
    if (query.lead !== null || outcome === OUTCOME.waiting) return outcome;
    return this.#endLead(query, lead, asked, outcome);
  }

  /** As `comeBack`, of a query that waited: its reply is the client's only now. */
  endLate(lead: Lead, asked: Query, outcome: Outcome): void {
    lead.root.reply = this.#led;
    this.#endLead(lead.root, lead, asked, outcome);
  }

  /** Ends a client's query as the one for its lead's last target has ended, and builds its reply. */
  #endLead(client: Query, lead: Lead, asked: Query, outcome: Outcome): Outcome {
    const { reply, replyLength } = asked;
    if (outcome !== OUTCOME.answered) client.replyLength = 0;
    else if (this.#isDirect) {
      copyOctets(reply, 0, client.reply, 0, replyLength);
      client.replyLength = replyLength;
    } else client.replyLength = composeLed(client, lead, reply.subarray(0, replyLength));
    if (client.replyLength > 0) this.#options()?.append(client);
    // A rewrite is told by its hit, whatever stands behind it.
    const ending = lead.stage === STAGE.asked ? this.#ledEnding : ENDING.rewritten;
    const rcode = client.replyLength === 0 ? -1 : client.reply[3]! & 0x0f;
    const held = this.#held.get(lead);
    if (held !== undefined)
      this.#observer.hit(client, held.verdict, held.via, NO_ANSWERS, rcode, held.revision);
    if (ending === ENDING.failed) this.#noteAliases(lead);
    return this.end(client, outcome, ending, rcode);
  }

  /** Nothing was answered, and yet the last target was asked for. */
  #noteAliases({ aliases }: Lead): void {
    const octets = new Uint8Array(LED_OCTETS_MAX);
    let length = 0;
    for (const { target } of aliases) length = addLed(octets, length, LED.name, target, 0, target.length);
    this.#observer.leads(octets, length);
  }
}

/** How a query ends that a list's rule answers. */
export function endingOf(code: VerdictCode): Ending {
  switch (code) {
    case VERDICT.rewrite:
      return ENDING.rewritten;
    case VERDICT['tcp-only']:
      return ENDING.tcpOnly;
    case VERDICT.drop:
      return ENDING.dropped;
    default:
      return ENDING.sinkholed;
  }
}
