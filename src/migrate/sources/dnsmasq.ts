// dnsmasq's configuration (dnsmasq.conf, dnsmasq.d): servers, records and what it blocks. Its addresses are not handed out here.
import { formatEndpoint } from '../../wire/names/address.ts';
import { type Plan, serverWithPort } from '../plan.ts';
import { isFolder, linesOf, type SettingsFile, type SettingsLine, settingsFiles } from '../read-files.ts';
import { cname, dhcpHost, hostRecord, withDomain } from './dnsmasq-records.ts';
import { INTERFACES, LOOPBACK_MAX, OWN_HOSTS, REBINDING, typeRule, VALIDATION, WITHOUT } from './settings.ts';

interface Read {
  readonly plan: Plan;
  /** Lines of `address=` and the like, as they stand. */
  readonly blocked: string[];
  /** Lines of hosts files. */
  readonly hosts: SettingsLine[];
  /** What `expand-hosts` puts behind names of one label. */
  domain: string | null;
  isExpanded: boolean;
  readonly listenAddresses: string[];
  port: number;
  /** As long as nothing says otherwise. */
  readsHosts: boolean;
  isProtected: boolean;
  /** Files being read, so that one that includes itself ends. */
  readonly seen: Set<string>;
}

const DNS_PORT = 53;

/** Options about which nothing needs to be said: they are as here by default, or mean nothing outside dnsmasq. */
const SILENT =
  /^(user|group|pid-file|keep-in-foreground|no-daemon|log-queries|log-facility|log-async|log-dhcp|quiet-.*|localise-queries|bind-interfaces|bind-dynamic|no-resolv|no-poll|no-negcache|edns-packet-max|dns-forward-max|dns-loop-detect|clear-on-reload|bogus-priv|filterwin2k|selfmx|localmx|no-ping|no-round-robin|use-stale-cache|local-ttl|max-port|min-port|query-port|enable-dbus|enable-ubus|fast-dns-retry|cache-rr|port-limit|hostsdir|rebind-localhost-ok|local-service|dumpfile|dumpmask|dhcp-leasefile|leasefile-ro)$/;

export function fromDnsmasq(plan: Plan, path: string): void {
  const read = begun(plan);
  const skip = isFolder(path) ? /~$|^\.|^#.*#$/ : null;
  for (const file of settingsFiles(path, skip)) readFile(read, file);
  finish(read);
}

/** All of it, as another program writes it. */
export function fromDnsmasqSettings(plan: Plan, lines: readonly SettingsLine[]): void {
  const read = begun(plan);
  for (const { text, where } of lines) readLine(read, text, where);
  finish(read);
}

/** Lines that stand in another program's settings. */
export function fromDnsmasqLines(plan: Plan, lines: readonly string[], where: string): void {
  const read = begun(plan);
  for (const line of lines) readLine(read, line, where);
  giveBlocked(plan, read.blocked, { isForAll: true });
  giveHosts(read);
}

const begun = (plan: Plan): Read => ({
  plan,
  blocked: [],
  hosts: [],
  domain: null,
  isExpanded: false,
  listenAddresses: [],
  port: DNS_PORT,
  readsHosts: true,
  isProtected: false,
  seen: new Set(),
});

function finish(read: Read): void {
  const { plan, blocked, listenAddresses, port } = read;
  if (read.readsHosts) plan.differs(OWN_HOSTS);
  if (!read.isProtected) plan.differs(REBINDING);
  const hosts = listenAddresses.length > 0 ? listenAddresses : ['0.0.0.0', '::'];
  if (port !== 0) plan.listen.dns.push(...hosts.map((host) => formatEndpoint(host, port)));
  giveBlocked(plan, blocked);
  giveHosts(read);
}

/** `expand-hosts` gives `cam` the name `cam.lan.example` too, which reverse queries get. */
function giveHosts({ plan, hosts, isExpanded, domain }: Read): void {
  for (const { text, where } of hosts) plan.host(isExpanded ? withDomain(text, domain) : text, where);
}

/** `address=/dev.example/127.0.0.1`: a list in dnsmasq's words blocks such names, which somebody's settings mean to answer. */
const LOOPBACK = /^address=\/(.+)\/(127\.\d+\.\d+\.\d+|::1)$/;

/** What has no address there is answered NXDOMAIN, which is a list's action here. */
function giveBlocked(plan: Plan, lines: readonly string[], more: { readonly isForAll?: true } = {}): void {
  const isNxdomain = (line: string): boolean => /^(address|server)=.*\/$/.test(line);
  const own = lines.filter((line) => LOOPBACK.test(line));
  const isOwn = own.length <= LOOPBACK_MAX;
  if (own.length > 0 && isOwn)
    plan.giveAll(plan.listOf('dnsmasq-own', own.flatMap(rewrites), { ...more, format: 'adblock' }));
  const given = isOwn ? lines.filter((line) => !LOOPBACK.test(line)) : lines;
  const [nxdomain, others] = [given.filter(isNxdomain), given.filter((line) => !isNxdomain(line))];
  if (others.length > 0) plan.giveAll(plan.listOf('dnsmasq', others, { ...more, format: 'dnsmasq' }));
  if (nxdomain.length > 0)
    plan.giveAll(
      plan.listOf('dnsmasq-nxdomain', nxdomain, { ...more, format: 'dnsmasq', action: 'nxdomain' }),
    );
}

function rewrites(line: string): string[] {
  const [, names = '', address = ''] = LOOPBACK.exec(line) ?? [];
  return names
    .split('/')
    .map((name) => name.replace(/^\./, ''))
    .filter((name) => name !== '')
    .map((name) => `||${name}^$dnsrewrite=${address}`);
}

function readFile(read: Read, file: SettingsFile): void {
  if (read.seen.has(file.path)) return;
  read.seen.add(file.path);
  for (const { text, where } of linesOf(file)) readLine(read, text, where);
}

function readLine(read: Read, line: string, where: string): void {
  const text = line.replace(/(^|\s)#.*$/, '').trim();
  if (text === '') return;
  const at = text.indexOf('=');
  const key = (at < 0 ? text : text.slice(0, at)).trim();
  const value = at < 0 ? '' : text.slice(at + 1).trim();
  const what = `${text} (${where})`;
  const known = OPTIONS[key];
  if (known !== undefined) known(read, value, what);
  else if (key.startsWith('dhcp-') || /^(enable-ra|ra-param|pxe-|tftp-|enable-tftp)/.test(key))
    read.plan.differs(DHCP_STAYS);
  else if (!SILENT.test(key)) read.plan.leave(what, WITHOUT.setting);
}

const DHCP_STAYS =
  'cenote hands out no addresses: DHCP stays with dnsmasq (`port=0` there) or moves elsewhere';

const OPTIONS: Readonly<Record<string, (read: Read, value: string, what: string) => void>> = {
  server: readServer,
  'rev-server': ({ plan }, value, what) => {
    const [network = '', server = ''] = value.split(',');
    plan.route(network, [serverWithPort(server, '#')], what);
  },
  local: readServer,
  address: (read, value) => void read.blocked.push(`address=${value}`),
  'host-record': ({ plan }, value, what) => hostRecord(plan, value, what),
  cname: ({ plan }, value, what) => cname(plan, value, what),
  'ptr-record': ({ plan }, value, what) => {
    const [name, target] = value.split(',');
    plan.record(`${name} PTR ${target}`, what);
  },
  'txt-record': ({ plan }, value, what) => {
    const [name, ...texts] = commaWords(value);
    plan.record(`${name} TXT ${texts.map((text) => JSON.stringify(text)).join(' ')}`, what);
  },
  'mx-host': ({ plan }, value, what) => {
    const [name, target, preference] = value.split(',');
    plan.record(`${name} MX ${preference ?? 1} ${target ?? name}`, what);
  },
  'srv-host': ({ plan }, value, what) => {
    const [name, target = '.', port = '1', priority = '0', weight = '0'] = value.split(',');
    plan.record(`${name} SRV ${priority} ${weight} ${port} ${target}`, what);
  },
  'addn-hosts': readHosts,
  'conf-file': (read, value, what) => include(read, value, what, false),
  'conf-dir': (read, value, what) => include(read, value.split(',')[0] ?? '', what, true),
  'servers-file': (read, value, what) => include(read, value, what, false),
  'resolv-file': ({ plan }, value, what) =>
    plan.leave(
      what,
      `cenote reads /etc/resolv.conf for \`system\`; write the servers of ${value} to \`upstreams.default\``,
    ),
  'listen-address': (read, value) =>
    void read.listenAddresses.push(...value.split(',').map((one) => one.trim())),
  port: (read, value) => {
    read.port = Number(value);
  },
  // Who keeps nothing means that; a few hundred are too little for what is kept here.
  'cache-size': ({ plan }, value) =>
    plan.set('cache', 'entries', Number(value) === 0 ? 0 : Math.max(Number(value), 10_000)),
  'min-cache-ttl': ({ plan }, value) => plan.set('cache', 'minTtl', `${value}s`),
  // What clients are told is what the cache keeps.
  'max-ttl': ({ plan }, value) => plan.set('cache', 'maxTtl', `${value}s`),
  'max-cache-ttl': ({ plan }, value) => plan.set('cache', 'maxTtl', `${value}s`),
  'neg-ttl': ({ plan }, value) => plan.set('cache', 'negativeTtl', `${value}s`),
  'rebind-domain-ok': ({ plan }, value) =>
    void plan.rebindingExcept.push(...value.split(/[/,]/).filter((name) => name !== '')),
  'filter-A': ({ plan }, _, what) => plan.leave(what, typeRule('A')),
  'filter-AAAA': ({ plan }, _, what) => plan.leave(what, typeRule('AAAA')),
  'domain-needed': ({ plan }, _, what) => plan.leave(what, WITHOUT.oneLabel),
  'expand-hosts': (read) => {
    read.isExpanded = true;
  },
  domain: (read, value, what) => {
    const [name = '', range] = value.split(',');
    if (range !== undefined || name === '#') read.plan.leave(what, WITHOUT.setting);
    else read.domain = name;
  },
  'caa-record': ({ plan }, value, what) => {
    const [name, flags, tag, ...text] = commaWords(value);
    plan.record(`${name} CAA ${flags} ${tag} ${JSON.stringify(text.join(','))}`, what);
  },
  'stop-dns-rebind': (read) => {
    read.isProtected = true;
  },
  'no-hosts': (read) => {
    read.readsHosts = false;
  },
  interface: ({ plan }, _, what) => plan.leave(what, INTERFACES),
  'except-interface': ({ plan }, _, what) => plan.leave(what, INTERFACES),
  'strict-order': ({ plan }) => {
    plan.strategy = 'ordered';
  },
  'all-servers': ({ plan }) => {
    plan.strategy = 'parallel';
  },
  'dhcp-host': readDhcpHost,
  dnssec: ({ plan }, _, what) => plan.leave(what, VALIDATION),
  'proxy-dnssec': () => undefined,
  'add-mac': ({ plan }, _, what) => plan.leave(what, WITHOUT.identity),
  'add-subnet': ({ plan }, _, what) => plan.leave(what, WITHOUT.identity),
  'bogus-nxdomain': ({ plan }, _, what) => plan.leave(what, WITHOUT.bogus),
  alias: ({ plan }, _, what) => plan.leave(what, 'addresses in answers are not changed'),
  ipset: ({ plan }, _, what) => plan.leave(what, WITHOUT.firewall),
  nftset: ({ plan }, _, what) => plan.leave(what, WITHOUT.firewall),
};

/** `server=ADDRESS`, `server=/a/b/ADDRESS`; without an address, or with `#`, it is about names. */
function readServer(read: Read, value: string, what: string): void {
  const { plan } = read;
  const match = /^\/(.*)\/([^/]*)$/.exec(value);
  if (match === null) {
    if (value !== '') plan.upstream(plan.upstreams, serverWithPort(value.split('@')[0] ?? '', '#'), what);
    return;
  }
  const names = (match[1] ?? '').split('/').filter((name) => name !== '');
  const server = (match[2] ?? '').split('@')[0] ?? '';
  if (server === '' || server === '#') {
    read.blocked.push(`server=${value}`);
    return;
  }
  if (names.length === 0) {
    plan.leave(what, 'names of one label have no server of their own here');
    return;
  }
  for (const name of names) plan.route(name, [serverWithPort(server, '#')], what);
}

function readDhcpHost({ plan }: Read, value: string, what: string): void {
  plan.differs(DHCP_STAYS);
  dhcpHost(plan, value, what);
}

function readHosts(read: Read, path: string, what: string): void {
  try {
    // One by one: blocklists are written so too, and a hundred thousand arguments are too many for a call.
    for (const file of settingsFiles(path, null)) for (const line of linesOf(file)) read.hosts.push(line);
  } catch {
    read.plan.leave(what, 'the file is not here; copy it and name it in `local.hosts`');
  }
}

function include(read: Read, path: string, what: string, isDirectory: boolean): void {
  try {
    for (const file of settingsFiles(path, isDirectory ? /~$|^\.|^#.*#$/ : null)) readFile(read, file);
  } catch {
    read.plan.leave(what, 'it is not here; run `cenote migrate` where it is, or on a copy of it too');
  }
}

/** Words between commas; a quoted one may hold a comma. */
function commaWords(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|[^,]+/g)].map((match) => match[1] ?? match[0].trim());
}
