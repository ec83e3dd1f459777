// Entry of the process that makes one search: search-apart.ts starts it, tells it what to look for and hears what it found.
import { constants, setPriority } from 'node:os';
import { searchStore } from './search.ts';
import { type FromSearch, received, type ToSearch } from './search-message.ts';

/** Signals meant for the daemon reach its whole group. What ends a search is its end, or the daemon's. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
setPriority(constants.priority.PRIORITY_LOW);

process.once('message', ({ path, request }: ToSearch) => {
  const send = (message: FromSearch, after: () => void = () => {}): void => {
    process.send?.(message, after);
  };
  try {
    for (const finding of searchStore(path, received(request))) send({ kind: 'found', finding });
    send({ kind: 'done' }, () => process.disconnect?.());
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    send({ kind: 'failed', error: text }, () => process.disconnect?.());
  }
});
