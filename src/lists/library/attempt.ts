// One attempt to renew a list: its source is asked, and what that came to becomes its state. Never throws.
import { messageOf } from '../../config/coded-error.ts';
import { ListError } from '../errors.ts';
import { type Failure, type Held, isSame } from './held-list.ts';
import type { ListEvent } from './list-event.ts';
import { type Means, recordFailed, recordGood } from './outcome.ts';

const REFUSED_BEFORE: Failure = {
  code: 'LIST_NOTHING_USABLE',
  message: 'the text that was refused is still there',
};

/** @returns whether there is a text to compile */
export async function attempt(
  held: Held,
  signal: AbortSignal,
  means: Means,
  events: ListEvent[],
): Promise<boolean> {
  if (signal.aborted) return false;
  const { state } = held;
  try {
    const fetched = await held.source.fetch(state.inForce ? state.validators : null, signal);
    if (signal.aborted) return false;
    if (fetched.kind === 'unchanged') {
      recordGood(held, { validators: state.validators, changed: false }, means, events);
      return false;
    }
    const isKnown = held.refused !== null && isSame(fetched.validators, held.refused.validators);
    if (isKnown && held.refused?.isPerhapsEmpty === false) {
      recordFailed(held, state.lastError ?? REFUSED_BEFORE, means, events);
      return false;
    }
    if (!isKnown) held.refused = null;
    held.fresh = fetched;
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    const failure = error instanceof ListError ? error : new ListError('LIST_FETCH', messageOf(error));
    recordFailed(held, failure, means, events);
    return false;
  }
}
