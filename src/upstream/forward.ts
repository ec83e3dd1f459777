// The whole of forwarding: finds or begins the flight of a question, keeps the servers, and drives the clocks.
import type { UpstreamAddress, UpstreamsConfig } from '../config/config.ts';
import { HEADER_OCTETS } from '../wire/header.ts';
import type { Audience } from '../wire/message/audience.ts';
import { AddressBook } from './address-book.ts';
import { Attempts } from './attempts.ts';
import { questionEndOf } from './belongs.ts';
import { Routes } from './choice/routes.ts';
import { type Asker, FAILURE, type Forwarder, refuse } from './exchange.ts';
import { Flights } from './flights.ts';
import { RandomPool, type RandomSource } from './random.ts';
import type { Group } from './servers/group.ts';
import { ownAddresses } from './servers/own.ts';
import { ServerRegistry } from './servers/registry.ts';
import { RESOLV_CONF } from './servers/resolv-conf.ts';
import type { UpstreamState } from './servers/upstream-state.ts';
import { type UdpSocketKind, UdpSockets } from './transport/udp-sockets.ts';
import { WHEEL_STEP_MS } from './wheel.ts';

export type { UpstreamState } from './servers/upstream-state.ts';

export interface ForwarderOptions {
  readonly upstreams: UpstreamsConfig;
  /** Servers of client groups that have their own: views `firstView` + 1, + 2 … */
  readonly views?: readonly (readonly UpstreamAddress[])[];
  /** The view of the default servers. */
  readonly firstView?: number;
  /** Addresses we listen on ourselves, as `127.0.0.1:53`: never asked. */
  readonly own?: readonly string[];
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly random?: RandomSource;
  readonly resolvConf?: string;
  /** `portable` keeps to node:dgram; else the C library's sockets are used where they can be had. */
  readonly udp?: UdpSocketKind;
  /** Certificates (PEM) that upstreams may show instead of the system's. */
  readonly authorities?: string;
}

/** A Forwarder whose servers can be looked at. */
export interface ObservedForwarder extends Forwarder {
  states(): readonly UpstreamState[];
  /** Questions on their way. */
  readonly inFlight: number;
  /** Resolves when it is known which kind of socket there is; asking need not wait for it. */
  readonly ready: Promise<void>;
}

/** How often servers and sockets that are not needed are looked at. While none is down, no probe is due for a second: the first one waits so long. */
const HOUSEKEEPING_MS = { probing: 250, else: 1000 } as const;
const PROBE_TIMEOUT_MS = 3000;
/** `. NS`, RD set: every resolver can answer it. */
const PROBE_QUERY: Uint8Array = Uint8Array.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1]);
const DNS_PORT = 53;

/** Opens nothing yet: sockets come with the first query. */
export function createForwarder(options: ForwarderOptions): ObservedForwarder {
  return new UpstreamForwarder(options);
}

class UpstreamForwarder implements ObservedForwarder {
  readonly #now: () => number;
  readonly #flights: Flights;
  readonly #attempts: Attempts;
  readonly #routes: Routes<Group>;
  readonly #registry: ServerRegistry;
  readonly #addressBook: AddressBook;
  readonly #sockets: UdpSockets;
  readonly #upstreams: UpstreamsConfig;
  readonly #views: readonly (readonly UpstreamAddress[])[];
  readonly #firstView: number;
  /** Runs from the first question on until no server is down and nothing is left over. */
  #housekeeping: NodeJS.Timeout | null = null;
  #ticker: NodeJS.Timeout | null = null;
  #closing = false;
  #drained: () => void = () => {};
  /** Made once: a closure in `ask` is garbage with every query, even where it is not reached. */
  readonly #onTick = (): void => this.#tick();

  constructor(options: ForwarderOptions) {
    const random = options.random ?? new RandomPool();
    const { upstreams, now } = options;
    this.#now = now;
    this.#upstreams = upstreams;
    this.#views = options.views ?? [];
    this.#firstView = options.firstView ?? 0;
    this.#flights = new Flights(random);
    const { strategy, timeoutMs } = upstreams;
    this.#attempts = new Attempts({ flights: this.#flights, strategy, timeoutMs, now, random });
    this.#routes = new Routes(upstreams.routes, { servers: [], usual: 0 });
    this.#sockets = new UdpSockets(options.udp ?? 'auto');
    const own = ownAddresses(options.own ?? []);
    this.#addressBook = new AddressBook({
      openForwarder: () =>
        createForwarder({ ...options, upstreams: bootstrapOf(upstreams), views: [], firstView: 0 }),
      isUsable: (address) => !own.has(address, DNS_PORT),
      now,
    });
    this.#registry = new ServerRegistry({
      context: {
        owner: this.#attempts,
        now,
        random,
        addressBook: this.#addressBook,
        socketsTo: this.#sockets.to,
        authorities: options.authorities ?? null,
      },
      own,
      resolvConf: options.resolvConf ?? RESOLV_CONF,
      onChange: () => this.#regroup(),
    });
    this.#regroup();
  }

  get inFlight(): number {
    return this.#flights.count;
  }

  get ready(): Promise<void> {
    return this.#sockets.ready;
  }

  states(): readonly UpstreamState[] {
    return this.#registry.states();
  }

  ask(
    message: Uint8Array,
    length: number,
    asker: Asker,
    ticket: number,
    view: number = this.#firstView,
    audience: Audience | null = null,
  ): void {
    const flights = this.#flights;
    if (this.#closing) {
      refuse(asker, ticket, FAILURE.closed, '');
      return;
    }
    const nameEnd = questionEndOf(message, length) - 4;
    const group = this.#routes.groupOf(message, Math.max(nameEnd, HEADER_OCTETS), view - this.#firstView);
    let flight = flights.find(message, length, group, audience);
    if (flight >= 0) {
      if (!flights.join(flight, asker, ticket)) refuse(asker, ticket, FAILURE.overload, '');
      return;
    }
    const nowMs = this.#now();
    flight = flights.begin(message, length, nowMs);
    if (flight < 0) {
      refuse(asker, ticket, FAILURE.overload, '');
      return;
    }
    flights.join(flight, asker, ticket);
    this.#attempts.begin(flight, group, nowMs);
    this.#startTicking();
  }

  /** The clock of everything that waits: runs, and keeps the process alive, only while something does. */
  #startTicking(): void {
    this.#ticker ??= setInterval(this.#onTick, WHEEL_STEP_MS);
    this.#housekeeping ??= this.#keepHouseIn(HOUSEKEEPING_MS.else);
  }

  #tick(): void {
    const nowMs = this.#now();
    this.#attempts.advance(nowMs);
    let isBusy = this.#flights.count > 0;
    for (const server of this.#registry.all) {
      server.advance(nowMs);
      isBusy ||= server.inFlight > 0;
    }
    if (isBusy) return;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#ticker = null;
    this.#drained();
  }

  #keepHouseIn(forMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#keepHouse(), forMs).unref();
  }

  #keepHouse(): void {
    const nowMs = this.#now();
    let isOneDown = false;
    let isMoreLeft = this.#ticker !== null;
    for (const server of this.#registry.all) {
      isMoreLeft = server.tidy(nowMs) || isMoreLeft;
      isOneDown ||= server.health.isDown;
      if (!server.health.claimProbe(nowMs)) continue;
      server.probe(PROBE_QUERY, PROBE_TIMEOUT_MS);
      this.#startTicking();
    }
    if (isOneDown) this.#housekeeping = this.#keepHouseIn(HOUSEKEEPING_MS.probing);
    else this.#housekeeping = isMoreLeft ? this.#keepHouseIn(HOUSEKEEPING_MS.else) : null;
  }

  #regroup(): void {
    const group = (
      addresses: readonly UpstreamAddress[],
      fallback: readonly UpstreamAddress[] = [],
    ): Group => {
      const usual = this.#registry.serversOf(addresses);
      const others = this.#registry.serversOf(fallback).filter((server) => !usual.includes(server));
      return { servers: [...usual, ...others], usual: usual.length };
    };
    const { routes, fallback } = this.#upstreams;
    this.#routes.use(
      // A group with servers of its own keeps to them: they may be chosen for what they refuse.
      [group(this.#upstreams.default, fallback), ...this.#views.map((servers) => group(servers))],
      routes.map(({ upstreams }) => group(upstreams)),
    );
    this.#registry.sweep();
  }

  /** Takes no more; resolves when all that was asked is settled (within the flights' own deadline) and all is closed. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearTimeout(this.#housekeeping ?? undefined);
    this.#registry.stopWatching();
    if (this.#flights.count > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.#attempts.abandon();
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#ticker = null;
    for (const server of this.#registry.all) server.close();
    this.#sockets.close();
    await this.#addressBook.close();
  }
}

/** The bootstrap servers as upstreams of their own; without any, those of the system. */
function bootstrapOf(upstreams: UpstreamsConfig): UpstreamsConfig {
  const servers: readonly UpstreamAddress[] =
    upstreams.bootstrap.length > 0 ? upstreams.bootstrap : [{ kind: 'system' }];
  return { ...upstreams, default: servers, routes: [], fallback: [], bootstrap: [], strategy: 'parallel' };
}
