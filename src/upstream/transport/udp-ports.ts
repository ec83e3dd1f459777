// The local ports of one upstream: which one a query leaves from, when one is drawn anew, how many there are.
//
// HOT. A query goes to a port drawn at random. A port serves at most USES_MAX queries and none after AGE_MS: at low rates
// nearly every query has a fresh one, at high rates drawing costs 5/32 µs a query. Queries that come within a millisecond,
// before the first of them is answered, share one port, so that they can leave and be answered in one system call; a forger
// gains nothing by that: a guess must hit port, ID, question and letters of one query all the same.
// Invariant: a port is drawn anew only when nothing is in flight on it.
import { below, type RandomSource } from '../random.ts';
import { type OpenSocket, type PortOwner, UdpPort } from './udp-port.ts';

const COUNT_MIN = 16;
const COUNT_MAX = 128;
export const USES_MAX = 64;
const AGE_MS = 1000;
/** On one port before another is opened. */
const IN_FLIGHT_MAX = 64;
/** How long queries go to the same port while none of them is answered. */
const BURST_MS = 1;
/** A port beyond COUNT_MIN that was not drawn for so long is closed. */
const IDLE_MS = 10_000;

export class UdpPorts {
  readonly all: UdpPort[] = [];
  readonly #owner: PortOwner;
  readonly #openSocket: OpenSocket;
  readonly #random: RandomSource;
  #last: UdpPort | null = null;
  #lastMs = 0;

  constructor(owner: PortOwner, openSocket: OpenSocket, random: RandomSource) {
    this.#owner = owner;
    this.#openSocket = openSocket;
    this.#random = random;
  }

  /** A random port with room; null when the kernel has none for us. */
  pick(nowMs: number): UdpPort | null {
    const last = this.#last;
    const isBurst = last !== null && nowMs - this.#lastMs < BURST_MS && last.inFlight > 0;
    if (isBurst && last.inFlight < IN_FLIGHT_MAX && last.uses < USES_MAX) return last;
    this.#last = this.#choose(nowMs);
    this.#lastMs = nowMs;
    return this.#last;
  }

  #choose(nowMs: number): UdpPort | null {
    const ports = this.all;
    if (ports.length < COUNT_MIN) return this.#open(nowMs);
    const start = below(this.#random, ports.length);
    for (let i = 0; i < ports.length; i += 1) {
      const at = start + i;
      const port = ports[at < ports.length ? at : at - ports.length]!;
      const isSpent = port.uses >= USES_MAX || nowMs - port.drawnMs > AGE_MS;
      if (!isSpent && port.inFlight < IN_FLIGHT_MAX) return port;
      if (isSpent && port.inFlight === 0) return port.draw(nowMs) ? port : null;
    }
    return ports.length < COUNT_MAX ? this.#open(nowMs) : ports[start]!;
  }

  #open(nowMs: number): UdpPort | null {
    const port = new UdpPort(this.all.length, this.#owner, this.#openSocket);
    if (!port.draw(nowMs)) return this.all[0] ?? null;
    this.all.push(port);
    return port;
  }

  /** Closes what a busy time has left over. @returns whether there is more, to be closed later */
  tidy(nowMs: number): boolean {
    for (;;) {
      const last = this.all.at(-1);
      if (this.all.length <= COUNT_MIN || last === undefined) return false;
      if (last.inFlight > 0 || nowMs - last.drawnMs < IDLE_MS) return true;
      last.discard();
      this.all.pop();
      this.#last = null;
    }
  }
}
