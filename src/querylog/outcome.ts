// How a query ended, in the six ways that a chart shows; each query in one of them.
import { RESULT, RESULT_NAMES } from '../events/result.ts';
import { FROM, type Kind, kindOf } from './kind.ts';

export const OUTCOMES = ['blocked', 'cached', 'upstream', 'own', 'failed', 'refused'] as const;

/** What a filter may ask for: an outcome, or what the client got. */
export const OUTCOME_WORDS: readonly string[] = [...new Set<string>([...OUTCOMES, ...RESULT_NAMES])];
const OUTCOME = { blocked: 0, cached: 1, upstream: 2, own: 3, failed: 4, refused: 5 } as const;
export const BLOCKED: number = OUTCOME.blocked;

export function outcomeOf({ from, result }: Pick<Kind, 'from' | 'result'>): number {
  if (from === FROM.list) return OUTCOME.blocked;
  switch (result) {
    case RESULT.failed:
      return OUTCOME.failed;
    case RESULT.refused:
    case RESULT.withheld:
    case RESULT.limited:
    case RESULT.dropped:
      return OUTCOME.refused;
    case RESULT.local:
      return OUTCOME.own;
    case RESULT.truncated:
      // Over the rate limit cenote says it of its own accord.
      return from === FROM.local ? OUTCOME.refused : fromOutcome(from);
    default:
      return fromOutcome(from);
  }
}

function fromOutcome(from: number): number {
  if (from === FROM.cache || from === FROM.stale) return OUTCOME.cached;
  return from === FROM.upstream ? OUTCOME.upstream : OUTCOME.own;
}

/** `outcomeOf`, of a kind's number. */
export const outcomeOfNumber = (kind: number): number => outcomeOf(kindOf(kind));
