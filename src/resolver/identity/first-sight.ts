// An address that this thread has not seen lately: the kernel is asked who is there before the first query is answered, since a machine's
// new IPv6 address belongs to the group of its MAC from its first query on, and tables are read only once a second.
//
// HOT (look). A bounded table of addresses seen; how often the kernel is asked is bounded too: forged sources cost no more than that.
import type { Query } from '../../wire/message/query.ts';
import { isStandIn } from '../../wire/names/stand-in.ts';
import type { Identities } from './identities.ts';

const SLOTS = 4096;
const WORDS = 4;
const ASK = { perSecond: 100, burst: 500 } as const;

interface Known {
  readonly identities: Identities | null;
  readonly firstSight: FirstSight | null;
}

/** Whose query it is: a neighbour's word first, then the kernel's. @returns false: no machine may have the address that it comes from */
export function learnWhoAsks({ identities, firstSight }: Known, query: Query): boolean {
  query.audience = null;
  const isSomebody = identities === null || identities.read(query);
  if (firstSight !== null) firstSight.look(query.address, query.addressWords, query.arrivedMs);
  return isSomebody;
}

export class FirstSight {
  readonly #seen = new Int32Array(SLOTS * WORDS);
  readonly #ask: (address: Uint8Array) => void;
  #tokens: number = ASK.burst;
  #refilledMs = 0;

  /** @param ask learns who is at an address (16 octets), and groups go by it when it returns */
  constructor(ask: (address: Uint8Array) => void) {
    this.#ask = ask;
  }

  /** @param words the same memory as `address` */
  look(address: Uint8Array, words: Int32Array, nowMs: number): void {
    const mixed = Math.imul(words[0]! ^ words[1]! ^ words[2]! ^ Math.imul(words[3]!, 0x85ebca77), 0x9e3779b1);
    const slot = (mixed >>> 20) * WORDS;
    const seen = this.#seen;
    if (
      seen[slot] === words[0] &&
      seen[slot + 1] === words[1] &&
      seen[slot + 2] === words[2] &&
      seen[slot + 3] === words[3]
    )
      return;
    if (isStandIn(address)) return;
    this.#tokens = Math.min(ASK.burst, this.#tokens + ((nowMs - this.#refilledMs) / 1000) * ASK.perSecond);
    this.#refilledMs = nowMs;
    // It is asked for with a later query.
    if (this.#tokens < 1) return;
    this.#tokens -= 1;
    for (let i = 0; i < WORDS; i += 1) seen[slot + i] = words[i]!;
    this.#ask(address);
  }
}
