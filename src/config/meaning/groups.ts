// `groups` as meant: every client has exactly one place to be.

import type { GroupConfig } from '../config.ts';
import type { ConfigFile } from '../schema.ts';
import { type ClientPattern, clientText } from '../values/clients.ts';
import { quote } from '../values/parsed.ts';
import { upstreamsOf } from '../values/upstream.ts';
import type { Findings } from './findings.ts';
import { checkName } from './names.ts';
import type { CheckUpstreams } from './upstreams.ts';

/** What a group takes over where it says nothing itself. */
export interface GroupDefaults {
  /** Names of all lists: what a configuration without groups gives to everyone. */
  readonly lists: readonly string[];
  /** Those of them that are `for: all`. */
  readonly alwaysLists: readonly string[];
  readonly rebinding: boolean;
}

/** @param checkUpstreams complains of servers that cannot be asked */
export function resolveGroups(
  groups: ConfigFile['groups'],
  defaults: GroupDefaults,
  checkUpstreams: CheckUpstreams,
  findings: Findings,
): GroupConfig[] {
  const always = defaults.alwaysLists.length === 0 ? {} : { alwaysLists: defaults.alwaysLists };
  if (groups === undefined)
    return [
      {
        name: 'default',
        clients: [{ kind: 'any' }],
        lists: defaults.lists,
        ...always,
        schedule: null,
        inspect: true,
        rebinding: defaults.rebinding,
        upstreams: null,
      },
    ];
  const resolved = Object.entries(groups).map(([name, group]): GroupConfig => {
    checkName('group', name, Object.keys(groups), findings);
    if (group.clients.length === 0)
      findings.complain(
        ['groups', name, 'clients'],
        `the group ${quote(name)} has no clients`,
        'add `any`, an address or a prefix',
      );
    const upstreams = group.upstreams === undefined ? null : upstreamsOf(group.upstreams);
    if (upstreams !== null) checkUpstreams(upstreams, ['groups', name, 'upstreams']);
    return {
      name,
      clients: group.clients.flat(),
      lists: [...group.lists, ...defaults.alwaysLists.filter((list) => !group.lists.includes(list))],
      ...always,
      schedule: group.schedule ?? null,
      inspect: group.inspect,
      rebinding: group.rebinding ?? defaults.rebinding,
      upstreams,
    };
  });
  checkClients(groups, findings);
  if (!resolved.some((group) => group.clients.some((client) => client.kind === 'any')))
    findings.complain(
      ['groups'],
      'no group has `any`, so clients in no group would not be protected',
      'add `default: { clients: [any], lists: [...] }`',
      'key',
    );
  return resolved;
}

function checkClients(groups: NonNullable<ConfigFile['groups']>, findings: Findings): void {
  const owners = new Map<string, string>();
  for (const [name, group] of Object.entries(groups)) {
    group.clients.forEach((patterns, index) => {
      for (const pattern of patterns) {
        const key = identity(pattern);
        const owner = owners.get(key);
        if (owner === undefined) owners.set(key, name);
        else
          findings.complain(
            ['groups', name, 'clients', index],
            `${quote(clientText(pattern))} is in the group ${quote(owner)} already`,
            'a client can be in one group only',
          );
      }
    });
  }
}

function identity(pattern: ClientPattern): string {
  return pattern.kind === 'prefix' ? `${pattern.bytes.join('.')}/${pattern.bits}` : clientText(pattern);
}
