// New rules have all that is in force: only what an owner says may take something away.
import type { Library } from '../../lists/library/library.ts';
import type { ListEvent } from '../../lists/library/list-event.ts';
import { type Compiled, dropAsides } from './compiler.ts';

/** Other lists wait for it meanwhile; what takes longer is fetched beside them, when it is due. */
const ASK_ANEW_MS_MAX = 10_000;

/**
 * Compiles; where the text of a list in force cannot be read any more, once more with what its source gives now.
 * @throws Error when such rules would still lack something
 */
export async function compileWhole(
  library: Library,
  compile: () => Promise<Compiled>,
  signal: AbortSignal,
  tell: (events: readonly ListEvent[]) => void,
): Promise<Compiled> {
  const first = await compile();
  const lost = library.lost.in(first);
  if (lost.length === 0) return first;
  await dropAsides(first);
  tell(await library.lost.askAnew(lost, AbortSignal.any([signal, AbortSignal.timeout(ASK_ANEW_MS_MAX)])));
  const second = await compile();
  const still = library.lost.in(second);
  if (still.length === 0) return second;
  await dropAsides(second);
  tell(library.lost.still(still, second));
  throw new Error(`they would lack ${still.map(({ name, why }) => `${name}: ${why.message}`).join('; ')}`);
}
