// A helper process, as it sees itself: it takes one request, says what it finds, and ends.
//
// Signals are its parent's affair: a terminal's ^C and a service manager's stop reach the whole group, and the parent may
// want to finish in order. When the parent is gone, so is the channel, and the helper ends.
import { getPriority, setPriority } from 'node:os';
import { standBack } from '../native/turns.ts';

/** Of one that stands back, and of one that did so in vain: still behind those who answer, but not for ever. */
const NICENESS = { standingBack: 19, urgent: 5 } as const;

/** What goes to the parent: what the work says, or what it threw. */
export type FromChild = { readonly said: unknown } | { readonly failed: string };

/**
 * Says something to the parent; resolves once it is on its way, so that what is not heard yet does not pile up. Never fails:
 * a parent that is gone ends us.
 */
export type Say = (message: unknown) => Promise<void>;

/** Serves the one request of process.ts; what `work` throws is the parent's error. */
export function serveParent(work: (request: unknown, say: Say) => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.once('disconnect', () => process.exit(1));
  process.once('message', (request) => {
    serve(request, work).then(
      () => process.exit(0),
      (error: unknown) =>
        send({ failed: error instanceof Error ? error.message : String(error) }).then(() => process.exit(1)),
    );
  });
}

async function serve(request: unknown, work: (request: unknown, say: Say) => Promise<void>): Promise<void> {
  const isUrgent = process.argv.includes('--urgent');
  // Never forward: that takes a privilege, and whoever started cenote in the background meant it.
  setPriority(Math.max(getPriority(), isUrgent ? NICENESS.urgent : NICENESS.standingBack));
  if (!isUrgent) await standBack();
  await work(request, say);
}

const say: Say = (message) => send({ said: message });

function send(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
