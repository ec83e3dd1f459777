// One attempt to renew a list: its source is asked, and what that came to becomes its state. Never throws.
import { unlink } from 'node:fs/promises';
import { messageOf } from '../../config/coded-error.ts';
import { ListError } from '../errors.ts';
import type { Fetched } from '../sources/source.ts';
import { type Failure, type Held, isSame } from './held-list.ts';
import type { ListEvent } from './list-event.ts';
import { type Means, recordFailed, recordGood } from './outcome.ts';
import { isSameContent } from './same-content.ts';

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
    if (await isInForce(held, fetched)) {
      if (fetched.body.kind === 'file') await unlink(fetched.body.path);
      recordGood(held, { validators: fetched.validators, changed: false }, means, events);
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

/** Many servers give the same text again, under the same ETag too, rather than say that nothing changed. */
async function isInForce(
  { state, source, paths, hasGood, isGoodOld }: Held,
  { body }: Extract<Fetched, { kind: 'body' }>,
): Promise<boolean> {
  if (!state.inForce || source.kind !== 'http' || body.kind !== 'file') return false;
  return hasGood && !isGoodOld && (await isSameContent(body.path, paths.good));
}
