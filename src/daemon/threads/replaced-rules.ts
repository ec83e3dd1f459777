// The tables of rules that were replaced go back to the system as soon as nobody reads them.
//
// A shared buffer lives until every thread that knew it has collected its garbage. A resolver thread makes next to none and
// may not collect for days, and to make it do so holds it up for 20 ms: so what the buffer holds goes, and the buffer later.
import { loadLibc } from '../../native/libc.ts';
import type { RuleSet } from '../../policy/rule.ts';

/** Smaller ones are not worth it, nor sure to be memory of their own. */
const OCTETS_MIN = 1_048_576;

/**
 * @param readers each says whether one who read `before` has turned to `now`; where one has not, or fails, nothing is done
 * @returns whether memory is given back; never fails, as nobody waits for it
 */
export async function discardReplacedTables(
  before: RuleSet,
  now: RuleSet,
  readers: readonly Promise<boolean>[],
): Promise<boolean> {
  const turned = await Promise.allSettled(readers);
  const isRead = turned.some((turn) => turn.status === 'rejected' || !turn.value);
  const libc = await loadLibc();
  if (isRead || typeof libc === 'string') return false;
  const left = ([before.trie, before.addresses] as const).filter(
    (table) => table !== now.trie && table !== now.addresses && table.byteLength >= OCTETS_MIN,
  );
  try {
    for (const table of left) libc.discard(table);
  } catch {
    return false;
  }
  return left.length > 0;
}
