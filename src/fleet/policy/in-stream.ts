// What the policy stream holds, as a head sees it beside what is on its own disk, and which numbers were given.
import { setTimeout as pause } from 'node:timers/promises';
import type { Link } from '../link.ts';
import { STREAMS, SUBJECTS } from '../subjects.ts';
import { LaterPolicy, type PolicyDocument, readPolicy } from './document.ts';
import { foreignText } from './head-sentences.ts';

const LOOK_MS = [1_000, 1_000];
const AGAIN_MS = 500;
/** A site's number is its own word: one that is higher than ours by more than this is a lie that would use up all numbers. */
const AHEAD_MAX = 1_000_000;

/** Signed with this head's key. */
export interface Held {
  readonly revision: number;
  /** Null: this version cannot read it. */
  readonly document: PolicyDocument | null;
}

/** What is on the head's disk. */
export interface Own {
  readonly message: Uint8Array | null;
  /** 0: none that can be read. */
  readonly revision: number;
}

export class InStream {
  readonly #link: Pick<Link, 'connection' | 'last'>;
  readonly #key: string;
  readonly #report: (level: 'error', text: string) => void;
  /** Numbers that were seen elsewhere: the next is greater. */
  seen = 0;
  /** A revision that it holds, signed with this head's key, and that is not what this head published. Null: it holds what this head says. */
  foreign: number | null = null;
  /** Whether NATS said since this head's start what it holds: a data folder is set back while nothing runs in it. */
  isSeen = false;

  /** @param key the public one of this head */
  constructor(
    link: Pick<Link, 'connection' | 'last'>,
    key: string,
    report: (level: 'error', text: string) => void,
  ) {
    this.#link = link;
    this.#key = key;
    this.#report = report;
  }

  /** A site holds this revision. */
  saw(revision: number, own: number): void {
    if (revision <= own + AHEAD_MAX) this.seen = Math.max(this.seen, revision);
  }

  /** @returns null: none that this head's key signed; whoever wrote another may not, and it is replaced. @throws FleetError */
  async look(own: Own): Promise<Held | null> {
    const last = await this.#link.last(STREAMS.policy, SUBJECTS.policy, LOOK_MS);
    this.isSeen = true;
    const held = last === null ? null : signedIn(last.octets, this.#key);
    if (last === null || held === null) return null;
    const isOwn = own.message !== null && Buffer.compare(last.octets, own.message) === 0;
    const foreign = held.revision < own.revision || isOwn ? null : held.revision;
    if (foreign !== null && foreign !== this.foreign) this.#report('error', foreignText(foreign));
    this.foreign = foreign;
    this.seen = Math.max(this.seen, foreign ?? 0);
    return held;
  }

  /** As `look`, again while there is a connection. */
  async lookWithin(forMs: number, own: Own): Promise<Held | null> {
    const untilMs = performance.now() + forMs;
    for (;;)
      try {
        return await this.look(own);
      } catch (error) {
        if (this.#link.connection === null || performance.now() >= untilMs) throw error;
        await pause(AGAIN_MS);
      }
  }
}

function signedIn(message: Uint8Array, key: string): Held | null {
  try {
    const document = readPolicy(message, key);
    return { revision: document.revision, document };
  } catch (error) {
    return error instanceof LaterPolicy ? { revision: error.revision ?? 0, document: null } : null;
  }
}
