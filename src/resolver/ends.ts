// How a query ends: what is told of it, whether its reply is kept for the next one, and, where aliases of our own or a rule's
// led to another name, how the client's reply is made of that name's.
//
// HOT but for leads. Invariant: every query of a client ends once; one that is asked for another is told of with that one.
import { STAGE } from '../policy/rule-table.ts';
import type { Verdict } from '../policy/verdict.ts';
import { type Lead, OUTCOME, type Outcome, type Query } from '../wire/message/query.ts';
import { copyOctets } from '../wire/octets.ts';
import { composeLed } from './local/alias.ts';
import { ENDING, type Ending, type Recorder } from './recorder.ts';
import type { Repeats } from './repeats/repeats.ts';
import { failureReply } from './replies.ts';

export class Ends {
  readonly #recorder: Recorder;
  readonly #repeats: Repeats;
  /** How the last query for a lead's target ended, and whether its reply is the client's as it stands. */
  #ledEnding: Ending = ENDING.dropped;
  #isDirect = false;

  constructor(recorder: Recorder, repeats: Repeats) {
    this.#recorder = recorder;
    this.#repeats = repeats;
  }

  /** Tells of a hit. What a rewrite leads to is its rule's doing: one question, one hit. */
  hit(query: Query, verdict: Verdict, via: Uint8Array | null, answers: readonly Uint8Array[]): void {
    const { lead } = query;
    if (lead === null) this.#recorder.hit(query, verdict, via, answers);
    else if (lead.stage === STAGE.asked) this.#recorder.hit(lead.root, verdict, via ?? query.qname, answers);
  }

  /** @param rcode −1 when there is no reply */
  end(query: Query, outcome: Outcome, ending: Ending, rcode: number): Outcome {
    if (query.lead === null) this.#recorder.end(query, ending, rcode);
    else this.#ledEnding = ending;
    return outcome;
  }

  answered(query: Query, ending: Ending): Outcome {
    this.end(query, OUTCOME.answered, ending, query.reply[3]! & 0x0f);
    this.#repeats.keep(query, ending);
    return OUTCOME.answered;
  }

  sayNo(query: Query, rcode: number, infoCode: number, ending: Ending): Outcome {
    query.replyLength = failureReply(this.clientOf(query), rcode, infoCode);
    return this.answered(query, ending);
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

  /** Ends a client's query as the one for its lead's last target has ended, and builds its reply. */
  endLead(client: Query, lead: Lead, asked: Query, outcome: Outcome): Outcome {
    const { reply, replyLength } = asked;
    if (outcome !== OUTCOME.answered) client.replyLength = 0;
    else if (this.#isDirect) {
      copyOctets(reply, 0, client.reply, 0, replyLength);
      client.replyLength = replyLength;
    } else client.replyLength = composeLed(client, lead, reply.subarray(0, replyLength));
    // A rewrite is told by its hit, whatever stands behind it.
    const ending = lead.stage === STAGE.asked ? this.#ledEnding : ENDING.sinkholed;
    return this.end(client, outcome, ending, client.replyLength === 0 ? -1 : client.reply[3]! & 0x0f);
  }
}
