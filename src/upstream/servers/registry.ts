// All servers of one forwarder, each address once, whoever names it; those of the system follow resolv.conf.
import type { UpstreamAddress } from '../../config/config.ts';
import { openServer, type ServerAddress, type ServerContext } from './open-server.ts';
import type { OwnAddresses } from './own.ts';
import { readNameservers, watchNameservers } from './resolv-conf.ts';
import type { Server } from './server.ts';
import type { UpstreamState } from './upstream-state.ts';

const DNS_PORT = 53;

export interface RegistryOptions {
  readonly context: ServerContext;
  readonly own: OwnAddresses;
  readonly resolvConf: string;
  /** The servers of the system are others now: groups must be made again. */
  readonly onChange: () => void;
}

export class ServerRegistry {
  readonly #options: RegistryOptions;
  readonly #own: OwnAddresses;
  readonly #servers = new Map<string, Server>();
  /** Servers that are not asked, and why. */
  readonly #refused = new Map<string, UpstreamState>();
  readonly #wanted = new Set<string>();
  #all: readonly Server[] = [];
  #nameservers: readonly string[] | null = null;
  #stopWatching: () => void = () => {};

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#own = options.own;
  }

  get all(): readonly Server[] {
    return this.#all;
  }

  states(): UpstreamState[] {
    return [...this.#all.map((server) => server.state()), ...this.#refused.values()];
  }

  /** The servers of these addresses, opened when they are new; none that is ourselves. */
  serversOf(addresses: readonly UpstreamAddress[]): readonly Server[] {
    const servers = addresses.flatMap((address) => this.#expand(address));
    this.#all = [...this.#servers.values()];
    return [...new Set(servers)];
  }

  /** Closes the servers that no group has asked for since the last sweep. */
  sweep(): void {
    for (const [key, server] of this.#servers) {
      if (this.#wanted.has(key)) continue;
      this.#servers.delete(key);
      server.close();
    }
    this.#wanted.clear();
    this.#all = [...this.#servers.values()];
  }

  stopWatching(): void {
    this.#stopWatching();
  }

  #expand(address: UpstreamAddress): readonly Server[] {
    if (address.kind !== 'system') return this.#find(address);
    return this.#system().flatMap((host) =>
      this.#find({
        kind: 'udp',
        host,
        port: DNS_PORT,
        text: `system ${host}`,
        ...(address.tells === undefined ? {} : { tells: address.tells }),
      }),
    );
  }

  #system(): readonly string[] {
    if (this.#nameservers === null) {
      const { resolvConf, onChange } = this.#options;
      this.#nameservers = readNameservers(resolvConf);
      this.#stopWatching = watchNameservers(resolvConf, (addresses) => {
        this.#nameservers = addresses;
        this.#refused.clear();
        onChange();
      });
    }
    return this.#nameservers;
  }

  #find(address: ServerAddress): Server[] {
    const { kind, host, port } = address;
    const key = `${kind} ${host} ${port}${address.tells === undefined ? '' : ` ${JSON.stringify(address.tells)}`}`;
    this.#wanted.add(key);
    const present = this.#servers.get(key);
    if (present !== undefined) return [present];
    if (this.#own.has(host, port)) {
      this.#refused.set(
        key,
        refusal(address.text, kind, 'is this daemon itself: it would ask itself for ever'),
      );
      return [];
    }
    const server = openServer(address, this.#options.context);
    this.#servers.set(key, server);
    return [server];
  }
}

function refusal(name: string, transport: UpstreamState['transport'], problem: string): UpstreamState {
  return {
    name,
    transport,
    healthy: false,
    rttMs: null,
    queries: 0,
    responses: 0,
    failures: 0,
    failuresInRow: 0,
    mismatches: 0,
    streamRetries: 0,
    inFlight: 0,
    problem,
  };
}
