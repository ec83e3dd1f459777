// One HTTP/1.1 request and its response: a DNS message in, a DNS message or a status out.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MESSAGE_OCTETS_MAX } from '../../wire/header.ts';
import type { Client } from '../stream/connections.ts';
import { DNS_MESSAGE, NOT_FOUND, readHead } from './dns-request.ts';
import { freshSeconds } from './fresh.ts';

/** The connection an exchange belongs to. */
export interface Exchanges {
  readonly now: () => number;
  /** Room for octets of bodies still being read, of all connections together. */
  claim(octets: number): boolean;
  release(octets: number): void;
  /** A whole message has come. */
  ask(exchange: Exchange, message: Uint8Array): void;
  /** Answered or broken off. */
  over(exchange: Exchange, answered: boolean): void;
}

type State = 'reading' | 'deciding' | 'writing' | 'over';

export class Exchange {
  state: State = 'reading';
  /** When `state` last changed. */
  sinceMs: number;
  /** Set when it begins. */
  client: Client | null = null;
  readonly #owner: Exchanges;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #body: Buffer[] = [];
  #bodyOctets = 0;

  constructor(owner: Exchanges, request: IncomingMessage, response: ServerResponse) {
    this.#owner = owner;
    this.#request = request;
    this.#response = response;
    this.sinceMs = owner.now();
    request.on('error', () => {});
    response.on('error', () => {});
    response.on('close', () => this.#end());
  }

  /** Reads the head, and the body if there is one. @param client null: its path means nobody */
  begin(client: Client | null): void {
    this.client = client;
    const asked = client === null ? NOT_FOUND : readHead(this.#request);
    switch (asked.kind) {
      case 'refused':
        this.refuse(asked.status);
        return;
      case 'message':
        this.#ask(asked.message);
        return;
      case 'body':
        this.#request.on('data', (chunk: Buffer) => this.#gather(chunk));
        this.#request.on('end', () => {
          if (this.state === 'reading') this.#ask(Buffer.concat(this.#body));
        });
        return;
      default:
        asked satisfies never;
    }
  }

  #gather(chunk: Buffer): void {
    if (this.state !== 'reading') return;
    if (this.#bodyOctets + chunk.length > MESSAGE_OCTETS_MAX) {
      this.refuse(413);
    } else if (!this.#owner.claim(chunk.length)) {
      this.refuse(503);
    } else {
      this.#bodyOctets += chunk.length;
      this.#body.push(chunk);
    }
  }

  #ask(message: Uint8Array): void {
    this.#dropBody();
    if (message.length === 0) {
      this.refuse(400);
      return;
    }
    this.#enter('deciding');
    this.#owner.ask(this, message);
  }

  /** Sends the reply; false when there is nobody to send it to any more. */
  reply(octets: Uint8Array, length: number): boolean {
    if (this.state !== 'deciding') return false;
    this.#enter('writing');
    const seconds = freshSeconds(octets, length);
    this.#response.writeHead(200, {
      'content-type': DNS_MESSAGE,
      'content-length': length,
      'cache-control': seconds < 0 ? 'no-store' : `max-age=${seconds}`,
    });
    this.#response.end(Buffer.from(octets.subarray(0, length)));
    return true;
  }

  /** Ends the exchange with a status. What is left of the request is not read, so HTTP/1.1 cannot go on after it. */
  refuse(status: number): void {
    if (this.state === 'writing' || this.state === 'over') return;
    const whole = this.state === 'deciding';
    this.#dropBody();
    this.#enter('writing');
    const text = `${status}\n`;
    const last = !whole;
    this.#response.writeHead(status, {
      'content-type': 'text/plain',
      'content-length': text.length,
      'cache-control': 'no-store',
      ...(status === 405 && { allow: 'GET, POST' }),
      ...(last && { connection: 'close' }),
    });
    this.#response.end(text);
    if (!whole) this.#request.resume();
  }

  #dropBody(): void {
    this.#owner.release(this.#bodyOctets);
    this.#body = [];
    this.#bodyOctets = 0;
  }

  #enter(state: State): void {
    this.state = state;
    this.sinceMs = this.#owner.now();
  }

  #end(): void {
    if (this.state === 'over') return;
    const answered = this.state === 'writing';
    this.#dropBody();
    this.#enter('over');
    this.#owner.over(this, answered);
  }
}
