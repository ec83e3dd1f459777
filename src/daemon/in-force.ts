// What is in force: one value, owned here, and the only way to change it.
//
// A change is a transaction: every holder prepares what the next value needs and may refuse with a reason; only when all have
// said yes does each commit. A refusal drops what was prepared, and what was in force stays in force everywhere.
// One change at a time, in the order in which they were asked for.
import { isDeepStrictEqual } from 'node:util';
import { CodedError, messageOf } from '../config/coded-error.ts';
import type { Config, LocalRecord } from '../config/config.ts';
import type { KnownClient } from '../policy/groups.ts';
import type { RuleSet } from '../policy/rule.ts';
import type { CertificatePair } from './machine/certificate.ts';

/** What one change may replace. */
export interface Parts {
  readonly config: Config;
  readonly ruleSet: RuleSet;
  /** Records of the hosts file that the config names. */
  readonly hosts: readonly LocalRecord[];
  /** Of the TLS and HTTPS listeners; null where there are none. */
  readonly certificate: CertificatePair | null;
  /** Names of the groups whose blocking is paused. */
  readonly paused: readonly string[];
  readonly known: readonly KnownClient[];
}

export const PARTS = [
  'config',
  'ruleSet',
  'hosts',
  'certificate',
  'paused',
  'known',
] as const satisfies (keyof Parts)[];

export interface InForce extends Parts {
  /** Counts the commits of this run, from 1. */
  readonly revision: number;
  /** When it was committed, ms by the owner's clock. */
  readonly sinceMs: number;
}

/** Who works with what is in force. */
export interface Holder {
  /** For messages. */
  readonly name: string;
  /** Makes ready what `next` needs; nothing in force changes. @throws Error to refuse; its message is the reason */
  prepare(next: InForce, now: InForce): Promise<void>;
  /** Turns to what was prepared for `next`; cannot refuse. */
  commit(next: InForce, before: InForce): Promise<void>;
  /** Forgets what was prepared for `next`. */
  drop(next: InForce): void;
}

/** What a change is about; a refusal is remembered by it until a change of that kind is committed. */
export type ChangeKind = 'configuration' | 'lists' | 'certificate' | 'pause' | 'clients';

export interface Refusal {
  readonly kind: ChangeKind;
  /** Ms by the owner's clock. */
  readonly sinceMs: number;
  readonly reason: string;
}

/** The parts that change; a function is asked when its turn has come. */
export type Wanted = Partial<Parts> | ((now: InForce) => Partial<Parts>);

/** A holder said no: `message` is its reason. */
export class RefusedError extends CodedError<'IN_FORCE_REFUSED'> {
  constructor(holder: string, reason: unknown) {
    const why = messageOf(reason);
    super('IN_FORCE_REFUSED', `${holder}: ${why}`, { cause: reason });
  }
}

export class InForceOwner {
  readonly #holders: readonly Holder[];
  readonly #now: () => number;
  readonly #refusals = new Map<ChangeKind, Refusal>();
  #value: InForce;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param now ms; a clock that nobody sets */
  constructor(first: Parts, holders: readonly Holder[], now: () => number) {
    this.#holders = holders;
    this.#now = now;
    this.#value = { ...first, revision: 1, sinceMs: now() };
  }

  get value(): InForce {
    return this.#value;
  }

  /** Latest first. */
  get refusals(): readonly Refusal[] {
    return [...this.#refusals.values()].sort((a, b) => b.sinceMs - a.sinceMs);
  }

  /** @throws RefusedError when a holder refused; then all is as it was */
  change(kind: ChangeKind, wanted: Wanted): Promise<InForce> {
    const turn = this.#queue.then(() => this.#change(kind, wanted));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Remembers what was refused before it came to the holders: a file with mistakes, a certificate that cannot be read. */
  refuse(kind: ChangeKind, reason: string): void {
    const before = this.#refusals.get(kind);
    const sinceMs = before?.reason === reason ? before.sinceMs : this.#now();
    this.#refusals.set(kind, { kind, sinceMs, reason });
  }

  async #change(kind: ChangeKind, wanted: Wanted): Promise<InForce> {
    const before = this.#value;
    const parts = typeof wanted === 'function' ? wanted(before) : wanted;
    // It says again what is in force: what was refused is of no matter any more. Rules that were compiled anew are others: their numbers are never given twice.
    if (PARTS.every((part) => !(part in parts) || isDeepStrictEqual(parts[part], before[part]))) {
      this.#refusals.delete(kind);
      return before;
    }
    const next: InForce = { ...before, ...parts, revision: before.revision + 1, sinceMs: this.#now() };
    const asked: Holder[] = [];
    for (const holder of this.#holders) {
      asked.push(holder);
      try {
        await holder.prepare(next, before);
      } catch (error) {
        for (const other of asked) other.drop(next);
        const refused = new RefusedError(holder.name, error);
        this.refuse(kind, refused.message);
        throw refused;
      }
    }
    this.#value = next;
    this.#refusals.delete(kind);
    for (const holder of this.#holders) await holder.commit(next, before);
    return next;
  }
}
