// Who may come in, as a resolver thread keeps track of it: shared budgets, and the networks that this machine stands in.
import type { Config, Prefix } from '../../config/config.ts';
import type { ListenOptions } from '../../listen/listener.ts';
import type { Access } from '../../resolver/access.ts';
import { Budgets } from '../../resolver/budgets.ts';
import type { QueryObserver } from '../../resolver/query-observer.ts';
import type { Ruling } from '../../resolver/ruling.ts';
import { ownNetworks } from '../machine/own-networks.ts';

/** Each thread's performance.now() begins with it; hrtime is the machine's. */
export function budgetsOf(buffer: SharedArrayBuffer): Budgets {
  return new Budgets(buffer, Number(process.hrtime.bigint()) / 1e6 - performance.now());
}

/** What `access.allow: own` stands for. */
export class OwnNetworks {
  #last: readonly Prefix[] = [];

  /** @param isNew the access does not know any yet */
  tell({ access: { allow } }: Config, access: Access, isNew = false): void {
    const now = allow.includes('own') ? ownNetworks() : [];
    if (!isNew && JSON.stringify(now) === JSON.stringify(this.#last)) return;
    this.#last = now;
    access.allowAlso(now);
  }
}

type Door = Pick<ListenOptions, 'isTrusted' | 'welcomes' | 'clientOf' | 'claimIgnored'>;

/** Who may connect and say which client it is, by the ruling in force. */
export function doorOf(ruling: () => Ruling, observer: QueryObserver): Door {
  const isTrusted = (address: Uint8Array): boolean => ruling().identities?.isTrusted(address) === true;
  return {
    isTrusted,
    claimIgnored: () => observer.claimIgnored(),
    // Worth a TLS handshake: others are refused whatever they ask, but for clients that have a secret to show.
    welcomes: (address) =>
      ruling().ownIds?.isOpen === true || ruling().access.isAllowed(address) || isTrusted(address),
    clientOf: (label, address) =>
      ruling().ownIds?.find(label, () => ruling().access.isAllowed(address)) ?? null,
  };
}
