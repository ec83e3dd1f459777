// The main thread: what is started, in which order, what a signal does, and all of it stopped in reverse:
//   data folder → rules → resolver threads → sockets → hits thread → admin → ready
import { join } from 'node:path';
import type { Logger } from 'pino';
import { ClientBook } from '../clients/client-book.ts';
import { NO_UPDATE } from '../clients/machine.ts';
import { type Config, privacyOf } from '../config/config.ts';
import type { SteadyClock } from '../config/steady-clock.ts';
import type { OwnTrouble } from '../desk/messages.ts';
import { createCounters } from '../events/counters.ts';
import { createRing } from '../events/ring.ts';
import { createUlidMaker } from '../hits/ulid.ts';
import { openSource } from '../lists/sources/open-source.ts';
import type { KnownClient } from '../policy/groups.ts';
import type { RuleSet } from '../policy/rule.ts';
import { createBudgets } from '../resolver/budgets.ts';
import { groupsNamed } from './by-hand/groups-named.ts';
import { Pauses } from './by-hand/pauses.ts';
import { certificateOf, keepCertificate } from './certificates.ts';
import { type LastReload, type ReloadCause, Reloader, type ReloaderParts } from './configuration/reloader.ts';
import type { ProblemFact } from './health/problems.ts';
import { holdersOf } from './holders.ts';
import { type ChangeKind, type InForce, InForceOwner, type Parts, type Refusal } from './in-force.ts';
import { LogReading } from './log-reading.ts';
import { makeFolder } from './machine/folder.ts';
import { readHostsFile } from './machine/hosts-file.ts';
import { Looks } from './machine/looks.ts';
import { lookupVia } from './machine/lookup.ts';
import { Rules } from './rules/rules.ts';
import { hitsSettingsOf, NOTHING_WAITS, settingsOf, type Waits } from './settings.ts';
import { boundTexts } from './threads/bound.ts';
import { HitsThread } from './threads/hits-thread.ts';
import { Pool } from './threads/pool.ts';
import type { Prestarted } from './threads/prestart.ts';
import { PublishThread } from './threads/publish-thread.ts';

/** Octets of a ring; hits of one drain interval at full rate fit many times over, folded as they are. */
const RING_OCTETS: number = 4 * 1024 * 1024;
/** How long queries that wait may still be answered at the end; upstreams get no longer anyway. */
const STOP_DRAIN_MS = 4_000;

export interface SupervisorParts {
  readonly config: Config;
  readonly log: Logger;
  readonly load: ReloaderParts['load']; // reads the configuration again
  readonly first: Prestarted;
  readonly clock: SteadyClock;
  readonly onReloaded?: ReloaderParts['onReloaded'];
}

export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #log: Logger;
  readonly pauses: Pauses;
  readonly clock: SteadyClock;
  readonly counters: SharedArrayBuffer;
  readonly startedAtMs: number = Date.now();
  readonly publisher: PublishThread;
  readonly logReading: LogReading;
  #owner: InForceOwner | null = null;
  #firstRules: RuleSet | null = null; // compiled after the first were opened and before they were in force
  #reloader: Reloader | null = null;
  #rules: Rules | null = null;
  #hits: HitsThread | null = null;
  #pool: Pool | null = null;
  #bound: readonly string[] = [];
  readonly #early: OwnTrouble[] = []; // troubles of the start, told once there is somebody to tell
  #book: ClientBook | null = null;
  #endCertificate: () => void = () => undefined;
  readonly watched: (() => readonly ProblemFact[])[] = []; // what else a person should look at
  readonly looks = new Looks();
  readonly onCommitted: (() => void)[] = []; // other rules, or another configuration, are in force

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#log = parts.log;
    this.clock = parts.clock;
    const change = () => started(this.#owner).change('pause', () => ({ paused: this.pauses.paused }));
    this.pauses = new Pauses(change, parts.clock);
    this.counters = createCounters(parts.config.workers);
    this.logReading = new LogReading(parts.config.events.dir);
    this.publisher = new PublishThread({ dir: join(parts.config.events.dir, 'served'), log: parts.log });
  }

  /** The configuration in force. */
  get config(): Config {
    return this.#owner?.value.config ?? this.#parts.config;
  }
  get inForce(): InForce {
    return started(this.#owner).value;
  }
  get refusals(): readonly Refusal[] {
    return started(this.#owner).refusals; // latest first
  }
  get rules(): Rules {
    return started(this.#rules);
  }
  get hits(): HitsThread {
    return started(this.#hits);
  }
  get pool(): Pool {
    return started(this.#pool);
  }
  get bound(): readonly string[] {
    return this.#bound;
  }
  get book(): ClientBook {
    return started(this.#book);
  }
  get lastReload(): LastReload | null {
    return this.#reloader?.last ?? null;
  }
  get waits(): Waits {
    return this.#reloader?.waits ?? NOTHING_WAITS;
  }

  /** Opens everything up to the sockets. @throws when an address cannot be opened or a list that must be there is not */
  async start(): Promise<void> {
    const { config } = this.#parts;
    makeFolder(config.events.dir, this.#log);
    this.#book = new ClientBook({
      config,
      own: () => this.#pool?.bound ?? [],
      changed: (update) => this.#hits?.useMachines(update),
      regrouped: (known) => this.#clientsChanged(known),
      arrived: (told, isAnother) => this.#pool?.tell({ kind: 'arrived', told: { ...told, isAnother } }),
      dir: config.events.dir,
      report: (problem) => this.#log.warn(problem),
    });
    this.#rules = await this.#openRules();
    this.#owner = new InForceOwner(
      {
        config,
        ruleSet: this.#firstRules ?? this.#rules.ruleSet,
        hosts: readHostsFile(config.local.hosts, this.#log),
        certificate: certificateOf(config),
        paused: [],
        known: this.#book.known,
      },
      holdersOf({ hits: () => this.#hits, pool: () => this.#pool, publisher: this.publisher }),
      this.clock.now,
    );
    const watchedSinceMs = Date.now();
    const rings = Array.from({ length: config.workers }, () => createRing(RING_OCTETS));
    const queryRings = privacyOf(config) === 'off' ? [] : rings.map(() => createRing(RING_OCTETS));
    const boot = createUlidMaker()(Date.now());
    const budgets = createBudgets(Math.floor(Math.random() * 2 ** 32));
    this.#pool = new Pool({
      assignments: rings.map((hitRing, worker) => ({
        worker,
        boot,
        counters: this.counters,
        asked: this.looks.asked,
        budgets,
        hitRing,
        queryRing: queryRings[worker] ?? null,
      })),
      first: this.#parts.first,
      settings: settingsOf(this.inForce),
      log: this.#log,
      onTrouble: this.#trouble,
      onForwarded: (told) => this.book.forwarded(told),
      onZoneMessage: async ({ kind, message, from, isUdp }) =>
        kind === 'notify' ? this.rules.notified(message, from) : this.publisher.ask(message, from, isUdp),
      onZoneConnection: ({ fd, octets, from }) => this.publisher.connect(fd, octets, from),
    });
    const { bound, notes } = await this.#pool.listen(config.listen);
    this.#bound = boundTexts(bound);
    for (const note of notes) this.#log.info(note);
    // After the sockets: until it is there, hits wait in the journal and the rings. It begins with what is in force.
    this.#hits = new HitsThread({
      assignment: {
        boot,
        dir: config.events.dir,
        watchedSinceMs,
        hitRings: rings,
        isInFleet: config.fleet !== null,
        queryRings,
        journal: true,
        stdout: true,
      },
      settings: hitsSettingsOf(this.inForce),
      log: this.#log,
      machines: () => this.#book?.machines ?? NO_UPDATE,
      onSeen: (asked) => this.#book?.saw(asked),
    });
    for (const trouble of this.#early.splice(0)) this.#hits.trouble(trouble);
    this.publisher.use({ serve: config.serve, ruleSet: this.inForce.ruleSet });
    this.#reloader = new Reloader({
      load: this.#parts.load,
      owner: this.#owner,
      rules: this.#rules,
      log: this.#log,
      onTrouble: this.#trouble,
      onCommitted: () => this.#configCommitted(),
      onReloaded: this.#parts.onReloaded,
    });
    this.#endCertificate = keepCertificate({
      owner: this.#owner,
      looks: this.looks,
      log: this.#log,
      onTrouble: this.#trouble,
      onMended: () => {
        if (this.refusals.some(({ kind }) => kind === 'configuration'))
          void this.reload('the certificate changed');
      },
      now: Date.now,
    });
    this.#book.start();
    this.#rules.look();
  }

  readonly #trouble = (trouble: OwnTrouble): void =>
    void (this.#hits === null ? this.#early.push(trouble) : this.#hits.trouble(trouble));

  async #openRules(): Promise<Rules> {
    const rules = await Rules.open({
      config: this.#parts.config,
      log: this.#log,
      now: Date.now,
      openSource: (list, paths) =>
        openSource(list, paths, {
          lookup: lookupVia(this.config.upstreams.bootstrap),
          random: Math.random,
          now: Date.now,
        }),
      change: (kind, parts) => this.#change(kind, parts),
      onTrouble: this.#trouble,
    });
    await rules.refresh(rules.startFailures().map(({ name }) => name));
    const missing = rules.startFailures();
    if (missing.length === 0) return rules;
    const told = missing.map((list) => `${list.name}: ${list.lastError?.message ?? 'no answer'}`);
    await rules.stop();
    throw new Error(`lists that must be there at start are not (${told.join('; ')})`);
  }

  /** Puts another configuration into force. @throws Error when it is refused */
  use(config: Config): Promise<void> {
    return this.rules.reload(config, { config }).then(() => this.#configCommitted());
  }

  /** Puts a configuration that somebody changed here into force, and then writes it. @throws Error when it is refused */
  readonly useChanged: Reloader['use'] = (...asked) => started(this.#reloader).use(...asked);
  /** Reads the configuration and the lists again; what is refused changes nothing. */
  readonly reload = async (cause: ReloadCause): Promise<void> => this.#reloader?.reload(cause);

  /** Stops blocking. @param group null for all @param forMs null until resumed @throws CodedError BAD_GROUP for an unknown group */
  pause(group: string | null, forMs: number | null): Promise<void> {
    return this.pauses.pause(groupsNamed(this.config, group), forMs);
  }

  /** Blocks again. @param group null for all */
  resume(group: string | null): Promise<void> {
    return this.pauses.resume(groupsNamed(this.config, group));
  }

  /** Drains and closes everything, the last hit included. */
  async stop(): Promise<void> {
    this.#reloader?.stop();
    this.pauses.stop();
    this.#endCertificate();
    const bookStops = this.#book?.stop();
    await this.#rules?.stop();
    await this.#pool?.stop(STOP_DRAIN_MS);
    await Promise.all([this.publisher.stop(), this.logReading.stop()]);
    await bookStops;
    await this.#hits?.stop();
  }

  /** Puts new rules, or a new configuration with its rules, into force. */
  async #change(kind: ChangeKind, parts: Partial<Parts>): Promise<void> {
    if (this.#owner === null)
      this.#firstRules = parts.ruleSet ?? null; // what the start begins with
    else await this.#owner.change(kind, parts);
    for (const committed of this.onCommitted) committed();
  }

  #configCommitted(): void {
    const { config } = this.inForce;
    this.pauses.keepOnly(config.groups.map(({ name }) => name));
    this.#book?.use(config);
    this.#clientsChanged(this.book.known);
  }

  #clientsChanged(known: readonly KnownClient[]): void {
    this.#owner?.change('clients', { known }).catch((error: unknown) => {
      this.#log.error({ error: String(error) }, 'what was learnt of clients is not in force');
    });
  }
}

function started<T>(part: T | null): T {
  if (part === null) throw new Error('the daemon is not started yet');
  return part;
}
