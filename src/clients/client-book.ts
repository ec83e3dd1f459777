// What is known of the network's clients, kept up to date: files and the neighbour table every few seconds, reverse DNS as
// clients are seen. None of it is on a query's way.
import type { Config } from '../config/config.ts';
import type { KnownClient } from '../policy/groups.ts';
import type { Forwarder } from '../upstream/exchange.ts';
import { addressToText } from '../wire/names/address.ts';
import { ownStandIn } from '../wire/names/stand-in.ts';
import { KeptMachines } from './disk/kept-machines.ts';
import { type Forwarded, ForwardedBook } from './forwarded.ts';
import { type Files, openFiles } from './leases/files.ts';
import type { Lease } from './leases/lease.ts';
import {
  type Asked,
  allOf,
  type Binding,
  concernsGroups,
  isElsewhere,
  type MachineUpdate,
} from './machine.ts';
import { MachineBook } from './machine-book.ts';
import type { MachineTable } from './machine-table.ts';
import { mergeClients, type NamesElsewhere, NOTHING_ELSEWHERE } from './merge.ts';
import { type NeighbourReader, openNeighbours, readArp } from './neighbours.ts';
import { isAskable, pointerAsker } from './reverse/reverse-asker.ts';
import { ReverseNames } from './reverse/reverse-names.ts';
import { Soon } from './soon.ts';
import { UserBook } from './users/user-book.ts';

export interface ClientBookOptions {
  readonly config: Config;
  /** Addresses we listen on ourselves: never asked. */
  readonly own: () => readonly string[];
  /** Told when something was learnt, with what it changed. */
  readonly changed: (update: MachineUpdate) => void;
  /** Told when names or MACs of addresses are others, which groups may go by. */
  readonly regrouped: (known: readonly KnownClient[]) => void;
  /** A trusted neighbour asks for a machine that is new at its address; `isAnother`: in place of another. */
  readonly arrived?: (told: Forwarded, isAnother: boolean) => void;
  readonly report: (problem: string) => void;
  /** Where machines are kept over restarts; null: nowhere. */
  readonly dir: string | null;
  /** Wall clock, ms. */
  readonly now?: () => number;
  /** Who answers at which address; unless said, the kernel is asked. */
  readonly neighbours?: NeighbourReader;
}

/** Bindings that ended are passed to a thread that begins for as long: what it reads may be of before its start. */
const RECENT_MS: number = 7 * 86_400_000;
/** Programs that may push what they know. */
const SOURCES_MAX = 16;
const NO_NAMES: ReadonlyMap<string, string> = new Map();

export class ClientBook {
  readonly #options: ClientBookOptions;
  #neighbours: NeighbourReader;
  #config: Config;
  #files: Files;
  #reverse: ReverseNames;
  #forwarder: Promise<Forwarder> | null = null;
  /** Source → what it said last; another object when it is another. */
  #pushed: ReadonlyMap<string, readonly Lease[]> = new Map();
  #elsewhere: NamesElsewhere = NOTHING_ELSEWHERE;
  readonly #machines: MachineBook;
  readonly #kept: KeptMachines;
  readonly #everything = (): MachineUpdate => this.table.snapshot(0);
  readonly #now: () => number;
  /** Of before `start`, and of what changed while nobody was told. */
  readonly #untold: MachineUpdate[] = [];
  /** What was looked at last. */
  #sources: readonly unknown[] = [];
  /** Addresses that need no reverse look-up. */
  #named = new Set<string>();
  #isStarted = false;
  readonly #soon = new Soon(() => {
    this.#look();
    this.#tell();
  });
  /** Users come and go one by one, and groups are made of all that is known. */
  readonly #regroupSoon = new Soon(() => this.#options.regrouped(this.known));
  readonly #forwarded = new ForwardedBook();
  /** Who is logged on where. */
  readonly users: UserBook;

  /** Reads all but reverse DNS once; `refresh` keeps it up to date. */
  constructor(options: ClientBookOptions) {
    this.#options = options;
    this.#neighbours = options.neighbours ?? (() => readArp());
    this.#config = options.config;
    this.#files = openFiles(this.#config.clients, this.#options.report);
    this.#reverse = this.#openReverse();
    this.#now = options.now ?? Date.now;
    this.#kept = new KeptMachines(options.dir, options.report);
    this.#machines = new MachineBook(this.#kept.open(options.config, this.#now()));
    this.users = new UserBook({
      table: this.table,
      now: this.#now,
      changed: () => this.#usersChanged(() => this.#regroupSoon.want()),
      report: options.report,
    });
    this.#look();
  }

  /** Addresses with a name, a MAC or a user, for groups. */
  get known(): readonly KnownClient[] {
    return this.users.onto(this.#machines.known);
  }

  /** Every machine, and who had which address lately: for a thread that begins. */
  get machines(): MachineUpdate {
    return this.#machines.table.snapshot(this.#now() - RECENT_MS);
  }

  /** Which machines have and had which addresses. */
  get table(): MachineTable {
    return this.#machines.table;
  }

  /** Who is at which address now. */
  get held(): Iterable<Binding> {
    return this.#machines.held;
  }

  /** Names are asked for from now on, and users listened for. */
  start(): void {
    this.#isStarted = true;
    // The C library is loaded when the daemon answers already.
    if (this.#options.neighbours === undefined)
      void openNeighbours().then((read) => {
        this.#neighbours = read;
      });
    this.#wantNames();
    this.users.use(this.#config.clients.users);
  }

  /** Looks at files and tables now, and asks again for names that are old. */
  refresh(): void {
    this.#reverse.tick();
    this.#look();
    this.users.look();
    this.#keep(this.#machines.forget(this.#kept.spanMs, this.#now()));
    this.#usersChanged();
  }

  /** Addresses that asked something. */
  saw(asked: readonly Asked[]): void {
    this.#keep(this.#machines.asked(asked));
    for (const { address } of asked) this.#wantName(address);
    this.#tell();
  }

  /** A trusted neighbour asks for a machine; null: the kernel knows one at an address that was not seen before. */
  forwarded(told: Forwarded | null): void {
    if (told !== null) {
      // Whoever was said to have the address since the last look had it until now: that is looked at first.
      if (this.#forwarded.contradicts(told)) this.#soon.atOnce();
      const before = this.#forwarded.accept(told);
      if (before !== 'same') this.#options.arrived?.(told, before === 'another');
    }
    this.#soon.want();
  }

  /** What another program knows of addresses, until it says it again; in memory only. @param source who says it */
  push(source: string, leases: readonly Lease[]): void {
    this.#pushed = new Map([...this.#pushed, [source, leases] as const].slice(-SOURCES_MAX));
    this.#look();
    this.#tell();
  }

  /** All that other sites of the fleet call machines that have no name here. */
  namedElsewhere(names: NamesElsewhere): void {
    this.#elsewhere = names;
    this.#look();
    this.#tell();
  }

  /** After a reload; whoever calls takes `known` anew. */
  use(config: Config): void {
    const before = this.#config;
    this.#config = config;
    this.#files = openFiles(this.#config.clients, this.#options.report);
    this.#kept.use(config, this.#everything);
    if (JSON.stringify(before.upstreams) !== JSON.stringify(config.upstreams)) {
      void this.#forwarder?.then((old) => old.close());
      this.#forwarder = null;
    }
    if (!config.clients.reverse) this.#reverse = this.#openReverse();
    if (this.#isStarted) this.users.use(config.clients.users);
    this.#look();
    // Before the groups are made anew: of an address whose machine has gone they know nothing any more.
    this.#tell(() => undefined);
  }

  async stop(): Promise<void> {
    this.#soon.stop();
    this.#regroupSoon.stop();
    this.users.stop();
    await (await this.#forwarder)?.close();
  }

  #look(): void {
    const { clients } = this.#config;
    const hosts = this.#files.hosts?.read() ?? NO_NAMES;
    const leases = this.#files.leases.map((file) => file.read());
    const neighbours = clients.neighbours ? this.#neighbours() : NO_NAMES;
    const nowMs = this.#now();
    // A network of many thousands is put together again only when something was said, or a lease may have ended.
    const print = [...neighbours].join(' ');
    const sources = [
      clients,
      hosts,
      ...leases,
      this.#pushed,
      print,
      this.#forwarded.clients,
      this.#reverse.version,
      this.#elsewhere,
      Math.floor(nowMs / 60_000),
    ];
    if (sources.length === this.#sources.length && sources.every((one, i) => one === this.#sources[i]))
      return;
    this.#sources = sources;
    const seen = mergeClients({
      configured: [
        ...clients.names,
        ...clients.ids.map(({ name }) => ({ name, address: ownStandIn(name), mac: null })),
      ],
      hosts,
      leases: [...leases, ...this.#pushed.values()].flat(),
      neighbours,
      forwarded: this.#forwarded.clients,
      told: this.#forwarded.takeNews(),
      reverse: this.#reverse.names,
      elsewhere: this.#elsewhere,
      nowMs,
    });
    this.#keep(this.#machines.observe(seen, nowMs));
    this.#named = new Set(
      seen.flatMap(({ address, name, nameFrom }) =>
        name === null || nameFrom === 'inferred' || nameFrom === 'ptr' || isElsewhere(nameFrom)
          ? []
          : [addressToText(address)],
      ),
    );
    this.#wantNames();
  }

  #keep(update: MachineUpdate | null): void {
    if (update === null) return;
    this.#kept.write(update, this.#everything);
    for (const { address, who, toMs } of update.bindings) {
      const now = this.table.openAt(address)?.who;
      if (toMs !== null && now !== undefined && now.mac !== who.mac && who.mac !== null)
        this.#reverse.isAnother(addressToText(address));
    }
    this.#untold.push(update);
  }

  #usersChanged(regroup?: () => void): void {
    this.#keep(this.users.drain());
    this.#tell(regroup);
  }

  #tell(regroup = () => this.#options.regrouped(this.known)): void {
    if (this.#untold.length === 0) return;
    const all = allOf(this.#untold.splice(0));
    this.#options.changed(all);
    if (concernsGroups(all)) regroup();
  }

  #wantNames(): void {
    for (const { address } of this.#machines.known) this.#wantName(address);
  }

  #wantName(address: Uint8Array): void {
    const { clients, upstreams } = this.#config;
    const ip = addressToText(address);
    if (!this.#isStarted) return;
    if (clients.reverse && !this.#named.has(ip) && isAskable(address, upstreams)) this.#reverse.want(ip);
  }

  #openReverse(): ReverseNames {
    return new ReverseNames({
      ask: pointerAsker(() => this.#openForwarder()),
      now: () => performance.now(),
      learnt: () => this.#soon.want(),
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
