// Technitium DNS Server: its settings as its API tells them (/api/settings/get), the zones that it allows and blocks as its console
// exports them, and the configuration of its app Advanced Blocking.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MigrateError } from '../../migrate-error.ts';
import type { Plan } from '../../plan.ts';
import { isFolder, linesOf, textOf } from '../../read-files.ts';
import {
  at,
  isOn,
  isTree,
  numberAt,
  REBINDING,
  type Tree,
  textAt,
  textsAt,
  treeAt,
  VALIDATION,
  WITHOUT,
  yamlTree,
} from '../settings.ts';
import { tellUnread } from '../unread.ts';
import { giveNames } from './names.ts';
import { advancedBlocking, answerWith, hoursOf, listOf } from './technitium-blocking.ts';
import { KNOWN } from './technitium-known.ts';

const APP = 'dnsApp.config';
const TAKE =
  'take its settings from the API (GET /api/settings/get with a token), save them as settings.json, and export the allowed and blocked zones beside it';

/** @param path the settings, exported zones, Advanced Blocking's dnsApp.config, or a folder with any of them */
export function fromTechnitium(plan: Plan, path: string): void {
  const files = isFolder(path)
    ? readdirSync(path)
        .sort()
        .map((name) => join(path, name))
    : [path];
  const read = files.filter((file) => readOne(plan, file));
  if (read.length > 0) return;
  throw new MigrateError('MIGRATE_NOT_THEIRS', `nothing of Technitium that can be read: ${TAKE} (${path})`);
}

/** @returns whether it is one of theirs */
function readOne(plan: Plan, file: string): boolean {
  const name = basename(file);
  if (/\.zip$|^dns\.config$|^(allowed|blocked)\.config$/i.test(name)) {
    plan.leave(name, `the backup is in a form of its own: ${TAKE}`);
    return false;
  }
  if (isFolder(file)) return false;
  if (/\.json$/i.test(name) || name === APP) return readJson(plan, file);
  const kind = /^(allow|block)/i.exec(name)?.[1]?.toLowerCase();
  if (kind === undefined || !/\.txt$/i.test(name)) return false;
  const names = linesOf({ path: file, text: textOf(file) }).map(({ text }) => text.trim());
  if (kind === 'allow') giveNames(plan, 'allowed-zones', names, 'allow');
  else giveNames(plan, 'blocked-zones', names, 'sinkhole');
  return true;
}

function readJson(plan: Plan, file: string): boolean {
  const whole = yamlTree(textOf(file), file);
  const tree = isTree(at(whole, 'response')) ? treeAt(whole, 'response') : whole;
  if ('networkGroupMap' in tree) advancedBlocking(plan, tree);
  else if ('dnsServerLocalEndPoints' in tree) settings(plan, tree);
  else return false;
  return true;
}

function settings(plan: Plan, tree: Tree): void {
  listen(plan, tree);
  upstreams(plan, tree);
  cache(plan, tree);
  access(plan, tree);
  blocking(plan, tree);
  if (isOn(tree, 'dnssecValidation')) plan.differs(VALIDATION);
  if (isOn(tree, 'eDnsClientSubnet')) plan.leave('eDnsClientSubnet', WITHOUT.identity);
  plan.differs(REBINDING);
  plan.differs(
    'zones of its own are in no file that is read here: records go to `local.records`, conditional forwarders to `upstreams.routes`',
  );
  tellUnread(plan, KNOWN, tree);
}

function listen(plan: Plan, tree: Tree): void {
  const all = textsAt(tree, 'dnsServerLocalEndPoints');
  plan.listen.dns.push(...all);
  const hosts = [...new Set(all.map((endpoint) => endpoint.replace(/:\d+$/, '')))];
  for (const [key, usual] of [
    ['Tls', 853],
    ['Https', 443],
  ] as const) {
    if (!isOn(tree, `enableDnsOver${key}`)) continue;
    plan.leave(
      `enableDnsOver${key}`,
      `its certificate is a PFX file: write it and its key to PEM files, name them in \`listen.tlsCertificate\`, and set \`listen.${key.toLowerCase()}\` to ${hosts.map((host) => `${host}:${numberAt(tree, `dnsOver${key}Port`) ?? usual}`).join(', ')}`,
    );
  }
  for (const key of ['enableDnsOverQuic', 'enableDnsOverHttp3'])
    if (isOn(tree, key)) plan.leave(key, 'cenote does not speak it; DoT and DoH are there');
}

const SCHEMES: Readonly<Record<string, string>> = { tcp: 'tcp://', tls: 'tls://', quic: 'quic://' };

function upstreams(plan: Plan, tree: Tree): void {
  const protocol = (textAt(tree, 'forwarderProtocol') ?? 'Udp').toLowerCase();
  const forwarders = textsAt(tree, 'forwarders');
  for (const forwarder of forwarders) {
    // `dns.quad9.net:853 (9.9.9.9)`: its name, and where that is.
    const [, server = '', address] = /^(\S+)(?:\s+\((.+)\))?$/.exec(forwarder) ?? [];
    const what = `forwarders: ${forwarder}`;
    const isUrl = server.includes('://');
    if (address !== undefined) plan.bootstrapServer(address, what);
    plan.upstream(plan.upstreams, isUrl ? server : `${SCHEMES[protocol] ?? ''}${server}`, what);
  }
  if (forwarders.length === 0)
    plan.differs(
      'cenote forwards and does not recurse: where Technitium asked the root servers, `upstreams.default` asks those of resolv.conf. Name a resolver there, for example this Technitium on another port',
    );
  if (isOn(tree, 'concurrentForwarding') && forwarders.length > 1) plan.strategy = 'parallel';
  const timeoutMs = numberAt(tree, 'forwarderTimeout');
  if (timeoutMs !== null && timeoutMs > 0) plan.timeout = `${timeoutMs}ms`;
}

const CACHE = {
  cacheMinimumRecordTtl: 'minTtl',
  cacheMaximumRecordTtl: 'maxTtl',
  cacheNegativeRecordTtl: 'negativeTtl',
} as const;

function cache(plan: Plan, tree: Tree): void {
  for (const [key, own] of Object.entries(CACHE)) {
    const seconds = numberAt(tree, key);
    if (seconds !== null) plan.set('cache', own, `${seconds}s`);
  }
  const entries = numberAt(tree, 'cacheMaximumEntries') ?? 0;
  if (entries > 0) plan.set('cache', 'entries', entries);
  if ('serveStale' in tree)
    plan.set(
      'cache',
      'serveStale',
      isOn(tree, 'serveStale') ? `${numberAt(tree, 'serveStaleTtl') ?? 259_200}s` : '0s',
    );
  if (numberAt(tree, 'cachePrefetchTrigger') === 0) plan.set('cache', 'prefetch', false);
}

function access(plan: Plan, tree: Tree): void {
  const word = textAt(tree, 'recursion') ?? '';
  if (word === 'AllowOnlyForPrivateNetworks') plan.prefix(plan.access, 'private', 'recursion');
  else if (word === 'Allow') plan.prefix(plan.access, 'any', 'recursion');
  else if (word === 'Deny') plan.leave('recursion = Deny', 'cenote answers whoever is in `access.allow`');
  const networks = [...textsAt(tree, 'recursionNetworkACL'), ...textsAt(tree, 'recursionAllowedNetworks')];
  const denied = [
    ...networks.filter((network) => network.startsWith('!')),
    ...textsAt(tree, 'recursionDeniedNetworks'),
  ];
  if (!/Specified/.test(word)) return;
  for (const network of networks)
    if (!network.startsWith('!')) plan.prefix(plan.access, network, `recursionNetworkACL: ${network}`);
  for (const network of denied) plan.leave(`recursionNetworkACL: ${network}`, WITHOUT.denied);
}

function blocking(plan: Plan, tree: Tree): void {
  const type = textAt(tree, 'blockingType') ?? 'AnyAddress';
  if (type === 'NxDomain') plan.set('sinkhole', 'answer', 'nxdomain');
  else if (type === 'CustomAddress') answerWith(plan, textsAt(tree, 'customBlockingAddresses'));
  const ttl = numberAt(tree, 'blockingAnswerTtl');
  if (ttl !== null) plan.set('sinkhole', 'ttl', `${Math.max(1, ttl)}s`);
  if (at(tree, 'enableBlocking') === false)
    plan.differs(
      'blocking was off; the lists are written all the same: `mode: monitor` on each only records',
    );
  for (const network of textsAt(tree, 'blockingBypassList'))
    plan.client(plan.group('bypass').clients, network, `blockingBypassList: ${network}`);
  const refresh = hoursOf(tree, 'blockListUpdateIntervalHours');
  for (const line of textsAt(tree, 'blockListUrls')) {
    // A line of the text field: `!` allows, `#` is a comment.
    if (line === '' || line.startsWith('#')) continue;
    const isAllow = line.startsWith('!');
    const url = isAllow ? line.slice(1) : line;
    plan.giveAll(listOf(plan, url, { action: isAllow ? 'allow' : 'sinkhole', refresh }));
  }
}
