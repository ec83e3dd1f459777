// One upstream server: the ways to it, how it has been doing, and what each attempt came to.
//
// HOT. Every attempt counts for the health of its server, also when another server answered the flight before.

import { OFFSET, writeU16 } from '../../wire/header.ts';
import type { Audience } from '../../wire/message/audience.ts';
import { RCODE } from '../../wire/records/iana.ts';
import { questionEndOf } from '../belongs.ts';
import { type Asker, type Exchange, FAILURE, type Failure } from '../exchange.ts';
import { blamesEdns, isRetryable } from '../retryable.ts';
import type { DatagramAsker, UdpExchange } from '../transport/udp.ts';
import { Health } from './health.ts';
import type { Telling } from './telling.ts';
import type { ServerTransport, UpstreamState } from './upstream-state.ts';

/** What a server tells of the attempts it was given; a ticket may be over by then. */
export interface AttemptOwner {
  /** @param isForgeable it came over UDP */
  answered(server: Server, ticket: number, response: Uint8Array, length: number, isForgeable: boolean): void;
  failed(server: Server, ticket: number, failure: Failure): void;
  /** A message came that does not fit; the attempt goes on. */
  suspected(server: Server, ticket: number): void;
  /** As suspected; in case no stream can be had, this is what came. */
  folded(server: Server, ticket: number, response: Uint8Array, length: number): void;
  /** The attempt ended with the wish for a stream. */
  truncated(server: Server, ticket: number): void;
  /** The attempt ended with the wish for a query without OPT. */
  ednsBlamed(server: Server, ticket: number): void;
}

/** An exchange as a server drives it. */
export interface DrivenExchange extends Exchange {
  readonly rttMs: number;
  readonly mismatches: number;
  readonly inFlight: number;
  /** Why it is of no use at present, null when it is or nobody knows. */
  readonly problem: string | null;
  advance(nowMs: number): void;
}

/** A stream on which letter case can be watched. */
export interface StreamWay extends DrivenExchange {
  readonly isFolded: boolean;
  randomCase: boolean;
}

export interface ServerParts {
  readonly name: string;
  readonly transport: ServerTransport;
  /** null: everything goes over the stream. */
  readonly udp: UdpExchange | null;
  readonly openStream: () => StreamWay;
  readonly owner: AttemptOwner;
  readonly now: () => number;
  /** What it is told of who asks; null: nothing. */
  readonly telling: Telling | null;
}

/** How long a server that knows no EDNS is not tried with it again. */
const PLAIN_MS = 600_000;
/** Header, QNAME, QTYPE, QCLASS. */
const QUESTION_OCTETS_MAX = 12 + 255 + 4;

export class Server {
  readonly name: string;
  readonly transport: ServerTransport;
  readonly health = new Health();
  streamRetries = 0;
  /** Flights under way that it was the best for though it is down. */
  tries = 0;
  readonly #udp: UdpExchange | null;
  readonly #openStream: () => StreamWay;
  #stream: StreamWay | null = null;
  readonly #owner: AttemptOwner;
  readonly #now: () => number;
  readonly #telling: Telling | null;
  readonly #udpFace: DatagramAsker;
  readonly #streamFace: Asker;
  readonly #plainFace: DatagramAsker;
  readonly #probeFace: DatagramAsker;
  /** Until then it is asked without OPT. */
  #plainUntilMs = 0;
  readonly #plainMessage = new Uint8Array(QUESTION_OCTETS_MAX);

  constructor(parts: ServerParts) {
    this.name = parts.name;
    this.transport = parts.transport;
    this.#udp = parts.udp;
    this.#openStream = parts.openStream;
    this.#owner = parts.owner;
    this.#now = parts.now;
    this.#telling = parts.telling;
    this.#udpFace = {
      settled: (ticket, response, length, failure) => this.#fromUdp(ticket, response, length, failure),
      suspect: (ticket) => this.#owner.suspected(this, ticket),
      folded: (ticket, response, length) => this.#owner.folded(this, ticket, response, length),
      truncated: (ticket) => this.#truncated(ticket),
    };
    this.#plainFace = {
      ...this.#udpFace,
      settled: (ticket, response, length, failure) => {
        if (failure === FAILURE.none && !isRetryable(response, length)) this.#learnPlain();
        if (this.#udp !== null) this.#passDatagram(ticket, response, length, failure);
        else this.#passMessage(ticket, response, length, failure);
      },
      truncated: (ticket) => {
        this.#learnPlain();
        this.#truncated(ticket);
      },
    };
    this.#streamFace = {
      settled: (ticket, response, length, failure) => this.#fromStream(ticket, response, length, failure),
    };
    this.#probeFace = {
      // Whatever it answers, it lives: servers of one zone refuse the root.
      settled: (_ticket, _response, _length, failure) => {
        if (failure === FAILURE.none) this.health.answered((this.#udp ?? this.#stream)?.rttMs ?? 0);
        else this.health.failed(this.#now());
      },
      suspect: () => {},
      folded: () => {},
      truncated: () => this.health.answered(this.#udp?.rttMs ?? 0),
    };
  }

  ask(
    message: Uint8Array,
    length: number,
    timeoutMs: number,
    ticket: number,
    audience: Audience | null,
  ): void {
    this.health.queries += 1;
    if (this.#isPlain) {
      this.askPlain(message, length, timeoutMs, ticket);
      return;
    }
    const telling = this.#telling;
    const octets = telling === null ? length : telling.write(message, length, audience);
    const sent = telling === null ? message : telling.message;
    if (this.#udp === null) this.#streamNow().ask(sent, octets, timeoutMs, this.#streamFace, ticket);
    else this.#udp.ask(sent, octets, timeoutMs, this.#udpFace, ticket);
  }

  /** Without OPT. */
  askPlain(message: Uint8Array, length: number, timeoutMs: number, ticket: number): void {
    const octets = this.#stripOpt(message, length);
    const way = this.#udp ?? this.#streamNow();
    way.ask(this.#plainMessage, octets, timeoutMs, this.#plainFace, ticket);
  }

  /** Again, over a stream. */
  askStream(
    message: Uint8Array,
    length: number,
    timeoutMs: number,
    ticket: number,
    audience: Audience | null,
  ): void {
    this.streamRetries += 1;
    const isPlain = this.#isPlain;
    const telling = isPlain ? null : this.#telling;
    const sent = isPlain ? this.#plainMessage : (telling?.message ?? message);
    const octets = isPlain
      ? this.#stripOpt(message, length)
      : (telling?.write(message, length, audience) ?? length);
    this.#streamNow().ask(sent, octets, timeoutMs, this.#streamFace, ticket);
  }

  get #isPlain(): boolean {
    return this.#plainUntilMs > 0 && this.#now() < this.#plainUntilMs;
  }

  #learnPlain(): void {
    this.#plainUntilMs = this.#now() + PLAIN_MS;
  }

  /** Header and question alone, in #plainMessage. */
  #stripOpt(message: Uint8Array, length: number): number {
    const end = questionEndOf(message, length);
    for (let i = 0; i < end; i += 1) this.#plainMessage[i] = message[i]!;
    writeU16(this.#plainMessage, OFFSET.arcount, 0);
    return end;
  }

  /** It has never repeated our letters and there is no stream to ask why: small ones from now on. */
  useSmallLetters(): void {
    if (this.#udp !== null) this.#udp.randomCase = false;
  }

  /** Asks on nobody's behalf, to learn whether it is back. */
  probe(message: Uint8Array, timeoutMs: number): void {
    (this.#udp ?? this.#streamNow()).ask(message, message.length, timeoutMs, this.#probeFace, 0);
  }

  get inFlight(): number {
    return (this.#udp?.inFlight ?? 0) + (this.#stream?.inFlight ?? 0);
  }

  advance(nowMs: number): void {
    this.#udp?.advance(nowMs);
    this.#stream?.advance(nowMs);
  }

  tidy(nowMs: number): boolean {
    return this.#udp?.tidy(nowMs) ?? false;
  }

  close(): void {
    this.#udp?.close();
    this.#stream?.close();
  }

  state(): UpstreamState {
    const { health } = this;
    return {
      name: this.name,
      transport: this.transport,
      healthy: !health.isDown,
      rttMs: health.rttMs < 0 ? null : health.rttMs,
      queries: health.queries,
      responses: health.responses,
      failures: health.failures,
      failuresInRow: health.failuresInRow,
      mismatches: (this.#udp?.mismatches ?? 0) + (this.#stream?.mismatches ?? 0),
      streamRetries: this.streamRetries,
      inFlight: this.inFlight,
      problem: this.#stream?.problem ?? null,
    };
  }

  #streamNow(): StreamWay {
    this.#stream ??= this.#openStream();
    return this.#stream;
  }

  #truncated(ticket: number): void {
    this.health.answered(this.#udp?.rttMs ?? 0);
    this.#owner.truncated(this, ticket);
  }

  #fromUdp(ticket: number, response: Uint8Array, length: number, failure: Failure): void {
    if (failure === FAILURE.none && blamesEdns(response, length)) this.#owner.ednsBlamed(this, ticket);
    else this.#passDatagram(ticket, response, length, failure);
  }

  #passDatagram(ticket: number, response: Uint8Array, length: number, failure: Failure): void {
    this.#judgeHealth(response, failure, this.#udp);
    if (failure === FAILURE.none) this.#owner.answered(this, ticket, response, length, true);
    else this.#owner.failed(this, ticket, failure);
  }

  #fromStream(ticket: number, response: Uint8Array, length: number, failure: Failure): void {
    const isFirst = this.#udp === null && failure === FAILURE.none;
    if (isFirst && blamesEdns(response, length)) this.#owner.ednsBlamed(this, ticket);
    else this.#passMessage(ticket, response, length, failure);
  }

  #passMessage(ticket: number, response: Uint8Array, length: number, failure: Failure): void {
    const stream = this.#stream;
    this.#judgeHealth(response, failure, stream);
    if (failure !== FAILURE.none) {
      this.#owner.failed(this, ticket, failure);
      return;
    }
    // Nobody forges into a stream: this upstream itself does not repeat our letters.
    if (stream?.isFolded === true) {
      stream.randomCase = false;
      if (this.#udp !== null) this.#udp.randomCase = false;
    }
    this.#owner.answered(this, ticket, response, length, false);
  }

  #judgeHealth(response: Uint8Array, failure: Failure, way: DrivenExchange | null): void {
    if (failure === FAILURE.closed || failure === FAILURE.overload) return;
    const isRefused = failure === FAILURE.none && (response[3]! & 0x0f) === RCODE.REFUSED;
    if (failure !== FAILURE.none || isRefused) this.health.failed(this.#now());
    else this.health.answered(way?.rttMs ?? 0);
  }
}
