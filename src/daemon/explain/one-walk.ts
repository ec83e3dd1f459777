// One walk for all that is explained: its tables are large, and nothing of one question is left for the next. It keeps nothing,
// and where it would ask an upstream it gets what is known of its answer.
import { AnswerCache } from '../../cache/answer-cache.ts';
import { VERDICT, Verdict, type VerdictCode } from '../../policy/verdict.ts';
import { ALIASES_MAX } from '../../resolver/local/alias.ts';
import { aliasOf } from '../../resolver/local/local.ts';
import type { LocalEntry } from '../../resolver/local/local-names.ts';
import type { Ending } from '../../resolver/query-observer.ts';
import type { Ruling } from '../../resolver/ruling.ts';
import { Walk } from '../../resolver/walk.ts';
import { FAILURE } from '../../upstream/exchange.ts';
import { HEADER_OCTETS, MESSAGE_OCTETS_MAX } from '../../wire/header.ts';
import { composeQuery } from '../../wire/message/compose.ts';
import { Query, TRANSPORT } from '../../wire/message/query.ts';
import { nameLength, skipName } from '../../wire/names/name.ts';
import type { KnownAnswers } from './known-answers.ts';
import { aliasIn } from './reply-text.ts';

/** The rule that the walk reported. */
export interface WalkedHit {
  readonly verdict: Verdict;
  /**
   * What aliases or an answer lead to, when that is what matched: a lower-case wire name, or an address's octets where the
   * verdict has `addressBits`; null when it was the name asked for.
   */
  readonly via: Uint8Array | null;
}

export interface WalkedQuestion {
  /** Lower-case wire form. */
  readonly name: Uint8Array;
  readonly qtype: number;
  /** Of the client, 16 octets. */
  readonly address: Uint8Array;
}

/** A name that a rule leads to, where a list blocks that. */
export interface BlockedTarget {
  /** Lower-case wire form. */
  readonly name: Uint8Array;
  readonly verdict: Verdict;
}

/** What became of a question. */
export interface Taken {
  readonly hit: WalkedHit | null;
  /** Null while it waits for an upstream. */
  readonly ending: Ending | null;
  /** QNAME of what an upstream is asked, wire form. */
  readonly asked: Uint8Array | null;
  /** What the hit's rule leads to, where that is not asked for but blocked: the reply says so, and the hit is the rule's. */
  readonly blocked: BlockedTarget | null;
  /** Empty while it waits, or when nothing is sent. */
  readonly reply: Uint8Array;
}

const NO_CACHE = {
  entries: 0,
  bytesMax: 4096,
  minTtlSeconds: 0,
  maxTtlSeconds: 0,
  negativeTtlSeconds: 0,
  serveStaleSeconds: 0,
  prefetch: false,
};
const NOTHING = new Uint8Array(0);

class OneWalk {
  #answers: KnownAnswers | null = null;
  #hit: WalkedHit | null = null;
  #ending: Ending | null = null;
  #asked: Uint8Array | null = null;
  #settle: (() => void) | null = null;
  /** Of an upstream to what was asked last. */
  #answer: Uint8Array | null = null;
  readonly #walk: Walk;

  constructor(ruling: Ruling) {
    this.#walk = new Walk({
      ruling,
      cacheConfig: NO_CACHE,
      cache: new AnswerCache({ ...NO_CACHE, entries: 1 }),
      forwarder: {
        ask: (message, length, asker, ticket, view = 0) => {
          const question = message.slice(0, length);
          this.#asked = question.slice(HEADER_OCTETS, skipName(question, HEADER_OCTETS, length));
          this.#settle = () => {
            const answer = this.#answers?.find(question, view) ?? null;
            this.#answer = answer;
            if (answer === null) asker.settled(ticket, question, 0, FAILURE.closed, '');
            else asker.settled(ticket, answer, answer.length, FAILURE.none, '');
          };
        },
        close: async () => undefined,
      },
      observer: {
        hit: (_, told, via) => this.#tell(told, via),
        end: (_, ending) => {
          this.#ending = ending;
        },
        // One question comes once.
        held: { place: -1, number: 0 },
        revision: 0,
        again: () => false,
        allowed: () => undefined,
        heardOf: () => undefined,
        missed: () => undefined,
        waited: () => undefined,
        leads: () => undefined,
        claimIgnored: () => undefined,
      },
      nowMs: () => 0,
      seed: 0,
    });
  }

  ask({ name, qtype, address }: WalkedQuestion, ruling: Ruling, answers: KnownAnswers): Taken {
    this.#answers = answers;
    this.#hit = null;
    this.#ending = null;
    this.#asked = null;
    this.#answer = null;
    this.#walk.apply(ruling);
    const message = composeQuery(name, qtype);
    const query = new Query(message, new Uint8Array(MESSAGE_OCTETS_MAX));
    query.messageLength = message.length;
    query.address.set(address);
    // A rule that only wants TCP has what it wants, and any answer has room.
    query.transport = TRANSPORT.tcp;
    let late: Uint8Array | null = null;
    query.origin = {
      send: ({ reply, replyLength }) => {
        late = reply.slice(0, replyLength);
      },
      abandon: () => undefined,
    };
    answers.begin(ruling.groups.groupOf(address));
    this.#walk.answer(query);
    // What a rewrite has is told when its query ends.
    for (let next = this.#nextSettle(); next !== null; next = this.#nextSettle()) next();
    const isKnown = answers.missing === null;
    const reply = isKnown ? (late ?? query.reply.subarray(0, query.replyLength)) : NOTHING;
    const blocked = this.#hit === null ? null : blockedBehind(this.#hit, query, ruling, this.#answer);
    return { hit: this.#hit, ending: isKnown ? this.#ending : null, asked: this.#asked, blocked, reply };
  }

  #nextSettle(): (() => void) | null {
    const next = this.#settle;
    this.#settle = null;
    return next;
  }

  #tell(told: Verdict, via: Uint8Array | null): void {
    // What a list on trial notes does not go before what holds the answer back.
    if (this.#hit !== null && told.code === VERDICT.monitor) return;
    const verdict = new Verdict();
    verdict.copyFrom(told);
    const length = via === null || told.addressBits >= 0 ? via?.length : nameLength(via, 0);
    this.#hit = { verdict, via: via?.slice(0, length) ?? null };
  }
}

/**
 * As the walk decides on what a rewrite leads to, name by name: own records go before lists, and only blocks end it.
 * @param answer of an upstream, for the last of the names that is not led on here; null where none is known
 */
function blockedBehind(
  { verdict, via }: WalkedHit,
  query: Query,
  { sinkhole, local, policy }: Ruling,
  answer: Uint8Array | null,
): BlockedTarget | null {
  const { qname, qtype, clientGroup, address } = query;
  const alias = sinkhole.aliasOf(query, verdict, verdict.addressBits < 0 && via !== null ? via : qname);
  if (alias === null) return null;
  const behind = new Verdict();
  let name: Uint8Array | null = alias.target;
  let isOwn = true;
  for (let step = 0; name !== null && step < ALIASES_MAX; step += 1) {
    const own: LocalEntry | null = isOwn ? local.find(name, name.length, qtype) : null;
    if (own?.kind === 'records') {
      name = aliasOf(query, own)?.target ?? null;
      continue;
    }
    const code = policy.decide(name, name.length, qtype, clientGroup, address, behind, alias.stage);
    if (BLOCKS.has(code)) return { name, verdict: behind };
    isOwn = false;
    name = answer === null || !policy.inspects(clientGroup) ? null : aliasIn(answer, name);
  }
  return null;
}

const BLOCKS: ReadonlySet<VerdictCode> = new Set([
  VERDICT.sinkhole,
  VERDICT.nxdomain,
  VERDICT.nodata,
  VERDICT.refused,
  VERDICT.drop,
]);

let one: OneWalk | null = null;

/** What the walk makes of a question under a ruling. */
export function putToWalk(question: WalkedQuestion, ruling: Ruling, answers: KnownAnswers): Taken {
  one ??= new OneWalk(ruling);
  return one.ask(question, ruling, answers);
}
