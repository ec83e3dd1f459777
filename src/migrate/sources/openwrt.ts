// OpenWrt: /etc/config/dhcp, which its dnsmasq is started from, and the lists of adblock-fast and adblock.
import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { MigrateError } from '../migrate-error.ts';
import type { ListAction, Plan } from '../plan.ts';
import { isFolder, linesOf, textOf } from '../read-files.ts';
import { fromDnsmasqSettings } from './dnsmasq.ts';
import { textAt, WITHOUT } from './settings.ts';
import { isUciOn, type UciSection, uciSections, uciText, uciTexts } from './uci.ts';

type Reads = (plan: Plan, sections: readonly UciSection[], folder: string) => void;

const READS: Readonly<Record<string, Reads>> = { dhcp, 'adblock-fast': adblockFast, adblock };

/** @param path `/etc/config`, a backup that was unpacked, or one file of it */
export function fromOpenwrt(plan: Plan, path: string): void {
  const folders = [path, join(path, 'config'), join(path, 'etc/config')];
  const folder = isFolder(path) ? folders.find((one) => isThere(join(one, 'dhcp'))) : dirname(path);
  const names = isFolder(path) ? Object.keys(READS) : [basename(path)];
  if (folder === undefined || names.some((name) => !Object.hasOwn(READS, name)))
    throw new MigrateError(
      'MIGRATE_NOT_THEIRS',
      `no /etc/config of OpenWrt; name it, its file dhcp, or a backup that you unpacked (${path})`,
    );
  for (const name of names) {
    const file = join(folder, name);
    if (name === basename(path) || isThere(file)) READS[name]?.(plan, uciSections(fileAt(file)), folder);
  }
}

const fileAt = (path: string): { path: string; text: string } => ({ path, text: textOf(path) });
const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Options of `config dnsmasq` that are switches, as dnsmasq calls them. */
const SWITCHES: ReadonlyMap<string, string> = new Map([
  ['domainneeded', 'domain-needed'],
  ['nohosts', 'no-hosts'],
  ['strictorder', 'strict-order'],
  ['allservers', 'all-servers'],
  ['expandhosts', 'expand-hosts'],
  ['dnssec', 'dnssec'],
  ['filter_aaaa', 'filter-AAAA'],
  ['filter_a', 'filter-A'],
]);
/** Those with values, one option of dnsmasq's for each. */
const VALUES: ReadonlyMap<string, string> = new Map([
  ['cachesize', 'cache-size'],
  ['port', 'port'],
  ['domain', 'domain'],
  ['local', 'server'],
  ['server', 'server'],
  ['rev_server', 'rev-server'],
  ['address', 'address'],
  ['interface', 'interface'],
  ['notinterface', 'except-interface'],
  ['listen_address', 'listen-address'],
  ['addnhosts', 'addn-hosts'],
  ['bogusnxdomain', 'bogus-nxdomain'],
  ['serversfile', 'servers-file'],
  ['confdir', 'conf-dir'],
  ['max_ttl', 'max-ttl'],
  ['min_cache_ttl', 'min-cache-ttl'],
  ['max_cache_ttl', 'max-cache-ttl'],
  ['ipset', 'ipset'],
  ['nftset', 'nftset'],
]);
/** About which nothing needs to be said: DHCP, or no word on answers. `resolvfile` is told where it is what servers come from. */
const SILENT = new Set(
  [
    'authoritative readethers leasefile sequential_ip scriptarp fqdn',
    'localise_queries filterwin2k boguspriv localservice proxydnssec',
    'ednspacket_max dnsforwardmax nonegcache cachelocal local_ttl',
    'logqueries logfacility logdhcp quietdhcp',
    'nonwildcard queryport minport maxport resolvfile noresolv',
    'enable_tftp dbus nodaemon disabled instance',
  ].flatMap((words) => words.split(' ')),
);
/** The same of whole families: `dhcp_boot`, `tftp_root`, `rebind_localhost`, `dnsseccheckunsigned`. */
const SILENT_FAMILY = /^(dhcp|dnsmasqconf|tftp|rebind_|add_local_|allocate|ignore|dnssec)/;

function dhcp(plan: Plan, all: readonly UciSection[]): void {
  const sections = all.filter((section) => !isOff(section));
  const own = sections.filter(({ type }) => type === 'dnsmasq');
  const domain = own.map((one) => uciText(one, 'domain')).find((name) => name !== null) ?? null;
  const lines = sections.flatMap((section) =>
    linesOfSection(plan, section, domain).map((text) => ({ text, where: section.where })),
  );
  fromDnsmasqSettings(plan, lines);
  if (own.some((one) => !isUciOn(one, 'noresolv')) && plan.upstreams.length === 0)
    plan.leave(
      'dhcp: resolvfile',
      'the provider’s servers were asked, which the router learns: write them to `upstreams.default`, or the router',
    );
  if (own.length > 1) plan.differs('several dnsmasq of one router become one cenote');
}

const isOff = (section: UciSection): boolean =>
  (section.type === 'dnsmasq' && isUciOn(section, 'disabled')) ||
  (section.type === 'host' && !isUciOn(section, 'enable', true));

/** As the router writes it for dnsmasq; what it writes to a hosts file goes there. */
function linesOfSection(plan: Plan, section: UciSection, domain: string | null): string[] {
  const text = (key: string): string => uciText(section, key) ?? '';
  switch (section.type) {
    case 'dnsmasq':
      return dnsmasqLines(plan, section);
    case 'domain': {
      const names = uciTexts(section, 'name').map((name) => whole(name, domain));
      for (const ip of uciTexts(section, 'ip'))
        plan.host(`${ip} ${names.join(' ')}`, `domain ${names.join(' ')}`);
      return [];
    }
    case 'host': {
      const [name, ip] = [text('name'), text('ip')];
      if (name !== '' && ip !== '' && isUciOn(section, 'dns'))
        plan.host(`${ip} ${whole(name, domain)}`, `host ${name}`);
      return name === ''
        ? []
        : [`dhcp-host=${[...uciTexts(section, 'mac'), ip, name].filter(Boolean).join(',')}`];
    }
    case 'cname':
      return [`cname=${text('cname')},${text('target')}`];
    case 'hostrecord':
      return [`host-record=${[...uciTexts(section, 'name'), ...uciTexts(section, 'ip')].join(',')}`];
    case 'srvhost':
      return [`srv-host=${['srv', 'target', 'port', 'class', 'weight'].map(text).filter(Boolean).join(',')}`];
    case 'mxhost':
      return [`mx-host=${text('domain')},${text('relay')},${text('pref') || '0'}`];
    case 'dhcp':
      return ['dhcp-range='];
    default:
      return [];
  }
}

const whole = (name: string, domain: string | null): string =>
  name.includes('.') || domain === null ? name : `${name}.${domain}`;

function dnsmasqLines(plan: Plan, section: UciSection): string[] {
  const lines: string[] = [];
  for (const [key, values] of section.values) {
    const [option, flag] = [VALUES.get(key), SWITCHES.get(key)];
    if (option !== undefined) lines.push(...values.map((value) => `${option}=${value}`));
    else if (flag !== undefined) lines.push(...(isUciOn(section, key) ? [flag] : []));
    else if (!SILENT.has(key) && !SILENT_FAMILY.test(key))
      plan.leave(`dhcp: ${key} ${values.join(' ')} (${section.where})`, WITHOUT.setting);
  }
  if (isUciOn(section, 'rebind_protection', true))
    lines.push(
      'stop-dns-rebind',
      ...uciTexts(section, 'rebind_domain').map((name) => `rebind-domain-ok=${name}`),
    );
  return lines;
}

/** adblock-fast: lists by their address, and own names. */
function adblockFast(plan: Plan, sections: readonly UciSection[]): void {
  const config = sections.find(({ values }) => values.has('enabled') && values.has('dns'));
  if (config !== undefined && !isUciOn(config, 'enabled')) {
    plan.leave('adblock-fast', 'it is off');
    return;
  }
  for (const section of sections.filter(({ type }) => type === 'file_url')) {
    const [name, url] = [uciText(section, 'name') ?? 'list', uciText(section, 'url')];
    if (url === null) continue;
    if (!isUciOn(section, 'enabled', true))
      plan.leave(`list ${name}: ${url}`, 'it is off; `cenote lists add` adds it');
    else give(plan, name, url, uciText(section, 'action') === 'allow' ? 'allow' : 'nxdomain');
  }
  if (config === undefined) return;
  giveNames(plan, 'blocked', uciTexts(config, 'blocked_domain'), 'nxdomain');
  giveNames(plan, 'allowed', uciTexts(config, 'allowed_domain'), 'allow');
}

/** adblock: lists by a word whose address stands in a file of the router, and two files of own names. */
function adblock(plan: Plan, sections: readonly UciSection[], folder: string): void {
  const [global] = sections.filter(({ type }) => type === 'adblock');
  if (global === undefined) return;
  if (!isUciOn(global, 'adb_enabled')) {
    plan.leave('adblock', 'it is off');
    return;
  }
  const own = join(folder, '../adblock');
  const feeds = feedsOf(join(own, 'adblock.feeds'));
  for (const feed of uciTexts(global, 'adb_feed')) {
    const url = textAt(feeds, feed, 'url');
    if (url === null || url.endsWith('/'))
      plan.leave(
        `adb_feed ${feed}`,
        'its address stands in /etc/adblock/adblock.feeds, or is made with a category: `cenote lists add` adds it',
      );
    else give(plan, feed, url, 'nxdomain');
  }
  if (isUciOn(global, 'adb_safesearch')) plan.leave('adb_safesearch', WITHOUT.search);
  for (const [name, action] of [
    ['blocklist', 'nxdomain'],
    ['allowlist', 'allow'],
  ] as const) {
    const file = join(own, `adblock.${name}`);
    if (isThere(file))
      giveNames(
        plan,
        name,
        linesOf(fileAt(file)).map(({ text }) => text),
        action,
      );
  }
}

function feedsOf(path: string): unknown {
  try {
    return isThere(path) ? JSON.parse(textOf(path)) : {};
  } catch {
    return {};
  }
}

/** Both write names as `server=/NAME/`: with all below them, and NXDOMAIN. */
const give = (plan: Plan, name: string, url: string, action: ListAction): void =>
  plan.giveAll(plan.listFrom(name, url, { action, hasSubdomains: true }));

function giveNames(plan: Plan, name: string, lines: readonly string[], action: ListAction): void {
  const names = lines.map((line) => line.replace(/#.*$/, '').trim()).filter((line) => line !== '');
  if (names.length > 0)
    plan.giveAll(plan.listOf(name, names, { action, format: 'domains', hasSubdomains: true }));
}
