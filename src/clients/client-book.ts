// What is known of the network's clients, kept up to date: files and the neighbour table every few seconds, reverse DNS as
// clients are seen. None of it is on a query's way.
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/config.ts';
import type { KnownClient } from '../policy/groups.ts';
import type { Forwarder } from '../upstream/exchange.ts';
import { addressToText } from '../wire/names/address.ts';
import { clientName } from './client-name.ts';
import { type Lease, parseLeases } from './lease-text.ts';
import { hostsNames, mergeClients } from './merge.ts';
import { type NeighbourReader, openNeighbours, readArp } from './neighbours.ts';
import { isAskable, pointerAsker } from './reverse-asker.ts';
import { ReverseNames } from './reverse-names.ts';
import { WatchedFile } from './watched-file.ts';

export interface ClientBookOptions {
  readonly config: Config;
  /** Addresses we listen on ourselves: never asked. */
  readonly own: () => readonly string[];
  /** Told when something was learnt or forgotten. */
  readonly changed: (known: readonly KnownClient[]) => void;
  readonly report: (problem: string) => void;
}

const LOOK_MS = 2000;
/** Answers of reverse DNS come many at a time. */
const SETTLE_MS = 100;
const NO_NAMES: ReadonlyMap<string, string> = new Map();

interface Files {
  readonly hosts: WatchedFile<ReadonlyMap<string, string>> | null;
  readonly leases: readonly WatchedFile<readonly Lease[]>[];
}

export class ClientBook {
  readonly #options: ClientBookOptions;
  #neighbours: NeighbourReader = () => readArp();
  #config: Config;
  #files: Files;
  #reverse: ReverseNames;
  #forwarder: Promise<Forwarder> | null = null;
  #known: readonly KnownClient[] = [];
  /** What `#known` was made of. */
  #sources: readonly unknown[] = [];
  /** Addresses that need no reverse look-up. */
  #named = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #settling: NodeJS.Timeout | null = null;

  /** Reads all but reverse DNS once; `start` keeps it up to date. */
  constructor(options: ClientBookOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#files = this.#openFiles();
    this.#reverse = this.#openReverse();
    this.#look();
  }

  get known(): readonly KnownClient[] {
    return this.#known;
  }

  start(): void {
    this.#timer = setInterval(() => this.refresh(), LOOK_MS);
    // The C library is loaded when the daemon answers already.
    void openNeighbours().then((read) => {
      this.#neighbours = read;
    });
    this.saw(this.#known.map(({ address }) => address));
  }

  /** Looks at files and tables now, and asks again for names that are old. */
  refresh(): void {
    this.#reverse.tick();
    if (this.#look()) this.#options.changed(this.#known);
  }

  /** Clients that asked something. @param addresses 16 octets each */
  saw(addresses: readonly Uint8Array[]): void {
    for (const address of addresses) this.#wantName(address);
  }

  /** After a reload; whoever calls takes `known` anew. */
  use(config: Config): void {
    const before = this.#config;
    this.#config = config;
    this.#files = this.#openFiles();
    if (JSON.stringify(before.upstreams) !== JSON.stringify(config.upstreams)) {
      void this.#forwarder?.then((old) => old.close());
      this.#forwarder = null;
    }
    if (!config.clients.reverse) this.#reverse = this.#openReverse();
    this.#look();
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#settling !== null) clearTimeout(this.#settling);
    await (await this.#forwarder)?.close();
  }

  /** @returns whether anything is different */
  #look(): boolean {
    const { clients } = this.#config;
    const hosts = this.#files.hosts?.read() ?? NO_NAMES;
    const leases = this.#files.leases.map((file) => file.read());
    const neighbours = clients.neighbours ? this.#neighbours() : NO_NAMES;
    const nowMs = Date.now();
    // A network of many thousands is put together again only when something was said, or a lease may have ended.
    const print = [...neighbours].join(' ');
    const sources = [clients, hosts, ...leases, print, this.#reverse.version, Math.floor(nowMs / 60_000)];
    if (sources.length === this.#sources.length && sources.every((one, i) => one === this.#sources[i]))
      return false;
    this.#sources = sources;
    const known = mergeClients({
      configured: clients.names,
      hosts,
      leases: leases.flat(),
      neighbours,
      reverse: this.#reverse.names,
      nowMs,
    });
    if (isDeepStrictEqual(known, this.#known)) return false;
    this.#known = known;
    this.#named = new Set(
      known.flatMap(({ address, name }) => (name === null ? [] : [addressToText(address)])),
    );
    this.saw(known.map(({ address }) => address));
    return true;
  }

  #wantName(address: Uint8Array): void {
    const { clients, upstreams } = this.#config;
    const ip = addressToText(address);
    if (this.#timer === null) return;
    if (clients.reverse && !this.#named.has(ip) && isAskable(address, upstreams)) this.#reverse.want(ip);
  }

  #openFiles(): Files {
    const { hosts, leases } = this.#config.clients;
    const report = (path: string, what: string) => (problem: string | null) =>
      this.#options.report(
        problem === null
          ? `the ${what} is read again (${path})`
          : `the ${what} cannot be used: ${problem} (${path}); what was read before stays`,
      );
    return {
      hosts:
        hosts === null
          ? null
          : new WatchedFile<ReadonlyMap<string, string>>({
              path: hosts,
              parse: (text) => hostsNames(text, clientName),
              empty: new Map(),
              report: report(hosts, 'hosts file of clients.hosts'),
              mustExist: false,
            }),
      leases: leases.map(
        ({ path, mustExist }) =>
          new WatchedFile<readonly Lease[]>({
            path,
            parse: parseLeases,
            empty: [],
            report: report(path, 'lease file'),
            mustExist,
          }),
      ),
    };
  }

  #openReverse(): ReverseNames {
    return new ReverseNames({
      ask: pointerAsker(() => this.#openForwarder()),
      now: () => performance.now(),
      learnt: () => {
        this.#settling ??= setTimeout(() => {
          this.#settling = null;
          if (this.#look()) this.#options.changed(this.#known);
        }, SETTLE_MS);
      },
    });
  }

  /** Opened, and its code loaded, with the first question: most networks have leases or hosts files. */
  #openForwarder(): Promise<Forwarder> {
    const { upstreams } = this.#config;
    this.#forwarder ??= import('../upstream/forward.ts').then(({ createForwarder }) =>
      createForwarder({ upstreams, own: this.#options.own(), now: () => performance.now(), udp: 'portable' }),
    );
    return this.#forwarder;
  }
}
