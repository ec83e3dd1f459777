// What a resolver thread keeps for a question, as an explanation wants it: nothing is counted, held or asked because of it.
import type { AnswerCache } from '../../cache/answer-cache.ts';
import { FRESHNESS } from '../../cache/freshness.ts';
import type { Views } from '../../policy/views.ts';
import { lowerName } from '../../wire/names/name.ts';
import { CLASS } from '../../wire/records/iana.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** DO and CD of queries whose answers are kept apart: first that of a client that sets neither. */
const FLAGS = [0, 1, 2, 3] as const;

export function keptAnswer(
  { name, qtype, group, sequence }: Extract<ToWorker, { kind: 'kept' }>,
  cache: AnswerCache,
  views: Views,
  nowMs: number,
): FromWorker {
  const lower = new Uint8Array(256);
  lowerName(name, 0, name.length, lower);
  const nowSeconds = Math.floor(nowMs / 1000);
  for (const flags of FLAGS) {
    const entry = cache.find(lower, name.length, qtype, CLASS.IN, flags, views.of(group), nowSeconds);
    if (entry < 0 || !isFresh(cache.freshness(entry, nowSeconds))) continue;
    const start = cache.offset(entry);
    const message = cache.bytesOf(entry).slice(start, start + cache.length(entry));
    return { kind: 'kept', sequence, message };
  }
  return { kind: 'kept', sequence, message: null };
}

const isFresh = (freshness: number): boolean =>
  freshness === FRESHNESS.fresh || freshness === FRESHNESS.prefetch || freshness === FRESHNESS.held;
