// What PowerShell writes of Windows DNS Server: objects of Get-DnsServer, Get-DnsServerZone, Get-DnsServerForwarder,
// Get-DnsServerQueryResolutionPolicy and Get-DnsServerClientSubnet, as JSON or, of zones, as CSV; and the table of `dnscmd /EnumZones`.
import { isIP } from 'node:net';
import { readTable } from '../../../report/kinds/table.ts';
import { at, isTree, type Tree, textAt, textsAt, treesAt } from '../settings.ts';
import { addMasters, typeOf, type WindowsServer, zoneOf } from './zone.ts';

/** Objects may stand in each other: Get-DnsServer has all of them. @returns whether any of theirs is there */
export function readObjects(value: unknown, server: WindowsServer): boolean {
  if (Array.isArray(value)) return value.map((one) => readObjects(one, server)).some(Boolean);
  if (!isTree(value)) return false;
  if (readObject(value, server)) return true;
  return Object.values(value)
    .map((one) => readObjects(one, server))
    .some(Boolean);
}

function readObject(tree: Tree, server: WindowsServer): boolean {
  const name = textAt(tree, 'ZoneName');
  const type = textAt(tree, 'ZoneType');
  if (name !== null && type !== null) {
    const zone = zoneOf(server, name);
    zone.type = typeOf(type);
    zone.file ??= textAt(tree, 'ZoneFile')?.toLowerCase() ?? null;
    zone.isAutoCreated ||= isTrue(at(tree, 'IsAutoCreated'));
    addMasters(zone, addressesAt(tree, 'MasterServers'));
    return true;
  }
  if ('UseRootHint' in tree) {
    server.forwarders.push(...addressesAt(tree, 'IPAddress'));
    return true;
  }
  if ('ListeningIPAddress' in tree) {
    server.listens.push(...addressesAt(tree, 'ListeningIPAddress'));
    return true;
  }
  const own = textAt(tree, 'Name') ?? '';
  if ('IPV4Subnet' in tree || 'IPV6Subnet' in tree) {
    server.subnets.set(own.toLowerCase(), [...textsAt(tree, 'IPV4Subnet'), ...textsAt(tree, 'IPV6Subnet')]);
    return true;
  }
  const action = textAt(tree, 'Action');
  if (action === null || !('Criteria' in tree)) return false;
  if (at(tree, 'IsEnabled') === false) return true;
  const criteria = treesAt(tree, 'Criteria').map((one) => ({
    kind: (textAt(one, 'CriteriaType') ?? '').toLowerCase(),
    value: textAt(one, 'Criteria') ?? '',
  }));
  const isAnd = (textAt(tree, 'Condition') ?? 'AND').toUpperCase() !== 'OR';
  server.policies.set(own, { name: own, action: action.toLowerCase(), isAnd, criteria });
  return true;
}

/** `"10.0.0.1"`, or an IPAddress object with all that it knows. */
function addressesAt(tree: Tree, key: string): string[] {
  const value = at(tree, key);
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.flatMap((one) => {
    const text = typeof one === 'string' ? one : textAt(one, 'IPAddressToString');
    return text !== null && isIP(text) !== 0 ? [text] : [];
  });
}

const isTrue = (value: unknown): boolean => value === true || /^true$/i.test(String(value));

/** Export-Csv of Get-DnsServerZone, whatever stands between its fields. @returns whether it is that */
export function readZoneTable(text: string, server: WindowsServer): boolean {
  for (const separator of [',', ';', '\t']) {
    const [head, ...rows] = readTable(text, separator).rows;
    const names = head?.map(({ text: name }) => name.trim());
    if (!names?.includes('ZoneName')) continue;
    for (const row of rows) {
      const tree = Object.fromEntries(names.map((name, index) => [name, row[index]?.text.trim() ?? '']));
      // Of several servers it writes what kind of thing they are, `System.Net.IPAddress[]`, or all of them where somebody joined them.
      readObject({ ...tree, MasterServers: (tree['MasterServers'] ?? '').split(/[\s,;]+/) }, server);
    }
    return true;
  }
  return false;
}

/** `dnscmd /EnumZones`: name, type, storage, properties. @returns whether it is that */
export function readEnumZones(text: string, server: WindowsServer): boolean {
  const lines = text.split(/\r?\n/);
  const head = lines.findIndex((line) => /^\s*Zone name\s+Type\s+Storage/i.test(line));
  if (head < 0) return false;
  for (const line of lines.slice(head + 1)) {
    const [name = '', type = '', storage = '', ...properties] = line.trim().split(/\s+/);
    if (!/^(?:File|AD-\S+|None)$/i.test(storage)) continue;
    const zone = zoneOf(server, name);
    zone.type = typeOf(type);
    zone.isAutoCreated ||= properties.some((word) => /^Auto$/i.test(word));
  }
  return true;
}
