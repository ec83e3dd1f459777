// Pi-hole 5 and 6: what it forwards to, answers and blocks, and how.
import { isIP } from 'node:net';
import { parse as parseToml } from 'smol-toml';
import { MigrateError } from '../../migrate-error.ts';
import { type Plan, serverWithPort } from '../../plan.ts';
import { fromDnsmasqLines } from '../dnsmasq.ts';
import { cname, dhcpHost, hostRecord, withDomain } from '../dnsmasq-records.ts';
import { KNOWN } from '../known.ts';
import {
  at,
  isOn,
  numberAt,
  OWN_HOSTS,
  REBINDING,
  type Tree,
  textAt,
  textsAt,
  treeAt,
  VALIDATION,
  WITHOUT,
} from '../settings.ts';
import { tellUnread } from '../unread.ts';
import { readGravity } from './gravity.ts';
import { piholeFiles } from './pihole-files.ts';
import { piholeRules } from './pihole-rules.ts';

export async function fromPihole(plan: Plan, path: string): Promise<void> {
  const files = await piholeFiles(path);
  try {
    const toml = files.texts.get('pihole.toml');
    const setup = files.texts.get('setupVars.conf');
    if (toml !== undefined) {
      const tree = tomlOf(toml, path);
      version6(plan, tree);
      tellUnread(plan, KNOWN.pihole, changedOnly(tree, toml));
    } else if (setup !== undefined) version5(plan, files.texts);
    else
      plan.leave(
        'pihole.toml',
        'it was not there: upstreams, own names and the way of blocking are cenote’s defaults',
      );
    if (files.gravity !== null) piholeRules(plan, readGravity(files.gravity));
    else plan.leave('gravity.db', 'it was not there: lists, groups and clients are missing');
    plan.differs(REBINDING);
    plan.differs(OWN_HOSTS);
    if (plan.listen.dns.length === 0) plan.listen.dns.push('0.0.0.0:53', '[::]:53');
  } finally {
    files.done();
  }
}

function tomlOf(text: string, path: string): Tree {
  try {
    return parseToml(text);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new MigrateError('MIGRATE_NOT_THEIRS', `pihole.toml is not TOML: ${why} (${path})`, {
      cause: error,
    });
  }
}

function version6(plan: Plan, tree: Tree): void {
  const dns = treeAt(tree, 'dns');
  for (const server of textsAt(dns, 'upstreams'))
    plan.upstream(plan.upstreams, serverWithPort(server, '#'), `dns.upstreams: ${server}`);
  const domain = textAt(dns, 'domain', 'name') ?? textAt(dns, 'domain');
  for (const line of textsAt(dns, 'hosts'))
    plan.host(isOn(dns, 'expandHosts') ? withDomain(line, domain) : line, `dns.hosts: ${line}`);
  for (const line of textsAt(dns, 'cnameRecords')) cname(plan, line, `cname ${line}`);
  for (const line of textsAt(dns, 'revServers')) {
    const [on, network = '', server = '', domain = ''] = line.split(',').map((word) => word.trim());
    if (on === 'true') conditional(plan, { network, server, domain });
    else plan.leave(`dns.revServers: ${line}`, 'it is off');
  }
  const port = numberAt(dns, 'port') ?? 53;
  plan.listen.dns.push(`0.0.0.0:${port}`, `[::]:${port}`);
  blocking(plan, dns);
  const size = numberAt(dns, 'cache', 'size') ?? 10_000;
  if (size === 0) plan.set('cache', 'entries', 0);
  const stale = numberAt(dns, 'cache', 'optimizer') ?? 0;
  plan.set('cache', 'serveStale', stale > 0 ? `${stale}s` : '0s');
  rateLimit(plan, numberAt(dns, 'rateLimit', 'count') ?? 1000, numberAt(dns, 'rateLimit', 'interval') ?? 60);
  if (/^(ALL|SINGLE|BIND)$/.test(textAt(dns, 'listeningMode') ?? ''))
    openAccess(plan, `dns.listeningMode = ${textAt(dns, 'listeningMode')}`);
  if (isOn(dns, 'dnssec')) plan.differs(VALIDATION);
  if (
    at(dns, 'specialDomains', 'mozillaCanary') === false &&
    at(dns, 'specialDomains', 'iCloudPrivateRelay') === false
  )
    plan.set('local', 'canaries', false);
  if (isOn(dns, 'EDNS0ECS'))
    plan.differs(
      'a router that adds the client’s address or MAC to a query is believed once it is named in `clients.trust`',
    );
  // What is not known of the own domain is not asked elsewhere, unless a server of its own knows it.
  const isAsked = domain === null || plan.routes.has(domain) || at(dns, 'domain', 'local') === false;
  const local = isAsked ? [] : [`local=/${domain}/`];
  fromDnsmasqLines(plan, [...local, ...textsAt(tree, 'misc', 'dnsmasq_lines')], 'misc.dnsmasq_lines');
  for (const line of textsAt(tree, 'dhcp', 'hosts')) dhcpHost(plan, line, `dhcp.hosts: ${line}`);
  if (isOn(tree, 'dhcp', 'active')) plan.leave('dhcp.active = true', WITHOUT.dhcp);
  for (const line of (textAt(dns, 'hostRecord') ?? '').split(/\s*;\s*/))
    hostRecord(plan, line, `dns.hostRecord: ${line}`);
  if (at(dns, 'CNAMEdeepInspect') === false)
    plan.leave('dns.CNAMEdeepInspect = false', '`groups.NAME.inspect: false` leaves aliases unchecked');
  if (at(tree, 'resolver', 'resolveIPv4') === false && at(tree, 'resolver', 'resolveIPv6') === false)
    plan.leave('resolver.resolveIPv4 = false', '`clients.reverse: false` asks for no names of addresses');
  keep(plan, numberAt(tree, 'database', 'maxDBdays'), numberAt(tree, 'misc', 'privacylevel') ?? 0);
}

/** FTL writes all settings, and marks those that are not the default ones, at the end of their last line. */
function changedOnly(tree: Tree, text: string): Tree {
  const changed: Record<string, unknown> = {};
  let [section, key] = ['', ''];
  for (const line of text.split('\n')) {
    const head = /^\s*\[([\w.]+)\]/.exec(line);
    if (head !== null) section = head[1] ?? '';
    key = /^\s*(\w+) = /.exec(line)?.[1] ?? key;
    if (!line.includes('### CHANGED') || section === '' || key === '') continue;
    const place = section.split('.').reduce((at: Record<string, unknown>, word) => {
      at[word] ??= {};
      return at[word] as Record<string, unknown>;
    }, changed);
    place[key] = at(tree, ...section.split('.'), key);
  }
  return changed;
}

function blocking(plan: Plan, dns: Tree): void {
  if (at(dns, 'blocking', 'active') === false) plan.leave('dns.blocking.active = false', WITHOUT.paused);
  const mode = (textAt(dns, 'blocking', 'mode') ?? 'NULL').replaceAll('-', '_');
  const reply = treeAt(dns, 'reply', 'blocking');
  const forced = (on: string, key: string): string | null => (isOn(reply, on) ? textAt(reply, key) : null);
  blockingMode(plan, mode, forced('force4', 'IPv4'), mode === 'IP' ? forced('force6', 'IPv6') : null);
  const ttl = numberAt(dns, 'blockTTL');
  if (ttl !== null) plan.set('sinkhole', 'ttl', `${Math.max(1, ttl)}s`);
}

function blockingMode(plan: Plan, mode: string, a: string | null, aaaa: string | null): void {
  if (mode === 'NXDOMAIN' || mode === 'NX') plan.set('sinkhole', 'answer', 'nxdomain');
  else if (mode === 'NODATA') plan.set('sinkhole', 'answer', 'nodata');
  else if (mode.startsWith('IP') && (a ?? aaaa) !== null)
    plan.set('sinkhole', 'answer', { ...(a && { a }), ...(aaaa && { aaaa }) });
  else if (mode.startsWith('IP'))
    plan.leave(
      `dns.blocking.mode = ${mode}`,
      'cenote answers with an address of your choice: `sinkhole.answer: { a: 192.0.2.9 }`',
    );
}

function conditional(
  plan: Plan,
  { network, server, domain }: { network: string; server: string; domain: string },
): void {
  const what = `conditional forwarding of ${network} to ${server}`;
  const to = [serverWithPort(server, '#')];
  plan.route(network.includes('/') ? network : `${network}/${isIP(network) === 6 ? 128 : 32}`, to, what);
  if (domain !== '') plan.route(domain, to, what);
}

/** A count in an interval, as a rate. */
function rateLimit(plan: Plan, count: number, interval: number): void {
  if (count === 0 || interval === 0) {
    plan.set('access', 'rateLimit', { perSecond: 0 });
    return;
  }
  plan.set('access', 'rateLimit', { perSecond: Math.max(1, Math.round(count / interval)), burst: count });
}

function openAccess(plan: Plan, what: string): void {
  plan.leave(
    what,
    'who is outside your networks is refused: name others in `access.allow`; `any` makes an open resolver',
  );
}

function keep(plan: Plan, days: number | null, privacy: number): void {
  if (days !== null && days > 0) plan.set('events', 'history', `${days}d`);
  if (days === 0 || privacy >= 3) plan.set('events', 'queryLog', { privacy: 'off' });
  else if (privacy > 0) {
    plan.set('events', 'queryLog', { privacy: 'anonymise' });
    plan.differs(
      'a privacy level of 1 or 2 becomes `anonymise`: pseudonyms in place of machines; hits keep their machine',
    );
  }
}

function version5(plan: Plan, texts: ReadonlyMap<string, string>): void {
  const setup = variables(texts.get('setupVars.conf') ?? '');
  const ftl = variables(texts.get('pihole-FTL.conf') ?? '');
  for (const [key, value] of setup)
    if (/^PIHOLE_DNS_\d+$/.test(key))
      plan.upstream(plan.upstreams, serverWithPort(value, '#'), `${key}=${value}`);
  if (setup.get('REV_SERVER') === 'true')
    conditional(plan, {
      network: setup.get('REV_SERVER_CIDR') ?? '',
      server: setup.get('REV_SERVER_TARGET') ?? '',
      domain: setup.get('REV_SERVER_DOMAIN') ?? '',
    });
  for (const line of (texts.get('custom.list') ?? '').split('\n')) plan.host(line, `custom.list: ${line}`);
  for (const line of (texts.get('05-pihole-custom-cname.conf') ?? '').split('\n'))
    if (line.startsWith('cname='))
      cname(plan, line.slice('cname='.length), `cname ${line.slice('cname='.length)}`);
  if (setup.get('DNSSEC') === 'true') plan.differs(VALIDATION);
  if (setup.get('BLOCKING_ENABLED') === 'false') plan.leave('BLOCKING_ENABLED=false', WITHOUT.paused);
  if (setup.get('DHCP_ACTIVE') === 'true') plan.leave('DHCP_ACTIVE=true', WITHOUT.dhcp);
  if (/^(all|single|bind)$/.test(setup.get('DNSMASQ_LISTENING') ?? ''))
    openAccess(plan, `DNSMASQ_LISTENING=${setup.get('DNSMASQ_LISTENING')}`);
  blockingMode(plan, (ftl.get('BLOCKINGMODE') ?? 'NULL').replaceAll('-', '_'), null, null);
  const [count = '1000', interval = '60'] = (ftl.get('RATE_LIMIT') ?? '').split('/');
  rateLimit(plan, Number(count || 1000), Number(interval));
  keep(
    plan,
    ftl.has('MAXDBDAYS') ? Number(ftl.get('MAXDBDAYS')) : null,
    Number(ftl.get('PRIVACYLEVEL') ?? 0),
  );
}

function variables(text: string): Map<string, string> {
  return new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const match = /^([A-Z0-9_]+)=(.*)$/.exec(line.trim());
      return match === null ? [] : [[match[1] ?? '', (match[2] ?? '').replace(/^"(.*)"$/, '$1')]];
    }),
  );
}
