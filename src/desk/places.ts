// Where the machines of incidents would ask from, and which lists of those groups are in force.
import { nameHere } from '../clients/machine.ts';
import type { GroupConfig } from '../config/config.ts';
import { ANY_GROUP } from '../hits/hit.ts';
import type { Place } from '../hits/incidents/foresight.ts';
import type { Incident } from '../hits/incidents/incident.ts';
import type { Matcher } from '../hits/matches.ts';
import { Groups, groupingOf, type Placer, placerOf } from '../policy/groups.ts';
import { IN_FORCE, type InForce, inForceAt, minuteOfWeek } from '../policy/schedule.ts';
import { textToAddress } from '../wire/names/address.ts';
import type { Desk } from './desk.ts';
import type { HitsSettings } from './messages.ts';

const NO_ADDRESS = new Uint8Array(16);

export class Places {
  readonly #desk: Desk;
  /** How groups take machines that have an address; null: nobody asked yet. */
  #present: Present | null = null;
  /** How they take those that have none now. */
  #away: Away | null = null;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** By number of the group. */
  inForceNow(): InForce[] {
    const { options, settings } = this.#desk;
    const { groups, paused = [] } = settings;
    const minute = minuteOfWeek(new Date(options.now()));
    return groups.map(({ name, schedule }) => inForceAt(schedule, minute, paused.includes(name)));
  }

  /** Which lists of a group are in force at one hour or another, while nobody changes that. */
  readonly everyHour = (group: number): readonly InForce[] => {
    const { groups, paused = [] } = this.#desk.settings;
    const { name = '', schedule = null } = groups[group] ?? {};
    if (paused.includes(name)) return [IN_FORCE.none];
    return schedule === null ? [IN_FORCE.all] : [IN_FORCE.all, IN_FORCE.always];
  };

  /** Where a machine is now; of one that is nowhere, from where it asked last, in the group that it would be in. */
  finder(
    matcher: Matcher,
    inForceOf: (group: number) => readonly InForce[],
  ): (incident: Incident) => Place[] {
    const { context, settings, options } = this.#desk;
    const { groups } = settings;
    const { dependsOnClient } = matcher;
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
      const at = present.map(({ address }) => ({ address, group: this.#groupAt(address) }));
      const apart = dependsOnClient
        ? at
        : at.filter(({ group }, i) => i === at.findIndex((other) => other.group === group));
      if (apart.length > 0) return apart.flatMap(({ address, group }) => placesOf(address, group));
      // Under a pseudonym it may be any machine.
      if (client.group === ANY_GROUP) return groups.flatMap((_, group) => placesOf(NO_ADDRESS, group));
      const address = textToAddress(client.ip) ?? NO_ADDRESS;
      const group = this.#groupAway(incident, groups);
      return placesOf(address, group < 0 ? this.#groupAt(address) : group);
    };
  }

  #groupAt(address: Uint8Array): number {
    const { groups, assignments } = this.#desk.settings;
    if (this.#present?.groups !== groups || this.#present.assignments !== assignments)
      this.#present = { groups, assignments, grouping: groupingOf(groups, assignments) };
    return this.#present.grouping.groupOf(address);
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

interface Present extends Pick<HitsSettings, 'groups' | 'assignments'> {
  readonly grouping: ReturnType<typeof groupingOf>;
}

interface Away {
  readonly groups: readonly GroupConfig[];
  readonly placeOf: Placer;
  /** Whoever has which address now. */
  readonly byAddress: Groups;
}
