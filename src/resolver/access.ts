// May this client ask at all, and is it asking too fast? Decided before anything is spent on its query.
//
// HOT. Invariants: fixed memory however many addresses ask; clients that share a slot share its budget, which a seed
// that nobody outside knows makes unlikely to arrange. Loopback is never limited: whoever is there owns the machine.

import type { AccessConfig, Prefix } from '../config/config.ts';
import { PrefixTable } from '../policy/prefixes.ts';
import { readU32 } from '../wire/header.ts';
import { isStandIn } from '../wire/names/stand-in.ts';

const SLOTS = 65_536;
/** REFUSED replies a second to clients outside `access.allow`, all together; beyond it, silence. */
export const REFUSED_PER_SECOND = 100;
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
  readonly #seed: number;
  readonly #tokens = new Float64Array(SLOTS);
  readonly #filledMs = new Float64Array(SLOTS);
  #refusals = REFUSED_PER_SECOND;
  #refusalsMs = 0;
  #limited = 0;

  /** @param seed 32 random bits */
  constructor(access: AccessConfig, seed: number) {
    this.#prefixes = access.allow.filter((allowed) => allowed !== 'own');
    this.#allowed = tableOf(this.#prefixes);
    this.#perSecond = access.rateLimit.perSecond;
    this.#burst = access.rateLimit.burst;
    this.#seed = seed;
    this.#tokens.fill(this.#burst);
  }

  /** Allows these networks too, in place of those named so before; budgets stay. */
  allowAlso(networks: readonly Prefix[]): void {
    this.#allowed = tableOf([...this.#prefixes, ...networks]);
  }

  /** @param nowMs monotonic */
  check(address: Uint8Array, nowMs: number): AccessAnswer {
    if (this.#allowed.find(address) < 0) return this.#mayRefuse(nowMs) ? ACCESS.refuse : ACCESS.silence;
    if (this.#perSecond === 0 || isLoopback(address)) return ACCESS.allowed;
    const slot = this.#slotOf(address);
    const passedMs = nowMs - this.#filledMs[slot]!;
    const tokens = Math.min(this.#burst, this.#tokens[slot]! + (passedMs * this.#perSecond) / 1000);
    this.#filledMs[slot] = nowMs;
    if (tokens >= 1) {
      this.#tokens[slot] = tokens - 1;
      return ACCESS.allowed;
    }
    this.#tokens[slot] = tokens;
    this.#limited = (this.#limited + 1) % SLIP;
    return this.#limited === 0 ? ACCESS.truncate : ACCESS.limit;
  }

  #mayRefuse(nowMs: number): boolean {
    if (nowMs - this.#refusalsMs >= 1000) {
      this.#refusalsMs = nowMs;
      this.#refusals = REFUSED_PER_SECOND;
    }
    this.#refusals -= 1;
    return this.#refusals >= 0;
  }

  /** An IPv4 address, or what stands in for one, has a slot of its own, an IPv6 one shares that of its /64. */
  #slotOf(address: Uint8Array): number {
    const octets = isIpv4(address) || isStandIn(address) ? 16 : 8;
    let hash = this.#seed;
    for (let i = 0; i < octets; i += 4)
      hash = Math.imul(hash ^ (hash >>> 15) ^ readU32(address, i), 0x9e3779b1);
    hash ^= hash >>> 15;
    return Math.imul(hash, 0x2c1b3c6d) >>> 16;
  }
}

function tableOf(prefixes: readonly Prefix[]): PrefixTable {
  return new PrefixTable(prefixes.map(({ bytes, bits }) => ({ bytes, bits, value: 1 })));
}

/** Whether 16 octets hold ::ffff:a.b.c.d. */
export function isIpv4(address: Uint8Array): boolean {
  return readU32(address, 8) === 0xffff && (readU32(address, 0) | readU32(address, 4)) === 0;
}

/** Whether 16 octets are an address of this machine's loopback. */
export function isLoopback(address: Uint8Array): boolean {
  if (isIpv4(address)) return address[12] === 127;
  return (
    readU32(address, 12) === 1 && (readU32(address, 0) | readU32(address, 4) | readU32(address, 8)) === 0
  );
}
