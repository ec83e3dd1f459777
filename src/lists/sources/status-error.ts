// What a status that brings no list comes to: whether it may pass, and when the server wants to be asked again.
import type { IncomingMessage } from 'node:http';
import { ListError } from '../errors.ts';

/** Statuses worth another attempt; 202: it is being made. */
const PASSING = new Set([202, 408, 425, 429, 500, 502, 503, 504]);
/** A longer pause is not believed. */
const PAUSE_MS_MAX = 86_400_000;

/** @param shown the URL without its secrets */
export function statusError({ statusCode: status = 0, headers }: IncomingMessage, shown: string): ListError {
  if (!PASSING.has(status))
    return new ListError('LIST_STATUS', `answered with status ${status} (${shown}); check the URL`, {
      status,
    });
  const retryAfterMs = retryAfterOf(headers['retry-after']?.trim() ?? '');
  const asks = retryAfterMs > 0 ? ` and asks for a pause of ${Math.ceil(retryAfterMs / 1000)} s` : '';
  return new ListError(
    'LIST_FETCH',
    `answered with status ${status}${asks} (${shown}); it is tried again later`,
    { status, retryAfterMs },
  );
}

/** Seconds, or a date (RFC 9110 §10.2.3). @returns ms; 0 where it says nothing */
function retryAfterOf(said: string): number {
  const ms = /^\d{1,9}$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return ms > 0 ? Math.min(ms, PAUSE_MS_MAX) : 0;
}
