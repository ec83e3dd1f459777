// A receiver over HTTP as tests want it: it keeps what it got, and answers as it is told.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Test } from 'tap';

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Unpacked. */
  readonly body: string;
}

export interface HttpReceiver {
  readonly url: string;
  readonly got: Received[];
  readonly server: Server;
}

/** @param answer undefined: nothing is answered, and the connection stays */
export async function httpReceiver(
  t: Test,
  answer: (
    received: Received,
    response: ServerResponse,
  ) =>
    | { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> }
    | undefined,
): Promise<HttpReceiver> {
  const got: Received[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const octets = Buffer.concat(pieces);
      const isPacked = request.headers['content-encoding'] === 'gzip';
      const body = (isPacked ? gunzipSync(octets) : octets).toString();
      const received = { path: request.url ?? '', headers: request.headers, body };
      got.push(received);
      const said = answer(received, response);
      if (said === undefined) return;
      const { status = 200, body: back = {}, headers = {} } = said;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof back === 'string' ? back : JSON.stringify(back));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, server };
}
