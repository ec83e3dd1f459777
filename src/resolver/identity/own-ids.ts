// Clients that say which they are by the path or the server name that they ask at (`clients.ids`).
//
// Looked up once a connection or HTTP request. Who writes the name of a local one from outside is nobody; a secret counts from anywhere.
import type { ClientsConfig } from '../../config/meant/clients.ts';
import { ownStandIn } from '../../wire/names/stand-in.ts';

interface OwnId {
  readonly address: Uint8Array;
  readonly isLocal: boolean;
}

export class OwnIds {
  /** `NAME`, or `NAME-SECRET`. */
  readonly #byLabel: ReadonlyMap<string, OwnId>;
  /** Whether some may ask from anywhere. */
  readonly isOpen: boolean;

  constructor(ids: ClientsConfig['ids']) {
    this.#byLabel = new Map(
      ids.map(({ name, secret }) => [
        secret === null ? name : `${name}-${secret}`,
        { address: ownStandIn(name), isLocal: secret === null },
      ]),
    );
    this.isOpen = ids.some(({ secret }) => secret !== null);
  }

  /**
   * The address that stands for a client; null where nobody is meant.
   * @param label of a path, or the first of a server name
   * @param mayAsk whether the address it comes from is one of `access.allow`
   */
  find(label: string, mayAsk: () => boolean): Uint8Array | null {
    const own = this.#byLabel.get(label.toLowerCase());
    return own === undefined || (own.isLocal && !mayAsk()) ? null : own.address;
  }
}
