// The admin of an office: begins with some lists and groups, and changes them as admins do.
import type { Random } from '../random.ts';
import type { Names } from './names.ts';
import type { Network } from './network.ts';
import type { Campaign, Entry, Group, List, Office, Receiver } from './rules.ts';

export interface Deed {
  readonly text: string;
}

const SINKHOLES = [
  { a: '0.0.0.0', aaaa: '::' },
  { a: '192.0.2.250', aaaa: '2001:db8::250' },
] as const;
const CONFIDENCES = ['low', 'medium', 'high'] as const;

export class Admin {
  readonly office: Office;
  readonly #random: Random;
  readonly #habits: Random;
  readonly #names: Names;
  readonly #network: Network;
  readonly #campaigns: Campaign[] = [];
  #number = 0;

  /** @param habits chance that moves nothing of the rest, so that a seed goes on being the same office */
  constructor(random: Random, habits: Random, names: Names, network: Network) {
    this.#random = random;
    this.#habits = habits;
    this.#names = names;
    this.#network = network;
    for (let i = 0; i < 3; i += 1) this.#campaigns.push({ title: `Campaign ${i}` });
    const reports = [0, 1, 2].map(
      (): List =>
        this.#newList({
          alert: true,
          entries: random.some(names.attackers, 0.15).map((name) => this.#indicator(name)),
        }),
    );
    const ads = this.#newList({
      alert: false,
      entries: random.some(names.ads, 0.7).map((name) => plainEntry(name)),
    });
    const exceptions = { ...this.#newList({ alert: false, entries: [] }), action: 'allow' as const };
    const lists = [...reports, ads, exceptions];
    const servers = random.some(
      network.machines.map(({ mac }) => mac),
      0.3,
    );
    const group = (name: string, macs: readonly string[] | null, own: List[]): Group => ({
      name,
      macs,
      lists: own,
      schedule: null,
      paused: false,
      letThrough: false,
    });
    const isOfServers = servers.length > 0 && habits.chance(0.3);
    const url = habits.chance(0.15) ? 'https://chat.example/one' : 'https://soar.example/one';
    this.office = {
      lists,
      groups: [
        ...(servers.length > 0 ? [group('servers', servers, random.some(lists, 0.7))] : []),
        group('default', null, [...lists]),
      ],
      receivers: [
        { name: 'chat', url: 'https://chat.example/one', severity: 'low', groups: null, quiet: null },
        {
          name: random.chance(0.7) ? null : 'soar',
          url,
          // One of a group hears of what is grave alone: so it is told of an incident by what it becomes.
          severity: isOfServers ? 'high' : random.pick(['low', 'high'] as const),
          groups: isOfServers ? ['servers'] : null,
          quiet: habits.chance(0.5) ? { fromHour: 22, toHour: 7 } : null,
        },
      ],
      ownRecords: names.ownRecords,
      sinkhole: SINKHOLES[0],
      privacy: 'none',
      ...(habits.chance(0.3) ? { historyDays: 8, hitsDays: 15 } : { historyDays: 90, hitsDays: 730 }),
    };
  }

  /** Lists of one campaign gain names at once, as when a report is published in two places: graver in one than in the other. */
  publishTwice(asked: readonly string[]): Deed | null {
    const reports = this.office.lists.filter(({ action, alert }) => action !== 'allow' && alert);
    const other = reports.at(-1);
    if (other === undefined) return null;
    const one = this.#random.pick(reports);
    if (one === other) return null;
    const campaign = this.#random.pick(this.#campaigns);
    const [first, ...further] = asked.filter(
      (name) => ![one, other].some((list) => list.entries.some(({ text }) => text === name)),
    );
    if (first === undefined) return null;
    const entryOf = (text: string, confidence: Entry['confidence']): Entry => ({
      ...plainEntry(text),
      covers: 'exact',
      campaign,
      confidence,
    });
    one.entries = [...one.entries, entryOf(first, 'low')];
    other.entries = [
      ...other.entries,
      entryOf(first, 'high'),
      ...further.map((name) => entryOf(name, 'high')),
    ];
    return said(`${one.name} and ${other.name} gain ${[first, ...further].join(', ')} for ${campaign.title}`);
  }

  /**
   * A campaign that nobody knew, with two names that nobody asked for: a mild one for a group, a grave one for everybody.
   * @returns null: one of them has no list that blocks and alerts
   */
  publishMildAndGrave(
    group: Group,
  ): { readonly mild: string; readonly grave: string; readonly text: string } | null {
    const isReport = ({ action, alert, mode }: List): boolean =>
      action !== 'allow' && alert && mode === 'enforce';
    const mildly = group.lists.find(isReport);
    const gravely = this.office.groups.at(-1)?.lists.find(isReport);
    if (mildly === undefined || gravely === undefined) return null;
    this.#number += 1;
    const campaign = { title: `Campaign of ${this.#number}` };
    const [mild, grave] = [`mild-${this.#number}.example`, `grave-${this.#number}.example`];
    const add = (list: List, text: string, confidence: Entry['confidence']): void => {
      list.entries = [...list.entries, { ...plainEntry(text), covers: 'exact', campaign, confidence }];
    };
    add(mildly, mild, 'low');
    add(gravely, grave, 'high');
    return { mild, grave, text: `${mildly.name} gains ${mild}, and ${gravely.name} ${grave}` };
  }

  /** A list that alerts gains a name, whatever else. */
  list(name: string): Deed | null {
    const list = this.office.lists.find(({ action, alert }) => action !== 'allow' && alert);
    if (list === undefined || list.entries.some(({ text }) => text === name)) return null;
    list.entries = [...list.entries, { ...this.#indicator(name), types: null }];
    return said(`${list.name} gains ${name}`);
  }

  /** What blocked questions are answered with. */
  answerOtherwise(): Deed {
    const [first, second] = SINKHOLES;
    this.office.sinkhole = this.office.sinkhole === first ? second : first;
    return said(`what is blocked is answered with ${this.office.sinkhole.a}`);
  }

  /** Whether the history is kept under pseudonyms. */
  anonymise(): Deed {
    const { office } = this;
    office.privacy = office.privacy === 'none' ? 'anonymise' : 'none';
    return said(`privacy is ${office.privacy}`);
  }

  /** Half of a list is a list of its own from now on, in the same groups. */
  split(list: List): Deed {
    const half = list.entries.filter((_, i) => i % 2 === 1);
    const other = {
      ...this.#newList({ alert: list.alert, entries: half }),
      mode: list.mode,
      action: list.action,
    };
    list.entries = list.entries.filter((entry) => !half.includes(entry));
    this.office.lists.push(other);
    for (const group of this.office.groups)
      if (group.lists.includes(list)) group.lists = [...group.lists, other];
    return said(`${other.name} has half of ${list.name}: ${half.map(({ text }) => text).join(', ')}`);
  }

  /** What a list has is another's from now on, and it goes. */
  merge(list: List, into: List): Deed {
    const more = list.entries.filter(({ text }) => !into.entries.some((entry) => entry.text === text));
    into.entries = [...into.entries, ...more];
    this.#go(list);
    return said(`${list.name} goes into ${into.name}: ${more.map(({ text }) => text).join(', ')}`);
  }

  /** A list is for all groups at every hour, or for those that name it. */
  forAll(list: List): Deed {
    list.isForAll = !list.isForAll;
    return said(`${list.name} is for ${list.isForAll ? 'all' : 'its groups'}`);
  }

  /** What a list does with what it blocks. */
  act(list: List, action: List['action']): Deed {
    list.action = action;
    return said(`${list.name} answers with ${action}`);
  }

  turnMode(list: List): Deed {
    list.mode = list.mode === 'enforce' ? 'monitor' : 'enforce';
    return said(`${list.name} turns to ${list.mode}`);
  }

  /** An entry ends at a time. */
  expire(list: List, entry: Entry, expiresMs: number): Deed {
    list.entries = list.entries.map((one) => (one === entry ? { ...entry, expiresMs } : one));
    return said(`${entry.text} of ${list.name} expires at ${new Date(expiresMs).toISOString()}`);
  }

  /** A name is an exception, or no more. */
  except(name: string): Deed {
    const list = this.office.lists.find(({ action }) => action === 'allow');
    if (list === undefined) return said('no exceptions');
    const has = list.entries.some(({ text }) => text === name);
    list.entries = has
      ? list.entries.filter(({ text }) => text !== name)
      : [...list.entries, plainEntry(name)];
    return said(`${name} is ${has ? 'an exception no more' : 'an exception'}`);
  }

  /** A machine is in another group from now on. */
  regroup(mac: string): Deed {
    const [servers] = this.office.groups;
    const isIn = servers?.macs?.includes(mac) === true;
    if (servers?.macs == null || (isIn && servers.macs.length < 2)) return said('no group to change');
    servers.macs = isIn ? servers.macs.filter((one) => one !== mac) : [...servers.macs, mac];
    return said(`${mac} is in ${isIn ? 'default' : servers.name} now`);
  }

  /** What is edited while cenote does not run. */
  quietDeed(): Deed {
    const { lists } = this.office;
    const list = this.#random.pick(lists.filter(({ action }) => action !== 'allow'));
    return this.#random.chance(0.7) ? this.#append(list) : this.#remove(list);
  }

  /** Something an admin does; null: this time nothing. */
  deed(): Deed | null {
    const { lists, groups, receivers } = this.office;
    const random = this.#random;
    const blocking = lists.filter(({ action }) => action !== 'allow');
    const reports = blocking.filter(({ alert }) => alert);
    const list = random.pick(reports.length > 0 ? reports : blocking);
    const group = random.pick(groups);
    switch (random.from(0, 17)) {
      case 0:
      case 1:
      case 2:
        return this.#append(list);
      case 3:
        return this.#remove(list);
      case 4:
        return this.rename(list);
      case 5:
        return this.editTitle();
      case 6:
        return this.turnMode(list);
      case 7:
        return this.#turnAlert();
      case 8:
        group.paused = !group.paused;
        return said(`${group.name} is ${group.paused ? 'paused' : 'resumed'}`);
      case 9:
        group.schedule = group.schedule === null ? { fromHour: 8, toHour: 18 } : null;
        return said(`${group.name} has ${group.schedule === null ? 'no schedule' : 'a schedule'}`);
      case 10:
        return this.#useOrNot(group, random.pick(lists));
      case 11:
        return this.#except();
      case 12:
        return this.#comeOrGo();
      case 13:
        return this.correct(random.pick(receivers));
      case 14:
        return this.#append(
          lists.find(({ action, alert }) => action !== 'allow' && !alert) ?? list,
          this.#names.ads,
        );
      case 15:
        return this.regroup(this.#random.pick(this.#network.machines).mac);
      case 16:
        return this.answerOtherwise();
      default:
        return null;
    }
  }

  /** Nothing is blocked for the machines of a group, or is again. */
  letThrough(group: Group): Deed {
    group.letThrough = !group.letThrough;
    return said(
      `every name is ${group.letThrough ? 'an exception' : 'an exception no more'} for ${group.name}`,
    );
  }

  #newList(said: Pick<List, 'alert' | 'entries'>): List {
    this.#number += 1;
    const { alert, entries } = said;
    const name = `list-${this.#number}`;
    const names = new Set([name]);
    return { name, names, action: 'sinkhole', mode: 'enforce', alert, isForAll: false, entries };
  }

  #indicator(text: string, isNetwork = false): Entry {
    const random = this.#random;
    return {
      text: isNetwork ? `${text}/32` : text,
      isNetwork,
      covers: random.chance(0.8) ? 'subtree' : 'exact',
      types: !isNetwork && random.chance(0.1) ? [28] : null,
      campaign: random.chance(0.9) ? random.pick(this.#campaigns) : null,
      confidence: random.pick(CONFIDENCES),
      expiresMs: null,
    };
  }

  #append(list: List, from: readonly string[] = this.#names.attackers): Deed {
    const random = this.#random;
    if (list.alert && random.chance(0.1)) {
      const address = this.#indicator(random.pick(this.#names.attackerAddresses), true);
      if (list.entries.some(({ text }) => text === address.text))
        return said(`${list.name} has an address already`);
      list.entries = [...list.entries, address];
      return said(`${list.name} gains an address`);
    }
    const name = random.chance(0.1) ? random.pick(this.#names.everyday) : random.pick(from);
    if (list.entries.some(({ text }) => text === name)) return said(`${list.name} has ${name} already`);
    list.entries = [...list.entries, list.alert ? this.#indicator(name) : plainEntry(name)];
    return said(`${list.name} gains ${name}`);
  }

  #remove(list: List): Deed {
    const gone = this.#random.pick(list.entries.length > 0 ? list.entries : [plainEntry('nothing')]);
    list.entries = list.entries.filter((entry) => entry !== gone);
    return said(`${list.name} loses ${gone.text}`);
  }

  rename(list: List): Deed {
    this.#number += 1;
    const before = list.name;
    list.name = `list-${this.#number}`;
    list.names.add(list.name);
    return said(`${before} is called ${list.name}`);
  }

  editTitle(): Deed {
    const campaign = this.#random.pick(this.#campaigns);
    this.#number += 1;
    const before = campaign.title;
    // Of one that no list has nobody but the admin knows what it was called.
    if (!this.office.lists.some(({ entries }) => entries.some((entry) => entry.campaign === campaign)))
      return said(`no list has ${before}`);
    campaign.title = `${before.split(',', 1)[0]}, edition ${this.#number}`;
    return said(`${before} is titled ${campaign.title}`);
  }

  #turnAlert(): Deed {
    const list = this.#random.pick(this.office.lists.filter(({ action }) => action !== 'allow'));
    list.alert = !list.alert;
    return said(`${list.name} ${list.alert ? 'alerts' : 'alerts no more'}`);
  }

  #useOrNot(group: Group, list: List): Deed {
    const has = group.lists.includes(list);
    group.lists = has ? group.lists.filter((one) => one !== list) : [...group.lists, list];
    return said(`${group.name} uses ${list.name} ${has ? 'no more' : 'now'}`);
  }

  #except(): Deed {
    return this.except(this.#random.pick(this.#names.attackers));
  }

  #go(list: List): void {
    const { lists, groups } = this.office;
    lists.splice(lists.indexOf(list), 1);
    for (const group of groups) group.lists = group.lists.filter((one) => one !== list);
  }

  #comeOrGo(): Deed {
    const { lists, groups } = this.office;
    const gone = lists.filter(({ action }) => action !== 'allow');
    if (gone.length > 3) {
      const list = this.#random.pick(gone);
      this.#go(list);
      return said(`${list.name} goes`);
    }
    const names = this.#random.some(this.#names.attackers, 0.3);
    const list = this.#newList({ alert: true, entries: names.map((name) => this.#indicator(name)) });
    lists.push(list);
    for (const group of groups) group.lists = [...group.lists, list];
    return said(`${list.name} comes with ${names.join(', ')}`);
  }

  nameAgain(receiver: Receiver): Deed {
    this.#number += 1;
    receiver.name = `named-${this.#number}`;
    return said(`the receiver at ${receiver.url} is called ${receiver.name}`);
  }

  correct(receiver: Receiver): Deed {
    this.#number += 1;
    // Where it has no name cenote calls it by its host.
    const [part, by] = this.#habits.pick([
      [/[^/]*$/, `corrected-${this.#number}`],
      [/\/\/[^/]*/, `//corrected-${this.#number}.example`],
    ] as const);
    receiver.url = receiver.url.replace(part, by);
    if (this.#habits.chance(0.2)) receiver.name = receiver.name === null ? `named-${this.#number}` : null;
    return said(`the receiver ${receiver.name ?? 'without a name'} is at ${receiver.url}`);
  }
}

const said = (text: string): Deed => ({ text });

const plainEntry = (text: string): Entry => ({
  text,
  isNetwork: false,
  covers: 'subtree',
  types: null,
  campaign: null,
  confidence: null,
  expiresMs: null,
});
