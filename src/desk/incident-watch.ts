// Whether the askings of open incidents would still be seen, and under which campaign, after what is in force has changed.
import { type MachineUpdate, nameHere } from '../clients/machine.ts';
import type { GroupConfig } from '../config/config.ts';
import { ANY_GROUP } from '../hits/hit.ts';
import type { Standing } from '../hits/incidents/change.ts';
import type { Concern } from '../hits/incidents/concern.ts';
import { subjectsLists } from '../hits/incidents/growth.ts';
import type { EndReason, Incident } from '../hits/incidents/incident.ts';
import { waysLed, waysNoted } from '../hits/incidents/ways.ts';
import type { Foreseen, Match } from '../hits/match.ts';
import { Matcher } from '../hits/matches.ts';
import { NOTHING_RENAMED, type Renamed, type Retitled } from '../hits/titles.ts';
import { Groups, groupingOf, type Placer, placerOf } from '../policy/groups.ts';
import { plainOctets, textToAddress } from '../wire/names/address.ts';
import { textToName } from '../wire/names/presentation.ts';
import { TYPE, textToType } from '../wire/records/iana.ts';
import type { Desk } from './desk.ts';

const NO_ADDRESS = new Uint8Array(16);
const SEEN: Standing = { reason: null, concern: null };

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
    this.#changed();
  }

  /** These have addresses that they did not have, or have them no more. */
  moved({ bindings }: Pick<MachineUpdate, 'bindings'>): void {
    for (const { who } of bindings) this.#moved?.add(this.#desk.context.machines.idNow(who.id));
    if (bindings.length > 0) this.#changed();
  }

  #changed(): void {
    const nowMs = this.#desk.options.monotonic();
    if (this.#changedMs === null) this.#sinceMs = nowMs;
    this.#changedMs = nowMs;
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
    const { options, context, registry, settings } = this.#desk;
    const matcher = context.matcherOf(-1);
    if (matcher === null) return false;
    const [renamed, moved] = [this.#renamed, this.#moved];
    const { ruleSet, groups } = settings;
    let quiet: Matcher | null = null;
    const silenced = (): Matcher => {
      const lists = ruleSet.lists.filter(({ alert }) => !alert).map(({ name }) => name);
      quiet ??= new Matcher(ruleSet, groups, { lists, anyGroup: false });
      return quiet;
    };
    const nowMs = options.now();
    let led: ReadonlyMap<string, readonly string[]> | null = null;
    const ledTo = (name: string): readonly string[] => {
      led ??= this.#ledByOpen();
      return led.get(name) ?? [];
    };
    const rules: Rules = { matcher, silenced, ledTo, renamed, nowMs };
    const placesOf = this.#placeFinder(matcher.dependsOnClient);
    const look = (incident: Incident): Standing => {
      if (moved?.has(incident.machine) === false) return SEEN;
      const standing = standingOf(incident, placesOf(incident), rules);
      return what === 'all' ? standing : { ...standing, reason: null };
    };
    registry.rulesChanged(look, nowMs);
    return true;
  }

  /** What the names of open incidents lead to, as far as answers have shown it. */
  #ledByOpen(): ReadonlyMap<string, readonly string[]> {
    const { registry, store } = this.#desk;
    const names = new Set([...registry.open].flatMap((incident) => incident.names.map(({ name }) => name)));
    return store.read(({ led }) => led.latestOf([...names]), new Map<string, readonly string[]>());
  }

  /** Why an asking of an incident would not be seen at present; null when it would. */
  watch(): (incident: Incident) => EndReason | null {
    const { options, context, settings } = this.#desk;
    const { paused = [], groups } = settings;
    const matcher = context.matcherOf(-1);
    const isByMachine = matcher?.dependsOnClient === true;
    // What passes in a pause is seen in the query records.
    if (options.assignment.queryRings.length > 0 || (paused.length === 0 && !isByMachine)) return () => null;
    const placesOf = this.#placeFinder(isByMachine);
    const isPaused = ({ group, address }: Place): boolean =>
      paused.includes(groups[group]?.name ?? '') ||
      (isByMachine && matcher.isPaused(group, address, options.now()));
    return (incident) => (placesOf(incident).every(isPaused) ? 'paused' : null);
  }

  /** Where a machine is now; of one that is nowhere, from where it asked last, in the group that it would be in. */
  #placeFinder(everyAddress: boolean): (incident: Incident) => Place[] {
    const { context, settings } = this.#desk;
    const { groups, paused = [] } = settings;
    const grouping = groupingOf(groups, settings.assignments);
    return (incident) => {
      const { machine, client } = incident;
      const present = context.machines.bindingsOf(machine).filter(({ toMs }) => toMs === null);
      const placeOf = (address: Uint8Array, group: number): Place => {
        const { name = '', schedule = null } = groups[group] ?? {};
        return { address, group, isInForce: schedule === null && !paused.includes(name) };
      };
      const places = present.map(({ address }) => placeOf(address, grouping.groupOf(address)));
      if (places.length > 0)
        return everyAddress
          ? places
          : places.filter(({ group }, i) => i === places.findIndex((place) => place.group === group));
      // Under a pseudonym it may be any machine.
      if (client.group === ANY_GROUP) return groups.map((_, group) => placeOf(NO_ADDRESS, group));
      const address = textToAddress(client.ip) ?? NO_ADDRESS;
      const group = this.#groupAway(incident, groups);
      return [placeOf(address, group < 0 ? grouping.groupOf(address) : group)];
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

interface Rules {
  readonly matcher: Matcher;
  /** Of lists that do not alert; made where it is needed. */
  readonly silenced: () => Matcher;
  /** What a name leads to, as far as answers have shown it; looked up where it is needed. */
  readonly ledTo: (name: string) => readonly string[];
  readonly renamed: Renamed;
  /** Wall clock. */
  readonly nowMs: number;
}

/** Where a machine would ask from now. */
interface Place {
  readonly address: Uint8Array;
  /** Number of the group. */
  readonly group: number;
  /** Whether its lists block at any hour. */
  readonly isInForce: boolean;
}

function standingOf(incident: Incident, places: readonly Place[], rules: Rules): Standing {
  const { matcher, silenced, ledTo, renamed, nowMs } = rules;
  const isOwn = (match: Match): boolean => isOf(incident, match) || isRenamed(incident, match, renamed);
  const told: Match[] = [];
  let isAllowed = false;
  for (const { told: own, allowed } of foreseen(incident, places, matcher, nowMs, ledTo)) {
    if (own.some((match) => isOf(incident, match))) return SEEN;
    told.push(...own);
    isAllowed ||= allowed.some(isOwn);
  }
  const heir = told.find((match) => isRenamed(incident, match, renamed));
  if (heir !== undefined) return { reason: null, concern: concernOf(heir, told) };
  if (isAllowed) return { reason: 'allowed', concern: null };
  for (const { told: quiet } of foreseen(incident, places, silenced(), nowMs, ledTo))
    if (quiet.some(isOwn)) return { reason: 'alert-off', concern: null };
  return { reason: 'delisted', concern: null };
}

/** What would be reported of each of its names if it were asked for again: first as it was asked for before, then by all that it leads to. */
function* foreseen(
  { names }: Incident,
  places: readonly Place[],
  matcher: Matcher,
  timeMs: number,
  ledTo: Rules['ledTo'],
): Generator<Foreseen> {
  for (const waysOf of [waysNoted, waysLed(ledTo)])
    for (const asked of names) {
      const qname = textToName(asked.name);
      if (qname === null) continue;
      for (const { type, via } of waysOf(asked)) {
        const asking = {
          qname,
          qtype: textToType(type) ?? TYPE.A,
          via: via === null ? null : ledOf(via),
          timeMs,
        };
        for (const place of places) yield matcher.foresee({ ...asking, ...place });
      }
    }
}

function ledOf(via: string): { readonly octets: Uint8Array; readonly isAddress: boolean } | null {
  const address = textToAddress(via);
  if (address !== null) return { octets: plainOctets(address), isAddress: true };
  const octets = textToName(via);
  return octets === null ? null : { octets, isAddress: false };
}

/** Its campaign; without one, its list by the name that it has now. */
const isOf = (incident: Incident, { list, indicator }: Match): boolean =>
  (indicator?.campaign ?? null) === incident.campaign &&
  (incident.campaign !== null || subjectsLists(incident)[0] === list);

/** Whether what has its names now is what the incident is about, under another name: else it is somebody else's. */
function isRenamed({ campaign, lists }: Incident, { list, indicator }: Match, renamed: Renamed): boolean {
  const title = indicator?.campaign ?? null;
  if (campaign !== null) return title === nameNow(campaign, renamed.retitled);
  if (!lists.some((own) => nameNow(own, renamed.relisted) === list)) return false;
  // Where the list had the campaign all along, an entry without one is gone.
  return title === null || renamed.entitled.some((one) => one.list === list && one.title === title);
}

const nameNow = (name: string, renamed: readonly Retitled[]): string =>
  renamed.reduce((now, { from, to }) => (now === from ? to : now), name);

function concernOf({ list, rule, indicator }: Match, matches: readonly Match[]): Concern {
  const campaign = indicator?.campaign ?? null;
  const own = matches.filter((match) => (match.indicator?.campaign ?? null) === campaign);
  const lists = campaign === null ? [list] : [...new Set(own.map((match) => match.list))];
  return { campaign, lists, rule, indicator, indicators: indicator === null ? [] : [indicator] };
}
