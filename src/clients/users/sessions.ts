// Sessions as their sources report them: begun, continued, ended, and what of it is new to others.
//
// Time is an argument everywhere. What is said of one session under its id is put together here; nothing reads sockets or files.
import { WHOLE_ADDRESS } from '../../wire/names/address.ts';
import type { MachineTable } from '../machine-table.ts';
import type { Session } from './session.ts';
import { endOf } from './session-table.ts';

/** What a source says of a session that is there. */
export type Told = Omit<Session, 'machine' | 'fromMs' | 'toMs' | 'expiresMs'> & {
  readonly fromMs: number;
  readonly expiresMs: number;
};

/** Past it the oldest of a source that says ever more ends. */
const OPEN_MAX = 65_536;
/** How much longer a session must last before that is passed on. */
const LONGER_MS = 600_000;
const NOBODY: readonly string[] = [];

export class Sessions {
  readonly #table: MachineTable;
  readonly #open = new Map<string, Session>();
  #changed: Session[] = [];

  /** @param table which machines have which addresses; what is said here goes into it */
  constructor(table: MachineTable) {
    this.#table = table;
    for (const session of table.sessions.all())
      if (session.toMs === null) this.#open.set(session.id, session);
  }

  /** Those that last. */
  get open(): Iterable<Session> {
    return this.#open.values();
  }

  /** A session is there: it began, or goes on. Where it says another address, it is known at both. */
  tell(told: Told, nowMs: number): void {
    const before = this.#open.get(told.id);
    if (before !== undefined && before.user === told.user) {
      const networks = [
        ...before.networks,
        ...told.networks.filter((one) => !before.networks.some((known) => isSameNetwork(known, one))),
      ];
      const mac = told.mac ?? before.mac;
      if (networks.length === before.networks.length && mac === before.mac) {
        const later = { ...before, expiresMs: told.expiresMs };
        this.#open.set(told.id, later);
        if (told.expiresMs - before.expiresMs > LONGER_MS || told.expiresMs < before.expiresMs)
          this.#put(later);
        return;
      }
      this.#put({ ...before, toMs: nowMs });
      this.#put({ ...before, ...told, networks, mac, fromMs: nowMs, toMs: null });
      return;
    }
    if (before !== undefined) this.end(told.id, nowMs);
    this.#put({ ...told, machine: this.#machineAt(told), toMs: null });
    if (this.#open.size <= OPEN_MAX) return;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.end(oldest, nowMs);
  }

  end(id: string, atMs: number): void {
    const session = this.#open.get(id);
    if (session === undefined) return;
    this.#put({ ...session, toMs: Math.max(session.fromMs, Math.min(atMs, session.expiresMs)) });
  }

  endThose(isMeant: (session: Session) => boolean, atMs: number): void {
    for (const session of [...this.#open.values()]) if (isMeant(session)) this.end(session.id, atMs);
  }

  /** Ends what nothing more was said of, and learns which machines are at the addresses. */
  look(nowMs: number): void {
    for (const session of [...this.#open.values()]) {
      if (session.expiresMs <= nowMs) this.end(session.id, session.expiresMs);
      else if (session.machine === null || this.#table.idNow(session.machine) !== session.machine) {
        const machine =
          session.machine === null ? this.#machineAt(session) : this.#table.idNow(session.machine);
        if (machine !== session.machine) this.#put({ ...session, machine });
      }
    }
  }

  /** @returns what changed since the last call */
  drain(): readonly Session[] {
    const changed = this.#changed;
    if (changed.length > 0) this.#changed = [];
    return changed;
  }

  /** The machine that is known by more than its address where the session is. */
  #machineAt({ networks, mac }: Pick<Session, 'networks' | 'mac'>): string | null {
    for (const { bytes, bits } of networks) {
      const who = bits === WHOLE_ADDRESS ? this.#table.openAt(bytes)?.who : undefined;
      if (who === undefined || (mac !== null && who.mac !== mac)) continue;
      if (this.#table.machine(who.id)?.key != null) return this.#table.idNow(who.id);
    }
    return null;
  }

  #put(session: Session): void {
    this.#changed.push(session);
    this.#table.sessions.apply([session]);
    if (session.toMs === null) this.#open.set(session.id, session);
    else if (this.#open.get(session.id)?.fromMs === session.fromMs) this.#open.delete(session.id);
  }
}

export const isSameNetwork = (a: Session['networks'][number], b: Session['networks'][number]): boolean =>
  a.bits === b.bits && Buffer.compare(a.bytes, b.bytes) === 0;

/** Users of sessions, each once; the one that began first before the others. */
export function usersOf(sessions: readonly Session[]): readonly string[] {
  // Of each hit and each query: most often nobody.
  if (sessions.length === 0) return NOBODY;
  const users = new Map<string, string>();
  for (const { user } of [...sessions].sort((a, b) => a.fromMs - b.fromMs || endOf(a) - endOf(b)))
    if (!users.has(user.toLowerCase())) users.set(user.toLowerCase(), user);
  return [...users.values()];
}
