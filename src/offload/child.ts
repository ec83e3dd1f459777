// A helper process, as it sees itself: it takes one request, says what it finds, and ends.
//
// Signals are its parent's affair: a terminal's ^C and a service manager's stop reach the whole group, and the parent may
// want to finish in order. When the parent is gone, so is the channel, and the helper ends.
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
    work(request, say).then(
      () => process.exit(0),
      (error: unknown) =>
        send({ failed: error instanceof Error ? error.message : String(error) }).then(() => process.exit(1)),
    );
  });
}

const say: Say = (message) => send({ said: message });

function send(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
