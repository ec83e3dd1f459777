// The course of a flight: which server is asked when, what each attempt's end means, and when to give up.
//
// HOT. A flight begins with its best server. The next is asked when an attempt fails, or when the wait has lasted as long
// as the strategy allows (at most 400 ms); the first good response wins. After FLIGHT_MS_MAX it is over.
// Invariants: every flight is on the wheel until it is settled; `outstanding` counts its attempts that may still end.
import type { Milliseconds, Strategy } from '../config/config.ts';
import { restoreCase } from './belongs.ts';
import { firstAttempts, HEDGE_MS_MAX, hedgeMs, orderServers, usualInFront } from './choice/strategy.ts';
import { FAILURE, type Failure } from './exchange.ts';
import { FLIGHTS_MAX, type Flights, HELD, SERVERS_PER_FLIGHT_MAX } from './flights.ts';
import { keepCandidate, keepFolded, keepLame } from './held.ts';
import type { RandomSource } from './random.ts';
import { isRetryable } from './retryable.ts';
import type { Group } from './servers/group.ts';
import type { AttemptOwner, Server } from './servers/server.ts';
import { Wheel } from './wheel.ts';

/** A client gets some answer within four seconds; this leaves time for a stale one. */
const FLIGHT_MS_MAX: Milliseconds = 3500;
/**
 * When every server is down there is still a try, a short one and few at a time: who waits is served a stale answer or an
 * error the sooner, and servers that come back are not met by a crowd (RFC 9520 §3.2).
 */
const FLIGHT_MS_DOWN: Milliseconds = 1200;
const TRIES_DOWN_MAX = 64;
/** Each of them asks so many servers at once: whichever is back is found within its round trip. */
const SERVERS_DOWN_MAX = 3;
/** Servers of the fallback are asked when the usual ones have failed, or been silent for so long. */
const FALLBACK_AFTER_MS: Milliseconds = 1000;
/** Of one server (RFC 9520 §3.1), and in all. */
const ATTEMPTS_PER_SERVER_MAX = 3;
const ATTEMPTS_MAX = 8;
const NOTHING = new Uint8Array(0);

export interface AttemptOptions {
  readonly flights: Flights;
  readonly strategy: Strategy;
  /** For one attempt. */
  readonly timeoutMs: Milliseconds;
  readonly now: () => number;
  readonly random: RandomSource;
}

export class Attempts implements AttemptOwner {
  readonly #flights: Flights;
  readonly #strategy: Strategy;
  readonly #timeoutMs: Milliseconds;
  readonly #now: () => number;
  readonly #random: RandomSource;
  readonly #wheel: Wheel;

  constructor(options: AttemptOptions) {
    this.#flights = options.flights;
    this.#strategy = options.strategy;
    this.#timeoutMs = options.timeoutMs;
    this.#now = options.now;
    this.#random = options.random;
    this.#wheel = new Wheel(FLIGHTS_MAX, options.now(), (flight, nowMs) => this.#onDue(flight, nowMs));
  }

  /** Sets a new flight on its course. Settles nothing before it returns. */
  begin(flight: number, group: Group, nowMs: number): void {
    const flights = this.#flights;
    const offset = flight * SERVERS_PER_FLIGHT_MAX;
    const { orders } = flights;
    const count = orderServers(group, this.#strategy, this.#random, orders, offset, SERVERS_PER_FLIGHT_MAX);
    const usual = usualInFront(group, orders, offset, count);
    flights.orderLengths[flight] = count;
    flights.usualLengths[flight] = usual;
    if (count === 0) {
      this.#fail(flight, FAILURE.network, nowMs);
      return;
    }
    const best = this.#serverOf(flight, 0);
    flights.limitsMs[flight] = best.health.isDown ? FLIGHT_MS_DOWN : FLIGHT_MS_MAX;
    let first = firstAttempts(this.#strategy, usual === 0 ? count : usual, this.#random);
    if (best.health.isDown) {
      if (best.tries >= TRIES_DOWN_MAX) {
        flights.upstreams[flight] = best.name;
        this.#fail(flight, FAILURE.timeout, nowMs);
        return;
      }
      best.tries += 1;
      flights.triedBy[flight] = best;
      first = Math.min(count, SERVERS_DOWN_MAX);
    }
    for (let i = 0; i < first; i += 1) this.#attempt(flight, nowMs);
    this.#armNext(flight, nowMs);
  }

  /** Settles at the wheel's next step: for use within `ask`. */
  #fail(flight: number, failure: Failure, nowMs: number): void {
    this.#flights.failures[flight] = failure;
    this.#flights.attempts[flight] = ATTEMPTS_MAX;
    this.#wheel.arm(flight, nowMs, 0);
  }

  advance(nowMs: number): void {
    this.#wheel.advance(nowMs);
  }

  /** Ends every flight. */
  abandon(): void {
    for (let flight = 0; flight < FLIGHTS_MAX; flight += 1)
      if (this.#flights.isBusy(flight)) this.#settle(flight, NOTHING, 0, FAILURE.closed);
  }

  #serverOf(flight: number, attempt: number): Server {
    const flights = this.#flights;
    const place = flight * SERVERS_PER_FLIGHT_MAX + (attempt % flights.orderLengths[flight]!);
    return flights.groups[flight]!.servers[flights.orders[place]!]!;
  }

  #attempt(flight: number, nowMs: number): void {
    const flights = this.#flights;
    const server = this.#serverOf(flight, flights.attempts[flight]!);
    flights.attempts[flight]! += 1;
    flights.outstanding[flight]! += 1;
    flights.upstreams[flight] = server.name;
    const ticket = flights.ticketOf(flight);
    const leftMs = this.#timeLeft(flight, nowMs);
    const audience = flights.audiences[flight]!;
    server.ask(flights.messageOf(flight), flights.lengths[flight]!, leftMs, ticket, audience);
  }

  /** For an attempt: it may outlive its flight, since a late answer still tells that the server lives. */
  #timeLeft(flight: number, nowMs: number): Milliseconds {
    return Math.min(this.#timeoutMs, FLIGHT_MS_MAX - (nowMs - this.#flights.startedMs[flight]!));
  }

  #armNext(flight: number, nowMs: number): void {
    const flights = this.#flights;
    const attempts = flights.attempts[flight]!;
    const p95Ms = this.#serverOf(flight, attempts - 1).health.p95Ms;
    const pauseMs = hedgeMs(this.#strategy, p95Ms, attempts, flights.orderLengths[flight]!);
    const leftMs = flights.limitsMs[flight]! - (nowMs - flights.startedMs[flight]!);
    this.#wheel.arm(flight, nowMs, Math.min(pauseMs, this.#timeoutMs, leftMs));
  }

  #canRetry(flight: number): boolean {
    const flights = this.#flights;
    const perServer = ATTEMPTS_PER_SERVER_MAX * flights.orderLengths[flight]!;
    return flights.attempts[flight]! < Math.min(perServer, ATTEMPTS_MAX);
  }

  #onDue(flight: number, nowMs: number): void {
    const flights = this.#flights;
    const waitedMs = nowMs - flights.startedMs[flight]!;
    const limitMs = flights.limitsMs[flight]!;
    if (flights.orderLengths[flight] === 0 || waitedMs >= limitMs) {
      this.#giveUp(flight);
      return;
    }
    if (!this.#canRetry(flight)) {
      if (flights.outstanding[flight] === 0) this.#giveUp(flight);
      else this.#wheel.arm(flight, nowMs, limitMs - waitedMs);
      return;
    }
    if (this.#waitsForUsual(flight) && waitedMs < FALLBACK_AFTER_MS) {
      this.#wheel.arm(flight, nowMs, Math.min(FALLBACK_AFTER_MS, limitMs) - waitedMs);
      return;
    }
    if (flights.attempts[flight] === 1) this.#serverOf(flight, 0).health.late(waitedMs, HEDGE_MS_MAX, nowMs);
    this.#attempt(flight, nowMs);
    this.#armNext(flight, nowMs);
  }

  /** Whether the next to be asked would be the first of the fallback, while one of the usual servers may still answer. */
  #waitsForUsual(flight: number): boolean {
    const flights = this.#flights;
    const usual = flights.usualLengths[flight]!;
    if (usual === 0 || usual === flights.orderLengths[flight]) return false;
    return flights.attempts[flight] === usual && flights.outstanding[flight]! > 0;
  }

  /** See AttemptOwner. */
  answered(server: Server, ticket: number, response: Uint8Array, length: number, isForgeable: boolean): void {
    const flight = this.#flights.flightOf(ticket);
    if (flight < 0) return;
    const flights = this.#flights;
    flights.outstanding[flight]! -= 1;
    flights.upstreams[flight] = server.name;
    if (isForgeable && (flights.suspected[flight]! & this.#bitOf(flight, server)) !== 0) {
      keepCandidate(flights, flight, response, length);
      this.#afterFailure(flight, FAILURE.none);
    } else if (isRetryable(response, length)) {
      keepLame(flights, flight, response, length);
      this.#afterFailure(flight, FAILURE.none);
    } else this.#settle(flight, response, length, FAILURE.none);
  }

  /** See AttemptOwner. */
  failed(_server: Server, ticket: number, failure: Failure): void {
    const flight = this.#flights.flightOf(ticket);
    if (flight < 0) return;
    this.#flights.outstanding[flight]! -= 1;
    this.#afterFailure(flight, failure);
  }

  /** Somebody may be guessing: asked again where guessing is of no use. */
  suspected(server: Server, ticket: number): void {
    const { suspected } = this.#flights;
    const flight = this.#flights.flightOf(ticket);
    if (flight < 0) return;
    const bit = this.#bitOf(flight, server);
    if ((suspected[flight]! & bit) !== 0) return;
    suspected[flight]! |= bit;
    this.#overStream(flight, server, ticket);
  }

  /** A server's own among those of a flight: who guesses at one says nothing against what another sends. */
  #bitOf(flight: number, server: Server): number {
    return 1 << this.#flights.groups[flight]!.servers.indexOf(server);
  }

  /** See AttemptOwner. */
  folded(server: Server, ticket: number, response: Uint8Array, length: number): void {
    const flight = this.#flights.flightOf(ticket);
    if (flight < 0) return;
    keepFolded(this.#flights, flight, response, length);
    this.#flights.foldedBy[flight] = server;
  }

  /** See AttemptOwner. */
  ednsBlamed(server: Server, ticket: number): void {
    const flights = this.#flights;
    const flight = flights.flightOf(ticket);
    if (flight < 0) return;
    const leftMs = this.#timeLeft(flight, this.#now());
    server.askPlain(flights.messageOf(flight), flights.lengths[flight]!, leftMs, ticket);
  }

  /** See AttemptOwner. */
  truncated(server: Server, ticket: number): void {
    const flight = this.#flights.flightOf(ticket);
    if (flight < 0) return;
    this.#flights.outstanding[flight]! -= 1;
    this.#overStream(flight, server, ticket);
  }

  #overStream(flight: number, server: Server, ticket: number): void {
    const flights = this.#flights;
    flights.outstanding[flight]! += 1;
    const leftMs = this.#timeLeft(flight, this.#now());
    const audience = flights.audiences[flight]!;
    server.askStream(flights.messageOf(flight), flights.lengths[flight]!, leftMs, ticket, audience);
  }

  /** One attempt has ended without the answer. */
  #afterFailure(flight: number, failure: Failure): void {
    const flights = this.#flights;
    flights.failures[flight] = Math.max(flights.failures[flight]!, failure);
    const nowMs = this.#now();
    if (flights.attempts[flight]! < flights.orderLengths[flight]!) {
      if (this.#waitsForUsual(flight)) return;
      this.#attempt(flight, nowMs);
      this.#armNext(flight, nowMs);
      return;
    }
    // A server that spoke and said nothing usable will not mend within this flight; its datagram may still be waited for.
    if (failure > FAILURE.network) flights.hopeless[flight]! += 1;
    const isHopeless = flights.hopeless[flight]! >= flights.orderLengths[flight]!;
    if (flights.outstanding[flight]! > 0 && !isHopeless) return;
    // Silence is worth another try later; an answer that cannot be used is not.
    const isSilent = failure === FAILURE.timeout || failure === FAILURE.network;
    if (flights.held[flight] !== HELD.nothing || !isSilent || !this.#canRetry(flight)) this.#giveUp(flight);
  }

  /** Settles with the best there is. */
  #giveUp(flight: number): void {
    const flights = this.#flights;
    if (flights.held[flight] === HELD.folded) flights.foldedBy[flight]?.useSmallLetters();
    if (flights.held[flight] === HELD.nothing) {
      const failure = (flights.failures[flight] as Failure) || FAILURE.timeout;
      this.#settle(flight, NOTHING, 0, failure);
    } else this.#settle(flight, flights.heldOf(flight), flights.heldLengths[flight]!, FAILURE.none);
  }

  #settle(flight: number, response: Uint8Array, length: number, failure: Failure): void {
    const flights = this.#flights;
    this.#wheel.disarm(flight);
    const tried = flights.triedBy[flight];
    if (tried !== null && tried !== undefined) tried.tries -= 1;
    if (failure === FAILURE.none)
      restoreCase(response, length, flights.messageOf(flight), flights.questionEnds[flight]!);
    flights.settle(flight, response, length, failure);
  }
}
