// A DoH client of the listener tests: one HTTP/2 connection, every query a POST unless told otherwise.
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import { CERTIFICATE } from './listen-certificate.ts';
import type { Client } from './listen-clients.ts';

export interface HttpReply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
}

const POST = {
  ':method': 'POST',
  ':path': '/dns-query',
  'content-type': 'application/dns-message',
} as const;

export class HttpsClient implements Client {
  readonly session: ClientHttp2Session;
  readonly replies: Uint8Array[] = [];
  readonly closed: Promise<void>;
  #waiting: (() => void)[] = [];

  private constructor(session: ClientHttp2Session) {
    this.session = session;
    session.on('error', () => {});
    this.closed = new Promise((resolve) => session.once('close', () => resolve()));
  }

  static async open(bound: string): Promise<HttpsClient> {
    const session = connect(`https://${bound}`, {
      ca: CERTIFICATE.cert,
      checkServerIdentity: () => undefined,
    });
    const client = new HttpsClient(session);
    await once(session, 'remoteSettings');
    return client;
  }

  get port(): number {
    return (this.session.socket as Socket).localPort!;
  }

  /** A request whose body, if it has one, is for the caller to write. */
  begin(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
    const stream = this.session.request(headers, { endStream });
    stream.on('error', () => {});
    return stream;
  }

  /** Resolves with what came back; rejects when the stream was reset. */
  async request(headers: OutgoingHttpHeaders, body?: Uint8Array): Promise<HttpReply> {
    const stream = this.begin(headers, body === undefined);
    if (body !== undefined) stream.end(body);
    return readReply(stream);
  }

  send(message: Uint8Array): void {
    this.request(POST, message).then(
      ({ status, body }) => {
        if (status !== 200) return;
        this.replies.push(body);
        for (const check of this.#waiting) check();
      },
      () => {},
    );
  }

  has(count: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.replies.length >= count) resolve();
      };
      this.#waiting.push(check);
      check();
    });
  }

  close(): void {
    this.session.destroy();
  }
}

export async function readReply(stream: ClientHttp2Stream): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [[headers]] = await Promise.all([once(stream, 'response'), once(stream, 'end')]);
  return { status: Number(headers[':status']), headers, body: Buffer.concat(chunks) };
}
