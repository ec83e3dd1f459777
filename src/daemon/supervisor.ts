// The main thread: what is started, in which order, what a signal does, and all of it stopped in reverse.
//
//   data folder → rules → resolver threads → sockets → hits thread → admin → ready
import { mkdirSync } from 'node:fs';
import type { Logger } from 'pino';
import { ClientBook } from '../clients/client-book.ts';
import type { Config } from '../config/config.ts';
import type { Loaded } from '../config/load.ts';
import { placeOf, problemText } from '../config/problem.ts';
import type { HitsSettings } from '../desk/messages.ts';
import { createCounters } from '../events/counters.ts';
import { createRing } from '../events/ring.ts';
import { createUlidMaker } from '../hits/ulid.ts';
import { openSource } from '../lists/sources/open-source.ts';
import type { KnownClient } from '../policy/groups.ts';
import { hasAlerts, type RuleSet } from '../policy/rule.ts';
import { banner } from './banner.ts';
import { exampleName } from './example.ts';
import { lookupVia } from './machine/lookup.ts';
import { Pauses } from './pauses.ts';
import { Rules } from './rules.ts';
import { hitsSettingsOf, needsRestart, privacyOf, settingsOf } from './settings.ts';
import { HitsThread } from './threads/hits-thread.ts';
import type { Settings } from './threads/messages.ts';
import type { Newborn } from './threads/newborn.ts';
import { Pool } from './threads/pool.ts';
import { letGo } from './threads/replaced-rules.ts';

/** Octets of a ring; hits of one drain interval at full rate fit many times over, folded as they are. */
const RING_OCTETS: number = 4 * 1024 * 1024;
/** How long queries that wait may still be answered at the end; upstreams get no longer anyway. */
const STOP_DRAIN_MS = 4_000;

export interface SupervisorParts {
  readonly config: Config;
  readonly log: Logger;
  /** Reads the configuration again, for a reload. */
  readonly load: () => Loaded;
  /** Becomes the first resolver thread. */
  readonly first: Newborn;
  /** Whether hit lines go to standard output. */
  readonly stdout: boolean;
}

/** When the configuration was last read anew, and why it was not taken. */
export interface LastReload {
  readonly atMs: number;
  readonly error: string | null;
}

export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #log: Logger;
  readonly #pauses: Pauses;
  readonly counters: SharedArrayBuffer;
  readonly startedAtMs: number = Date.now();
  #config: Config;
  #rules: Rules | null = null;
  #hits: HitsThread | null = null;
  #pool: Pool | null = null;
  #bound: readonly string[] = [];
  /** Troubles of the start, told once there is somebody to tell. */
  readonly #early: string[] = [];
  #book: ClientBook | null = null;
  #reloading: Promise<void> = Promise.resolve();
  #lastReload: LastReload | null = null;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#log = parts.log;
    this.#config = parts.config;
    this.#pauses = new Pauses(() => void this.#applyAgain());
    this.counters = createCounters(parts.config.workers);
  }

  get config(): Config {
    return this.#config;
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
  get knownClients(): readonly KnownClient[] {
    return this.#book?.known ?? [];
  }
  get lastReload(): LastReload | null {
    return this.#lastReload;
  }

  /** Opens everything up to the sockets. @throws when an address cannot be opened or a list that must be there is not */
  async start(): Promise<void> {
    const config = this.#config;
    this.#makeFolder(config.events.dir);
    this.#book = new ClientBook({
      config,
      own: () => this.#pool?.bound ?? [],
      changed: (known) => this.#clientsChanged(known),
      report: (problem) => this.#log.warn(problem),
    });
    this.#rules = await this.#openRules();
    const { ruleSet } = this.#rules;
    const rings = Array.from({ length: config.workers }, () => createRing(RING_OCTETS));
    const isHistoryKept = privacyOf(config) !== 'off';
    const queryRings = isHistoryKept ? rings.map(() => createRing(RING_OCTETS)) : [];
    const boot = createUlidMaker()(Date.now());
    this.#pool = new Pool({
      births: rings.map((hitRing, worker) => ({
        worker,
        boot,
        counters: this.counters,
        hitRing,
        queryRing: queryRings[worker] ?? null,
      })),
      first: this.#parts.first,
      settings: this.#settings(config, ruleSet),
      log: this.#log,
      onTrouble: (text) => this.#trouble(text),
      onNotify: (message, from) => this.rules.notified(message, from),
    });
    const { bound, notes } = await this.#pool.listen(config.listen);
    this.#bound = [
      ...bound.dns,
      ...bound.tls.map((own) => `${own} (TLS)`),
      ...bound.https.map((own) => `${own} (HTTPS)`),
    ];
    for (const note of notes) this.#log.info(note);
    // After the sockets: until it is there, hits wait in the journal and the rings. It begins with the same rules.
    this.#hits = new HitsThread(
      {
        boot,
        dir: config.events.dir,
        hitRings: rings,
        queryRings,
        journal: true,
        stdout: this.#parts.stdout,
      },
      this.#hitsSettings(config, ruleSet),
      this.#log,
      (addresses) => this.#book?.saw(addresses),
    );
    if (this.rules.ruleSet !== ruleSet) this.#hits.use(this.#hitsSettings(config, this.rules.ruleSet));
    for (const text of this.#early.splice(0)) this.#hits.trouble(text);
    this.#book.start();
    this.#rules.start();
  }

  #trouble(text: string): void {
    if (this.#hits === null) this.#early.push(text);
    else this.#hits.trouble(text);
  }

  async #openRules(): Promise<Rules> {
    const rules = await Rules.open({
      config: this.#config,
      log: this.#log,
      now: Date.now,
      openSource: (list, paths) =>
        openSource(list, paths, {
          lookup: lookupVia(this.#config.upstreams.bootstrap),
          random: Math.random,
          now: Date.now,
        }),
      publish: (ruleSet, before) => this.#publish(this.#config, ruleSet, before),
      onTrouble: (text) => this.#trouble(text),
    });
    if (rules.startFailures().length > 0) await rules.fetchAll();
    const missing = rules.startFailures();
    if (missing.length === 0) return rules;
    const told = missing.map((list) => `${list.name}: ${list.lastError?.message ?? 'nothing usable'}`);
    await rules.stop();
    throw new Error(`lists that must be there at start are not (${told.join('; ')})`);
  }

  /** Tells a person that it is ready, on standard error. */
  greet(admin: string | null): void {
    const { config, rules } = this;
    const example = exampleName(rules.ruleSet);
    const lists = rules.lists().map(({ name, entries }) => ({ name, entries }));
    process.stderr.write(banner({ config, lists, bound: this.#bound, admin, example }));
  }

  /** Reads the configuration and the lists again; a mistake keeps what runs. One reload at a time. */
  reload(why: string): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload(why));
    return this.#reloading;
  }

  async #reload(why: string): Promise<void> {
    const loaded = this.#parts.load();
    if (loaded.config === null) {
      for (const problem of loaded.problems) this.#log.error(problemText(problem));
      this.#lastReload = { atMs: Date.now(), error: loaded.problems.map(placeOf).join(', ') };
      this.#log.error(
        { why, mistakes: loaded.problems.length },
        'the new configuration is not used; the running one stays',
      );
      return;
    }
    const next = loaded.config;
    for (const setting of needsRestart(this.#config, next))
      this.#log.warn({ setting }, 'this setting takes effect at the next start');
    try {
      await this.rules.reload(next, (ruleSet, before) => this.#publish(next, ruleSet, before));
      this.#config = next;
      this.#book?.use(next);
      this.#clientsChanged(this.knownClients);
      this.#lastReload = { atMs: Date.now(), error: null };
      this.#log.info({ why, names: this.rules.ruleSet.names }, 'reloaded');
    } catch (error) {
      this.#lastReload = { atMs: Date.now(), error: String(error) };
      this.#log.error({ why, error: String(error) }, 'the reload failed; the running configuration stays');
    }
  }

  /** Stops blocking. @param group null for all @param forMs null until resumed; @throws Error for a group that is none */
  pause(group: string | null, forMs: number | null): void {
    this.#pauses.pause(this.#groupsNamed(group), forMs);
  }

  /** Blocks again. @param group null for all */
  resume(group: string | null): void {
    this.#pauses.resume(this.#groupsNamed(group));
  }

  pausedUntil(): readonly { readonly group: string; readonly untilMs: number | null }[] {
    return this.#pauses.all();
  }

  #groupsNamed(group: string | null): string[] {
    const names = this.#config.groups.map(({ name }) => name);
    if (group === null) return names;
    if (!names.includes(group)) throw new Error(`there is no group ${group}; there is ${names.join(', ')}`);
    return [group];
  }

  /** Drains and closes everything, the last hit included. */
  async stop(): Promise<void> {
    this.#pauses.stop();
    const bookStops = this.#book?.stop();
    await this.#rules?.stop();
    await this.#pool?.stop(STOP_DRAIN_MS);
    await bookStops;
    await this.#hits?.stop();
  }

  /** The hits thread learns first what rule numbers mean, then the resolver threads use them. */
  async #publish(config: Config, ruleSet: RuleSet, before: RuleSet): Promise<void> {
    if (hasAlerts(ruleSet)) await this.#pool?.flush(); // the search for past askers begins with all that was asked before
    this.#hits?.use(this.#hitsSettings(config, ruleSet));
    const applied = this.#pool?.apply(this.#settings(config, ruleSet));
    // A thread that is yet to come may have been given the rules before.
    const turned = [applied ?? Promise.resolve(false), this.#hits?.settled() ?? Promise.resolve(false)];
    void letGo(before, ruleSet, turned);
    await applied;
  }

  #settings(config: Config, ruleSet: RuleSet): Settings {
    const paused = config.groups.map(({ name }) => this.#pauses.isPaused(name));
    return settingsOf({ config, ruleSet, known: this.knownClients, paused, log: this.#log });
  }

  #hitsSettings(config: Config, ruleSet: RuleSet): HitsSettings {
    return hitsSettingsOf(config, ruleSet, this.knownClients);
  }

  async #applyAgain(): Promise<void> {
    await this.#pool?.apply(this.#settings(this.#config, this.rules.ruleSet));
  }

  #clientsChanged(known: readonly KnownClient[]): void {
    this.#hits?.useClients(known);
    this.#pool?.useClients(known);
  }

  /** A folder that cannot be made costs what is written there, not the answers. */
  #makeFolder(dir: string): void {
    try {
      mkdirSync(dir, { recursive: true, mode: 0o750 });
    } catch (error) {
      this.#log.error(
        { dir, error: String(error) },
        'events.dir cannot be made: hits are kept in memory only',
      );
    }
  }
}

function started<T>(part: T | null): T {
  if (part === null) throw new Error('the daemon is not started yet');
  return part;
}
