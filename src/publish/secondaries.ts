// What is known of those that take a zone: told of which serial, came when, has what.
import { formatEndpoint } from '../wire/names/address.ts';
import type { Notifier } from '../zone/outgoing/notifier.ts';
import type { LastTransfer, SecondaryState } from './messages.ts';

/** Askers that are not in the configuration; beyond, the one that has not asked for longest is forgotten. */
const ASKERS_MAX = 64;

interface Asker {
  serial: number | null;
  lastAskedMs: number;
  lastTransfer: LastTransfer | null;
}

export class Secondaries {
  readonly #askers = new Map<string, Asker>();

  /** @param have the serial it says it has; null where it does not say */
  asked(address: string, have: number | null, atMs: number): void {
    const asker = this.#of(address);
    asker.lastAskedMs = atMs;
    if (have !== null) asker.serial = have;
  }

  took(address: string, transfer: LastTransfer): void {
    const asker = this.#of(address);
    asker.serial = transfer.serial;
    if (transfer.kind !== 'current' || asker.lastTransfer === null) asker.lastTransfer = transfer;
  }

  /** @param serial of the zone */
  states(serial: number | null, notifiers: readonly Notifier[]): SecondaryState[] {
    const hosts = new Set(notifiers.map(({ target }) => target.host));
    return [
      ...notifiers.map((notifier) => ({
        ...stateOf(textOf(notifier.target), notifier.state, this.#askers.get(notifier.target.host), serial),
        others: notifiers
          .filter((other) => other !== notifier && other.target.host === notifier.target.host)
          .map(({ target }) => textOf(target)),
      })),
      ...[...this.#askers]
        .filter(([address]) => !hosts.has(address))
        .map(([address, asker]) => stateOf(address, 'none', asker, serial)),
    ];
  }

  #of(address: string): Asker {
    const known = this.#askers.get(address);
    // The map's order is that of asking.
    this.#askers.delete(address);
    const asker = known ?? { serial: null, lastAskedMs: 0, lastTransfer: null };
    this.#askers.set(address, asker);
    const [oldest] = this.#askers.keys();
    if (this.#askers.size > ASKERS_MAX && oldest !== undefined) this.#askers.delete(oldest);
    return asker;
  }
}

function stateOf(
  address: string,
  notify: SecondaryState['notify'],
  asker: Asker | undefined,
  serial: number | null,
): SecondaryState {
  return {
    address,
    notify,
    others: [],
    serial: asker?.serial ?? null,
    isBehind: serial !== null && asker?.serial !== serial,
    lastAskedMs: asker?.lastAskedMs ?? null,
    lastTransfer: asker?.lastTransfer ?? null,
  };
}

const textOf = ({ host, port }: Notifier['target']): string =>
  port === 53 ? host : formatEndpoint(host, port);
