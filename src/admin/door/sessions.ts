// Sign-ins that last: who has the cookie is who signed in. Kept in memory only: a restart ends them all, and no disk has any.
import { randomBytes } from 'node:crypto';
import { digestOf } from './password.ts';

const SESSIONS_MAX = 1_000;
const OF_ONE_MAX = 20;
const ID_OCTETS = 32;

interface Session<Holder> {
  readonly holder: Holder;
  readonly owner: string;
  readonly beganMs: number;
  usedMs: number;
}

export interface SessionLimits {
  readonly idleMs: number;
  readonly lastsMs: number;
}

export class Sessions<Holder> {
  readonly #now: () => number;
  /** By the digest of the id, the longest unused first: what is read out of this memory opens nothing. */
  readonly #open = new Map<string, Session<Holder>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param owner whose it is: each has a bounded number @returns the id, for the cookie alone */
  begin(owner: string, holder: Holder): string {
    const own = [...this.#open].filter(([, session]) => session.owner === owner).map(([key]) => key);
    if (own.length >= OF_ONE_MAX) this.#open.delete(own[0] ?? '');
    if (this.#open.size >= SESSIONS_MAX) this.#open.delete([...this.#open.keys()][0] ?? '');
    const id = randomBytes(ID_OCTETS).toString('base64url');
    this.#open.set(keyOf(id), { holder, owner, beganMs: this.#now(), usedMs: this.#now() });
    return id;
  }

  /** Null: there is none, or its time is over. */
  use(id: string, { idleMs, lastsMs }: SessionLimits): Holder | null {
    const key = keyOf(id);
    const session = this.#open.get(key);
    if (session === undefined) return null;
    const now = this.#now();
    this.#open.delete(key);
    if (now - session.usedMs > idleMs || now - session.beganMs > lastsMs) return null;
    session.usedMs = now;
    this.#open.set(key, session);
    return session.holder;
  }

  end(id: string): void {
    this.#open.delete(keyOf(id));
  }
}

const keyOf = (id: string): string => digestOf(id).toString('base64');
