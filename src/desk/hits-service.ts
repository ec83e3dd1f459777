// The desk of the hits thread: what comes in from the rings, what is kept of it, who is told, what can be asked.
//
// One object around keeper, history, incidents and delivery; thread.ts gives it a clock and a port, tests theirs.

import { join } from 'node:path';
import type { Delivery } from '../alerts/delivery.ts';
import { Crowd, Troubles } from '../alerts/troubles.ts';
import type { MachineUpdate } from '../clients/machine.ts';
import type { Find } from '../hits/find.ts';
import { KnownContext } from '../hits/hit-context.ts';
import type { Searcher } from '../hits/hunt/search.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import type { Jump } from '../hits/incidents/incident-times.ts';
import { Registry } from '../hits/incidents/registry.ts';
import { HitLog } from '../hits/log/hit-log.ts';
import { Store, type Tables } from '../hits/store/store.ts';
import { Titles } from '../hits/titles.ts';
import { createUlidMaker } from '../hits/ulid.ts';
import type { Tap } from '../out/tap.ts';
import { tellFinding } from './answers/hunts.ts';
import { knownAt } from './answers/known-since.ts';
import type { Desk, DeskOptions } from './desk.ts';
import { IncidentWatch } from './incident-watch.ts';
import { historyKept, keeperFor, logSettingsOf, queryLogFor, sightingsFor, watchFor } from './intake.ts';
import type { HitKeeper } from './keeping/keeper.ts';
import type { HitsSettings } from './messages.ts';
import { NEWS_OF_STDOUT, type News, newsOfLog, newsOfSearch, newsOfStore, unstoredText } from './news.ts';
import { PastWatch } from './past-watch.ts';
import type { LogIntake } from './sightings/log-intake.ts';
import { Newcomers } from './sightings/newcomers.ts';
import type { Sightings } from './sightings/sightings.ts';
import { deliveryFor, isTellingOwed, noteForHead, tapFor, tellChange, tellTroubles } from './telling.ts';
import { Turning } from './turning.ts';
import { Upkeep } from './upkeep.ts';
import type { Watch } from './watch.ts';

/** Sightings gather this long before they are written, or until there are so many. */
const HISTORY_MS = 5000;
const SIGHTINGS_A_WRITE = 16_384;

export class HitsService implements Desk {
  readonly context: KnownContext;
  readonly registry: Registry;
  readonly store: Store;
  readonly keeper: HitKeeper;
  readonly sightings: Sightings;
  readonly queryLog: LogIntake;
  readonly searcher: Searcher;
  readonly past: PastWatch;
  readonly log: HitLog;
  readonly turning: Turning;
  readonly watch: Watch;
  readonly options: Desk['options'];
  readonly troubles: Troubles;
  readonly crowd: Crowd;
  readonly tap: Tap;
  delivery: Delivery;
  settings: HitsSettings;
  readonly ulid = createUlidMaker();
  readonly finds: Find[] = []; // to be reported to the head office
  readonly #newcomers: Newcomers;
  readonly #upkeep: Upkeep;
  #restored = false;
  #historyMs = 0;
  readonly #incidentWatch: IncidentWatch;
  readonly titles: Titles;

  constructor({ settings, ...options }: DeskOptions) {
    const { assignment, now, monotonic, send } = options;
    this.options = options;
    this.settings = settings;
    this.#incidentWatch = new IncidentWatch(this);
    this.titles = new Titles(settings.ruleSet, () => this.#incidentWatch.isRenaming);
    this.#newcomers = new Newcomers(monotonic);
    this.context = new KnownContext(this.ulid, options.resolver);
    this.turning = new Turning(this.context, monotonic);
    this.registry = new Registry({
      id: this.ulid,
      ...(options.quietMs === undefined ? {} : { quietMs: options.quietMs }),
      monotonic,
      ended: (subject, sinceMs) =>
        this.store.read((tables) => tables.incidents.endedOf(subject, sinceMs), null),
      onChange: (incident, change) => tellChange(this, incident, change),
      renameOf: (machine) => this.#incidentWatch.renameOf(machine),
      onFull: ({ count }) => this.crowd.note('unopened', count),
    });
    this.troubles = new Troubles({ ...options, delivery: () => this.delivery });
    this.crowd = new Crowd({ monotonic, troubles: this.troubles });
    this.delivery = deliveryFor(this, settings.alerts);
    this.tap = tapFor(this);
    const path = join(assignment.dir, 'cenote.db');
    this.searcher = options.searcherOf(path);
    this.store = new Store({
      path,
      now,
      report: (state) => {
        this.tell(newsOfStore(state));
        if (state.kind === 'takingOver') send({ kind: 'takingOver' });
      },
    });
    const { store } = this;
    this.#upkeep = new Upkeep({ store, now, monotonic, onJump: (jump) => this.#clockJumped(jump) });
    this.log = new HitLog({
      dir: assignment.dir,
      stdout: assignment.stdout,
      now,
      report: (state) => this.tell(newsOfLog(state)),
      onStdoutLost: () => this.tell(NEWS_OF_STDOUT),
    });
    this.keeper = keeperFor(this, this.#newcomers);
    this.sightings = sightingsFor(this, this.#newcomers);
    this.watch = watchFor(this);
    this.#applyContext(settings);
    this.queryLog = queryLogFor(this);
    this.queryLog.useSettings(logSettingsOf(assignment, settings));
    this.past = new PastWatch({
      searcher: this.searcher,
      merges: () => this.context.machines.merges,
      monotonic,
      now,
      before: () => this.writeHistory(),
      onFinding: (finding, listedMs) => tellFinding(this, finding, listedMs),
      store: () => void this.keeper.tick(),
      onState: (error) => this.tell(newsOfSearch(error)),
    });
    send({ kind: 'ready' });
  }

  say(level: 'info' | 'warn' | 'error', message: string): void {
    this.options.send({ kind: 'log', level, message });
  }

  /** Records that wait to be stored, and what else the next looks must see to. */
  get waiting(): number {
    const others = [this.turning, this.#incidentWatch, this.past, this.queryLog, this.#upkeep];
    const isOwed = isTellingOwed(this) || others.some((other) => other.isOwed);
    return this.keeper.pending + this.sightings.size + Number(isOwed);
  }

  /** Call a few times a second; at rest every few seconds do. */
  tick(): void {
    const { now, monotonic, send } = this.options;
    this.#upkeep.watchClock();
    this.drainRings('paced');
    this.#incidentWatch.tick();
    this.registry.tick(now(), this.#incidentWatch.watch());
    tellTroubles(this);
    this.delivery.tick();
    for (const part of [this.log, this.queryLog, this.tap, this.turning, this.watch]) part.tick();
    const asked = this.#newcomers.drain();
    if (asked.length > 0) send({ kind: 'seen', asked });
    if (monotonic() - this.#historyMs >= HISTORY_MS) this.writeHistory();
    this.#upkeep.tick(this.settings);
    if (this.#restored) this.past.tick(this.settings, now() - this.settings.historyMs);
  }

  useSettings(settings: HitsSettings): void {
    const alertsChanged = JSON.stringify(settings.alerts) !== JSON.stringify(this.settings.alerts);
    // Hits that came before go by the names, and into the history, as those were.
    this.#incidentWatch.renameAll();
    this.drainRings();
    const renamed = this.titles.turn(settings.ruleSet);
    this.context.useNames(renamed.relisted);
    this.settings = settings;
    this.#applyContext(settings);
    this.turning.begin();
    this.sightings.usePrivacy(settings.privacy);
    this.queryLog.useSettings(logSettingsOf(this.options.assignment, settings));
    this.tap.useOutputs(settings.out ?? []);
    this.watch.useHistory(historyKept(this.options.assignment, settings));
    if (alertsChanged) {
      const old = this.delivery;
      this.delivery = deliveryFor(this, settings.alerts);
      this.delivery.restore([...old.unsaved().filter((row) => row.body === null), ...old.rows()], 'unsaved');
      void old.close();
    }
    this.#incidentWatch.rulesChanged(renamed);
    this.past.listsChanged(renamed);
  }

  useAssignments(assignments: HitsSettings['assignments']): void {
    this.settings = { ...this.settings, assignments };
    this.#incidentWatch.groupsChanged();
  }

  /** What became known of machines since the last call. */
  useMachines(update: MachineUpdate): void {
    this.context.machines.apply(update);
    this.#incidentWatch.moved(update);
    this.registry.complete((asker) => knownAt(this.context.machines, asker), this.options.now());
  }

  /** Takes in all that is in the rings by now, and stores it: a flood of hits soon, unless somebody wants to know now. */
  drainRings(when: 'paced' | 'now' = 'now'): void {
    // What is stored takes the place of what the last start left.
    this.#restore();
    while (this.sightings.drain(SIGHTINGS_A_WRITE) && this.store.failing === null) this.writeHistory();
    this.sightings.drain();
    this.keeper.tick(when);
    // A flood of hits fills it too, without a record in the rings.
    if (this.sightings.size >= SIGHTINGS_A_WRITE && this.store.failing === null) this.writeHistory();
  }

  /** Writes what was gathered for the history. @returns whether all of it is in the store */
  writeHistory(): boolean {
    this.#historyMs = this.options.monotonic();
    this.sightings.turnTo(this.options.now());
    if (this.sightings.size === 0) return true;
    const isStored = this.store.write((tables) => {
      this.watch.keeps(this.sightings.writeTo(tables));
      this.watch.write(tables, 'byThreads');
    });
    if (!isStored) return false;
    this.sightings.written();
    this.watch.written();
    this.options.onPiece?.();
    return true;
  }

  /** Reads the last of the rings, stores it, closes. */
  async stop(): Promise<void> {
    this.#restore();
    this.sightings.drain();
    const hits = this.keeper.finish();
    const askings = this.writeHistory() ? 0 : this.sightings.size;
    await Promise.all([this.past.stop(), this.searcher.close()]);
    await Promise.all([this.delivery.close(), this.tap.stop()]);
    const waiting = this.registry.waiting.rows + this.delivery.waiting.rows;
    const isWritten = this.store.write((tables) => {
      this.writeAlongside(tables);
      this.watch.write(tables, 'byNobody', true);
    });
    const unstored = unstoredText({ hits, askings, isRest: !isWritten && waiting > 0 });
    if (unstored !== null) this.say('error', unstored);
    this.queryLog.close();
    await this.log.close();
    this.store.close();
  }

  #applyContext({ ruleSet, groups, sinkhole }: HitsSettings): void {
    this.context.useRules(ruleSet);
    this.context.useLists(ruleSet, groups);
    const names = groups.map(({ name }) => name);
    this.context.useConfig(names, sinkhole);
  }

  incident(id: string): Incident | null {
    return this.registry.find(id) ?? this.store.read((tables) => tables.incidents.byId(id), null);
  }

  writeAlongside(tables: Tables): void {
    this.watch.write(tables, 'byAll');
    tables.incidents.write(this.registry.unsaved());
    tables.outbox.write([...this.delivery.unsaved(), ...this.troubles.unsaved()]);
    this.past.write(tables);
    this.titles.write(tables);
    if (this.options.assignment.isInFleet === true) noteForHead(this, tables);
  }

  /** What the last start left open, as soon as the store can be read. */
  #restore(): void {
    if (this.#restored) return;
    this.#restored = this.store.read((tables) => {
      const open = tables.incidents.find({ state: 'open', limit: 10_000 });
      this.registry.restore(open, this.watch.endedBefore(tables), this.options.now());
      // Lists may have been edited, and renamed, while nobody looked.
      const renamed = this.titles.resume(tables.titles.all(), this.settings.ruleSet);
      this.context.useNames(renamed.relisted);
      this.#incidentWatch.rulesChanged(renamed);
      this.past.listsChanged(renamed);
      const rows = tables.outbox.all();
      this.delivery.restore(rows, 'saved');
      this.troubles.restore(rows);
      return true;
    }, false);
  }

  /** What waits for a moment waits as long as it would have. */
  #clockJumped(jump: Jump): void {
    this.delivery.shift(jump.byMs);
    this.registry.clockJumped(jump);
    this.watch.clockJumped(jump.byMs);
    this.say(
      'warn',
      `the clock jumped by ${Math.round(jump.byMs / 1000)} s; nothing is removed for its age for a day`,
    );
  }

  /** Logs it, and reports it to receivers where it is trouble, or the end of one. */
  tell({ about, kind = 'store-set-aside', isTrouble, text }: News): void {
    this.say(isTrouble ? 'error' : 'info', text);
    if (about === null && isTrouble) this.troubles.once(kind, text);
    else if (about === null) return;
    else if (isTrouble) this.troubles.begin(about, text);
    else this.troubles.end(about, text);
  }
}
