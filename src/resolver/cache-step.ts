// Keeps answers for the walk and gives them back aged: which queries may share one, how old it is, what TTL the client sees.
//
// HOT. `find` remembers the entry; `copy`, `hold` and `finish` speak of that one until the next `find` or `keep`.
import { ttlToKeep } from '../cache/admission.ts';
import type { AnswerCache } from '../cache/answer-cache.ts';
import type { CacheConfig } from '../config/config.ts';
import type { Policy } from '../policy/decide.ts';
import { FLAG } from '../wire/header.ts';
import type { Query } from '../wire/message/query.ts';
import { copyOctets } from '../wire/octets.ts';
import { EDE } from '../wire/records/iana.ts';
import { ageTtls, boundNegative } from '../wire/records/ttl.ts';
import { finishReply } from './finish.ts';

/** TTL of a stale answer (RFC 8767 §5.11). */
const STALE_TTL_SECONDS = 30;
/** How long nobody asks again after a failure, or while a prefetch is under way. */
const HOLD_SECONDS = 10;

export class CacheStep {
  readonly #cache: AnswerCache;
  readonly #config: CacheConfig;
  readonly #copy = { message: new Uint8Array(65_535), length: 0 };
  #entry = -1;
  #ageSeconds = 0;

  constructor(cache: AnswerCache, config: CacheConfig) {
    this.#cache = cache;
    this.#config = config;
  }

  /** FRESHNESS of what is kept for this query, −1 when nothing is. */
  find(query: Query, nowMs: number): number {
    this.#entry = -1;
    if (this.#config.entries === 0) return -1;
    const nowSeconds = Math.floor(nowMs / 1000);
    const { qname, qnameEnd, qtype, qclass } = query;
    const entry = this.#cache.find(
      qname,
      qnameEnd - 12,
      qtype,
      qclass,
      flagsKey(query),
      query.audience?.view ?? query.view,
      nowSeconds,
    );
    if (entry < 0) return -1;
    this.#entry = entry;
    this.#ageSeconds = Math.max(0, nowSeconds - this.#cache.storedAt(entry));
    return this.#cache.freshness(entry, nowSeconds);
  }

  /** What was found, as `again` takes it. */
  get entry(): number {
    return this.#entry;
  }
  get response(): number {
    return this.#cache.response(this.#entry);
  }

  /**
   * Finds what was found at `thenSeconds` once more.
   * @returns the seconds that have passed, −1 when it has been replaced or is not fresh any more
   */
  again(entry: number, response: number, thenSeconds: number, nowMs: number): number {
    const nowSeconds = Math.floor(nowMs / 1000);
    if (nowSeconds < thenSeconds) return -1;
    return this.#cache.findAgain(entry, response, thenSeconds, nowSeconds) ? nowSeconds - thenSeconds : -1;
  }

  /** Counts the TTLs of a reply down that was made of what was found so long ago. */
  age(query: Query, passedSeconds: number): void {
    ageTtls(query.reply, query.replyLength, passedSeconds, 0, this.#config.maxTtlSeconds);
  }

  /** Whether what was found, or just kept, has nothing against it for a group's clients: then nothing need be looked at. */
  isSound(policy: Policy, group: number): boolean {
    return this.#entry >= 0 && this.#cache.sound.has(this.#entry, policy.generation, group);
  }

  markSound(policy: Policy, group: number): void {
    if (this.#entry < 0 || policy.dependsOnClient) return;
    this.#cache.sound.add(this.#entry, policy.generation, group);
  }

  /** A copy of what was found, its TTLs counted down. */
  copy(_query: Query, stale: boolean): { readonly message: Uint8Array; readonly length: number } {
    const copy = this.#copy;
    const bytes = this.#cache.bytesOf(this.#entry);
    const offset = this.#cache.offset(this.#entry);
    copy.length = this.#cache.length(this.#entry);
    copyOctets(bytes, offset, copy.message, 0, copy.length);
    if (stale) ageTtls(copy.message, copy.length, 0, STALE_TTL_SECONDS, STALE_TTL_SECONDS);
    else ageTtls(copy.message, copy.length, this.#ageSeconds, 0, this.#config.maxTtlSeconds);
    return copy;
  }

  /** The client's reply from the copy just made. */
  finish(query: Query, stale: boolean): number {
    return finishReply(query, this.#copy.message, this.#copy.length, stale ? EDE.STALE_ANSWER : -1);
  }

  /** The client's reply from a response that has just come. */
  finishFresh(query: Query, message: Uint8Array, length: number): number {
    return finishReply(query, message, length, -1);
  }

  /** Nobody asks upstream about what was found for a while. */
  hold(nowMs: number): void {
    if (this.#entry >= 0) this.#cache.hold(this.#entry, Math.floor(nowMs / 1000) + HOLD_SECONDS);
  }

  /** Clamps a response's TTLs in place and keeps it when it may be kept. */
  keep(query: Query, message: Uint8Array, length: number, nowMs: number): void {
    const { minTtlSeconds, maxTtlSeconds, negativeTtlSeconds, entries } = this.#config;
    ageTtls(message, length, 0, minTtlSeconds, maxTtlSeconds);
    boundNegative(message, length, negativeTtlSeconds);
    this.#entry = -1;
    // RD=0 asks for what the upstream happens to have: no answer for others.
    if (entries === 0 || (query.flags & FLAG.rd) === 0) return;
    const ttlSeconds = ttlToKeep(message, length, query.qtype, this.#config);
    if (ttlSeconds <= 0) return;
    const { qname, qnameEnd, qtype, qclass } = query;
    const nowSeconds = Math.floor(nowMs / 1000);
    this.#entry = this.#cache.store(
      qname,
      qnameEnd - 12,
      qtype,
      qclass,
      flagsKey(query),
      query.audience?.view ?? query.view,
      message,
      length,
      ttlSeconds,
      nowSeconds,
    );
  }
}

/** DO and CD change what an upstream answers. */
function flagsKey(query: Query): number {
  return (query.dnssecOk ? 1 : 0) | ((query.flags & FLAG.cd) !== 0 ? 2 : 0);
}
