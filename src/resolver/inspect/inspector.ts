// Looks at a response before a client may have it: is its chain sound, does it lead to a listed name, whose records are in it.
//
// HOT. `inspect` leaves the chain for `clean`; `via` holds the name that matched.
import type { Policy } from '../../policy/decide.ts';
import { VERDICT, type Verdict } from '../../policy/verdict.ts';
import type { Query } from '../../wire/query.ts';
import { CHAIN, Chain } from './chain.ts';
import { inspectAnswer, via } from './inspect.ts';
import { scrub } from './scrub.ts';

export const INSPECTED = { sound: 0, blocked: 1, broken: 2 } as const;

export class Inspector {
  readonly #chain = new Chain();
  readonly #cleaned = { message: new Uint8Array(65_535), length: 0 };
  readonly #result: { message: Uint8Array; length: number } = { message: this.#cleaned.message, length: 0 };

  /** Whether the response last looked at may be kept: a chain may be unsound and still lead to a listed name. */
  isSound = false;

  get via(): Uint8Array {
    return via;
  }

  /** @param policy null when QNAME is on an allow list: then nothing it leads to is blocked */
  inspect(
    query: Query,
    response: Uint8Array,
    length: number,
    policy: Policy | null,
    verdict: Verdict,
  ): number {
    const state = this.#chain.follow(response, length, query.qname, query.qnameEnd - 12);
    this.isSound = state === CHAIN.sound;
    // Before the chain is given up: a loop or a long way round hides no listed name.
    const isListed = policy !== null && inspectAnswer(query, response, length, this.#chain, policy, verdict);
    if (isListed && (this.isSound || verdict.code !== VERDICT.monitor)) return INSPECTED.blocked;
    return this.isSound ? INSPECTED.sound : INSPECTED.broken;
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
}
