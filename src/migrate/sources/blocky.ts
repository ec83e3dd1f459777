// blocky's config.yml, from 0.20 (blackLists) to the newest (denylists).
import { isIP } from 'node:net';
import { dirname } from 'node:path';
import { addressOctets } from '../../wire/names/address.ts';
import { pointerName } from '../../wire/names/presentation.ts';
import { MigrateError } from '../migrate-error.ts';
import { asciiName, locationOf, type Plan } from '../plan.ts';
import { settingsFiles } from '../read-files.ts';
import { blocking, groupOf } from './blocky-blocking.ts';
import { KNOWN } from './known.ts';
import {
  at,
  durationOf,
  isOn,
  isTree,
  numberAt,
  PRIVATE_NETWORKS,
  REBINDING,
  type Tree,
  textAt,
  textsAt,
  treeAt,
  typeRule,
  VALIDATION,
  WITHOUT,
  yamlTree,
} from './settings.ts';
import { tellUnread } from './unread.ts';

const STRATEGIES: Readonly<Record<string, string | null>> = {
  parallel_best: 'parallel',
  strict: 'ordered',
  random: 'random',
};

export function fromBlocky(plan: Plan, path: string): void {
  const tree = Object.assign(
    {},
    ...settingsFiles(path, /^\.|(?<!\.ya?ml)$/).map((file) => yamlTree(file.text, file.path)),
  ) as Tree;
  if (!('upstreams' in tree || 'upstream' in tree || 'blocking' in tree))
    throw new MigrateError(
      'MIGRATE_NOT_THEIRS',
      `not the configuration of blocky: it has no \`upstreams\` and no \`blocking\` (${path})`,
    );
  ports(plan, tree);
  upstreams(plan, tree);
  blocking(plan, treeAt(tree, 'blocking'), dirname(path));
  names(plan, tree);
  cache(plan, treeAt(tree, 'caching'));
  clientNames(plan, treeAt(tree, 'clientLookup'));
  unsaid(plan, tree);
}

function ports(plan: Plan, tree: Tree): void {
  const all = treeAt(tree, 'ports');
  const written = (key: string): string[] =>
    textsAt(all, key)
      .flatMap((text) => text.split(','))
      .map((text) => text.trim())
      .filter((text) => text !== '');
  const dns =
    'dns' in all ? written('dns') : textsAt(tree, 'port').length > 0 ? textsAt(tree, 'port') : ['53'];
  for (const [to, texts] of [
    [plan.listen.dns, dns],
    [plan.listen.tls, written('tls')],
    [plan.listen.https, written('https')],
  ] as const)
    for (const text of texts) to.push(...addresses(plan, text));
  const [cert, key] = [textAt(tree, 'certFile'), textAt(tree, 'keyFile')];
  if (cert !== null && key !== null) plan.listen.certificate = { cert, key };
  else if (plan.listen.tls.length + plan.listen.https.length > 0) {
    plan.listen.tls.length = 0;
    plan.listen.https.length = 0;
    plan.leave(
      'ports.tls, ports.https',
      'cenote makes no certificate of its own: set `listen.tlsCertificate`, then `listen.tls` and `listen.https`',
    );
  }
}

/** `53`, `:53`, `127.0.0.1:53`, `[::1]:53`. */
function addresses(plan: Plan, text: string): string[] {
  const port = /^:?(\d+)$/.exec(text)?.[1];
  if (port !== undefined) return [`0.0.0.0:${port}`, `[::]:${port}`];
  const host = /^\[?(.*?)\]?:\d+$/.exec(text)?.[1] ?? '';
  if (isIP(host) !== 0) return [text];
  plan.leave(`ports: ${text}`, 'cenote listens on addresses, such as `127.0.0.1:5353`');
  return [];
}

function upstreams(plan: Plan, tree: Tree): void {
  const groups = 'upstreams' in tree ? treeAt(tree, 'upstreams', 'groups') : treeAt(tree, 'upstream');
  // Until version 0.20 the default ones had that name.
  for (const [client, servers] of Object.entries(groups))
    for (const server of textsAt({ servers }, 'servers'))
      if (client === 'default' || client === 'externalResolvers')
        plan.upstream(plan.upstreams, serverOf(server), `upstreams: ${server}`);
      else
        plan.upstream(groupOf(plan, client).upstreams, serverOf(server), `upstreams of ${client}: ${server}`);
  const strategy =
    textAt(tree, 'upstreams', 'strategy') ?? textAt(tree, 'upstreamStrategy') ?? 'parallel_best';
  plan.strategy = STRATEGIES[strategy] ?? null;
  plan.timeout = durationOf(textAt(tree, 'upstreams', 'timeout') ?? textAt(tree, 'upstreamTimeout'));
  for (const one of [at(tree, 'bootstrapDns')].flat()) {
    const server = serverOf(typeof one === 'string' ? one : (textAt(one, 'upstream') ?? ''));
    const isByAddress = isIP(locationOf(server)?.host ?? '') !== 0;
    const addresses = isByAddress ? [] : textsAt(one, 'ips');
    if (addresses.length > 0)
      plan.differs('bootstrap servers with a name of their own are asked at their addresses, over UDP');
    else if (server !== '') addresses.push(server);
    for (const address of addresses) plan.bootstrapServer(address, `bootstrapDns: ${address}`);
  }
  for (const [domain, servers] of Object.entries(treeAt(tree, 'conditional', 'mapping')))
    if (domain === '.')
      plan.leave(`conditional.mapping: "."`, 'names of one label have no server of their own here');
    else
      plan.route(
        domain,
        String(servers)
          .split(',')
          .map((one) => serverOf(one.trim())),
        `conditional.mapping: ${domain}`,
      );
  for (const key of ['conditional', 'customDNS'])
    for (const [from, to] of Object.entries(treeAt(tree, key, 'rewrite')))
      plan.leave(
        `${key}.rewrite: ${from} → ${String(to)}`,
        'the end of a name is not exchanged before it is asked for',
      );
}

/** `tcp+udp:1.1.1.1:53`, `tcp-tls:HOST:853`, `https://…` as cenote writes them. */
function serverOf(text: string): string {
  const plain = text.split('#')[0] ?? '';
  if (/^(tcp\+udp|udp):/.test(plain)) return plain.replace(/^(tcp\+udp|udp):(\/\/)?/, '');
  if (/^tcp-tls:/.test(plain)) return `tls://${plain.replace(/^tcp-tls:(\/\/)?/, '')}`;
  if (/^quic:(?!\/\/)/.test(plain)) return plain.replace(/^quic:/, 'quic://');
  if (/^tcp:(?!\/\/)/.test(plain)) return plain.replace(/^tcp:/, 'tcp://');
  return plain;
}

/** customDNS covers the name and all below it: rules of a list do so, records do not. */
function names(plan: Plan, tree: Tree): void {
  const rules: string[] = [];
  for (const [domain, answers] of Object.entries(treeAt(tree, 'customDNS', 'mapping'))) {
    const name = asciiName(domain);
    if (name === null) plan.leave(`customDNS.mapping: ${domain}`, 'not a name');
    else
      for (const answer of String(answers).split(',')) {
        const octets = addressOctets(answer.trim());
        if (octets !== null)
          plan.record(`${pointerName(octets)} PTR ${name}`, `customDNS.mapping: ${domain}`);
        rules.push(`||${name}^$dnsrewrite=${answer.trim().replace(/^CNAME\((.*?)\.?\)$/, '$1')}`);
      }
  }
  if (rules.length > 0) plan.giveAll(plan.listOf('custom-dns', rules, { format: 'adblock', isForAll: true }));
  zone(plan, textAt(tree, 'customDNS', 'zone') ?? '');
  const files = textsAt(tree, 'hostsFile', 'sources').concat(textsAt(tree, 'hostsFile', 'filePath'));
  const [first, ...others] = files.filter((file) => !file.includes('\n') && !/^https?:/.test(file));
  if (first !== undefined) plan.set('local', 'hosts', first);
  for (const text of files.filter((file) => file.includes('\n')))
    for (const line of text.split('\n')) ownHost(plan, line);
  for (const other of [...others, ...files.filter((file) => /^https?:/.test(file))])
    plan.leave(`hostsFile: ${other}`, 'one hosts file is read, `local.hosts`');
}

/** Types whose data end with a name, which may be relative to the origin. */
const NAMED = /^(CNAME|NS|PTR|MX|SRV|DNAME)$/i;

/** A line before its comment; a semicolon between quotes begins none. */
const BEFORE_COMMENT = /^((?:"(?:[^"\\]|\\.)*"|[^";])*);.*$/;

const TTL_UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A zone file as it stands in the settings: each record on a line of its own. */
function zone(plan: Plan, text: string): void {
  let [origin, owner, usualTtl] = ['', '', ''];
  const whole = (name: string): string => {
    if (name === '@') return origin === '' ? '.' : origin;
    return name.endsWith('.') || origin === '' ? name : `${name}.${origin}`;
  };
  for (const line of text.split('\n')) {
    const said = line.replace(BEFORE_COMMENT, '$1');
    const what = `customDNS.zone: ${line.trim()}`;
    if (said.trim() === '') continue;
    const [, directive, value = ''] = /^\$(\S+)\s+(\S+)/.exec(said) ?? [];
    if (directive?.toUpperCase() === 'ORIGIN') origin = value.endsWith('.') ? value : `${value}.`;
    else if (directive?.toUpperCase() === 'TTL') usualTtl = secondsIn(value);
    else if (directive !== undefined) plan.leave(what, 'write its records out');
    if (directive !== undefined) continue;
    const [, name = '', numbers = '', type = '', data = ''] =
      /^(\S*)\s+((?:\d+[smhdw]?\s+|(?:IN)\s+)*)([A-Z]+)\s+(.*\S)/i.exec(said) ?? [];
    if (name !== '') owner = whole(name);
    if (type.toUpperCase() === 'SOA') continue;
    const ttl = secondsIn(numbers) || usualTtl;
    const parts = data.split(/\s+/);
    const last = NAMED.test(type) ? [...parts.slice(0, -1), whole(parts.at(-1) ?? '')].join(' ') : data;
    plan.record(`${owner} ${ttl}${ttl === '' ? '' : ' '}${type} ${last}`, what);
  }
}

/** `1h` → `3600`; empty where there is none. */
function secondsIn(text: string): string {
  const [, amount, unit = ''] = /(\d+)([smhdw]?)/i.exec(text) ?? [];
  return amount === undefined ? '' : String(Number(amount) * (TTL_UNITS[unit.toLowerCase()] ?? 1));
}

/** Lines that stand in the settings: beside a hosts file they can only be records. */
function ownHost(plan: Plan, line: string): void {
  const [address = '', ...hosts] = line.replace(/#.*$/, '').trim().split(/\s+/);
  for (const host of hosts)
    plan.record(
      `${asciiName(host) ?? host} ${isIP(address) === 6 ? 'AAAA' : 'A'} ${address}`,
      `hostsFile: ${line}`,
    );
}

function cache(plan: Plan, tree: Tree): void {
  for (const [theirs, ours] of [
    ['minTime', 'minTtl'],
    ['maxTime', 'maxTtl'],
    ['cacheTimeNegative', 'negativeTtl'],
  ] as const) {
    const text = textAt(tree, theirs);
    if (text?.startsWith('-'))
      plan.leave(`caching.${theirs} = ${text}`, '`cache.entries: 0` keeps nothing at all');
    else if (durationOf(text) !== null) plan.set('cache', ours, durationOf(text));
  }
  const items = numberAt(tree, 'maxItemsCount') ?? 0;
  if (items > 0) plan.set('cache', 'entries', items);
  if ('prefetching' in tree) plan.set('cache', 'prefetch', isOn(tree, 'prefetching'));
}

function clientNames(plan: Plan, tree: Tree): void {
  for (const [name, addresses] of Object.entries(treeAt(tree, 'clients')))
    for (const address of textsAt({ addresses }, 'addresses'))
      plan.clientName(address, name, `clientLookup.clients: ${name}`);
  const upstream = textAt(tree, 'upstream');
  if (upstream !== null)
    for (const network of PRIVATE_NETWORKS)
      plan.route(network, [serverOf(upstream)], `clientLookup.upstream: ${upstream}`);
}

function unsaid(plan: Plan, tree: Tree): void {
  const days = numberAt(tree, 'queryLog', 'logRetentionDays') ?? 0;
  if (days > 0) plan.set('events', 'history', `${days}d`);
  if (textAt(tree, 'queryLog', 'type') === 'none') plan.set('events', 'queryLog', { privacy: 'off' });
  else if (textAt(tree, 'queryLog', 'target') !== null)
    plan.leave('queryLog.target', 'cenote keeps its own store in `events.dir`');
  for (const name of textsAt(tree, 'rebindingProtection', 'allowedDomains')) plan.rebindingExcept.push(name);
  if (!isOn(tree, 'rebindingProtection', 'enable')) plan.differs(REBINDING);
  const types = textsAt(tree, 'filtering', 'queryTypes');
  for (const type of types) plan.leave(`filtering.queryTypes: ${type}`, typeRule(type));
  if (isTree(at(tree, 'redis')) && textAt(tree, 'redis', 'address') !== null)
    plan.leave('redis', 'cenotes share neither cache nor pauses');
  if (isOn(tree, 'fqdnOnly', 'enable') || isOn(tree, 'fqdnOnly')) plan.leave('fqdnOnly', WITHOUT.oneLabel);
  const limit = treeAt(tree, 'rateLimit');
  if (isOn(limit, 'enable'))
    plan.set('access', 'rateLimit', {
      perSecond: numberAt(limit, 'rate') ?? 50,
      burst: numberAt(limit, 'burst') ?? 100,
    });
  if (isOn(tree, 'ecs', 'useAsClient'))
    plan.leave('ecs.useAsClient = true', 'name those who say for whom they ask in `clients.trust`');
  if (isOn(tree, 'ecs', 'forward'))
    plan.leave('ecs.forward = true', 'a server is told what the query says by `{ server: …, ecs: pass }`');
  if (isOn(tree, 'dns64', 'enable')) plan.leave('dns64.enable = true', WITHOUT.dns64);
  if (isTree(at(tree, 'filtering64'))) plan.leave('filtering64', WITHOUT.setting);
  if (isOn(tree, 'dnssec', 'validate')) plan.differs(VALIDATION);
  tellUnread(plan, KNOWN.blocky, tree);
}
