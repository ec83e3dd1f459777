// A plan as files: the configuration with its comments, and the lists whose lines were in the other program's settings.
import { Document } from 'yaml';
import type { Plan, PlannedList } from './plan.ts';

export interface WrittenFile {
  /** From the folder that all of it goes to. */
  readonly path: string;
  readonly text: string;
}

const LINE_LENGTH = 120;

/** @param from what is told at the top: "Pi-hole (/etc/pihole)" */
export function filesOf(plan: Plan, from: string): WrittenFile[] {
  const lists = [...plan.lists.values()].filter((list) => list.source === null);
  const hosts = plan.hosts.length === 0 ? [] : [{ path: 'hosts.txt', text: `${plan.hosts.join('\n')}\n` }];
  return [
    { path: 'cenote.yaml', text: configText(plan, from) },
    ...lists.map((list) => ({ path: `blocklists/${list.name}.txt`, text: `${list.lines.join('\n')}\n` })),
    ...hosts,
  ];
}

function configText(plan: Plan, from: string): string {
  const document = new Document(settingsOf(plan));
  document.commentBefore = headOf(plan, from)
    .flatMap((line) => wrapped(line))
    .map((line) => (line === '' ? '' : ` ${line}`))
    .join('\n');
  for (const path of ['lists', 'groups']) flowEntries(document, path);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** One line an entry reads better than five. */
function flowEntries(document: Document, path: string): void {
  const section: unknown = document.get(path);
  const items = (section as { items?: { value: { flow?: boolean } }[] } | undefined)?.items ?? [];
  for (const { value } of items) value.flow = true;
}

function headOf(plan: Plan, from: string): string[] {
  const lines = [
    `Written by \`cenote migrate\` from ${from}. Look through it, then test it: cenote check --sources -c FILE.`,
  ];
  if (plan.differences.size > 0) lines.push('', 'What works otherwise here:');
  for (const difference of plan.differences) lines.push(`- ${difference}`);
  if (plan.without.length > 0) lines.push('', 'What has no counterpart:');
  for (const { what, why } of plan.without) lines.push(`- ${what}: ${why}`);
  return lines;
}

function settingsOf(plan: Plan): Record<string, unknown> {
  const { listen, sections } = plan;
  return compact({
    listen: compact({
      dns: listen.dns,
      tls: listen.tls,
      https: listen.https,
      tlsCertificate: listen.certificate,
    }),
    upstreams: compact({
      default: plan.upstreams,
      routes: Object.fromEntries(plan.routes),
      fallback: plan.fallback,
      strategy: plan.strategy,
      bootstrap: plan.bootstrap,
      timeout: plan.timeout,
    }),
    cache: sections.get('cache'),
    lists: Object.fromEntries([...plan.lists.values()].map((list) => [list.name, listSettings(list)])),
    groups: groupsOf(plan),
    clients: compact({
      names: Object.fromEntries(plan.clientNames),
      trust: plan.trust,
      ids: Object.fromEntries(plan.clientIds.map((id) => [id, 'local'])),
      ...sections.get('clients'),
    }),
    sinkhole: sections.get('sinkhole'),
    local: compact({
      records: [...plan.records],
      hosts: plan.hosts.length > 0 ? 'hosts.txt' : null,
      ...sections.get('local'),
    }),
    rebinding: compact({ except: plan.rebindingExcept, ...sections.get('rebinding') }),
    access: compact({ allow: plan.access, ...sections.get('access') }),
    events: sections.get('events'),
    log: sections.get('log'),
  });
}

function listSettings(list: PlannedList): Record<string, unknown> {
  return compact({
    source: list.source ?? `blocklists/${list.name}.txt`,
    format: list.format,
    refresh: list.refresh,
    action: list.action === 'sinkhole' ? null : list.action,
    // Lines that stood in somebody's own settings mean what they say: `local=/lan/`, `||tk^`.
    allowPublicSuffixes: list.source === null ? true : null,
    subdomains: list.hasSubdomains ? true : null,
    for: list.isForAll ? 'all' : null,
  });
}

/** Null where no group has anything: then all lists are for all clients. */
function groupsOf(plan: Plan): Record<string, unknown> | null {
  if (plan.groups.size === 0) return null;
  const all = plan.group('default');
  if (!all.clients.includes('any')) all.clients.unshift('any');
  const groups = [...plan.groups].filter(([, group]) => group.clients.length > 0);
  return Object.fromEntries(
    groups.map(([name, group]) => [
      name,
      {
        clients: group.clients,
        lists: [...new Set(group.lists)],
        ...compact({ upstreams: group.upstreams }),
      },
    ]),
  );
}

/** Without what is not set. */
function compact(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => !isUnset(value)));
}

function isUnset(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function wrapped(line: string): string[] {
  const lines: string[] = [];
  let rest = line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  const indent = line.startsWith('- ') ? '  ' : '';
  while (rest.length > LINE_LENGTH) {
    const cut = rest.lastIndexOf(' ', LINE_LENGTH);
    const at = cut > indent.length ? cut : LINE_LENGTH;
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
