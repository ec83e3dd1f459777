// The main thread: what is started, in which order, what a signal does, and all of it stopped in reverse.
//
//   log → data folder → rules → hit log → resolver threads → sockets → admin → ready
import { mkdirSync } from 'node:fs';
import type { Logger } from 'pino';
import { changeOf } from '../config/change.ts';
import type { Config } from '../config/config.ts';
import type { Loaded } from '../config/load.ts';
import { placeOf, problemText } from '../config/problem.ts';
import { createCounters } from '../events/counters.ts';
import { createRing } from '../events/ring.ts';
import { type Hit, toHit } from '../hits/hit.ts';
import { KnownContext } from '../hits/hit-context.ts';
import { HitIntake } from '../hits/hit-intake.ts';
import { HitLog } from '../hits/log/hit-log.ts';
import { openSource } from '../lists/sources/open-source.ts';
import { assignKnown, type KnownClient } from '../policy/groups.ts';
import type { RuleSet } from '../policy/rule.ts';
import { banner } from './banner.ts';
import { readCertificate } from './certificate.ts';
import { exampleName } from './example.ts';
import { readHostsFile } from './hosts-file.ts';
import { readKnownClients } from './known-clients.ts';
import { lookupVia } from './lookup.ts';
import { Rules } from './rules.ts';
import type { Settings } from './threads/messages.ts';
import { Pool } from './threads/pool.ts';

/** Octets of a ring; hits of one drain interval at full rate fit many times over, folded as they are. */
const RING_OCTETS: number = 4 * 1024 * 1024;
const DRAIN_MS = 100;
const KNOWN_CLIENTS_MS = 15_000;
/** How long queries that wait may still be answered at the end; upstreams get no longer anyway. */
const STOP_DRAIN_MS = 4_000;

export interface SupervisorParts {
  readonly config: Config;
  readonly log: Logger;
  /** Reads the configuration again, for a reload. */
  readonly load: () => Loaded;
  /** Whether hit lines go to standard output. */
  readonly stdout: boolean;
}

export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #log: Logger;
  readonly #context = new KnownContext();
  readonly #counters: SharedArrayBuffer;
  readonly #hitRings: readonly SharedArrayBuffer[];
  readonly #intake: HitIntake;
  readonly #hitLog: HitLog;
  readonly startedAtMs: number = Date.now();
  #config: Config;
  #rules: Rules | null = null;
  #pool: Pool | null = null;
  #bound: readonly string[] = [];
  #known: readonly KnownClient[] = [];
  #taken: Hit[] = [];
  #timers: NodeJS.Timeout[] = [];
  #reloading: Promise<void> = Promise.resolve();
  #lastReload: { readonly atMs: number; readonly error: string | null } | null = null;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#log = parts.log;
    this.#config = parts.config;
    const { workers, events } = parts.config;
    mkdirSync(events.dir, { recursive: true, mode: 0o750 });
    this.#counters = createCounters(workers);
    this.#hitRings = Array.from({ length: workers }, () => createRing(RING_OCTETS));
    this.#intake = new HitIntake(this.#hitRings, (record) => this.#taken.push(toHit(record, this.#context)));
    this.#hitLog = new HitLog({
      dir: events.dir,
      stdout: parts.stdout,
      now: Date.now,
      report: (state) => {
        if (state.failing)
          this.#log.error(
            { path: state.path, error: state.error.message },
            'hits cannot be written to their file; answers go on',
          );
        else
          this.#log.info(
            { path: state.path, linesLost: state.linesLost },
            'hits are written to their file again',
          );
      },
    });
  }

  get config(): Config {
    return this.#config;
  }
  get rules(): Rules {
    if (this.#rules === null) throw new Error('the rules are not open yet');
    return this.#rules;
  }
  get pool(): Pool {
    if (this.#pool === null) throw new Error('the resolver threads are not started yet');
    return this.#pool;
  }
  get bound(): readonly string[] {
    return this.#bound;
  }
  get counters(): SharedArrayBuffer {
    return this.#counters;
  }
  get hitLog(): HitLog {
    return this.#hitLog;
  }
  get knownClients(): readonly KnownClient[] {
    return this.#known;
  }
  get lastReload(): { readonly atMs: number; readonly error: string | null } | null {
    return this.#lastReload;
  }

  /** Opens everything up to the sockets. @throws when an address cannot be opened or a list that must be there is not */
  async start(): Promise<void> {
    const config = this.#config;
    this.#known = readKnownClients();
    this.#context.useConfig(
      config.groups.map((group) => group.name),
      config.sinkhole.answer,
    );
    this.#context.useClients(this.#known);
    this.#rules = await Rules.open({
      config,
      log: this.#log,
      now: Date.now,
      openSource: (list, paths) =>
        openSource(list, paths, {
          lookup: lookupVia(this.#config.upstreams.bootstrap),
          random: Math.random,
          now: Date.now,
        }),
      publish: (ruleSet) => this.#publish(this.#config, ruleSet),
    });
    if (this.#rules.startFailures().length > 0) await this.#rules.fetchAll();
    const missing = this.#rules.startFailures();
    if (missing.length > 0) {
      const told = missing
        .map((list) => `${list.name}: ${list.lastError?.message ?? 'nothing usable'}`)
        .join('; ');
      throw new Error(`lists that must be there at start are not (${told})`);
    }
    this.#context.useRules(this.#rules.ruleSet);
    this.#pool = new Pool({
      births: this.#hitRings.map((hitRing, worker) => ({
        worker,
        counters: this.#counters,
        hitRing,
        queryRing: null,
      })),
      settings: this.#settings(config, this.#rules.ruleSet),
      log: this.#log,
    });
    const { bound, notes } = await this.#pool.listen(config.listen);
    this.#bound = [
      ...bound.dns,
      ...bound.tls.map((own) => `${own} (TLS)`),
      ...bound.https.map((own) => `${own} (HTTPS)`),
    ];
    for (const note of notes) this.#log.info(note);
    this.#timers = [
      setInterval(() => this.#drain(), DRAIN_MS),
      setInterval(() => void this.#lookAtClients(), KNOWN_CLIENTS_MS),
    ];
    this.#rules.start();
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
      await this.rules.reload(next, (ruleSet) => this.#publish(next, ruleSet));
      this.#config = next;
      this.#lastReload = { atMs: Date.now(), error: null };
      this.#log.info({ why, names: this.rules.ruleSet.names }, 'reloaded');
    } catch (error) {
      this.#lastReload = { atMs: Date.now(), error: String(error) };
      this.#log.error({ why, error: String(error) }, 'the reload failed; the running configuration stays');
    }
  }

  /** Drains and closes everything, the last hit included. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#rules?.stop();
    await this.#pool?.stop(STOP_DRAIN_MS);
    this.#drain();
    await this.#hitLog.close();
  }

  async #publish(config: Config, ruleSet: RuleSet): Promise<void> {
    this.#context.useRules(ruleSet);
    this.#context.useConfig(
      config.groups.map((group) => group.name),
      config.sinkhole.answer,
    );
    await this.#pool?.apply(this.#settings(config, ruleSet));
  }

  #settings(config: Config, ruleSet: RuleSet): Settings {
    return {
      config,
      ruleSet,
      assignments: assignKnown(config.groups, this.#known),
      hosts: readHostsFile(config.local.hosts, this.#log),
      certificate: readCertificate(config.listen.tlsCertificate),
      paused: [],
    };
  }

  #drain(): void {
    this.#intake.drain();
    if (this.#taken.length === 0) {
      this.#hitLog.tick();
      return;
    }
    const hits = this.#taken;
    this.#taken = [];
    this.#hitLog.write(hits);
  }

  async #lookAtClients(): Promise<void> {
    const before = JSON.stringify(this.#known, octetsAsText);
    const known = readKnownClients();
    if (JSON.stringify(known, octetsAsText) === before) return;
    this.#known = known;
    this.#context.useClients(known);
    await this.#pool?.apply(this.#settings(this.#config, this.rules.ruleSet));
  }
}

const octetsAsText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;

/** Settings that a running daemon cannot change: its sockets, its threads, its cache, its folder. */
function needsRestart(before: Config, after: Config): readonly string[] {
  return changeOf(before, after).settings.filter(
    (setting) =>
      (/^(listen|workers|cache)\b/.test(setting) && setting !== 'listen.tlsCertificate') ||
      setting === 'events.dir',
  );
}
