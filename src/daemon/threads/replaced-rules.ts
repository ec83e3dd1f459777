// The memory of rules that were replaced goes back to the system as soon as nobody reads them.
//
// A shared buffer lives until every thread that knew it has collected its garbage. A resolver thread makes next to none and
// may not collect for days, and to make it do so holds it up for 20 ms: so what the buffer holds goes, and the buffer later.
import { loadLibc } from '../../native/libc.ts';
import type { RuleSet } from '../../policy/rule.ts';

/** Smaller ones are not worth it, nor sure to be memory of their own. */
const OCTETS_MIN = 1_048_576;

/**
 * @param readers each says whether one who read `before` has turned to `now`; where one has not, or fails, nothing is done
 * @returns whether the memory is given back
 */
export async function letGo(
  before: RuleSet,
  now: RuleSet,
  readers: readonly Promise<boolean>[],
): Promise<boolean> {
  const turned = await Promise.allSettled(readers);
  const isRead = turned.some((turn) => turn.status === 'rejected' || !turn.value);
  if (isRead || before.trie === now.trie || before.trie.byteLength < OCTETS_MIN) return false;
  const libc = await loadLibc();
  if (typeof libc === 'string') return false;
  libc.discard(before.trie);
  return true;
}
