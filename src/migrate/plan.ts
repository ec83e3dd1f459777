// What another program's settings become, gathered piece by piece: each value is held against cenote's own rules when it is
// added, so that what is written is a configuration that loads. What has no counterpart is kept with the reason.
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { NULL_ADDRESSES, parsePrefix } from '../config/values/addresses.ts';
import { parseClient } from '../config/values/clients.ts';
import { parseLocalRecord } from '../config/values/local-record.ts';
import type { Parsed } from '../config/values/parsed.ts';
import { parseUpstream, type ServerLocation } from '../config/values/upstream.ts';
import { formatEndpoint } from '../wire/names/address.ts';
import { atMost } from './bounds.ts';

/** A setting of theirs that cenote has not, or not so. */
export interface WithoutCounterpart {
  /** As they call it, with its value: `dns.dnssec = true`. */
  readonly what: string;
  /** What cenote does instead, and what to do. */
  readonly why: string;
}

export type ListAction = 'sinkhole' | 'nxdomain' | 'nodata' | 'refused' | 'drop' | 'allow' | 'zone';

export interface PlannedList {
  readonly name: string;
  readonly action: ListAction;
  /** A URL or path; null where `lines` holds it. */
  readonly source: string | null;
  readonly lines: readonly string[];
  readonly format: string | null;
  readonly refresh: string | null;
  readonly isForAll: boolean;
  /** Whatever its format says: names with all below them. */
  readonly hasSubdomains: boolean;
}

export interface PlannedGroup {
  readonly clients: string[];
  readonly lists: string[];
  readonly upstreams: string[];
}

const WITHOUT_QUIC =
  'cenote does not speak DNS over QUIC; where that server speaks DoT or DoH too, write `tls://` or `https://`';

const DNS_PORT = 53;
const LIST_NAMES_MAX = 60;
const DEFAULT = 'default';

export class Plan {
  readonly listen: { dns: string[]; tls: string[]; https: string[]; certificate: object | null } = {
    dns: [],
    tls: [],
    https: [],
    certificate: null,
  };
  readonly upstreams: string[] = [];
  readonly fallback: string[] = [];
  readonly bootstrap: string[] = [];
  readonly routes = new Map<string, string[]>();
  strategy: string | null = null;
  timeout: string | null = null;
  readonly lists = new Map<string, PlannedList>();
  readonly groups = new Map<string, PlannedGroup>();
  readonly clientNames = new Map<string, string>();
  readonly clientIds: string[] = [];
  readonly trust: string[] = [];
  readonly records = new Set<string>();
  /** Lines of a hosts file whose names are answered, both ways. */
  readonly hosts: string[] = [];
  /** Lines of one whose names are blocked. */
  readonly blockedHosts: string[] = [];
  readonly rebindingExcept: string[] = [];
  readonly access: string[] = [];
  /** Sections of scalars, as they are written: `cache`, `sinkhole`, `local`, `rebinding`, `events`. */
  readonly sections = new Map<string, Record<string, unknown>>();
  readonly without: WithoutCounterpart[] = [];
  readonly differences = new Set<string>();

  /** A setting that has no counterpart, or a value that cenote would refuse. */
  leave(what: string, why: string): void {
    this.without.push({ what: what.replace(/\s+/g, ' ').trim().slice(0, 200), why });
  }

  /** Something that works otherwise here, told once. */
  differs(what: string): void {
    this.differences.add(what);
  }

  set(section: string, key: string, value: unknown): void {
    const settings = this.sections.get(section) ?? {};
    const setting = `${section}.${key}`;
    const taken = atMost(setting, value);
    if (taken !== value) this.differs(`\`${setting}\` is ${taken} at most; it was ${value}`);
    settings[key] = taken;
    this.sections.set(section, settings);
  }

  upstream(to: string[], server: string, what: string): void {
    // Clients that do not know a server of HTTP/3 yet find it over HTTP/2 (RFC 9114 §3.1.1), so nearly all speak both.
    const spoken = server.replace(/^h3:\/\//, 'https://');
    if (spoken !== server) this.differs('DoH servers that were asked over HTTP/3 are asked over HTTP/2');
    if (server.startsWith('quic://')) this.leave(what, WITHOUT_QUIC);
    else if (this.#holds(parseUpstream(spoken), what) && !to.includes(spoken)) to.push(spoken);
  }

  /** Servers that give the addresses of others, themselves by address: `9.9.9.9:53`, `tls://9.9.9.9`. */
  bootstrapServer(server: string, what: string): void {
    const location = locationOf(server);
    const isPlain = location?.kind === 'udp' && location.port === DNS_PORT;
    if (location !== null && isIP(location.host) === 0)
      this.leave(what, 'bootstrap servers are given by address');
    else this.upstream(this.bootstrap, isPlain ? location.host : server, what);
  }

  route(domain: string, servers: readonly string[], what: string): void {
    const name = domain.includes('/') ? domain : asciiName(domain);
    if (name === null) {
      this.leave(what, `${JSON.stringify(domain)} is not a domain name`);
      return;
    }
    const zone = networkText(name);
    if (zone.includes('/') && !this.#holds(parsePrefix(zone), what)) return;
    const known = this.routes.get(zone) ?? [];
    for (const server of servers) this.upstream(known, server, what);
    if (known.length > 0) this.routes.set(zone, known);
  }

  /** A line of a hosts file: an address and its names, which may be written in any letters. */
  host(line: string, what: string): void {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (address === '') return;
    const ascii = names.map((name) => asciiName(name));
    if (isIP(address) === 0 || ascii.includes(null) || names.length === 0)
      this.leave(what, 'a line of a hosts file is an address and its names');
    else (NULL_ADDRESSES.has(address) ? this.blockedHosts : this.hosts).push(`${address} ${ascii.join(' ')}`);
  }

  /** Lines that say of a name that it is nowhere: a list's, since `local.hosts` leaves them out. */
  giveBlockedHosts(): void {
    if (this.blockedHosts.length > 0)
      this.giveAll(this.listOf('hosts', this.blockedHosts, { format: 'hosts', isForAll: true }));
  }

  /**
   * A list of theirs that stands in a file, by its path from `folder`.
   * @returns where it is, null when it is not here: that is told
   */
  fileOfTheirs(path: string, folder: string, what: string): string | null {
    const found = [resolve(folder, path), resolve(path)].find((file) => existsSync(file));
    if (found === undefined) this.leave(what, 'the file is not here; copy it, then `cenote lists add`');
    return found ?? null;
  }

  /** @param line as `local.records` takes it */
  record(line: string, what: string): void {
    if (this.#holds(parseLocalRecord(line), what)) this.records.add(line);
  }

  client(to: string[], who: string, what: string): void {
    const client = networkText(who);
    if (this.#holds(parseClient(client), what) && !to.includes(client)) to.push(client);
  }

  /** @param who an address or a MAC address */
  clientName(who: string, name: string, what: string): void {
    const plain = name
      .toLowerCase()
      .replace(/[^a-z0-9_.-]+/g, '-')
      .replace(/^[.-]+|[.-]+$/g, '');
    if (plain === '') {
      this.leave(what, `${JSON.stringify(name)} has no letter or digit that a name may have`);
      return;
    }
    const parsed = parseClient(who);
    if (!this.#holds(parsed, what)) return;
    this.clientNames.set(who, plain);
  }

  prefix(to: string[], text: string, what: string): void {
    const prefix = networkText(text);
    if (this.#holds(parsePrefix(prefix), what) && !to.includes(prefix)) to.push(prefix);
  }

  /** A list from a URL or a file of theirs. @returns the name it has here */
  listFrom(wanted: string, source: string, more: Partial<PlannedList> = {}): string {
    for (const list of this.lists.values())
      if (list.source === source && list.action === (more.action ?? 'sinkhole')) return list.name;
    return this.#list(wanted, { source, ...more });
  }

  /** A list whose lines are written to a file beside the configuration. @returns the name it has here */
  listOf(wanted: string, lines: readonly string[], more: Partial<PlannedList> = {}): string {
    return this.#list(wanted, { lines, ...more });
  }

  /** A list for every client that is in no group of its own. */
  giveAll(list: string): void {
    this.group(DEFAULT).lists.push(list);
  }

  group(name: string): PlannedGroup {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const group: PlannedGroup = { clients: [], lists: [], upstreams: [] };
    this.groups.set(name, group);
    return group;
  }

  /** Of some clients, by what others call them; `default` is whoever is in no other group. */
  groupOf(title: string): PlannedGroup {
    return this.group(freeName(slug(title) || 'group', (name) => name === DEFAULT));
  }

  /** A list that no client has is taken out and told: the configuration would be refused with it. */
  dropUnused(): void {
    if (this.groups.size === 0) return;
    const used = new Set(
      [...this.groups].flatMap(([name, { clients, lists }]) =>
        name === DEFAULT || clients.length > 0 ? lists : [],
      ),
    );
    for (const [name, list] of this.lists) {
      if (used.has(name) || list.isForAll) continue;
      this.lists.delete(name);
      this.leave(`list ${list.source ?? name}`, 'no client had it; `cenote lists add` adds it');
    }
  }

  #list(wanted: string, more: Partial<PlannedList>): string {
    const name = freeName(slug(wanted) || 'list', (one) => this.lists.has(one));
    this.lists.set(name, {
      action: 'sinkhole',
      source: null,
      lines: [],
      format: null,
      refresh: null,
      isForAll: false,
      hasSubdomains: false,
      ...more,
      name,
    });
    return name;
  }

  #holds(parsed: Parsed<unknown>, what: string): boolean {
    if (!parsed.ok) this.leave(what, `${parsed.wrong}; ${parsed.right}`);
    return parsed.ok;
  }
}

/** A word for a list or group: lower-case letters, digits and dashes. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LIST_NAMES_MAX)
    .replace(/^-+|-+$/g, '');
}

/** `tv`; where that is taken `tv-2`, and so on. */
export function freeName(base: string, isTaken: (name: string) => boolean): string {
  let name = base;
  for (let number = 2; isTaken(name); number += 1) name = `${base}-${number}`;
  return name;
}

/** Others take `192.168.178.1/24` for its network. */
export function networkText(text: string): string {
  const family = [ipaddr.IPv4, ipaddr.IPv6].find((one) => one.isValidCIDR(text));
  return family === undefined ? text : `${family.networkAddressFromCIDR(text)}/${text.split('/')[1]}`;
}

/** Where a server is that is written as cenote takes upstreams; null for what is none, and for `system`. */
export function locationOf(server: string): Exclude<ServerLocation, { readonly kind: 'system' }> | null {
  const parsed = parseUpstream(server);
  return parsed.ok && parsed.value.kind !== 'system' ? parsed.value : null;
}

/** The name in its ASCII form, lower case, without the last dot; null for none. */
export function asciiName(text: string): string | null {
  const plain = text.trim().replace(/\.$/, '').toLowerCase();
  const ascii = /^[\x21-\x7e]*$/.test(plain) ? plain : domainToASCII(plain);
  return /^(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*$/.test(ascii)
    ? ascii
    : null;
}

/** `1.2.3.4#5353` or `::1#53` (dnsmasq, Pi-hole) or `1.2.3.4@853` (Unbound) as cenote writes a server. */
export function serverWithPort(text: string, mark: '#' | '@'): string {
  const [host = '', port = ''] = text.trim().split(mark);
  return port === '' ? host : formatEndpoint(host, port);
}
