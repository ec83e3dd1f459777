// Users of the network's machines, from what RADIUS servers, Windows and other programs say of logons.
import type { UserSources } from '../../config/meant/clients.ts';
import type { KnownClient } from '../../policy/groups.ts';
import { WHOLE_ADDRESS } from '../../wire/names/address.ts';
import { type MachineUpdate, NO_UPDATE } from '../machine.ts';
import type { MachineTable } from '../machine-table.ts';
import { LogonSockets } from './logon-sockets.ts';
import { type Accounting, readAccounting } from './radius.ts';
import { type PushedUser, type Session, userOf } from './session.ts';
import { isSameNetwork, Sessions, type Told, usersOf } from './sessions.ts';
import { readLogonEvent } from './windows.ts';

export interface UserBookOptions {
  readonly table: MachineTable;
  /** Wall clock, ms. */
  readonly now: () => number;
  /** Called when something was told that others should know soon. */
  readonly changed: () => void;
  readonly report: (problem: string) => void;
}

export interface UsersState {
  readonly listening: readonly string[];
  readonly sessions: number;
  /** Messages that counted. */
  readonly accepted: number;
  /** Of nobody who is trusted. */
  readonly strangers: number;
  /** RADIUS requests that are malformed, or whose authenticator is wrong. */
  readonly refused: number;
}

const DAY_MS = 86_400_000;
/** What is said late is believed to have happened at most so long ago. */
const LATE_MAX_MS = 3_600_000;
const NO_SOURCES: UserSources = { radius: null, syslog: null, timeoutMs: DAY_MS };

export class UserBook {
  readonly #options: UserBookOptions;
  readonly #sessions: Sessions;
  #sources: UserSources = NO_SOURCES;
  #sockets: LogonSockets | null = null;
  #accepted = 0;
  #refused = 0;
  /** Senders whose secret does not fit, each told once. */
  readonly #wrong = new Set<string>();

  constructor(options: UserBookOptions) {
    this.#options = options;
    this.#sessions = new Sessions(options.table);
  }

  get state(): UsersState {
    return {
      listening: this.#sockets?.bound ?? [],
      sessions: [...this.#sessions.open].length,
      accepted: this.#accepted,
      strangers: this.#sockets?.strangers ?? 0,
      refused: this.#refused,
    };
  }

  /** Listens as the configuration says; sockets of sources that are the same stay. */
  use(sources: UserSources): void {
    if (this.#sockets !== null && JSON.stringify(sources) === JSON.stringify(this.#sources)) return;
    this.#sockets?.close();
    this.#sources = sources;
    this.#sockets = new LogonSockets({
      sources,
      onRadius: (packet, secret, sender) => this.#acceptRadius(packet, secret, sender),
      onSyslog: (message, sender) => this.#acceptSyslog(message, sender),
      report: this.#options.report,
    });
  }

  stop(): void {
    this.#sockets?.close();
    this.#sockets = null;
  }

  /** Goes through all sessions: which are over, and which machines are where they are. */
  look(): void {
    this.#sessions.look(this.#options.now());
  }

  /** @returns what is new since the last call; null: nothing */
  drain(): MachineUpdate | null {
    const sessions = this.#sessions.drain();
    return sessions.length === 0 ? null : { ...NO_UPDATE, sessions };
  }

  /** Addresses with the users that are logged on there, for groups. */
  onto(known: readonly KnownClient[]): readonly KnownClient[] {
    const { table, now } = this.#options;
    if (table.sessions.isEmpty) return known;
    const nowMs = now();
    const usersAt = (address: Uint8Array): readonly string[] => namesOf(table.sessionsAt(address, nowMs));
    const seen = new Set(known.map(({ address }) => Buffer.from(address).toString('latin1')));
    const others = [...this.#sessions.open].flatMap((session) =>
      session.networks.flatMap(({ bytes, bits }): KnownClient[] => {
        const key = Buffer.from(bytes).toString('latin1');
        if (bits === WHOLE_ADDRESS && seen.has(key)) return [];
        seen.add(key);
        const users = bits === WHOLE_ADDRESS ? usersAt(bytes) : namesOf([session]);
        return [{ address: bytes, bits, name: null, mac: null, users }];
      }),
    );
    return [...known.map((one) => ({ ...one, users: usersAt(one.address) })), ...others];
  }

  /** What a program says replaces what it said before. */
  push(source: string, pushed: readonly PushedUser[]): void {
    const { now } = this.#options;
    const nowMs = now();
    const told = pushed.map(({ address, mac, user, sinceMs, untilMs }): Told => {
      const domain = null;
      const networks = [{ bytes: address, bits: WHOLE_ADDRESS }];
      const id = `api ${source} ${Buffer.from(address).toString('hex')} ${user}`;
      const fromMs = Math.min(sinceMs ?? nowMs, untilMs ?? nowMs);
      return {
        id,
        user,
        domain,
        saidBy: 'api',
        from: source,
        networks,
        mac,
        fromMs,
        expiresMs: untilMs ?? nowMs + DAY_MS,
      };
    });
    const ids = new Set(told.map(({ id }) => id));
    this.#sessions.endThose((one) => one.saidBy === 'api' && one.from === source && !ids.has(one.id), nowMs);
    for (const one of told) this.#sessions.tell(one, nowMs);
    this.#options.changed();
  }

  #acceptRadius(packet: Buffer, secret: string, sender: string): Buffer | null {
    const received = readAccounting(packet, secret);
    if (received.kind === 'refused') {
      this.#refused += 1;
      if (received.why === 'authenticator' && !this.#wrong.has(sender) && this.#wrong.size < 100) {
        this.#wrong.add(sender);
        this.#options.report(
          `RADIUS accounting of ${sender} is not taken: its authenticator is wrong; its secret in clients.users.radius.secrets is another than ours`,
        );
      }
      return null;
    }
    this.#wrong.delete(sender);
    if (received.kind === 'accounting') this.#account(received.said, sender);
    return received.reply;
  }

  #account(
    { status, user: written, sessionId, nas, networks, mac, delaySeconds }: Accounting,
    sender: string,
  ): void {
    const nowMs = this.#options.now();
    const atMs = nowMs - Math.min(delaySeconds * 1000, LATE_MAX_MS);
    const from = nas === '' ? sender : nas;
    this.#accepted += 1;
    const id = `radius ${sender} ${nas} ${sessionId}`;
    const isSame = (one: Session): boolean => one.from === from && one.id.startsWith(`radius ${sender} `);
    if (status === 'on' || status === 'off') this.#sessions.endThose(isSame, atMs);
    else if (status === 'stop') this.#sessions.end(id, atMs);
    else {
      const user = userOf(written ?? '');
      if (user === null || (networks.length === 0 && mac === null)) return;
      // A port has one session: one whose end was lost is over when the next begins at its place.
      if (status === 'start')
        this.#sessions.endThose(
          (one) => one.saidBy === 'radius' && one.id !== id && isAtSamePlace(one, networks, mac),
          atMs,
        );
      this.#sessions.tell(
        {
          id,
          user,
          domain: null,
          saidBy: 'radius',
          from,
          networks,
          mac,
          fromMs: atMs,
          expiresMs: nowMs + this.#sources.timeoutMs,
        },
        nowMs,
      );
    }
    this.#options.changed();
  }

  #acceptSyslog(message: string, sender: string): void {
    const event = readLogonEvent(message, sender);
    if (event === null) return;
    const nowMs = this.#options.now();
    this.#accepted += 1;
    const id = `windows ${event.id}`;
    if (event.kind === 'ended') this.#sessions.end(id, nowMs);
    else {
      const { user, domain, address } = event;
      const networks = [{ bytes: address, bits: WHOLE_ADDRESS }];
      const expiresMs = nowMs + this.#sources.timeoutMs;
      this.#sessions.tell(
        { id, user, domain, saidBy: 'windows', from: sender, networks, mac: null, fromMs: nowMs, expiresMs },
        nowMs,
      );
    }
    this.#options.changed();
  }
}

/** By which groups may name the users of sessions: `anna`, and `corp\anna` where the domain is known. */
const namesOf = (sessions: readonly Session[]): readonly string[] => [
  ...usersOf(sessions),
  ...sessions.flatMap(({ user, domain }) => (domain === null ? [] : [`${domain}\\${user}`])),
];

function isAtSamePlace(session: Session, networks: Session['networks'], mac: string | null): boolean {
  if (mac !== null && session.mac !== null) return session.mac === mac;
  return session.networks.some((one) => networks.some((other) => isSameNetwork(one, other)));
}
