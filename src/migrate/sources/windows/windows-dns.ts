// Windows DNS Server: what its exports say of zones, forwarders and policies. A zone that leads nowhere blocks; one with data of its own stays
// where it is, and cenote asks that server for it.
import { isIP } from 'node:net';
import { basename } from 'node:path';
import { isLoopback, NULL_ADDRESSES } from '../../../config/values/addresses.ts';
import { MigrateError } from '../../migrate-error.ts';
import { asciiName, type Plan, type WithoutCounterpart } from '../../plan.ts';
import { type SettingsFile, settingsFiles } from '../../read-files.ts';
import { REBINDING } from '../settings.ts';
import { givePolicies } from './policies.ts';
import { readEnumZones, readObjects, readZoneTable } from './powershell.ts';
import { isRegistry, readRegistry } from './registry.ts';
import { type FileRecord, newServer, type WindowsServer, type WindowsZone, zoneOf } from './zone.ts';
import { isZoneFile, readZoneFile, ZONE_ITSELF } from './zone-file.ts';

const TAKE =
  'export its zones (`reg export "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\DNS Server\\Zones" zones.reg`) and parameters (`reg export HKLM\\SYSTEM\\CurrentControlSet\\Services\\DNS\\Parameters parameters.reg`), or `Get-DnsServer | ConvertTo-Json -Depth 6`, beside copies of its zone files (*.dns)';

/** @param path an export, a zone file, or a folder with them */
export function fromWindowsDns(plan: Plan, path: string): void {
  const server = newServer();
  const read = settingsFiles(path, /^\.|\.(?:evtx?|log|etl)$/i).filter((file) => readOne(plan, file, server));
  if (read.length === 0)
    throw new MigrateError(
      'MIGRATE_NOT_THEIRS',
      `nothing of Windows DNS Server that can be read: ${TAKE} (${path})`,
    );
  for (const forwarder of server.forwarders)
    plan.upstream(plan.upstreams, forwarder, `forwarder ${forwarder}`);
  giveZones(plan, server);
  givePolicies(plan, server);
  plan.differs(REBINDING);
  // Its own addresses stay with it.
  plan.listen.dns.push('0.0.0.0:53', '[::]:53');
}

/** @returns whether it is one of theirs */
function readOne(plan: Plan, { path, text }: SettingsFile, server: WindowsServer): boolean {
  if (isRegistry(text)) {
    readRegistry(text, server);
    return true;
  }
  if (isZoneFile(text)) {
    server.files.set(basename(path).toLowerCase(), readZoneFile(text));
    return true;
  }
  if (/^\s*[[{]/.test(text)) {
    try {
      return readObjects(JSON.parse(text), server);
    } catch {
      plan.leave(basename(path), 'it begins as JSON and is none');
      return false;
    }
  }
  return readZoneTable(text, server) || readEnumZones(text, server);
}

/** Of these there is nothing to take: what the server keeps for itself. */
const ITS_OWN = /^(?:|\.|trustanchors|\.\.(?:cache|roothints|trustanchors))$/;
const AUTOMATIC = /^(?:0|127|255)\.in-addr\.arpa$/;

function giveZones(plan: Plan, server: WindowsServer): void {
  // A file that no export speaks of is a zone of that name.
  const named = new Set([...server.zones.values()].map(({ file }) => file));
  for (const [file, { zone }] of server.files)
    if (!named.has(file) && zone !== null) {
      const own = zoneOf(server, zone);
      own.type ??= 'primary';
      own.file ??= file;
    }
  const given: Given = { nowhere: [], empty: [], elsewhere: [], here: [] };
  for (const zone of server.zones.values()) {
    if (ITS_OWN.test(zone.name) || AUTOMATIC.test(zone.name) || zone.isAutoCreated) continue;
    if (zone.name === 'globalnames')
      plan.leave('zone GlobalNames', 'write its names of one label as `local.records`');
    else if (zone.type === 'primary') givePrimary(zone, server, given);
    else giveForwarded(plan, zone);
  }
  const ofList = { format: 'domains', hasSubdomains: true, isForAll: true } as const;
  if (given.nowhere.length > 0)
    plan.giveAll(plan.listOf('windows-dns', namesOf(plan, given.nowhere), ofList));
  if (given.empty.length > 0)
    plan.giveAll(
      plan.listOf('windows-dns-empty', namesOf(plan, given.empty), { ...ofList, action: 'nxdomain' }),
    );
  if (given.elsewhere.length > 0)
    plan.giveAll(plan.listOf('windows-dns-redirect', given.elsewhere, { format: 'adblock', isForAll: true }));
  giveOwn(plan, server, given.here);
}

interface Given {
  /** Names that lead to no address of anybody. */
  readonly nowhere: string[];
  /** Zones without a record. */
  readonly empty: string[];
  /** Rules for names that lead, with all below them, to one address: a page that says why, or a service of their own. */
  readonly elsewhere: string[];
  readonly here: WindowsZone[];
}

const BELOW = `*.${ZONE_ITSELF}`;

function givePrimary(zone: WindowsZone, server: WindowsServer, given: Given): void {
  const file = zone.file === null ? undefined : server.files.get(zone.file);
  // A zone of the directory has no file: its data are not here. What a line that cannot be read says of the zone is not known.
  if (file === undefined || !file.isWhole) {
    given.here.push(zone);
    return;
  }
  const data = file.records.filter(({ type }) => type !== 'SOA' && type !== 'NS');
  const addresses = data.flatMap(({ type, rdata }) =>
    type === 'A' || type === 'AAAA' ? [rdata[0] ?? ''] : [],
  );
  const isOfAddresses = addresses.length === data.length;
  if (data.length === 0) given.empty.push(zone.name);
  else if (isOfAddresses && addresses.every((one) => NULL_ADDRESSES.has(one) || isLoopback(one)))
    given.nowhere.push(zone.name);
  else if (
    isOfAddresses &&
    data.every(({ owner }) => owner === ZONE_ITSELF || owner === BELOW) &&
    data.some(({ owner }) => owner === BELOW)
  )
    given.elsewhere.push(...[...new Set(addresses)].map((one) => `||${zone.name}^$dnsrewrite=${one}`));
  else given.here.push(zone);
}

/** Zones with data: whoever has these is asked. What lies in another of them goes there with it. */
function giveOwn(plan: Plan, server: WindowsServer, zones: readonly WindowsZone[]): void {
  const names = new Set(zones.map(({ name }) => name));
  for (const { name, file } of zones) {
    const labels = name.split('.');
    if (labels.some((_, index) => index > 0 && names.has(labels.slice(index).join('.')))) continue;
    const data = file === null ? undefined : server.files.get(file);
    const asked = [
      ...new Set([
        ...server.listens.filter(isAskable),
        ...(data === undefined ? [] : serversOf(data.records)),
      ]),
    ];
    if (asked.length > 0) {
      plan.route(name, asked, `zone ${name}`);
      plan.differs(
        'zones with records of their own stay on the Windows server, and cenote asks it for them (`upstreams.routes`): it must go on answering there',
      );
    } else plan.leave(`zone ${name}`, NO_ADDRESS);
  }
}

const NO_ADDRESS: WithoutCounterpart['why'] =
  'it stays on the Windows server, whose address no export says: name it in `upstreams.routes`';

const isAskable = (address: string): boolean =>
  isIP(address) !== 0 && !isLoopback(address) && !NULL_ADDRESSES.has(address);

/** Addresses of the zone's name servers, as far as the file has them: those of a delegation below it answer for that alone. */
function serversOf(records: readonly FileRecord[]): string[] {
  const hosts = new Set(
    records.flatMap(({ owner, type, rdata }) => (type === 'NS' && owner === ZONE_ITSELF ? [rdata[0]] : [])),
  );
  return records.flatMap(({ owner, type, rdata }) =>
    (type === 'A' || type === 'AAAA') && hosts.has(owner) && isAskable(rdata[0] ?? '')
      ? [rdata[0] ?? '']
      : [],
  );
}

const FORWARDED: Readonly<Record<string, string>> = {
  forwarder: 'conditional forwarder',
  stub: 'stub zone',
  secondary: 'secondary zone',
};

function giveForwarded(plan: Plan, { name, type, masters }: WindowsZone): void {
  const title = FORWARDED[type ?? ''];
  if (title === undefined) {
    plan.leave(`zone ${name}`, 'the exports do not say what it is');
    return;
  }
  if (masters.length === 0)
    plan.leave(
      `${title} ${name}`,
      'its servers are in none of the files: tables do not have them; the registry (`zones.reg`) and ConvertTo-Json do',
    );
  else plan.route(name, masters, `${title} ${name}`);
  if (type === 'stub' || type === 'secondary')
    plan.differs(
      'servers of stub and secondary zones are asked as forwarders are; those that answer for their zones alone answer so too',
    );
}

function namesOf(plan: Plan, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const ascii = asciiName(name);
    if (ascii === null) plan.leave(`zone ${name}`, 'it is not a domain name');
    return ascii ?? [];
  });
}
