// AdGuardHome.yaml, schema versions 1 to the newest: where a setting moved, both places are looked at.
import { isIP } from 'node:net';
import { join } from 'node:path';
import { formatEndpoint } from '../../wire/names/address.ts';
import { MigrateError } from '../migrate-error.ts';
import { asciiName, type Plan } from '../plan.ts';
import { isFolder, textOf } from '../read-files.ts';
import { clients, ownHosts, SERVICES, withAddresses } from './adguard-clients.ts';
import { KNOWN } from './known.ts';
import {
  at,
  durationOf,
  isOn,
  isTree,
  numberAt,
  OWN_HOSTS,
  PRIVATE_NETWORKS,
  REBINDING,
  type Tree,
  textAt,
  textsAt,
  treeAt,
  treesAt,
  typeRule,
  VALIDATION,
  WITHOUT,
  yamlTree,
} from './settings.ts';
import { tellUnread } from './unread.ts';

const FILE = 'AdGuardHome.yaml';
/** Those that it blocks by default say nothing of what the admin wants. */
const ALWAYS_BLOCKED = new Set(['version.bind', 'id.server', 'hostname.bind']);
const LOOPBACK = /^(127\.|::1)/;

export function fromAdGuardHome(plan: Plan, path: string): void {
  const file = isFolder(path) ? join(path, FILE) : path;
  const written = yamlTree(textOf(file), file);
  // `coredns` until version 2.
  const tree = 'dns' in written ? written : { ...written, dns: at(written, 'coredns') };
  if (!isTree(at(tree, 'dns')))
    throw new MigrateError(
      'MIGRATE_NOT_THEIRS',
      `not the configuration of AdGuard Home: it has no section \`dns\` (${file})`,
    );
  // Before version 14 clients were a list; `filtering` held settings that stood in `dns` before.
  const dns = treeAt(tree, 'dns');
  const filtering = { ...dns, ...treeAt(tree, 'filtering') };
  listen(plan, tree, dns);
  upstreams(plan, dns);
  cacheAndAccess(plan, dns);
  answers(plan, filtering);
  lists(plan, tree);
  rewrites(plan, filtering);
  clients(plan, tree);
  kept(plan, tree, dns);
  unsaid(plan, tree, dns, filtering);
}

function listen(plan: Plan, tree: Tree, dns: Tree): void {
  const written = [...textsAt(dns, 'bind_hosts'), ...textsAt(dns, 'bind_host')];
  const hosts = written.length > 0 ? written : ['0.0.0.0', '::'];
  const addresses = (port: number): string[] =>
    hosts.filter((host) => isIP(host) !== 0).map((host) => formatEndpoint(host, port));
  plan.listen.dns.push(...addresses(numberAt(dns, 'port') ?? 53));
  const tls = treeAt(tree, 'tls');
  if (!isOn(tls, 'enabled')) return;
  const [cert, key] = [textAt(tls, 'certificate_path'), textAt(tls, 'private_key_path')];
  if (cert === null || key === null) {
    plan.leave(
      'tls.certificate_chain',
      'the certificate stands in the file itself: write it and its key to PEM files, name them in `listen.tlsCertificate`, and set `listen.tls` and `listen.https`',
    );
    return;
  }
  plan.listen.certificate = { cert, key };
  const [dot, doh] = [numberAt(tls, 'port_dns_over_tls') ?? 0, numberAt(tls, 'port_https') ?? 0];
  if (dot > 0) plan.listen.tls.push(...addresses(dot));
  if (doh > 0) plan.listen.https.push(...addresses(doh));
  if ((numberAt(tls, 'port_dns_over_quic') ?? 0) > 0)
    plan.leave(
      `tls.port_dns_over_quic = ${textAt(tls, 'port_dns_over_quic')}`,
      'cenote does not speak DNS over QUIC; DoT and DoH are there',
    );
}

function upstreams(plan: Plan, dns: Tree): void {
  for (const line of serversAt(dns, 'upstream_dns')) upstream(plan, line);
  for (const server of serversAt(dns, 'fallback_dns'))
    plan.upstream(plan.fallback, server, `dns.fallback_dns: ${server}`);
  for (const server of serversAt(dns, 'bootstrap_dns'))
    plan.bootstrapServer(server, `dns.bootstrap_dns: ${server}`);
  for (const server of serversAt(dns, 'local_ptr_upstreams'))
    for (const network of PRIVATE_NETWORKS)
      plan.route(network, [server], `dns.local_ptr_upstreams: ${server}`);
  const file = textAt(dns, 'upstream_dns_file');
  if (file !== null)
    plan.leave(
      `dns.upstream_dns_file = ${file}`,
      'write its servers to `upstreams.default` and `upstreams.routes`',
    );
  const mode = textAt(dns, 'upstream_mode') ?? (isOn(dns, 'all_servers') ? 'parallel' : 'load_balance');
  plan.strategy = mode === 'parallel' ? 'parallel' : null;
  if (mode === 'fastest_addr')
    plan.differs(
      '`fastest_addr` measured the addresses in answers; `strategy: fastest` prefers the server that answers fastest',
    );
  plan.timeout = durationOf(textAt(dns, 'upstream_timeout'));
}

/** Lines of such a list may be comments. */
const serversAt = (dns: Tree, key: string): string[] =>
  textsAt(dns, key).filter((line) => line !== '' && !line.startsWith('#'));

/** `SERVER`, `[/a/b/]SERVER…`; `#` stands for the default ones. */
function upstream(plan: Plan, line: string): void {
  const what = `dns.upstream_dns: ${line}`;
  const special = /^\[\/(.*?)\/?\](.*)$/.exec(line);
  if (special === null) {
    plan.upstream(plan.upstreams, line, what);
    return;
  }
  const servers = (special[2] ?? '').trim().split(/\s+/);
  for (const domain of (special[1] ?? '').split('/')) {
    if (domain === '') plan.leave(what, 'names of one label have no server of their own here');
    else if (servers.includes('#'))
      plan.leave(
        what,
        'a name below a route cannot go back to the default servers; write those servers as its route',
      );
    else if (domain.startsWith('*.')) plan.leave(what, 'a route covers the name and all below it');
    else plan.route(domain, servers, what);
  }
}

function cacheAndAccess(plan: Plan, dns: Tree): void {
  const octets = numberAt(dns, 'cache_size') ?? 0;
  if (at(dns, 'cache_enabled') === false || octets === 0) plan.set('cache', 'entries', 0);
  else if (octets > 1_048_576) plan.set('cache', 'size', `${Math.ceil(octets / 1_048_576)}MiB`);
  const [least, most] = [numberAt(dns, 'cache_ttl_min') ?? 0, numberAt(dns, 'cache_ttl_max') ?? 0];
  if (least > 0) plan.set('cache', 'minTtl', `${least}s`);
  if (most > 0) plan.set('cache', 'maxTtl', `${most}s`);
  // Before version 32 an answer was served stale however old it was; 0 says so since.
  const staleMax = durationOf(textAt(dns, 'cache_optimistic_max_age')) ?? '1d';
  plan.set('cache', 'serveStale', isOn(dns, 'cache_optimistic') ? staleMax : '0s');
  const perSecond = numberAt(dns, 'ratelimit') ?? 0;
  plan.set('access', 'rateLimit', perSecond === 0 ? { perSecond: 0 } : { perSecond, burst: perSecond * 5 });
  if (perSecond > 0)
    plan.differs(
      'the rate limit counts one address, over IPv6 its /64, and lets five seconds of it pass at once',
    );
  for (const client of textsAt(dns, 'allowed_clients'))
    plan.prefix(plan.access, client, `dns.allowed_clients: ${client}`);
  for (const client of textsAt(dns, 'disallowed_clients'))
    plan.leave(`dns.disallowed_clients: ${client}`, WITHOUT.denied);
  for (const proxy of textsAt(dns, 'trusted_proxies'))
    if (!LOOPBACK.test(proxy)) plan.prefix(plan.trust, proxy, `dns.trusted_proxies: ${proxy}`);
  const refused = textsAt(dns, 'blocked_hosts').filter((name) => !ALWAYS_BLOCKED.has(name));
  if (refused.length > 0)
    plan.giveAll(plan.listOf('blocked-hosts', refused, { format: 'adblock', action: 'refused' }));
}

function answers(plan: Plan, filtering: Tree): void {
  const mode = textAt(filtering, 'blocking_mode') ?? 'default';
  const [a, aaaa] = [textAt(filtering, 'blocking_ipv4'), textAt(filtering, 'blocking_ipv6')];
  if (mode === 'custom_ip' && (a ?? aaaa) !== null)
    plan.set('sinkhole', 'answer', { ...(a === null ? {} : { a }), ...(aaaa === null ? {} : { aaaa }) });
  else if (mode === 'nxdomain' || mode === 'refused') plan.set('sinkhole', 'answer', mode);
  const ttl = numberAt(filtering, 'blocked_response_ttl');
  if (ttl !== null) plan.set('sinkhole', 'ttl', `${Math.max(1, ttl)}s`);
}

function lists(plan: Plan, tree: Tree): void {
  if (at(treeAt(tree, 'filtering'), 'filtering_enabled') === false)
    plan.leave(
      'filtering.filtering_enabled = false',
      'the lists are written all the same: `mode: monitor` on each only records',
    );
  const hours = numberAt(treeAt(tree, 'filtering'), 'filters_update_interval') ?? 24;
  for (const [key, action] of [
    ['filters', 'sinkhole'],
    ['whitelist_filters', 'allow'],
  ] as const)
    for (const filter of treesAt(tree, key)) {
      const url = textAt(filter, 'url');
      const name = textAt(filter, 'name') ?? url ?? '';
      if (url === null) continue;
      if (!isOn(filter, 'enabled'))
        plan.leave(`${key}: ${name}`, `it is off; \`cenote lists add\` with ${url} adds it`);
      else addFilter(plan, { name, url, action, refresh: hours > 0 ? `${hours}h` : null });
    }
  const rules = textsAt(tree, 'user_rules')
    .filter((rule) => rule !== '')
    .map((rule) => withAddresses(plan, rule, tree));
  if (rules.length > 0) plan.giveAll(plan.listOf('user-rules', ownHosts(rules), { format: 'adblock' }));
}

interface Filter {
  readonly name: string;
  readonly url: string;
  readonly action: 'sinkhole' | 'allow';
  readonly refresh: string | null;
}

function addFilter(plan: Plan, { name, url, action, refresh }: Filter): void {
  if (/^https?:\/\//.test(url)) {
    plan.giveAll(plan.listFrom(name, url, { action, refresh }));
    return;
  }
  const file = plan.fileOfTheirs(url, '/', `list ${name}: ${url}`);
  if (file !== null) plan.giveAll(plan.listFrom(name, file, { action }));
}

/** A name of its own is a record here; a wildcard is a rule of a list. */
function rewrites(plan: Plan, filtering: Tree): void {
  const rules: string[] = [];
  const areOff = at(filtering, 'rewrites_enabled') === false;
  for (const one of treesAt(filtering, 'rewrites')) {
    const [domain, answer] = [textAt(one, 'domain') ?? '', textAt(one, 'answer') ?? ''];
    const what = `rewrite ${domain} → ${answer}`;
    const name = asciiName(domain);
    if (areOff || at(one, 'enabled') === false)
      plan.leave(what, areOff ? 'all of them are off' : 'it is off');
    else if (name === null) plan.leave(what, `${JSON.stringify(domain)} is not a name`);
    else if (answer === 'A' || answer === 'AAAA' || answer === domain)
      plan.leave(what, 'an exception to a rewrite: `cenote allow NAME`, or an `allow` list');
    else if (name.startsWith('*.')) rules.push(`||${name}^$dnsrewrite=${answer}`);
    else
      plan.record(
        `${name} ${isIP(answer) === 4 ? 'A' : isIP(answer) === 6 ? 'AAAA' : 'CNAME'} ${answer}`,
        what,
      );
  }
  if (rules.length > 0) plan.giveAll(plan.listOf('rewrites', rules, { format: 'adblock' }));
}

function kept(plan: Plan, tree: Tree, dns: Tree): void {
  const log = treeAt(tree, 'querylog');
  // Before version 15 the log's settings stood in `dns`, and its age was a number of days until version 12.
  if (at(log, 'enabled') === false || at(dns, 'querylog_enabled') === false)
    plan.set('events', 'queryLog', { privacy: 'off' });
  else if (isOn(dns, 'anonymize_client_ip')) plan.set('events', 'queryLog', { privacy: 'anonymise' });
  const before = textAt(dns, 'querylog_interval');
  const interval = durationOf(
    textAt(log, 'interval') ?? (before !== null && /^\d+$/.test(before) ? `${before}d` : before),
  );
  if (interval !== null) plan.set('events', 'history', interval);
}

/** What has no counterpart, where it is on. */
function unsaid(plan: Plan, tree: Tree, dns: Tree, filtering: Tree): void {
  const services = textsAt(filtering, 'blocked_services', 'ids').concat(
    textsAt(filtering, 'blocked_services'),
  );
  if (services.length > 0) plan.leave(`blocked_services: ${services.join(', ')}`, SERVICES);
  if (isOn(filtering, 'safe_search', 'enabled') || isOn(filtering, 'safesearch_enabled'))
    plan.leave(
      'safe_search',
      'cenote does not rewrite search engines; `local.records` can: `www.google.com CNAME forcesafesearch.google.com`',
    );
  if (isOn(filtering, 'safebrowsing_enabled'))
    plan.leave('safebrowsing_enabled', 'nothing is asked about names; add lists of malware instead');
  if (isOn(filtering, 'parental_enabled'))
    plan.leave('parental_enabled', 'nothing is asked about names; add a list of adult sites instead');
  if (at(filtering, 'protection_enabled') === false) plan.leave('protection_enabled = false', WITHOUT.paused);
  if (isOn(tree, 'dhcp', 'enabled')) plan.leave('dhcp', WITHOUT.dhcp);
  if (isOn(dns, 'enable_dnssec')) plan.differs(VALIDATION);
  plan.differs(REBINDING);
  if (isOn(dns, 'edns_client_subnet', 'enabled')) plan.leave('dns.edns_client_subnet', WITHOUT.identity);
  if (isOn(dns, 'use_dns64')) plan.leave('dns.use_dns64', WITHOUT.dns64);
  if (isOn(dns, 'aaaa_disabled')) plan.leave('dns.aaaa_disabled', typeRule('AAAA'));
  for (const network of textsAt(dns, 'bogus_nxdomain'))
    plan.leave(`dns.bogus_nxdomain: ${network}`, WITHOUT.bogus);
  if (at(dns, 'resolve_clients') === false) plan.set('clients', 'reverse', false);
  if (textsAt(dns, 'ipset').length > 0) plan.leave('dns.ipset', WITHOUT.firewall);
  if (at(dns, 'hostsfile_enabled') !== false) plan.differs(OWN_HOSTS);
  tellUnread(plan, KNOWN.adguardhome, tree);
}
