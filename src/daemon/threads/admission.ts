// Who may come in, as a resolver thread keeps track of it: shared budgets, and the networks that this machine stands in.
import type { Config, Prefix } from '../../config/config.ts';
import type { Access } from '../../resolver/access.ts';
import { Budgets } from '../../resolver/budgets.ts';
import { ownNetworks } from '../machine/own-networks.ts';

/** Each thread's performance.now() begins with it; hrtime is the machine's. */
export function budgetsOf(buffer: SharedArrayBuffer): Budgets {
  return new Budgets(buffer, Number(process.hrtime.bigint()) / 1e6 - performance.now());
}

/** What `access.allow: own` stands for. */
export class OwnNetworks {
  #last: readonly Prefix[] = [];

  /** @param isNew the access has not been told of any */
  tell({ access: { allow } }: Config, access: Access, isNew = false): void {
    const now = allow.includes('own') ? ownNetworks() : [];
    if (!isNew && JSON.stringify(now) === JSON.stringify(this.#last)) return;
    this.#last = now;
    access.allowAlso(now);
  }
}
