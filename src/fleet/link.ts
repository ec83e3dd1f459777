// The one connection of this daemon to the NATS servers of its fleet. It dials for ever, by a loop of its own: the client's gives up
// after two refusals, keeps what is published meanwhile without bound, and throws it away when it is back.
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { AuthorizationError, connect, errors, nkeyAuthenticator } from '@nats-io/transport-node';
import { isUntrusted, messageOf } from '../config/coded-error.ts';
import type { FleetConfig } from '../config/meant/fleet.ts';
import { type Clocks, SteadyClock } from '../config/steady-clock.ts';
import { formatEndpoint } from '../wire/names/address.ts';
import { FleetError } from './fleet-error.ts';
import { inTurns } from './in-turns.ts';
import { readAck } from './messages/ack.ts';
import { MESSAGE_OCTETS_MAX } from './messages/packed.ts';
import { SEAL_OCTETS } from './seal.ts';
import { readSeed } from './signing.ts';
import { directGet, inboxPrefix } from './subjects.ts';

const DIAL_MS = 5_000;
/** Two pings without an answer: a link that is half open is found within three of them. */
const PING_MS = 5_000;
const PAUSE_MS_MIN = 250;
const PAUSE_MS_MAX = 15_000;
/** Nothing but the servers' configuration mends a refusal: at first it may be on its way. */
const REFUSED_PAUSE_MS = { first: 2_000, longest: 30_000 } as const;
const ANSWER_MS = 5_000;
const DRAIN_MS = 1_000;
const NO_MESSAGE = 404;
/** `max_payload`, where nobody sets it. */
const PAYLOAD = 1024 * 1024;
const OLD_SERVER = /^(0|1|2\.[0-9])(\.|$)/;

/** `sinceMs`: wall clock. */
export type LinkState =
  | { readonly is: 'up'; readonly sinceMs: number; readonly server: string; readonly version: string }
  | { readonly is: 'down'; readonly sinceMs: number; readonly why: string };

export interface LinkParts extends Clocks {
  readonly fleet: Pick<FleetConfig, 'site' | 'nats' | 'ca' | 'credentials'>;
  readonly report: (level: 'info' | 'warn', text: string) => void;
}

/** A message that a stream keeps. */
export interface KeptMessage {
  readonly octets: Uint8Array;
  readonly sequence: number;
  /** When the stream took it, by the server's clock; null: it does not say. */
  readonly atMs: number | null;
}

type Heard = (octets: Uint8Array, subject: string) => void;

export class Link {
  readonly #parts: LinkParts;
  readonly #clock: SteadyClock;
  readonly #abort = new AbortController();
  readonly #heard = new Map<string, Heard>();
  readonly #untold = new Set<string>();
  readonly #atUp: (() => void)[] = [];
  #connection: NatsConnection | null = null;
  #state: LinkState;
  /** Of the state, by the clock. */
  #sinceMs: number;
  #loop: Promise<void> = Promise.resolve();
  #told = '';

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#clock = new SteadyClock(parts.now, parts.steady);
    this.#sinceMs = this.#clock.now();
    this.#state = { is: 'down', sinceMs: parts.now(), why: 'not connected yet' };
  }

  get state(): LinkState {
    const sinceMs = this.#clock.wall(this.#sinceMs);
    if (sinceMs !== this.#state.sinceMs) this.#state = { ...this.#state, sinceMs };
    return this.#state;
  }

  /** For streams and consumers; null while there is none. Whoever has it must bear that it ends at any time. */
  get connection(): NatsConnection | null {
    return this.#connection;
  }

  /** Called at each connect, once what is listened to is subscribed. */
  onUp(then: () => void): void {
    this.#atUp.push(then);
    if (this.#connection !== null) then();
  }

  /** Messages of a subject, whenever there is a connection; one listener a subject. */
  listen(subject: string, heard: Heard): void {
    this.#heard.set(subject, heard);
    if (this.#connection !== null) this.#subscribe(this.#connection, subject, heard);
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    // What was published is sent before the end; a server that does not answer is not waited for.
    const ends = this.#connection?.drain().catch(() => undefined);
    await Promise.race([ends, pause(DRAIN_MS, undefined, { ref: false })]);
    await this.#connection?.close();
    await this.#loop;
  }

  /** What a message may have before its seal: as much as any server takes as it is installed, or what this one does. */
  get octetsMax(): number {
    return Math.min(MESSAGE_OCTETS_MAX, (this.#connection?.info?.max_payload ?? PAYLOAD) - SEAL_OCTETS);
  }

  /** A message that may be lost; it is, while there is no connection, or one that takes no message as long. */
  tell(subject: string, octets: Uint8Array): void {
    try {
      this.#connection?.publish(subject, octets);
      this.#untold.delete(subject);
    } catch (error) {
      if (!this.#untold.has(subject))
        this.#parts.report('warn', `${subject} is not told: ${messageOf(error)}`);
      this.#untold.add(subject);
    }
  }

  /**
   * Hands a message to the stream of its subject and waits until the stream has it. Whoever has more to send waits in between.
   * @param turnsMs as `last`: for what may come twice
   * @returns its sequence in the stream
   * @throws FleetError FLEET_DOWN or FLEET_REFUSED: it is not kept; FLEET_UNKNOWN: nobody knows
   */
  async keep(subject: string, octets: Uint8Array, turnsMs: readonly number[] = [ANSWER_MS]): Promise<number> {
    const answer = await this.#askInTurns(subject, octets, turnsMs);
    const said = readAck(answer);
    if (said.sequence === null) throw new FleetError('FLEET_REFUSED', `${subject}: ${said.why}`);
    return said.sequence;
  }

  /**
   * The last message of a subject.
   * @param turnsMs after each it is asked once more: what was asked of a server that has died since is never answered, and the next
   * question goes to another. An answer to any of them counts, until all turns are over.
   * @returns null when there is none @throws FleetError as `keep`
   */
  async last(
    stream: string,
    subject: string,
    turnsMs: readonly number[] = [ANSWER_MS],
  ): Promise<KeptMessage | null> {
    const answer = await this.#askInTurns(directGet(stream, subject), new Uint8Array(), turnsMs);
    if (answer.headers === undefined)
      throw new FleetError('FLEET_REFUSED', `${subject}: the server's answer has no headers`);
    if (answer.headers.code === NO_MESSAGE) return null;
    const sequence = Number(answer.headers.get('Nats-Sequence'));
    if (!Number.isSafeInteger(sequence) || sequence <= 0)
      throw new FleetError('FLEET_REFUSED', `${subject}: ${answer.headers.description || 'no message came'}`);
    const atMs = Date.parse(answer.headers.get('Nats-Time-Stamp'));
    return { octets: answer.data, sequence, atMs: Number.isNaN(atMs) ? null : atMs };
  }

  #askInTurns(subject: string, octets: Uint8Array, turnsMs: readonly number[]): Promise<Msg> {
    const isUnanswered = (error: unknown): boolean =>
      error instanceof FleetError && error.code === 'FLEET_UNKNOWN';
    return inTurns((timeoutMs) => this.#ask(subject, octets, timeoutMs), turnsMs, isUnanswered);
  }

  async #ask(subject: string, octets: Uint8Array, timeout: number): Promise<Msg> {
    const connection = this.#connection;
    if (connection === null) throw new FleetError('FLEET_DOWN', this.#whyDown());
    try {
      return await connection.request(subject, octets, { timeout });
    } catch (error) {
      if (error instanceof errors.RequestError && error.isNoResponders())
        throw new FleetError(
          'FLEET_REFUSED',
          `no stream takes ${subject} now; the head makes it when it connects (that of hits where it has \`fleet.store\`), and a cluster that lost a server has it again within seconds`,
        );
      const cause = error instanceof errors.RequestError ? error.cause : error;
      if (cause instanceof errors.PermissionViolationError)
        throw new FleetError(
          'FLEET_REFUSED',
          `the NATS server does not let these credentials use ${subject}: they are not those of ${this.#parts.fleet.site} (\`fleet.site\` names another site than they were made for), or its \`nats-users.conf\` is older than the head's`,
        );
      throw new FleetError('FLEET_UNKNOWN', `${subject}: ${messageOf(error)}`, { cause: error });
    }
  }

  #whyDown(): string {
    return this.#state.is === 'down' ? this.#state.why : 'the connection has just ended';
  }

  async #run(): Promise<void> {
    const { servers } = this.#parts.fleet.nats;
    const { signal } = this.#abort;
    for (let attempt = 0, failed = 0, refused = 0; !signal.aborted; attempt++) {
      const server = servers[attempt % servers.length];
      if (server === undefined) return;
      const name = formatEndpoint(server.host, server.port);
      let waitMs = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.min(failed, 10));
      try {
        const connection = await this.#dial(name, server.host);
        [failed, refused] = [0, 0];
        waitMs = PAUSE_MS_MIN;
        this.#up(connection, name);
        const why = await connection.closed();
        this.#connection = null;
        this.#down(`${name}: ${why === undefined ? 'the connection ended' : messageOf(why)}`);
      } catch (error) {
        failed++;
        const isRefused = error instanceof AuthorizationError;
        if (isRefused)
          waitMs = Math.min(REFUSED_PAUSE_MS.longest, REFUSED_PAUSE_MS.first * 2 ** Math.min(refused++, 10));
        const why = isRefused ? 'the server refuses these credentials' : this.#whyNot(error);
        this.#down(`${name}: ${why}`);
      }
      // Not all sites of a fleet at once.
      await pause(waitMs * (0.5 + Math.random()), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #whyNot(error: unknown): string {
    const why = messageOf(error);
    const { ca, nats } = this.#parts.fleet;
    if (ca !== null && isUntrusted(error))
      return `its certificate leads to none of those in \`fleet.ca\`; put that of the authority which signed it into ${ca}, beside the earlier one as long as a server has one of that: it is read at each attempt`;
    // What the client makes of a socket that is closed without an error: a proxy or firewall, as a rule.
    if (why.includes('undefined error')) return 'the connection was closed before the server answered';
    // The client reads settings of TLS that are not there.
    const isAsked = !nats.isTls && why.includes('options.tls');
    return isAsked ? 'the server asks for TLS: write `tls://` in `fleet.nats`' : why;
  }

  #dial(server: string, host: string): Promise<NatsConnection> {
    const { site, nats, ca, credentials } = this.#parts.fleet;
    const seed = credentials === null ? null : readSeed(credentials);
    // The client names the server only where it has a name: an address would be held against "localhost".
    const tls = { ...(ca !== null && { caFile: ca }), ...(isIP(host) !== 0 && { host }) };
    return connect({
      servers: [server],
      name: `cenote ${site}`,
      inboxPrefix: inboxPrefix(site),
      timeout: DIAL_MS,
      reconnect: false,
      ignoreClusterUpdates: true,
      pingInterval: PING_MS,
      maxPingOut: 2,
      tls: nats.isTls ? tls : null,
      ...(seed !== null && { authenticator: nkeyAuthenticator(seed) }),
    });
  }

  #up(connection: NatsConnection, server: string): void {
    const version = connection.info?.version ?? 'of unknown version';
    this.#connection = connection;
    this.#sinceMs = this.#clock.now();
    this.#state = { is: 'up', sinceMs: this.#clock.wall(this.#sinceMs), server, version };
    this.#told = '';
    this.#parts.report('info', `connected to the fleet's server ${server} (nats-server ${version})`);
    if (OLD_SERVER.test(version))
      this.#parts.report(
        'warn',
        `nats-server ${version} can lose messages that it acknowledged when its power is cut, and has no setting against it; what is lost is sent again, later. From 2.10 on it has \`sync_interval: always\``,
      );
    const payload = connection.info?.max_payload ?? PAYLOAD;
    if (payload < PAYLOAD)
      this.#parts.report(
        'warn',
        `this server takes no message of more than ${payload} octets: a text of a list, a long policy, or what a hunt found may not pass. Set its \`max_payload\` to 1MB, as it is installed`,
      );
    for (const [subject, heard] of this.#heard) this.#subscribe(connection, subject, heard);
    for (const then of this.#atUp) then();
  }

  #subscribe(connection: NatsConnection, subject: string, heard: Heard): void {
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) heard(message.data, message.subject);
        else this.#parts.report('warn', `${subject} cannot be listened to: ${messageOf(error)}`);
      },
    });
  }

  /** Told once for each reason. */
  #down(why: string): void {
    if (this.#abort.signal.aborted) return;
    if (this.#state.is === 'up') this.#sinceMs = this.#clock.now();
    this.#state = { is: 'down', sinceMs: this.#clock.wall(this.#sinceMs), why };
    if (this.#told === why) return;
    this.#told = why;
    this.#parts.report('warn', `no connection to the fleet (${why}); it is tried again and again`);
  }
}
