// Who asks, as a resolver thread learns it while it answers: from neighbours that are trusted, and from the kernel.
import type { NeighbourAsker } from '../../clients/one-neighbour.ts';
import type { Groups } from '../../policy/groups.ts';
import { FirstSight } from '../../resolver/identity/first-sight.ts';
import type { Forwarded } from '../../resolver/identity/identities.ts';
import { ForwardedClients } from './forwarded.ts';
import type { FromWorker, Settings } from './messages.ts';

export interface WhoAsksParts {
  readonly settings: () => Settings;
  /** Null: the kernel cannot be asked. */
  readonly neighbour: NeighbourAsker | null;
  readonly send: (message: FromWorker) => void;
  /** Somebody is in another group from here on. */
  readonly regroup: (groups: Groups) => void;
}

export class WhoAsks {
  readonly forwarded = new ForwardedClients();
  readonly firstSight: FirstSight | null;
  readonly #parts: WhoAsksParts;

  constructor(parts: WhoAsksParts) {
    this.#parts = parts;
    this.firstSight = parts.neighbour === null ? null : new FirstSight((address) => this.#meet(address));
  }

  groups(): Groups {
    const { config, assignments } = this.#parts.settings();
    return this.forwarded.groups(config.groups, assignments);
  }

  /** A machine that a trusted neighbour asks for, for the first time. */
  readonly tell = (told: Forwarded): void => {
    this.#parts.send({ kind: 'forwarded', told });
    this.#place(told);
  };

  #meet(address: Uint8Array): void {
    const mac = this.#parts.neighbour?.(address) ?? null;
    if (mac === null) return;
    // The main thread looks at all it knows and says the machine; until then the group is known here.
    this.#parts.send({ kind: 'forwarded', told: null });
    this.#place({ address: address.slice(), mac, id: null });
  }

  #place(told: Pick<Forwarded, 'address' | 'mac' | 'id'>): void {
    if (this.forwarded.keep(told, this.#parts.settings().config.groups)) this.#parts.regroup(this.groups());
  }
}
