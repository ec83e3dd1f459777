// A helper process, as it sees itself: it takes one request, says what it finds, and ends.
//
// Signals are its parent's affair: a terminal's ^C and a service manager's stop reach the whole group, and the parent may
// want to finish in order. When the parent is gone, so is the channel, and the helper ends.
import { Socket } from 'node:net';
import { CHANNEL_FD } from '../native/spawner.ts';
import { hearFrames, sendFrame } from './frames.ts';

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
  const channel = new Socket({ fd: CHANNEL_FD });
  const send = (message: FromChild): Promise<void> => sendFrame(channel, message);
  channel.on('error', () => undefined);
  channel.once('close', () => process.exit(1));
  hearFrames(channel, (request) => {
    work(request, (message) => send({ said: message })).then(
      () => process.exit(0),
      (error: unknown) =>
        send({ failed: error instanceof Error ? error.message : String(error) }).then(() => process.exit(1)),
    );
  });
}
