// A webhook: POSTs the notice as JSON in the receiver's format, signed when a secret is set.
//
// `X-Cenote-Signature: sha256=HEX` is HMAC-SHA256 over `TIMESTAMP.BODY` with TIMESTAMP as in `X-Cenote-Timestamp` (seconds):
// a receiver that checks both, and refuses old timestamps, cannot be fed a forgery or a replay. `Idempotency-Key` is the
// notice's identifier: the same over all attempts.
import { createHmac } from 'node:crypto';
import { messageOf } from '../../config/coded-error.ts';
import { fetchByProxy, nameOfProxy, proxyThatFailed } from '../../config/read/fetch-proxy.ts';
import { retryAfterMs } from '../../config/values/amounts.ts';
import { basicAuthorization, userOf } from '../../config/values/shown-url.ts';
import { plain } from '../escape.ts';
import { alertmanager } from '../payloads/alertmanager.ts';
import { discord } from '../payloads/discord.ts';
import { generic } from '../payloads/generic.ts';
import { ntfy } from '../payloads/ntfy.ts';
import type { Format } from '../payloads/payload.ts';
import { slack } from '../payloads/slack.ts';
import { teams } from '../payloads/teams.ts';
import { type Notice, type Receiver, ReceiverError } from '../receiver.ts';

const FORMATS = { generic, slack, teams, discord, ntfy, alertmanager } satisfies Record<string, Format>;
export type WebhookFormat = keyof typeof FORMATS;

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  readonly format: WebhookFormat;
  readonly secret: string | null;
  /** Wall clock, ms. */
  readonly now: () => number;
}

const REPLY_CHARACTERS_MAX = 200;
/** Try later: timeout, too early, too many. */
const LATER = [408, 425, 429];

export function createWebhook({ name, url: configured, format, secret, now }: WebhookOptions): Receiver {
  const { url, authorization } = separateUser(configured);
  return {
    name,
    forgets: format === 'alertmanager',
    async deliver(notice: Notice, signal: AbortSignal): Promise<void> {
      const payload = FORMATS[format](notice, url);
      const body = JSON.stringify(payload.body);
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'user-agent': 'cenote',
        'idempotency-key': notice.id,
        ...authorization,
      };
      if (secret !== null) Object.assign(headers, sign(secret, Math.floor(now() / 1000), body));
      const response = await post(payload.url, { method: 'POST', headers, body, signal, redirect: 'error' });
      const said = await firstOf(response);
      if (!response.ok) throw refusal(response, said);
    },
    async close() {},
  };
}

/** `fetch` takes no user in a URL; what follows of it stands in errors and must not hold the password. */
function separateUser(configured: string): {
  readonly url: string;
  readonly authorization: Record<string, string>;
} {
  const at = new URL(configured);
  const user = userOf(at);
  if (user === null) return { url: configured, authorization: {} };
  at.username = '';
  at.password = '';
  return { url: at.href, authorization: { authorization: basicAuthorization(user) } };
}

/** The two headers that prove who sent `body` and when. */
export function sign(secret: string, timestampSeconds: number, body: string): Record<string, string> {
  const timestamp = String(timestampSeconds);
  const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-cenote-timestamp': timestamp, 'x-cenote-signature': `sha256=${mac}` };
}

async function post(url: string, options: RequestInit): Promise<Response> {
  try {
    fetchByProxy();
    return await fetch(url, options);
  } catch (error) {
    const { cause, message } = error as Error;
    const why =
      cause instanceof Error ? messageOf(cause) || String((cause as NodeJS.ErrnoException).code) : message;
    const proxy = proxyThatFailed(new URL(url), cause ?? {});
    const by = proxy === null ? '' : `${nameOfProxy(proxy)} from the environment: `;
    throw new ReceiverError('RECEIVER_UNREACHABLE', `no answer (${new URL(url).host}): ${by}${why}`, {
      cause: error,
    });
  }
}

/** The beginning of the body; the rest is not waited for. */
async function firstOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  let said = '';
  const decoder = new TextDecoder();
  while (said.length < REPLY_CHARACTERS_MAX) {
    const { done, value } = await reader.read();
    if (done) return said;
    said += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return said;
}

function refusal(response: Response, said: string): ReceiverError {
  const { status } = response;
  const permanent = status >= 400 && status < 500 && !LATER.includes(status);
  return new ReceiverError(
    'RECEIVER_REFUSED',
    `HTTP ${status} (${new URL(response.url).host}): ${plain(said, REPLY_CHARACTERS_MAX)}`,
    {
      permanent,
      retryAfterMs: retryAfterMs(response.headers.get('retry-after'), Date.now()),
    },
  );
}
