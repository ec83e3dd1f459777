// Lists and groups of an office as its admin thinks of them, and as cenote is given them.

import type { Config } from '../../../src/config/config.ts';
import type { RuleSet } from '../../../src/policy/rule.ts';
import { configOf } from '../../support/config-text.ts';
import { type ListWords, ruleSetOf } from '../../support/rule-set.ts';

/** What attackers are called together; its title may be edited. */
export interface Campaign {
  title: string;
}

export interface Entry {
  /** A name, or a network where `isNetwork`. */
  readonly text: string;
  readonly isNetwork: boolean;
  readonly covers: 'subtree' | 'exact';
  /** Types it speaks of; null is all. */
  readonly types: readonly number[] | null;
  readonly campaign: Campaign | null;
  readonly confidence: 'low' | 'medium' | 'high' | null;
  /** From then on it only watches, by the wall clock; null: never. */
  readonly expiresMs: number | null;
}

export interface List {
  name: string;
  /** What it was ever called. */
  readonly names: Set<string>;
  action: 'sinkhole' | 'nxdomain' | 'nodata' | 'refused' | 'allow';
  mode: 'enforce' | 'monitor';
  alert: boolean;
  /** It holds for every group, at every hour. */
  isForAll: boolean;
  entries: Entry[];
}

export interface Group {
  readonly name: string;
  /** MACs; null: everybody else. */
  macs: readonly string[] | null;
  lists: List[];
  /** `Mon-Fri 08:00-18:00`, or null. */
  schedule: Hours | null;
  paused: boolean;
  /** An exception of every name, as a pause by hand of its machines is. */
  letThrough: boolean;
}

export interface Receiver {
  /** Null: cenote names it by where it is. */
  name: string | null;
  url: string;
  readonly severity: 'low' | 'high';
  /** Groups that it is told of; null: all. */
  readonly groups: readonly string[] | null;
  /** Nothing is told in these hours. */
  readonly quiet: Hours | null;
}

export interface Hours {
  readonly fromHour: number;
  readonly toHour: number;
}

export interface Office {
  readonly lists: List[];
  /** The last one is everybody's. */
  readonly groups: readonly Group[];
  readonly receivers: readonly Receiver[];
  readonly ownRecords: readonly string[];
  /** What a blocked A and AAAA are answered with. */
  sinkhole: { readonly a: string; readonly aaaa: string };
  privacy: 'none' | 'anonymise';
  /** How long each is kept. */
  readonly historyDays: number;
  readonly hitsDays: number;
}

/** Whether it is within these hours, which may go over midnight. */
export function isWithinHours({ fromHour, toHour }: Hours, wallMs: number): boolean {
  const hour = new Date(wallMs).getHours();
  return fromHour < toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour;
}

/** A group with the lists that are for all. */
export const wholeOf = ({ lists }: Office, group: Group): Group => ({
  ...group,
  lists: [...group.lists, ...lists.filter((list) => list.isForAll && !group.lists.includes(list))],
});

export const groupFor = (office: Office, mac: string): Group => {
  const found = office.groups.find(({ macs }) => macs === null || macs.includes(mac));
  if (found === undefined) throw new Error('an office has a group for everybody');
  return wholeOf(office, found);
};

/** Lists that a group uses, or all do. */
export const usedLists = ({ lists, groups }: Office): List[] =>
  lists.filter((list) => list.isForAll || groups.some((group) => group.lists.includes(list)));

/** The list of the exception of every name. */
const throughList = ({ name }: Group): string => `through-${name}`;

const quoted = (text: string): string => JSON.stringify(text);
const hours = ({ fromHour, toHour }: Hours): string =>
  `Mon-Sun ${String(fromHour).padStart(2, '0')}:00-${String(toHour).padStart(2, '0')}:00`;

/** The configuration file. @param trust addresses of boxes that ask for others */
export function configFor(office: Office, dir: string, trust: readonly string[]): Config {
  const { groups, receivers, ownRecords, sinkhole, privacy, historyDays, hitsDays } = office;
  const used = usedLists(office);
  const through = groups.filter(({ letThrough }) => letThrough);
  const listsOf = (group: Group): string =>
    [...(group.letThrough ? [throughList(group)] : []), ...group.lists.map(({ name }) => name)]
      .map(quoted)
      .join(', ');
  const text = [
    'upstreams: { default: ["198.51.100.53"] }',
    `access: { allow: ["192.0.2.0/24", "2001:db8::/32"], rateLimit: { perSecond: 5, burst: 20 } }`,
    `local: { records: [${ownRecords.map(quoted).join(', ')}] }`,
    `clients: { trust: [${trust.map(quoted).join(', ')}], reverse: false, hosts: ${quoted(`${dir}/hosts`)}, leases: ${quoted(`${dir}/dhcp.leases`)} }`,
    `events: { dir: ${quoted(dir)}, history: ${historyDays}d, hits: ${hitsDays}d, queryLog: { privacy: ${privacy} } }`,
    `sinkhole: { answer: { a: ${quoted(sinkhole.a)}, aaaa: ${quoted(sinkhole.aaaa)} } }`,
    'lists:',
    ...used.map(
      ({ name, action, mode, alert, isForAll }) =>
        `  ${quoted(name)}: { source: /lists/one.txt, action: ${action}, ${isForAll ? 'for: all, ' : ''}${action === 'allow' ? '' : `mode: ${mode}, alert: ${alert}`} }`,
    ),
    ...through.map((group) => `  ${quoted(throughList(group))}: { source: /lists/one.txt, action: allow }`),
    ...(used.length + through.length === 0 ? ['  {}'] : []),
    'groups:',
    ...groups.map(
      (group) =>
        `  ${group.name}: { clients: [${group.macs === null ? 'any' : group.macs.map(quoted).join(', ')}], lists: [${listsOf(group)}]${group.schedule === null ? '' : `, schedule: ${quoted(hours(group.schedule))}`} }`,
    ),
    'alerts:',
    ...receivers.map(
      ({ name, url, severity, groups: own, quiet }) =>
        `  - { ${name === null ? '' : `name: ${name}, `}webhook: ${quoted(url)}, severity: ${severity}${own === null ? '' : `, groups: [${own.join(', ')}]`}, groupWait: 5s, repeat: 4h${quiet === null ? '' : `, quiet: ${quoted(hours(quiet))}`} }`,
    ),
  ].join('\n');
  const config = configOf(text, { files: { '/lists/one.txt': '', [`${dir}/dhcp.leases`]: '' } });
  // As what is let through by hand is at every hour.
  const throughAll = (group: Config['groups'][number]): Config['groups'][number] => {
    const own = through.find(({ name }) => name === group.name);
    return own === undefined
      ? group
      : { ...group, alwaysLists: [throughList(own), ...(group.alwaysLists ?? [])] };
  };
  return { ...config, groups: config.groups.map(throughAll) };
}

export function rulesFor({ lists, groups }: Office, revision: number): RuleSet {
  const through = groups.flatMap((group) => (group.letThrough ? [throughList(group)] : []));
  const faces = lists.map(({ name, action, mode, alert }): ListWords => ({ name, action, mode, alert }));
  const wordsOf = (isNetwork: boolean) =>
    lists.flatMap((list) =>
      list.entries
        .filter((entry) => entry.isNetwork === isNetwork)
        .map(({ text, covers, types, campaign, confidence, expiresMs }) => ({
          list: list.name,
          text,
          rule: {
            scope: covers,
            types,
            indicator:
              campaign === null
                ? null
                : {
                    campaign: campaign.title,
                    source: 'report.example',
                    firstPublished: null,
                    confidence,
                    note: null,
                    ...(expiresMs === null ? {} : { expires: new Date(expiresMs).toISOString() }),
                  },
          },
        })),
    );
  const names = wordsOf(false).map(({ text, ...word }) => ({ ...word, names: [text] }));
  const networks = wordsOf(true).map(({ text, ...word }) => ({ ...word, networks: [text] }));
  const all = through.map((list) => ({ list, names: ['.'] }));
  return {
    ...ruleSetOf(
      [...faces, ...through.map((name) => ({ name, action: 'allow' as const }))],
      [...names, ...all],
      [],
      networks,
    ),
    revision,
  };
}
