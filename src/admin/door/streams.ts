// An answer that goes on ends when its client goes away, and when who asked for it may not have it any more: signed out, revoked,
// or of another role.
import type { ServerResponse } from 'node:http';
import { finished, type Readable } from 'node:stream';

const LOOK_MS = 2_000;

/** @param mayStill asked again and again; what cannot be told is a no */
export function guardStream(
  events: Readable,
  response: ServerResponse,
  mayStill: () => Promise<boolean>,
): void {
  const look = async (): Promise<void> => {
    if (await mayStill().catch(() => false)) return;
    events.unpipe(response);
    response.end();
  };
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  // Also of a HEAD, whose answer has no body that anything would end.
  finished(response, () => {
    clearInterval(timer);
    events.destroy();
  });
}
