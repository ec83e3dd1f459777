// Who asks, as a resolver thread learns it while it answers: from neighbours that are trusted, and from the kernel.
import type { NeighbourAsker } from '../../clients/one-neighbour.ts';
import type { Groups } from '../../policy/groups.ts';
import { FirstSight } from '../../resolver/identity/first-sight.ts';
import { type Forwarded, type Identities, toldTable } from '../../resolver/identity/identities.ts';
import { ForwardedClients } from './forwarded.ts';
import type { FromWorker, Settings } from './messages.ts';

/** The main thread says the machine within a moment; until then, and no longer, its group is what this thread was told. */
const SAID_MS = 10_000;

export interface WhoAsksParts {
  readonly settings: () => Settings;
  /** Null: the kernel cannot be asked. */
  readonly neighbour: NeighbourAsker | null;
  readonly send: (message: FromWorker) => void;
  /** Ms; `now` is the wall clock. */
  readonly clocks: { readonly now: () => number; readonly monotonic: () => number };
  /** What is asked from an address from here on is another machine's: no record that is held goes on. */
  readonly handedOver: () => void;
  /** Somebody is in another group from here on. */
  readonly regroup: (groups: Groups) => void;
}

export class WhoAsks {
  readonly forwarded = new ForwardedClients();
  readonly firstSight: FirstSight | null;
  readonly neighbour: NeighbourAsker | null;
  readonly #parts: WhoAsksParts;
  #forgetting: NodeJS.Timeout | null = null;
  #told: Int32Array | null = null;

  constructor(parts: WhoAsksParts) {
    this.#parts = parts;
    this.neighbour = parts.neighbour;
    this.firstSight = parts.neighbour === null ? null : new FirstSight((address) => this.#meet(address));
  }

  /** What neighbours have said, over all configurations. */
  readonly told = (): Int32Array => {
    this.#told ??= toldTable();
    return this.#told;
  };

  /** A trusted neighbour named a machine to some thread. */
  hear(told: Forwarded, identities: Identities | null): void {
    identities?.hear(told);
    this.#place(told);
  }

  /** The main thread has said who is where. An address may be another's from here on, and what that asks is not counted with what was asked before. */
  heard(): void {
    this.#parts.handedOver();
    this.forwarded.heard();
    this.#parts.regroup(this.#groups());
  }

  #groups(): Groups {
    const { config, assignments } = this.#parts.settings();
    return this.forwarded.groups(config.groups, assignments);
  }

  /** A machine that a trusted neighbour asks for, for the first time. */
  readonly tell = (told: Forwarded): void => {
    this.#parts.send({ kind: 'forwarded', told: { ...told, atMs: this.#parts.clocks.now() } });
    this.#place(told);
  };

  #meet(address: Uint8Array): void {
    const mac = this.neighbour?.(address) ?? null;
    if (mac === null) return;
    // The main thread looks at all it knows and says the machine; until then the group is known here.
    this.#parts.send({ kind: 'forwarded', told: null });
    this.#place({ address: address.slice(), mac, id: null, isAnother: false });
  }

  #place(told: Pick<Forwarded, 'address' | 'mac' | 'id' | 'isAnother'>): void {
    const { config, assignments } = this.#parts.settings();
    if (told.isAnother) this.#parts.handedOver();
    if (!this.forwarded.keep(told, config.groups, assignments, this.#parts.clocks.monotonic())) return;
    this.#parts.regroup(this.#groups());
    this.#forgetting ??= setTimeout(() => this.forget(), SAID_MS).unref();
  }

  /** What the main thread has had the time to say is left to it. */
  forget(): void {
    const isAnyLeft = this.forwarded.forgetUntil(this.#parts.clocks.monotonic() - SAID_MS);
    this.#forgetting = isAnyLeft ? setTimeout(() => this.forget(), SAID_MS).unref() : null;
    this.#parts.regroup(this.#groups());
  }
}
