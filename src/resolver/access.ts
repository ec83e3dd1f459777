// May this client ask at all, and is it asking too fast? Decided before anything is spent on its query.
//
// HOT. Loopback is never limited: whoever is there owns the machine.
import type { AccessConfig, Prefix } from '../config/config.ts';
import { PrefixTable } from '../policy/prefixes.ts';
import { readU32 } from '../wire/header.ts';
import { type Budgets, isIpv4 } from './budgets.ts';

/** One limited UDP query in this many gets TC=1, so that a real client comes back over TCP (RRL's "slip"). */
const SLIP = 2;

/** `silence` is for strangers, `limit` for clients over their rate: neither gets a reply. */
export const ACCESS = { allowed: 0, refuse: 1, silence: 2, truncate: 3, limit: 4 } as const;
export type AccessAnswer = (typeof ACCESS)[keyof typeof ACCESS];

/** Whether something of this client may be looked at that gets one reply: it may ask, or be refused. */
export function mayBeTold(answer: AccessAnswer): boolean {
  return answer === ACCESS.allowed || answer === ACCESS.refuse;
}

export class Access {
  readonly #prefixes: readonly Prefix[];
  #allowed: PrefixTable;
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #budgets: Budgets;
  #limited = 0;

  constructor(access: AccessConfig, budgets: Budgets) {
    this.#prefixes = access.allow.filter((allowed) => allowed !== 'own');
    this.#allowed = tableOf(this.#prefixes);
    this.#perSecond = access.rateLimit.perSecond;
    this.#burst = access.rateLimit.burst;
    this.#budgets = budgets;
  }

  /** Allows these networks too, in place of those named so before; budgets stay. */
  allowAlso(networks: readonly Prefix[]): void {
    this.#allowed = tableOf([...this.#prefixes, ...networks]);
  }

  /** Whether a client may ask at all. */
  isAllowed(address: Uint8Array): boolean {
    return this.#allowed.find(address) >= 0;
  }

  /** @param nowMs monotonic */
  check(address: Uint8Array, nowMs: number): AccessAnswer {
    const budgets = this.#budgets;
    if (!this.isAllowed(address)) return budgets.mayRefuse(address, nowMs) ? ACCESS.refuse : ACCESS.silence;
    if (this.#perSecond === 0 || isLoopback(address)) return ACCESS.allowed;
    if (budgets.mayAsk(address, nowMs, this.#perSecond, this.#burst)) return ACCESS.allowed;
    this.#limited = (this.#limited + 1) % SLIP;
    return this.#limited === 0 ? ACCESS.truncate : ACCESS.limit;
  }
}

function tableOf(prefixes: readonly Prefix[]): PrefixTable {
  return new PrefixTable(prefixes.map(({ bytes, bits }) => ({ bytes, bits, value: 1 })));
}

/** Whether 16 octets are an address of this machine's loopback. */
export function isLoopback(address: Uint8Array): boolean {
  if (isIpv4(address)) return address[12] === 127;
  return (
    readU32(address, 12) === 1 && (readU32(address, 0) | readU32(address, 4) | readU32(address, 8)) === 0
  );
}
