// Whether the askings of open incidents would still be seen, and under which campaign, after what is in force has changed.
import { type MachineUpdate, nameHere } from '../clients/machine.ts';
import type { GroupConfig } from '../config/config.ts';
import { ANY_GROUP } from '../hits/hit.ts';
import type { Standing, Watch, Watched } from '../hits/incidents/change.ts';
import {
  type Place,
  type Rules,
  SEEN,
  standingOf,
  unseenFor,
  unseenNames,
} from '../hits/incidents/foresight.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import { Matcher } from '../hits/matches.ts';
import { NOTHING_RENAMED, type Renamed } from '../hits/titles.ts';
import { nextExpiryMs } from '../policy/expiry.ts';
import { Groups, groupingOf, type Placer, placerOf } from '../policy/groups.ts';
import { IN_FORCE, type InForce, inForceAt, minuteOfWeek } from '../policy/schedule.ts';
import { textToAddress } from '../wire/names/address.ts';
import type { Desk } from './desk.ts';

const SEEN_ALL: Watched = { reason: null, unseen: [] };
const NO_ADDRESS = new Uint8Array(16);

/** Resolver threads hold hits of the rules before for so long. */
const RULES_MS = 3000;
/** Where something changes all the time they are looked through this often nevertheless, and once more when it is quiet. */
const LOOK_MS_MAX = 30_000;

export class IncidentWatch {
  readonly #desk: Desk;
  /** When what is in force last changed, monotonic; null: open incidents have been looked through since. */
  #changedMs: number | null = null;
  /** When it first changed since, or they were looked through while it was not quiet. */
  #sinceMs = 0;
  /** Since the last look. */
  #renamed: Renamed = NOTHING_RENAMED;
  /** Machines that have other addresses, or another group, since the last look; null: it may be all. */
  #moved: Set<string> | null = new Set();
  /** How groups take machines that have no address now; null: nobody asked yet. */
  #away: Away | null = null;
  /** What `known` hangs on, as it was. */
  #present: Present | null = null;
  /** How open incidents stand at present. */
  #known = new WeakMap<Incident, Known>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  rulesChanged({ retitled, relisted, entitled }: Renamed): void {
    const before = this.#renamed;
    this.#renamed = {
      retitled: [...before.retitled, ...retitled],
      relisted: [...before.relisted, ...relisted],
      entitled: [...before.entitled, ...entitled],
    };
    const { lists } = this.#desk.settings.ruleSet;
    this.#desk.registry.relisted(relisted, new Set(lists.map(({ name }) => name)));
    this.groupsChanged();
    // What asks on by the new name asks on, and is nothing new.
    if (retitled.length + relisted.length > 0) this.#look('names');
  }

  /** Any machine may be in another group. */
  groupsChanged(): void {
    this.#moved = null;
    this.#known = new WeakMap();
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
    return this.#changedMs !== null;
  }

  /** Ends, a moment after a change, open incidents that nobody would see go on. */
  tick(): void {
    const { monotonic } = this.#desk.options;
    if (this.#changedMs === null) return;
    const lookedMs = monotonic();
    const isQuiet = lookedMs - this.#changedMs >= RULES_MS;
    if (!isQuiet && lookedMs - this.#sinceMs < LOOK_MS_MAX) return;
    if (!this.#look('all')) return;
    if (isQuiet) {
      this.#changedMs = null;
      this.#renamed = NOTHING_RENAMED;
      this.#moved = new Set();
    } else this.#sinceMs = lookedMs;
  }

  /** @param what `names`: nothing ends by it @returns false while no lists are known */
  #look(what: 'names' | 'all'): boolean {
    const { context, registry } = this.#desk;
    const matcher = context.matcherOf(-1);
    if (matcher === null) return false;
    const moved = this.#moved;
    // What only a pause hides is hidden for a while.
    const rules: Rules = { ...this.#rulesOf(matcher), notesQueries: true };
    const placesOf = this.#placeFinder(matcher, this.#everyHour);
    const look = (incident: Incident): Standing => {
      if (moved?.has(incident.machine) === false) return SEEN;
      const standing = standingOf(incident, placesOf(incident), rules);
      return what === 'all' ? standing : { ...standing, reason: null };
    };
    registry.rulesChanged(look, rules.nowMs);
    return true;
  }

  #rulesOf(matcher: Matcher): Rules {
    const { options, settings } = this.#desk;
    const { ruleSet, groups } = settings;
    let quiet: Matcher | null = null;
    const silenced = (): Matcher => {
      const lists = ruleSet.lists.filter(({ alert }) => !alert).map(({ name }) => name);
      quiet ??= new Matcher(ruleSet, groups, { lists, anyGroup: false });
      return quiet;
    };
    let led: ReadonlyMap<string, readonly string[]> | null = null;
    const ledTo = (name: string): readonly string[] => {
      led ??= this.#ledByOpen();
      return led.get(name) ?? [];
    };
    const notesQueries = options.assignment.queryRings.length > 0;
    return { matcher, silenced, ledTo, renamed: this.#renamed, notesQueries, nowMs: options.now() };
  }

  /** What the names of open incidents lead to, as far as answers have shown it. */
  #ledByOpen(): ReadonlyMap<string, readonly string[]> {
    const { registry, store } = this.#desk;
    const names = new Set([...registry.open].flatMap((incident) => incident.names.map(({ name }) => name)));
    return store.read(({ led }) => led.latestOf([...names]), new Map<string, readonly string[]>());
  }

  /** Why an asking of an incident would not be seen at present; null when it would. What was found out stands until what it hangs on changes. */
  watch(): Watch {
    const matcher = this.#desk.context.matcherOf(-1);
    if (matcher === null) return () => SEEN_ALL;
    const inForce = this.#inForceNow();
    const rules = this.#rulesOf(matcher);
    this.#turnTo(matcher, inForce.join(), rules.nowMs);
    const placesOf = this.#placeFinder(matcher, (group) => [inForce[group] ?? IN_FORCE.all]);
    return (incident) => {
      const known = this.#known.get(incident);
      const { machine, hits } = incident;
      // What is seen is seen too when it has asked for more.
      const isSeen = known?.reason === null && known.unseen.length === 0;
      if (known?.machine === machine && (isSeen || known.hits === hits)) return known;
      const places = placesOf(incident);
      const reason = unseenFor(incident, places, rules);
      const unseen = reason === null ? unseenNames(incident, places, rules) : [];
      const made: Known = { machine, hits, reason, unseen };
      this.#known.set(incident, made);
      return made;
    };
  }

  /** Forgets how incidents stood before the lists, the hours or an expiry changed that. */
  #turnTo(matcher: Matcher, hours: string, nowMs: number): void {
    const before = this.#present;
    const isTime = before !== null && nowMs >= before.fromMs && nowMs < before.untilMs;
    if (isTime && before.matcher === matcher && before.hours === hours) return;
    const untilMs = nextExpiryMs(this.#desk.settings.ruleSet, nowMs);
    this.#present = { matcher, hours, fromMs: nowMs, untilMs };
    this.#known = new WeakMap();
  }

  #inForceNow(): InForce[] {
    const { options, settings } = this.#desk;
    const { groups, paused = [] } = settings;
    const minute = minuteOfWeek(new Date(options.now()));
    return groups.map(({ name, schedule }) => inForceAt(schedule, minute, paused.includes(name)));
  }

  /** Which lists of a group are in force at one hour or another, while nobody changes that. */
  readonly #everyHour = (group: number): readonly InForce[] => {
    const { groups, paused = [] } = this.#desk.settings;
    const { name = '', schedule = null } = groups[group] ?? {};
    if (paused.includes(name)) return [IN_FORCE.none];
    return schedule === null ? [IN_FORCE.all] : [IN_FORCE.all, IN_FORCE.always];
  };

  /** Where a machine is now; of one that is nowhere, from where it asked last, in the group that it would be in. */
  #placeFinder(
    matcher: Matcher,
    inForceOf: (group: number) => readonly InForce[],
  ): (incident: Incident) => Place[] {
    const { context, settings, options } = this.#desk;
    const { groups } = settings;
    const { dependsOnClient } = matcher;
    let made: ReturnType<typeof groupingOf> | null = null;
    const groupOf = (address: Uint8Array): number => {
      made ??= groupingOf(groups, settings.assignments);
      return made.groupOf(address);
    };
    return (incident) => {
      const { machine, client } = incident;
      const present = context.machines.bindingsOf(machine).filter(({ toMs }) => toMs === null);
      const placesOf = (address: Uint8Array, group: number): Place[] => {
        const isPaused = dependsOnClient && matcher.isPaused(group, address, options.now());
        return (isPaused ? [IN_FORCE.none] : inForceOf(group)).map((inForce) => ({
          address,
          group,
          inForce,
        }));
      };
      const at = present.map(({ address }) => ({ address, group: groupOf(address) }));
      const apart = dependsOnClient
        ? at
        : at.filter(({ group }, i) => i === at.findIndex((other) => other.group === group));
      if (apart.length > 0) return apart.flatMap(({ address, group }) => placesOf(address, group));
      // Under a pseudonym it may be any machine.
      if (client.group === ANY_GROUP) return groups.flatMap((_, group) => placesOf(NO_ADDRESS, group));
      const address = textToAddress(client.ip) ?? NO_ADDRESS;
      const group = this.#groupAway(incident, groups);
      return placesOf(address, group < 0 ? groupOf(address) : group);
    };
  }

  /** By MAC and name; else the group it asked in where a user or a neighbour put it there, else that of its address. */
  #groupAway({ machine, client }: Incident, groups: readonly GroupConfig[]): number {
    if (this.#away?.groups !== groups)
      this.#away = { groups, placeOf: placerOf(groups), byAddress: new Groups(groups) };
    const { placeOf, byAddress } = this.#away;
    const known = this.#desk.context.machines.machine(machine);
    const { name, nameFrom = null, mac } = client;
    const named = (known === null ? null : nameHere(known)) ?? nameHere({ name, nameFrom });
    const own = placeOf({ mac: known?.mac ?? mac, name: named });
    if (own !== null) return own;
    const noted = groups.findIndex((group) => group.name === client.group);
    const isByUser = groups[noted]?.clients.some(({ kind }) => kind === 'user') === true;
    const address = textToAddress(client.ip);
    return address === null || isByUser || known?.through != null ? noted : byAddress.groupOf(address);
  }
}

interface Away {
  readonly groups: readonly GroupConfig[];
  readonly placeOf: Placer;
  /** Whoever has which address now. */
  readonly byAddress: Groups;
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
}
