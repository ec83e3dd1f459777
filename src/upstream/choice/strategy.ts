// In which order a flight tries the servers of its group, and how long it waits before it asks the next.
//
// HOT. Servers of the fallback come after the usual ones. Servers that are down come last in any order, the one whose probe
// is due soonest first: with nothing better they are asked all the same.
import type { Milliseconds, Strategy } from '../../config/config.ts';
import { below, type RandomSource } from '../random.ts';
import type { Group } from '../servers/group.ts';

/** The next upstream is asked after this at the latest. */
export const HEDGE_MS_MAX: Milliseconds = 400;
const HEDGE_MS_MIN: Milliseconds = 20;
/** `parallel` asks this many at once. */
const PARALLEL_MAX = 3;
/** `fastest` asks one query in so many of another server too, to know its round trip. */
const SAMPLE_ONE_IN = 64;

/** Writes indices into group.servers to `orders[offset ..)`, best first; returns their count. */
export function orderServers(
  group: Group,
  strategy: Strategy,
  random: RandomSource,
  orders: Uint8Array,
  offset: number,
  countMax: number,
): number {
  const { servers } = group;
  const count = Math.min(servers.length, countMax);
  for (let i = 0; i < count; i += 1) orders[offset + i] = i;
  if (count < 2) return count;
  if (strategy === 'random') shuffle(orders, offset, count, random);
  // Insertion sort: a handful of servers, nearly sorted, stable.
  for (let i = 1; i < count; i += 1) {
    const index = orders[offset + i]!;
    const rank = rankOf(group, index, strategy);
    let at = i - 1;
    while (at >= 0 && rankOf(group, orders[offset + at]!, strategy) > rank) {
      orders[offset + at + 1] = orders[offset + at]!;
      at -= 1;
    }
    orders[offset + at + 1] = index;
  }
  return count;
}

const FALLBACK_RANK = 1e8;
const DOWN_RANK = 1e9;

/** Lower is earlier. A server never heard of is tried first by `fastest`, to learn. */
function rankOf(group: Group, index: number, strategy: Strategy): number {
  const { health } = group.servers[index]!;
  if (health.isDown) return DOWN_RANK + health.retryAtMs;
  const rank = strategy === 'fastest' || strategy === 'parallel' ? health.rttMs : 0;
  return index < group.usual ? rank : FALLBACK_RANK + rank;
}

/** How many servers at the front of an order are asked before any of the fallback. */
export function usualInFront(group: Group, orders: Uint8Array, offset: number, count: number): number {
  let usual = 0;
  while (usual < count && orders[offset + usual]! < group.usual) usual += 1;
  return usual;
}

function shuffle(orders: Uint8Array, offset: number, count: number, random: RandomSource): void {
  for (let i = count - 1; i > 0; i -= 1) {
    const j = below(random, i + 1);
    const kept = orders[offset + i]!;
    orders[offset + i] = orders[offset + j]!;
    orders[offset + j] = kept;
  }
}

/** How many servers are asked at the start. */
export function firstAttempts(strategy: Strategy, count: number, random: RandomSource): number {
  if (strategy === 'parallel') return Math.min(count, PARALLEL_MAX);
  if (strategy === 'fastest' && count > 1 && below(random, SAMPLE_ONE_IN) === 0) return 2;
  return 1;
}

/** How long to wait for attempt number `attempt` (from 1) before the next one. */
export function hedgeMs(strategy: Strategy, p95Ms: number, attempt: number, servers: number): Milliseconds {
  if (attempt === 1 && servers > 1 && strategy === 'fastest' && p95Ms >= 0)
    return Math.min(Math.max(p95Ms, HEDGE_MS_MIN), HEDGE_MS_MAX);
  // A whole round without an answer doubles the pause (RFC 9520 §3.1).
  return HEDGE_MS_MAX << Math.min(Math.floor((attempt - 1) / servers), 2);
}
