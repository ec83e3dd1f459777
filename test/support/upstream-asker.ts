// Asks a Forwarder or Exchange and waits for what comes of it: copies of responses, failures by name, who answered.
import type { Strategy, UpstreamAddress, UpstreamsConfig } from '../../src/config/config.ts';
import {
  type Asker,
  type Exchange,
  FAILURE,
  type Failure,
  type Forwarder,
} from '../../src/upstream/exchange.ts';
import type { RandomSource } from '../../src/upstream/random.ts';
import { type ReadMessage, readMessage } from './read-message.ts';

export interface Settled {
  readonly ticket: number;
  readonly failure: keyof typeof FAILURE;
  readonly response: Uint8Array;
  readonly message: ReadMessage | null;
  readonly upstream: string;
  /** Milliseconds it took. */
  readonly tookMs: number;
}

const nameOfFailure = (failure: Failure): keyof typeof FAILURE =>
  (Object.keys(FAILURE) as (keyof typeof FAILURE)[]).find((name) => FAILURE[name] === failure) ?? 'none';

/** Remembers all it is told, and complains of what an Asker must never see. */
export class PatientAsker implements Asker {
  readonly settledTickets: number[] = [];
  readonly #waiting = new Map<number, { since: number; resolve: (settled: Settled) => void }>();
  #next = 1;
  #inAsk = false;

  ask(forwarder: Forwarder, message: Uint8Array, view?: number): Promise<Settled> {
    return this.#wait((ticket) => forwarder.ask(message, message.length, this, ticket, view));
  }

  askExchange(exchange: Exchange, message: Uint8Array, timeoutMs = 2000): Promise<Settled> {
    return this.#wait((ticket) => exchange.ask(message, message.length, timeoutMs, this, ticket));
  }

  #wait(ask: (ticket: number) => void): Promise<Settled> {
    const ticket = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(ticket, { since: performance.now(), resolve });
      this.#inAsk = true;
      ask(ticket);
      this.#inAsk = false;
    });
  }

  settled(ticket: number, response: Uint8Array, length: number, failure: Failure, upstream: string): void {
    if (this.#inAsk) throw new Error(`ticket ${ticket} was settled before ask returned`);
    const waiting = this.#waiting.get(ticket);
    if (waiting === undefined) throw new Error(`ticket ${ticket} was settled twice`);
    this.#waiting.delete(ticket);
    this.settledTickets.push(ticket);
    const bytes = Uint8Array.from(response.subarray(0, length));
    waiting.resolve({
      ticket,
      failure: nameOfFailure(failure),
      response: bytes,
      message: length === 0 ? null : readMessage(bytes),
      upstream,
      tookMs: performance.now() - waiting.since,
    });
  }

  suspect(): void {}
  folded(): void {}
  truncated(): void {}
}

export const udpAddress = (server: { host: string; port: number }): UpstreamAddress => ({
  kind: 'udp',
  host: server.host,
  port: server.port,
  text: `${server.host}:${server.port}`,
});

export const tcpAddress = (server: { host: string; port: number }): UpstreamAddress => ({
  kind: 'tcp',
  host: server.host,
  port: server.port,
  text: `tcp://${server.host}:${server.port}`,
});

export function upstreamsConfig(
  upstreams: readonly UpstreamAddress[],
  more: Partial<UpstreamsConfig> & { readonly strategy?: Strategy } = {},
): UpstreamsConfig {
  return {
    default: upstreams,
    routes: [],
    fallback: [],
    strategy: 'ordered',
    bootstrap: [],
    timeoutMs: 2000,
    ...more,
  };
}

/** Repeatable numbers (xorshift32). */
export class SeededRandom implements RandomSource {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  u16(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 8) & 0xffff;
  }
}

/** A clock that runs `factor` times as fast, for what waits on time-outs. */
export const hurriedClock =
  (factor: number): (() => number) =>
  () =>
    performance.now() * factor;
