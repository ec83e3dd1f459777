// pfSense's config.xml: its resolver (Unbound) or forwarder (dnsmasq), pfBlockerNG's DNSBL, and DHCP reservations.
import { asciiName, type ListAction, type Plan } from '../../plan.ts';
import type { SettingsLine } from '../../read-files.ts';
import { fromDnsmasqSettings } from '../dnsmasq.ts';
import { type Known, read } from '../known.ts';
import { expressionRule, nameOfUrl, VALIDATION, WITHOUT } from '../settings.ts';
import { fromUnboundText } from '../unbound.ts';
import { tellUnread } from '../unread.ts';
import { configXml, type Element, elementsAt, linesIn, textIn, textsIn, treeOf } from './config-xml.ts';
import {
  giveCommon,
  giveForwarding,
  giveHost,
  giveReservations,
  nameIn,
  type Server,
  serverText,
} from './resolver.ts';

export function fromPfsense(plan: Plan, path: string): void {
  const config = configXml(path, 'pfsense', 'pfSense');
  const domain = textIn(config, 'system', 'domain');
  const [resolver] = elementsAt(config, 'unbound').filter(isThere);
  const [forwarder] = elementsAt(config, 'dnsmasq').filter(isThere);
  const used = resolver ?? forwarder;
  if (used === undefined) plan.leave('unbound, dnsmasq', 'neither is on; other settings are written');
  else {
    giveCommon(plan, used, {
      port: 'port',
      interfaces: used === resolver ? 'active_interface' : 'interface',
    });
    overrides(plan, used, domain);
    tellUnread(plan, KNOWN, treeOf(used));
  }
  if (resolver !== undefined) ofResolver(plan, resolver);
  if (forwarder !== undefined && resolver === undefined)
    fromDnsmasqSettings(plan, customLines(forwarder, 'dnsmasq custom_options'));
  const isForwarding = resolver === undefined || has(resolver, 'forwarding');
  giveForwarding(
    plan,
    isForwarding,
    systemServers(config, resolver !== undefined && has(resolver, 'forward_tls_upstream')),
  );
  access(plan, config);
  blocker(plan, config);
  giveReservations(plan, config, domain);
}

/** Of its Unbound or dnsmasq; what it says of its own threads, logs and records is told nowhere. */
const KNOWN: Known = {
  ...read(
    'enable port active_interface interface dnssec prefetch prefetchkey forwarding forward_tls_upstream custom_options',
  ),
  ...read(
    'hosts domainoverrides acls cache_min_ttl cache_max_ttl dnsrecordcache enablessl sslport tlsport sslcertref',
  ),
  ...read(
    'system_domain_local_zone_type hideidentity hideversion dnssecstripped qname-minimisation qname-minimisation-strict',
  ),
  ...read(
    'msgcachesize outgoing_num_tcp incoming_num_tcp edns_buffer_size num_queries_per_thread jostle_timeout infra_host_ttl',
  ),
  ...read(
    'infra_cache_numhosts unwanted_reply_threshold log_verbosity infra_keep_probing aggressivensec use_caps',
  ),
  ...read(
    'regdhcp regdhcpstatic regovpnclients dhcpfirst strict_order domain_needed no_private_reverse strictbind tcp_udp_service',
  ),
  ...read('disable_auto_added_access_control disable_auto_added_host_entries python_script python_order'),
  outgoing_interface: true,
  python: true,
};

/** An element that is there is on; a package writes `on`. */
const has = (element: Element, name: string): boolean => elementsAt(element, name).length > 0;
const isThere = (element: Element): boolean => has(element, 'enable');
const isOn = (element: Element, ...path: readonly string[]): boolean => textIn(element, ...path) === 'on';

/** Addresses and the names of their certificates stand in two lists of one order: `dns1host` is the first one's. */
function systemServers(config: Element, isTls: boolean): Server[] {
  return elementsAt(config, 'system', 'dnsserver')
    .map(({ text }, i) => ({
      address: text.trim(),
      name: textIn(config, 'system', `dns${i + 1}host`),
      isTls,
    }))
    .filter(({ address }) => address !== '');
}

const customLines = (element: Element, what: string): SettingsLine[] =>
  linesIn(element, 'custom_options').map((text, i) => ({ text, where: `${what}:${i + 1}` }));

function ofResolver(plan: Plan, resolver: Element): void {
  if (has(resolver, 'dnssec')) plan.differs(VALIDATION);
  if (has(resolver, 'prefetch')) plan.set('cache', 'prefetch', true);
  for (const [key, own] of [
    ['cache_min_ttl', 'minTtl'],
    ['cache_max_ttl', 'maxTtl'],
  ] as const) {
    const seconds = textIn(resolver, key);
    // What it writes where nobody chose: Unbound's own.
    if (seconds !== '' && seconds !== (own === 'minTtl' ? '0' : '86400'))
      plan.set('cache', own, `${seconds}s`);
  }
  if (has(resolver, 'dnsrecordcache')) plan.set('cache', 'serveStale', '365d');
  if (has(resolver, 'enablessl'))
    plan.leave(
      'unbound: enablessl',
      'DoT is at `listen.tls` with `listen.tlsCertificate`; its certificate stands in config.xml',
    );
  const custom = linesIn(resolver, 'custom_options');
  if (custom.length > 0) fromUnboundText(plan, { path: 'custom_options', text: custom.join('\n') });
}

function overrides(plan: Plan, used: Element, own: string): void {
  for (const host of elementsAt(used, 'hosts')) {
    const name = nameIn(textIn(host, 'host'), textIn(host, 'domain') || own);
    const aliases = elementsAt(host, 'aliases', 'item').map((alias) =>
      nameIn(textIn(alias, 'host'), textIn(alias, 'domain') || own),
    );
    for (const address of textsIn(host, 'ip'))
      giveHost(plan, address, [name, ...aliases], `host override ${name}`);
  }
  for (const one of elementsAt(used, 'domainoverrides')) {
    const [domain, to] = [textIn(one, 'domain'), textIn(one, 'ip')];
    const [address = '', port] = to.split(/[@#]/);
    const isTls = has(one, 'forward_tls_upstream');
    const server = serverText({ address, name: textIn(one, 'tls_hostname'), port: port ?? '', isTls });
    const what = `domain override ${domain}`;
    if (address === '' || address === '!')
      plan.leave(
        what,
        'it has no server: names below it are not forwarded; a list does it: `{ names: [NAME], action: nxdomain }`',
      );
    else plan.route(domain, [server], what);
  }
}

function access(plan: Plan, config: Element): void {
  for (const acl of elementsAt(config, 'unbound', 'acls')) {
    const action = textIn(acl, 'aclaction');
    for (const row of elementsAt(acl, 'row')) {
      const network = `${textIn(row, 'acl_network')}/${textIn(row, 'mask')}`;
      const what = `access list ${textIn(acl, 'aclname')}: ${action} ${network}`;
      if (action.startsWith('allow')) plan.prefix(plan.access, network, what);
      else plan.leave(what, WITHOUT.denied);
    }
  }
}

/** Its own word for how often: `01hour`, `EveryDay`, `Weekly`. */
const EVERY: Readonly<Record<string, string>> = { EveryDay: '1d', Weekly: '7d' };

const OF_ADDRESSES =
  'lists of addresses block connections, which cenote does not see; as a list they block answers that lead there';

function blocker(plan: Plan, config: Element): void {
  const packages = elementsAt(config, 'installedpackages');
  const sections = (name: string): Element[] => packages.flatMap((all) => elementsAt(all, name, 'config'));
  const [settings] = sections('pfblockerngdnsblsettings');
  const lists = sections('pfblockerngdnsbl');
  if (settings === undefined && lists.length === 0) return;
  if (settings !== undefined && !isOn(settings, 'pfb_dnsbl'))
    plan.differs('DNSBL was off; its lists are written all the same: `mode: monitor` on each only records');
  // Its TLD mode blocks names with all below them.
  const hasSubdomains = settings !== undefined && isOn(settings, 'pfb_tld');
  const word = settings === undefined ? '' : textIn(settings, 'global_log');
  for (const group of lists) listsOf(plan, group, { hasSubdomains, word });
  if (settings !== undefined) ownNames(plan, settings);
  for (const [section, why] of [
    ['pfblockernglistsv4', OF_ADDRESSES],
    ['pfblockernglistsv6', OF_ADDRESSES],
    [
      'pfblockerngblacklist',
      'categories have their addresses in pfBlockerNG: `cenote lists add` adds a list',
    ],
    ['pfblockerngsafesearch', WITHOUT.search],
  ] as const)
    if (
      sections(section).some(({ children }) => children.length > 0) ||
      packages.some((all) => elementsAt(all, section).some(({ text }) => text.trim() !== ''))
    )
      plan.leave(section, why);
}

interface OfAll {
  readonly hasSubdomains: boolean;
  /** Of all lists how they block; empty: as each says. */
  readonly word: string;
}

function listsOf(plan: Plan, group: Element, { hasSubdomains, word }: OfAll): void {
  const title = textIn(group, 'aliasname') || 'dnsbl';
  if (textIn(group, 'action') !== 'unbound') {
    plan.leave(`DNSBL group ${title}`, 'it is off; `cenote lists add` adds its lists');
    return;
  }
  const action: ListAction = (word || textIn(group, 'logging')).startsWith('nxdomain')
    ? 'nxdomain'
    : 'sinkhole';
  const every = textIn(group, 'cron');
  const hours = /^0?(\d+)hours?$/.exec(every)?.[1];
  const refresh = EVERY[every] ?? (hours === undefined ? null : `${hours}h`);
  for (const row of elementsAt(group, 'row')) {
    const [url, name] = [textIn(row, 'url'), textIn(row, 'header')];
    if (url === '') continue;
    const what = `DNSBL ${title}: ${url}`;
    const source = /^https?:\/\//.test(url) ? url : plan.fileOfTheirs(url, '/', what);
    if (textIn(row, 'state') === 'Disabled') plan.leave(what, 'it is off; `cenote lists add` adds it');
    else if (source !== null)
      plan.giveAll(
        plan.listFrom(`${title} ${name || nameOfUrl(url)}`, source, { action, refresh, hasSubdomains }),
      );
  }
  const own = linesIn(group, 'custom');
  if (own.length > 0)
    plan.giveAll(plan.listOf(`${title} custom`, own, { action, format: 'domains', hasSubdomains }));
}

/** Lists of names in the settings themselves; releases call them otherwise. */
function ownNames(plan: Plan, settings: Element): void {
  const lines = (...keys: readonly string[]): string[] => keys.flatMap((key) => linesIn(settings, key));
  // A dot in front stands for all below the name too.
  const allowed = lines('suppression', 'whitelist').map((line) =>
    line.startsWith('.') ? `||${line.slice(1)}^` : `|${line}^`,
  );
  const names = allowed.filter((rule) => asciiName(rule.replace(/^\|+|\^$/g, '')) !== null);
  if (names.length > 0)
    plan.giveAll(plan.listOf('dnsbl whitelist', names, { action: 'allow', format: 'adblock' }));
  const suffixes = lines('tldblacklist', 'tld_wildcard_blacklist');
  if (suffixes.length > 0)
    plan.giveAll(
      plan.listOf(
        'dnsbl tld blacklist',
        suffixes.map((name) => name.replace(/^\./, '')),
        { format: 'domains', hasSubdomains: true },
      ),
    );
  if (isOn(settings, 'pfb_regex')) {
    const rules = lines('pfb_regex_list').map((line) =>
      expressionRule(line.replace(/\s*\(\?P?<.*?>|^\(\?i\)/g, '')),
    );
    if (rules.length > 0) plan.giveAll(plan.listOf('dnsbl expressions', rules, { format: 'adblock' }));
  }
  if (['pfb_dnsvip4', 'pfb_dnsvip', 'pfb_dnsvip6'].some((key) => textIn(settings, key) !== ''))
    plan.differs(
      'names were answered with the address of a page that says so; here they get 0.0.0.0 and ::. `sinkhole.answer` takes an address',
    );
  if (isOn(settings, 'pfb_idn'))
    plan.leave(
      'DNSBL: pfb_idn',
      'a list does it: `{ names: ["*.xn--*"], … }` blocks names with other letters',
    );
  if (isOn(settings, 'pfb_noaaaa')) plan.leave('DNSBL: pfb_noaaaa', WITHOUT.setting);
  if (isOn(settings, 'pfb_gp')) plan.leave('DNSBL: pfb_gp', 'give those machines a group without lists');
  if (isOn(settings, 'alexa_enable') || isOn(settings, 'top1m_enable'))
    plan.leave('DNSBL: TOP1M', 'names that many people use are held back with `warninglists`');
}
