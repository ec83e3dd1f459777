// Whether the askings of open incidents would still be seen, and under which campaign, after what is in force has changed.
//
// A change may concern every name of every open incident: they are gone through in pieces, so that hits and notices do not wait. Until its
// turn comes an incident goes on as it stood.
import type { MachineUpdate } from '../clients/machine.ts';
import type { Standing, Watch, Watched } from '../hits/incidents/change.ts';
import {
  hasOtherName,
  heirOf,
  type Rules,
  SEEN,
  standingOf,
  unseenFor,
  unseenNames,
} from '../hits/incidents/foresight.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import { isRelisted } from '../hits/incidents/renames.ts';
import { Matcher } from '../hits/matches.ts';
import { NOTHING_RENAMED, type Renamed } from '../hits/titles.ts';
import { nextExpiryMs } from '../policy/expiry.ts';
import { IN_FORCE } from '../policy/schedule.ts';
import type { Desk } from './desk.ts';
import { Places } from './places.ts';
import { Renaming } from './renaming.ts';

const SEEN_ALL: Watched = { reason: null, unseen: [] };

/** Resolver threads hold hits of the rules before for so long. */
const RULES_MS = 3000;
/** Where something changes all the time they are looked through this often nevertheless, and once more when it is quiet. */
const LOOK_MS_MAX = 30_000;
/** Names that a piece goes through, and how many an incident counts for beside its own: some 3 µs each, and what changed is stored. */
const NAMES_A_PIECE = 5000;
const NAMES_FOR_ITSELF = 20;

export class IncidentWatch {
  readonly #desk: Desk;
  readonly #places: Places;
  /** When what is in force last changed, monotonic; null: open incidents have been looked through since. */
  #changedMs: number | null = null;
  /** When it first changed since, or they were looked through while it was not quiet. */
  #sinceMs = 0;
  /** Since the last look. */
  #renamed: Renamed = NOTHING_RENAMED;
  /** Lists of the last change. */
  #relisted: Renamed['relisted'] = [];
  #listNames: ReadonlySet<string> = new Set();
  readonly #renaming = new Renaming((incidents) => this.#rename(incidents));
  /** Machines that have other addresses, or another group, since the last look; null: it may be all. */
  #moved: Set<string> | null = new Set();
  /** The look that goes on; null: none does. */
  #round: Round | null = null;
  /** What `known` hangs on, as it was. */
  #present: Present | null = null;
  /** How open incidents stand; of another age: stood. */
  readonly #known = new WeakMap<Incident, Known>();
  #age = 0;
  /** Names that this piece may still go through. */
  #left = 0;
  /** Some incidents stand as they stood. */
  #isBehind = false;
  /** Of lists that do not alert, made where it is needed. */
  #silenced: { readonly of: Matcher; readonly matcher: Matcher } | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#places = new Places(desk);
  }

  rulesChanged({ retitled, relisted, entitled }: Renamed): void {
    this.renameAll();
    const before = this.#renamed;
    this.#renamed = {
      retitled: [...before.retitled, ...retitled],
      relisted: [...before.relisted, ...relisted],
      entitled: [...before.entitled, ...entitled],
    };
    this.#relisted = relisted;
    const { settings, registry } = this.#desk;
    this.#listNames = new Set(settings.ruleSet.lists.map(({ name }) => name));
    registry.relisted([], this.#listNames);
    const closed = registry.unsaved().filter(({ state }) => state === 'closed');
    registry.relisted(relisted, this.#listNames, closed);
    this.groupsChanged();
    if (retitled.length + relisted.length === 0) return;
    this.#renaming.begin(
      [...registry.open].filter(
        (incident) => hasOtherName(incident, this.#renamed) || isRelisted(incident, relisted),
      ),
    );
  }

  /** Incidents of a machine that wait to be renamed. @returns whether there were any */
  renameOf(machine: string): boolean {
    return this.#renaming.isGoingOn && this.#renaming.those(this.#desk.registry.of(machine));
  }

  /** All that wait to be renamed. */
  renameAll(): void {
    this.#renaming.finish();
  }

  /** Some incidents have not had their turn. */
  get isRenaming(): boolean {
    return this.#renaming.isGoingOn;
  }

  /** Nothing ends by it. */
  #rename(incidents: readonly Incident[]): void {
    this.#desk.registry.relisted(this.#relisted, this.#listNames, incidents);
    const others = incidents.filter((incident) => hasOtherName(incident, this.#renamed));
    this.#look(others, (...of) => ({ reason: null, concern: heirOf(...of) }));
  }

  /** Any machine may be in another group. */
  groupsChanged(): void {
    this.#moved = null;
    this.#age += 1;
    this.#changed();
  }

  /** These have addresses that they did not have, or have them no more. */
  moved({ bindings }: Pick<MachineUpdate, 'bindings'>): void {
    for (const { who } of bindings) {
      const id = this.#desk.context.machines.idNow(who.id);
      this.#moved?.add(id);
      for (const incident of this.#desk.registry.of(id)) this.#known.delete(incident);
    }
    if (bindings.length > 0) this.#changed();
  }

  #changed(): void {
    const nowMs = this.#desk.options.monotonic();
    if (this.#changedMs === null) this.#sinceMs = nowMs;
    this.#changedMs = nowMs;
  }

  get isOwed(): boolean {
    return this.#changedMs !== null || this.#isBehind || this.#renaming.isGoingOn;
  }

  /** Goes through the next piece. */
  tick(): void {
    this.#left = this.#renaming.piece() ? 0 : NAMES_A_PIECE;
    if (this.#isBehind) this.#catchUp();
    this.#endUnseen();
    if (!this.isOwed) this.#silenced = null;
  }

  #catchUp(): void {
    this.#isBehind = false;
    const watch = this.watch();
    for (const incident of this.#desk.registry.open) {
      watch(incident);
      if (this.#isBehind) return;
    }
  }

  /** Ends, a moment after a change, open incidents that nobody would see go on. */
  #endUnseen(): void {
    if (this.#changedMs === null) return;
    const round = this.#round ?? this.#begin(this.#changedMs);
    if (round === null || this.#desk.context.matcherOf(-1) === null) return;
    this.#round = round;
    const piece: Incident[] = [];
    while (this.#left > 0 && round.at < round.incidents.length) {
      const incident = round.incidents[round.at]!;
      round.at += 1;
      if (this.#moved?.has(incident.machine) === false) continue;
      this.#left -= incident.names.length + NAMES_FOR_ITSELF;
      piece.push(incident);
    }
    this.#look(piece);
    if (round.at < round.incidents.length) return;
    this.#round = null;
    this.renameAll();
    if (round.isQuiet && this.#changedMs === round.changedMs) {
      this.#changedMs = null;
      this.#renamed = NOTHING_RENAMED;
      this.#moved = new Set();
    } else this.#sinceMs = round.begunMs;
  }

  /** Null: what changed may change again at once. */
  #begin(changedMs: number): Round | null {
    const begunMs = this.#desk.options.monotonic();
    const isQuiet = begunMs - changedMs >= RULES_MS;
    if (!isQuiet && begunMs - this.#sinceMs < LOOK_MS_MAX) return null;
    return { incidents: [...this.#desk.registry.open], at: 0, begunMs, changedMs, isQuiet };
  }

  #look(incidents: readonly Incident[], standing: typeof standingOf = standingOf): void {
    const { context, registry, options } = this.#desk;
    const matcher = context.matcherOf(-1);
    if (matcher === null || incidents.length === 0) return;
    const placesOf = this.#places.finder(matcher, this.#places.everyHour);
    const look = (incident: Incident): Standing => {
      if (this.#moved?.has(incident.machine) === false) return SEEN;
      // What only a pause hides is hidden for a while.
      const rules: Rules = { ...this.#rulesOf(matcher, incident), notesQueries: true };
      return standing(incident, placesOf(incident), rules);
    };
    registry.rulesChanged(look, options.now(), incidents);
  }

  #rulesOf(matcher: Matcher, { names }: Incident): Rules {
    const { options, store } = this.#desk;
    let led: ReadonlyMap<string, readonly string[]> | null = null;
    /** As far as answers have shown it. */
    const ledTo = (name: string): readonly string[] => {
      led ??= store.read(
        (tables) => tables.led.latestOf(names.map((asked) => asked.name)),
        new Map<string, readonly string[]>(),
      );
      return led.get(name) ?? [];
    };
    const notesQueries = options.assignment.queryRings.length > 0;
    const silenced = (): Matcher => this.#silencedOf(matcher);
    return { matcher, silenced, ledTo, renamed: this.#renamed, notesQueries, nowMs: options.now() };
  }

  #silencedOf(of: Matcher): Matcher {
    if (this.#silenced?.of !== of) {
      const { ruleSet, groups } = this.#desk.settings;
      const lists = ruleSet.lists.filter(({ alert }) => !alert).map(({ name }) => name);
      this.#silenced = { of, matcher: new Matcher(ruleSet, groups, { lists, anyGroup: false }) };
    }
    return this.#silenced.matcher;
  }

  /** Why an asking of an incident would not be seen at present; null when it would. What was found out stands until what it hangs on changes. */
  watch(): Watch {
    const matcher = this.#desk.context.matcherOf(-1);
    if (matcher === null) return () => SEEN_ALL;
    const inForce = this.#places.inForceNow();
    this.#turnTo(matcher, inForce.join(), this.#desk.options.now());
    const placesOf = this.#places.finder(matcher, (group) => [inForce[group] ?? IN_FORCE.all]);
    return (incident) => {
      const known = this.#known.get(incident);
      const { machine, hits } = incident;
      // What is seen is seen too when it has asked for more.
      const isSeen = known?.reason === null && known.unseen.length === 0;
      const isOfNow = known?.age === this.#age && known.machine === machine;
      if (isOfNow && (isSeen || known.hits === hits)) return known;
      if (this.#left <= 0) {
        this.#isBehind = true;
        return known ?? SEEN_ALL;
      }
      this.#left -= incident.names.length + NAMES_FOR_ITSELF;
      const places = placesOf(incident);
      const rules = this.#rulesOf(matcher, incident);
      const reason = unseenFor(incident, places, rules);
      const unseen = reason === null ? unseenNames(incident, places, rules) : [];
      const made: Known = { machine, hits, age: this.#age, reason, unseen };
      this.#known.set(incident, made);
      return made;
    };
  }

  /** How incidents stood is of another age once the lists, the hours or an expiry have changed that. */
  #turnTo(matcher: Matcher, hours: string, nowMs: number): void {
    const before = this.#present;
    const isTime = before !== null && nowMs >= before.fromMs && nowMs < before.untilMs;
    if (isTime && before.matcher === matcher && before.hours === hours) return;
    const untilMs = nextExpiryMs(this.#desk.settings.ruleSet, nowMs);
    this.#present = { matcher, hours, fromMs: nowMs, untilMs };
    this.#age += 1;
  }
}

/** All that were open when it began, as far as they were looked at. */
interface Round {
  readonly incidents: readonly Incident[];
  at: number;
  /** Monotonic, and when what is in force had changed last. */
  readonly begunMs: number;
  readonly changedMs: number;
  readonly isQuiet: boolean;
}

interface Present {
  readonly matcher: Matcher;
  /** IN_FORCE by group. */
  readonly hours: string;
  readonly fromMs: number;
  /** When the next entry's time is over. */
  readonly untilMs: number;
}

/** Of an incident of this machine with so many hits. */
interface Known extends Watched {
  readonly machine: string;
  readonly hits: number;
  readonly age: number;
}
