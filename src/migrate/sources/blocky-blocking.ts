// What blocky blocks, and for whom: groups of lists, given to clients by name, address and network.
import { isIP } from 'node:net';
import { freeName, networkText, type Plan, slug } from '../plan.ts';
import { linesOf } from '../read-files.ts';
import { durationOf, type Tree, textAt, textsAt, treeAt } from './settings.ts';

/** @param folder where paths of lists start from */
export function blocking(plan: Plan, tree: Tree, folder: string): void {
  const refresh = durationOf(textAt(tree, 'loading', 'refreshPeriod') ?? textAt(tree, 'refreshPeriod'));
  const denied = 'denylists' in tree ? treeAt(tree, 'denylists') : treeAt(tree, 'blackLists');
  const allowed = 'allowlists' in tree ? treeAt(tree, 'allowlists') : treeAt(tree, 'whiteLists');
  const named = new Map<string, string[]>();
  // Who is given no list there has none.
  plan.group('default');
  for (const [group, sources] of Object.entries(denied))
    named.set(group, lists(plan, { group, sources, folder, refresh, action: 'sinkhole' }));
  for (const [group, sources] of Object.entries(allowed)) {
    const made = lists(plan, { group: `${group}-allow`, sources, folder, refresh, action: 'allow' });
    named.set(group, [...(named.get(group) ?? []), ...made]);
    if (!(group in denied))
      plan.leave(
        `allowlists.${group}`,
        'a group with nothing but an allowlist blocked all else there; here its names are allowed and nothing is blocked by it',
      );
    else
      plan.differs(
        'an allow list goes before all block lists of the clients that have it; in blocky it took names out of the block list of the same name only',
      );
  }
  for (const [client, groups] of Object.entries(treeAt(tree, 'clientGroupsBlock')))
    for (const who of client.split(','))
      for (const group of textsAt({ groups }, 'groups'))
        groupOf(plan, who.trim()).lists.push(...(named.get(group) ?? []));
  for (const [group, schedules] of Object.entries(treeAt(tree, 'listSchedules')))
    plan.leave(
      `blocking.listSchedules.${group}: ${textsAt({ schedules }, 'schedules').join(', ')}`,
      'a schedule belongs to a group of clients: `groups.NAME.schedule: "Mon-Fri 08:00-18:00"`',
    );
  withoutListsOfTheirOwn(plan, treeAt(tree, 'clientGroupsBlock'));
  blockType(plan, textAt(tree, 'blockType') ?? 'zeroIp');
  const ttl = durationOf(textAt(tree, 'blockTTL'));
  if (ttl !== null) plan.set('sinkhole', 'ttl', ttl);
}

/** Clients that have only upstreams of their own have everybody's lists. */
function withoutListsOfTheirOwn(plan: Plan, clientGroups: Tree): void {
  const own = new Set(
    Object.keys(clientGroups).flatMap((key) =>
      key.split(',').map((who) => networkText(who.trim()).toLowerCase()),
    ),
  );
  for (const [name, group] of plan.groups)
    if (name !== 'default' && !group.clients.some((client) => own.has(client)))
      group.lists.push(...plan.group('default').lists);
}

function blockType(plan: Plan, type: string): void {
  const addresses = type.split(',').map((text) => text.trim());
  const [a, aaaa] = [addresses.find((one) => isIP(one) === 4), addresses.find((one) => isIP(one) === 6)];
  if (/^nxdomain$/i.test(type)) plan.set('sinkhole', 'answer', 'nxdomain');
  else if (a !== undefined || aaaa !== undefined)
    plan.set('sinkhole', 'answer', { ...(a && { a }), ...(aaaa && { aaaa }) });
}

interface Sources {
  readonly group: string;
  readonly sources: unknown;
  readonly folder: string;
  readonly refresh: string | null;
  readonly action: 'sinkhole' | 'allow';
}

/** A URL, a file, or lines that stand in the configuration. */
function lists(plan: Plan, { group, sources, folder, refresh, action }: Sources): string[] {
  const texts = textsAt({ sources }, 'sources');
  return texts.flatMap((text) => {
    if (/^https?:\/\//.test(text)) return [plan.listFrom(group, text, { action, refresh })];
    if (!text.includes('\n') && /^(file:|\.{0,2}\/|.*\.(txt|list|hosts)$)/.test(text)) {
      const file = plan.fileOfTheirs(text.replace(/^file:(\/\/)?/, ''), folder, `list of ${group}: ${text}`);
      return file === null ? [] : [plan.listFrom(group, file, { action })];
    }
    const lines = linesOf({ path: group, text }).map(({ text: line }) => line.trim());
    return [
      plan.listOf(
        group,
        lines.filter((line) => line !== ''),
        { action },
      ),
    ];
  });
}

/** The group of a name, an address or a network; `default` is everybody else. */
export function groupOf(plan: Plan, client: string): ReturnType<Plan['group']> {
  if (client === 'default') return plan.group('default');
  const who = networkText(client).toLowerCase();
  // `tv*` and `tv` would be one name.
  const name = freeName(slug(client) || 'clients', (one) => isOthers(plan, one, who));
  const group = plan.group(name);
  if (group.clients.length === 0) plan.client(group.clients, who, `client ${client}`);
  plan.differs(
    'a client is in one group: its address before its name before its network. In blocky it had the lists of all that match',
  );
  return group;
}

const isOthers = (plan: Plan, group: string, client: string): boolean => {
  const clients = plan.groups.get(group)?.clients ?? [];
  return clients.length > 0 && !clients.includes(client);
};
