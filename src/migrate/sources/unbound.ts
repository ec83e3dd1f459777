// unbound.conf: clauses of `name: value`. Its own recursion has no counterpart, since cenote forwards.

import { isIP } from 'node:net';
import { dirname, isAbsolute, join } from 'node:path';
import { addressOctets, formatEndpoint } from '../../wire/names/address.ts';
import { pointerName } from '../../wire/names/presentation.ts';
import { asciiName, type Plan, serverWithPort } from '../plan.ts';
import { linesOf, type SettingsFile, settingsFiles } from '../read-files.ts';
import { INTERFACES, REBINDING, VALIDATION, WITHOUT } from './settings.ts';
import { giveZones, readLocalZone, unquoted, type Zone } from './unbound-zones.ts';

interface Setting {
  readonly key: string;
  readonly value: string;
  readonly what: string;
}

/** `server:`, `forward-zone:` and so on, with what stands below. */
interface Clause {
  readonly kind: string;
  readonly settings: Setting[];
}

const FILES_DEEP_MAX = 10;
const TLS_PORT = '853';

export function fromUnbound(plan: Plan, path: string): void {
  const clauses: Clause[] = [];
  for (const file of settingsFiles(path, /^\.|~$/)) readClauses(plan, file, clauses, 0);
  const { ports, interfaces, zones } = readParts(plan, clauses);
  listenOn(plan, interfaces.length > 0 ? interfaces : ['127.0.0.1', '::1'], ports);
  giveZones(plan, zones);
  // Unbound answers its own machine whoever else may ask.
  if (plan.access.length > 0 && !plan.access.includes('any'))
    for (const loopback of ['127.0.0.0/8', '::1/128']) plan.prefix(plan.access, loopback, loopback);
  if (!clauses.some(({ settings }) => settings.some(({ key }) => key === 'private-address')))
    plan.differs(REBINDING);
  if (plan.upstreams.length === 0)
    plan.differs(
      'cenote forwards and does not recurse: where Unbound asked the root servers, `upstreams.default` asks those of resolv.conf. Name a resolver there, for example this Unbound on another port',
    );
}

/** Lines of a `server:` clause that stand in another program's settings, and zones below them. */
export function fromUnboundText(plan: Plan, file: SettingsFile): void {
  const clauses: Clause[] = [{ kind: 'server', settings: [] }];
  readClauses(plan, file, clauses, 0);
  giveZones(plan, readParts(plan, clauses).zones);
}

/** @returns what is given only when all of it is read */
function readParts(plan: Plan, clauses: readonly Clause[]): ServerParts {
  const parts: ServerParts = { ports: { dns: 53, tls: 853, https: 443 }, interfaces: [], zones: [] };
  for (const clause of clauses) readClause(plan, clause, parts);
  return parts;
}

function readClause(plan: Plan, clause: Clause, parts: ServerParts): void {
  const { kind, settings } = clause;
  if (kind === 'server') readServer(plan, clause, parts);
  else if (kind === 'forward-zone' || kind === 'stub-zone') readZone(plan, clause);
  else if (kind === 'rpz') readRpz(plan, clause);
  else if (kind === 'dnstap') plan.leave('dnstap:', '`out: [ { dnstap: … } ]` sends queries');
  else if (kind !== 'remote-control')
    plan.leave(`${kind}: (${settings[0]?.what ?? ''})`, 'cenote has no such clause');
}

function readClauses(plan: Plan, file: SettingsFile, clauses: Clause[], depth: number): void {
  for (const { text, where } of linesOf(file)) {
    const line = withoutComment(text);
    for (const { key, value, isClause } of settingsOf(line)) {
      const what = `${key}: ${value} (${where})`;
      if (key === 'include' || key === 'include-toplevel')
        readIncluded(plan, { file, value, what, clauses, depth });
      else if (isClause) clauses.push({ kind: key, settings: [] });
      else clauses.at(-1)?.settings.push({ key, value, what });
    }
  }
}

interface Included {
  readonly file: SettingsFile;
  readonly value: string;
  readonly what: string;
  readonly clauses: Clause[];
  readonly depth: number;
}

/** Of a pattern only its folder counts: `/etc/unbound/unbound.conf.d/*.conf`. */
function readIncluded(plan: Plan, { file, value, what, clauses, depth }: Included): void {
  const named = value.replace(/\/\*(\.\w+)?$/, '');
  const ending = /\*(\.\w+)$/.exec(value)?.[1] ?? '';
  const path = isAbsolute(named) ? named : join(dirname(file.path), named);
  try {
    if (depth >= FILES_DEEP_MAX) throw new Error('too deep');
    for (const one of settingsFiles(path, /^\.|~$/))
      if (one.path.endsWith(ending)) readClauses(plan, one, clauses, depth + 1);
  } catch {
    plan.leave(what, 'it is not here; run `cenote migrate` where it is, or on a copy of it too');
  }
}

/** A comment begins a word: `9.9.9.9@853#name` is none. */
function withoutComment(line: string): string {
  let quote = '';
  for (let i = 0; i < line.length; i += 1) {
    const character = line[i] ?? '';
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '#' && (i === 0 || /\s/.test(line[i - 1] ?? ''))) return line.slice(0, i).trim();
  }
  return line.trim();
}

/** `key: value`, several a line as Unbound takes them: `server: verbosity: 1`. */
function settingsOf(line: string): { key: string; value: string; isClause: boolean }[] {
  const clause = /^([a-z-]+):\s+(?=[a-z-]+:\s)/.exec(line);
  if (clause !== null)
    return [{ key: clause[1] ?? '', value: '', isClause: true }, ...settingsOf(line.slice(clause[0].length))];
  const setting = /^([a-z0-9-]+):\s*(.*)$/.exec(line);
  if (setting === null) return [];
  const text = (setting[2] ?? '').trim();
  // `chroot: ""` is a setting that is empty, no clause.
  return [{ key: setting[1] ?? '', value: unquoted(text), isClause: text === '' }];
}

interface ServerParts {
  readonly ports: { dns: number; tls: number; https: number };
  readonly interfaces: string[];
  readonly zones: Zone[];
}

/** Of these nothing needs to be said. */
const SILENT =
  /^(verbosity|num-threads|.*-slabs|outgoing-(?!interface).*|incoming-.*|do-.*|so-.*|edns-.*|jostle-.*|.*-cache-size|num-queries-.*|infra-.*|key-cache-.*|neg-cache-.*|rrset-cache-.*|msg-cache-.*|msg-buffer-size|chroot|username|directory|logfile|log-.*|use-syslog|pidfile|root-hints|hide-.*|target-fetch-policy|harden-.*|qname-minimisation.*|aggressive-nsec|use-caps-for-id|caps-.*|unwanted-.*|prefetch-key|minimal-responses|rrset-roundrobin|statistics-.*|extended-statistics|auto-trust-anchor-file|trust-.*|val-.*|root-key-.*|module-config|tls-cert-bundle|tls-system-cert|identity|version|ip-(?!ratelimit$).*|interface-automatic|max-.*|udp-.*|tcp-(?!upstream$).*|stream-.*|http-.*|delay-close|unknown-.*|deny-any|serve-original-ttl|ede|ede-serve-expired|serve-expired-(?!ttl$).*|fast-server-.*|local-zone-override|unblock-lan-zones|insecure-lan-zones|permit-small-holdown|discard-timeout|wait-limit.*|answer-cookie|sock-queue-timeout)$/;

const SERVER: Readonly<Record<string, (plan: Plan, setting: Setting, parts: ServerParts) => void>> = {
  interface: (_, { value }, { interfaces }) => void interfaces.push(value),
  port: (_, { value }, { ports }) => {
    ports.dns = Number(value);
  },
  'tls-port': (_, { value }, { ports }) => {
    ports.tls = Number(value);
  },
  'https-port': (_, { value }, { ports }) => {
    ports.https = Number(value);
  },
  'tls-service-pem': (plan, { value }) => certificate(plan, { cert: value }),
  'tls-service-key': (plan, { value }) => certificate(plan, { key: value }),
  'access-control': (plan, { value, what }) => {
    const [network = '', action = ''] = value.split(/\s+/);
    if (/^(allow|allow_snoop|allow_setrd|allow_cookie)$/.test(action))
      plan.prefix(plan.access, network, what);
    else if (action !== 'refuse' || !/^(0\.0\.0\.0|::0?)\/0$/.test(network)) plan.leave(what, WITHOUT.denied);
  },
  'private-domain': (plan, { value }) => void plan.rebindingExcept.push(value.replace(/\.$/, '')),
  'domain-insecure': () => undefined,
  'cache-min-ttl': (plan, { value }) => plan.set('cache', 'minTtl', `${value}s`),
  'cache-max-ttl': (plan, { value }) => plan.set('cache', 'maxTtl', `${value}s`),
  'cache-max-negative-ttl': (plan, { value }) => plan.set('cache', 'negativeTtl', `${value}s`),
  'serve-expired': () => undefined,
  'serve-expired-ttl': () => undefined,
  'ip-ratelimit': (plan, { value }) => {
    const perSecond = Number(value);
    plan.set('access', 'rateLimit', perSecond === 0 ? { perSecond } : { perSecond, burst: perSecond });
  },
  'outgoing-interface': (plan, { what }) =>
    plan.leave(what, 'queries leave by the address that the system chooses'),
  'tcp-upstream': (plan, { value, what }) => {
    if (value === 'yes') plan.leave(what, 'write `tcp://` in front of each server in `upstreams`');
  },
  prefetch: (plan, { value }) => plan.set('cache', 'prefetch', value === 'yes'),
  'local-zone': (plan, { value, what }, { zones }) => readLocalZone(plan, { value, what }, zones),
  'local-data': (plan, { value, what }) => plan.record(value, what),
  'local-data-ptr': (plan, { value, what }) => {
    const [address = '', ...rest] = value.split(/\s+/);
    const reverse = reverseName(address);
    if (reverse === null) plan.leave(what, `${JSON.stringify(address)} is not an address`);
    else plan.record(`${reverse} ${rest.length > 1 ? `${rest[0]} ` : ''}PTR ${rest.at(-1) ?? ''}`, what);
  },
  'private-address': () => undefined,
};

function readServer(plan: Plan, clause: Clause, parts: ServerParts): void {
  for (const setting of clause.settings) {
    const known = SERVER[setting.key];
    if (known !== undefined) known(plan, setting, parts);
    else if (setting.key.startsWith('dns64')) plan.leave(setting.what, WITHOUT.dns64);
    else if (!SILENT.test(setting.key)) plan.leave(setting.what, WITHOUT.setting);
    if (/^(auto-trust-anchor-file|trust-anchor-file|trust-anchor|trusted-keys-file)$/.test(setting.key))
      if (setting.value !== '') plan.differs(VALIDATION);
  }
  const last = (key: string): string | undefined =>
    clause.settings.findLast((setting) => setting.key === key)?.value;
  const serves = last('serve-expired');
  // 0: for as long as it is in the cache, which here is a year.
  const ttl = last('serve-expired-ttl') ?? '86400';
  if (serves !== undefined)
    plan.set('cache', 'serveStale', serves !== 'yes' ? '0s' : ttl === '0' ? '365d' : `${ttl}s`);
}

function certificate(plan: Plan, part: object): void {
  plan.listen.certificate = { ...plan.listen.certificate, ...part };
}

function readZone(plan: Plan, { kind, settings }: Clause): void {
  const all = (key: string): Setting[] => settings.filter((setting) => setting.key === key);
  const name = all('name')[0]?.value ?? '';
  const isTls = all('forward-tls-upstream')
    .concat(all('forward-ssl-upstream'), all('stub-tls-upstream'))
    .some(({ value }) => value === 'yes');
  const servers = [...all('forward-addr'), ...all('stub-addr')].map((setting) => ({
    what: setting.what,
    server: tlsServer(setting.value, isTls),
  }));
  for (const { what } of [...all('forward-host'), ...all('stub-host')])
    plan.leave(what, 'servers of a zone are given by address');
  if (kind === 'stub-zone')
    plan.differs(
      'Unbound asks the servers of a stub-zone with RD=0, cenote with RD=1, as it asks every upstream: they must answer such queries',
    );
  if (name === '.') for (const { server, what } of servers) plan.upstream(plan.upstreams, server, what);
  else for (const { server, what } of servers) plan.route(name, [server], what);
  if (name === '.' && isTls)
    plan.bootstrap.push(
      ...all('forward-addr')
        .map(({ value }) => value.split(/[@#]/)[0] ?? '')
        .slice(0, 2),
    );
}

/** `9.9.9.9@853#dns.quad9.net`: the name that its certificate has is what is asked. */
function tlsServer(text: string, isTls: boolean): string {
  const [address = '', name] = text.split('#');
  if (!isTls) return serverWithPort(address, '@');
  const [host = '', port = TLS_PORT] = address.split('@');
  return `tls://${port === TLS_PORT ? (name ?? host) : formatEndpoint(name ?? host, port)}`;
}

function readRpz(plan: Plan, { settings }: Clause): void {
  const settingOf = (key: string): string | undefined =>
    settings.find((setting) => setting.key === key)?.value;
  const name = settingOf('name') ?? 'rpz';
  const what = `rpz: ${name}`;
  const [primary] = (settingOf('primary') ?? settingOf('master') ?? '').split('#');
  const source =
    settingOf('url') ??
    (primary
      ? `rpz://${serverWithPort(primary, '@')}/${asciiName(name) ?? name}`
      : zoneFile(plan, settingOf('zonefile'), what));
  if (source === undefined) {
    if (settingOf('zonefile') === undefined) plan.leave(what, 'it has no url, primary or zonefile');
    return;
  }
  const override = settingOf('rpz-action-override');
  if (override !== undefined && override !== 'disabled')
    plan.leave(
      `${what}: rpz-action-override: ${override}`,
      'a zone does what its records say; `action: nxdomain` on the list answers so for all of them',
    );
  if (settingOf('tags') !== undefined)
    plan.leave(`${what}: tags`, 'give the list to the groups of those clients');
  plan.giveAll(plan.listFrom(name, source, { action: 'zone', format: 'rpz' }));
}

function zoneFile(plan: Plan, path: string | undefined, what: string): string | undefined {
  return path === undefined ? undefined : (plan.fileOfTheirs(path, '/etc/unbound', what) ?? undefined);
}

function listenOn(plan: Plan, interfaces: readonly string[], ports: ServerParts['ports']): void {
  for (const one of interfaces) {
    const [host = '', port] = one.split('@');
    const what = `interface: ${one}`;
    if (isIP(host) === 0) {
      plan.leave(what, INTERFACES);
      continue;
    }
    const number = Number(port ?? ports.dns);
    const to =
      number === ports.tls ? plan.listen.tls : number === ports.https ? plan.listen.https : plan.listen.dns;
    to.push(formatEndpoint(host, number));
  }
}

function reverseName(address: string): string | null {
  const octets = addressOctets(address);
  return octets === null ? null : pointerName(octets);
}
