// A web server for one test: each path answered by a function, every request counted.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface ListServer {
  /** `http://127.0.0.1:port`, or of another loopback address. */
  readonly origin: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
}

export async function startListServer(
  t: Test,
  answers: Record<string, Answer>,
  host = '127.0.0.1',
): Promise<ListServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path];
    if (answer === undefined) response.writeHead(404).end('not here');
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { origin: `http://${host}:${(server.address() as AddressInfo).port}`, asked };
}

/** Answers 200 with a body. */
export const body =
  (text: string | Uint8Array, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', ...headers }).end(text);
  };

export const redirect =
  (location: string, status = 302): Answer =>
  (_request, response) => {
    response.writeHead(status, { location }).end();
  };
