// One request of a receiver over HTTP: a body that may be packed, and what the answer means.
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import { messageOf } from '../../config/coded-error.ts';
import type { OutConfig } from '../../config/meant/out.ts';
import { retryAfterMs } from '../../config/values/amounts.ts';
import { basicAuthorization } from '../../config/values/shown-url.ts';
import { Refusal } from '../receiver.ts';

const { Agent: HttpAgent, request: httpRequest } = process.getBuiltinModule('node:http');
const { Agent: HttpsAgent, request: httpsRequest } = process.getBuiltinModule('node:https');

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs: number | null;
}

export interface Post {
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const REPLY_OCTETS_MAX = 16 * 1024 * 1024;
const SHOWN_MAX = 200;
const SOCKETS_MAX = 2;

/** One receiver's connection: kept open between batches. */
export class HttpClient {
  readonly #config: OutConfig;
  readonly #agent;
  readonly #authorization: Readonly<Record<string, string>>;

  /** @param scheme how a `token` is sent: `Bearer`, `Splunk`, `ApiKey` */
  constructor(config: OutConfig, scheme: string) {
    this.#config = config;
    const options = { keepAlive: true, maxSockets: SOCKETS_MAX };
    this.#agent = config.url.startsWith('https:')
      ? new HttpsAgent({ ...options, ...(config.ca === null ? {} : { ca: readFileSync(config.ca) }) })
      : new HttpAgent(options);
    const { token, basic } = config;
    const said = token !== null ? `${scheme} ${token}` : basic === null ? null : basicAuthorization(basic);
    this.#authorization = said === null ? {} : { authorization: said };
  }

  /** @throws Error when there is no answer */
  post({ path, type, body, headers = {}, signal }: Post): Promise<Reply> {
    const { url, gzip } = this.#config;
    const octets = gzip ? gzipSync(body, { level: 1 }) : Buffer.from(body);
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(
        `${url}${path}`,
        {
          method: 'POST',
          agent: this.#agent,
          signal,
          headers: {
            'content-type': type,
            'content-length': octets.length,
            'user-agent': 'cenote',
            ...(gzip ? { 'content-encoding': 'gzip' } : {}),
            ...this.#authorization,
            ...this.#config.headers,
            ...headers,
          },
        },
        (response) => {
          request.removeListener('close', onClose);
          void textOf(response).then((text) => resolve(replyOf(response, text)), reject);
        },
      );
      const onClose = (): void =>
        reject(new Error(`no answer (${hostOf(url)}): the connection ended before one came`));
      request.on('error', (error) => reject(new Error(`no answer (${hostOf(url)}): ${reasonOf(error)}`)));
      // Status 101 ends a request without an error.
      request.once('close', onClose);
      request.end(octets);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let octets = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    octets += piece.length;
    if (octets > REPLY_OCTETS_MAX) throw new Error('the answer is longer than 16 MiB');
    pieces.push(piece);
  }
  if (!response.complete) throw new Error('the answer broke off');
  return Buffer.concat(pieces).toString();
}

function replyOf(response: IncomingMessage, text: string): Reply {
  return {
    status: response.statusCode ?? 0,
    text,
    retryAfterMs: retryAfterMs(response.headers['retry-after'], Date.now()),
  };
}

/**
 * What a status other than success means for the whole batch. Of 400 and 413 a smaller batch may be taken; anything else may be
 * mended at the receiver, or in the configuration, and the batch waits for it.
 */
export function refusalOf({ status, text, retryAfterMs: afterMs }: Reply): Refusal {
  const said = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, SHOWN_MAX);
  const isOfBatch = status === 400 || status === 413 || status === 422;
  return new Refusal(isOfBatch ? 'smaller' : 'later', `HTTP ${status}: ${said}`, afterMs);
}

export const isSuccess = ({ status }: Reply): boolean => status >= 200 && status < 300;

/** The answer's JSON; null: it is none. */
export function jsonOf<T>({ text }: Reply): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

const hostOf = (url: string): string => new URL(url).host;

function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return error.name === 'AbortError' || error.name === 'TimeoutError'
    ? 'it took too long'
    : messageOf(error) || String(code);
}
