// Who asks, for upstreams that the admin wants to be told: an office's own resolver, a filter that goes by client subnet.
//
// Which servers a name goes to decides what is told, and only there are answers kept apart. Where such a server is asked a key is made of
// each query; elsewhere nothing is done. Invariant: a number is one audience's while any query may have it.
import type { Route, UpstreamAddress, UpstreamTells } from '../../config/config.ts';
import type { Views } from '../../policy/views.ts';
import { Routes } from '../../upstream/choice/routes.ts';
import { readU16 } from '../../wire/header.ts';
import type { Audience } from '../../wire/message/audience.ts';
import { OPT_OCTETS, OPTION_HEADER_OCTETS } from '../../wire/message/edns.ts';
import type { Query } from '../../wire/message/query.ts';
import { isMapped, maskedOctets } from '../../wire/names/address.ts';
import { isStandIn, macOfStandIn } from '../../wire/names/stand-in.ts';
import { OPTION } from '../../wire/records/iana.ts';
import { readMacBase64, readMacText } from './mac-text.ts';

/** What the servers of one name want to know. */
type Wants = Pick<UpstreamTells, 'prefix' | 'mac'> & {
  /** The network, the option of the query, the id of the query. */
  readonly subnet: boolean;
  readonly pass: boolean;
  readonly id: boolean;
};

/** Numbers of audiences; views of groups are below them. */
const VIEWS = { first: 1 << 22, end: 1 << 23 } as const;
const AUDIENCES_MAX = 4096;
/** How long what the kernel said of an address is believed. */
const MAC_MS = 30_000;
const MAC_OCTETS = 6;
const ID_OCTETS_MAX = 63;
const ECS_OCTETS_MAX = 20;
const SOURCE_PREFIX_AT = 2;

export interface AudienceParts {
  readonly default: readonly UpstreamAddress[];
  readonly fallback: readonly UpstreamAddress[];
  readonly routes: readonly Route[];
  readonly views: Views;
  /** Who is at an address (six octets), as the kernel knows it; null: it cannot be asked. */
  readonly macOf: ((address: Uint8Array) => Uint8Array | null) | null;
}

interface Said {
  subnet: Uint8Array | null;
  mac: Uint8Array | null;
  id: Uint8Array | null;
}

export class Audiences {
  readonly #routes: Routes<Wants | null>;
  readonly #firstView: number;
  readonly #macOf: AudienceParts['macOf'];
  /** The one that was asked for last is the last. */
  readonly #byKey = new Map<string, Audience>();
  readonly #inUse = new Set<number>();
  readonly #macs = new Map<string, { readonly mac: Uint8Array | null; readonly untilMs: number }>();
  #next: number = VIEWS.first;

  /** @returns null where no server is told who asks */
  static of(parts: AudienceParts): Audiences | null {
    const all = [...parts.default, ...parts.fallback, ...parts.routes.flatMap(({ upstreams }) => upstreams)];
    const told = [...all, ...parts.views.servers.flat()].map(({ tells }) => tells);
    return told.some((tells) => tells !== undefined && wantsOf([tells]) !== null)
      ? new Audiences(parts)
      : null;
  }

  private constructor({ default: usual, fallback, routes, views, macOf }: AudienceParts) {
    const wants = (servers: readonly UpstreamAddress[]): Wants | null =>
      wantsOf(servers.flatMap(({ tells }) => tells ?? []));
    this.#routes = new Routes(routes, null);
    this.#routes.use(
      [wants([...usual, ...fallback]), ...views.servers.map(wants)],
      routes.map(({ upstreams }) => wants(upstreams)),
    );
    this.#firstView = views.first;
    this.#macOf = macOf;
  }

  /** Says of a query who asks, where a server that may be asked wants to know; call it for each name anew. */
  place(query: Query): void {
    const wants = this.#routes.groupOf(query.message, query.qnameEnd, query.view - this.#firstView);
    query.audience = wants === null ? null : this.#find(query, wants);
  }

  #find(query: Query, wants: Wants): Audience | null {
    const said = saidIn(query);
    const { subnet: isSubnet, pass, prefix } = wants;
    const optsOut = (isSubnet || pass) && said.subnet !== null && said.subnet[SOURCE_PREFIX_AT] === 0;
    const isPlaced = isSubnet && !optsOut && !isStandIn(query.address);
    const network = isPlaced ? networkOf(query.address, prefix) : null;
    const subnet = pass && !optsOut ? said.subnet : null;
    const mac = wants.mac ? (said.mac ?? this.#macAt(query)) : null;
    const id = wants.id ? said.id : null;
    if (!optsOut && network === null && subnet === null && mac === null && id === null) return null;
    const part = (octets: Uint8Array | null): string =>
      octets === null ? '-' : Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
    const key = `${query.view} ${optsOut} ${part(network)} ${part(subnet)} ${part(mac)} ${part(id)}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      this.#byKey.delete(key);
      this.#byKey.set(key, known);
      return known;
    }
    const audience: Audience = { view: this.#number(), network, optsOut, subnet, mac, id };
    this.#byKey.set(key, audience);
    this.#inUse.add(audience.view);
    return audience;
  }

  /** One that no audience has. */
  #number(): number {
    if (this.#byKey.size >= AUDIENCES_MAX) {
      const [[oldest, { view }] = ['', { view: 0 }]] = this.#byKey as Iterable<[string, Audience]>;
      this.#byKey.delete(oldest);
      this.#inUse.delete(view);
    }
    do {
      this.#next = this.#next + 1 < VIEWS.end ? this.#next + 1 : VIEWS.first;
    } while (this.#inUse.has(this.#next));
    return this.#next;
  }

  #macAt({ address, arrivedMs }: Query): Uint8Array | null {
    if (isStandIn(address)) return macOfStandIn(address);
    if (this.#macOf === null) return null;
    const key = Buffer.from(address.buffer, address.byteOffset, address.length).toString('latin1');
    const known = this.#macs.get(key);
    if (known !== undefined && known.untilMs > arrivedMs) return known.mac;
    const mac = this.#macOf(address);
    if (this.#macs.size >= AUDIENCES_MAX) this.#macs.clear();
    this.#macs.set(key, { mac, untilMs: arrivedMs + MAC_MS });
    return mac;
  }
}

/** Null: none of them wants to know anything of who asks. */
function wantsOf(all: readonly UpstreamTells[]): Wants | null {
  const subnet = all.some(({ ecs }) => ecs === 'subnet');
  const pass = all.some(({ ecs }) => ecs === 'pass');
  const mac = all.some((one) => one.mac);
  const id = all.some((one) => one.cpeId === 'pass');
  if (!subnet && !pass && !mac && !id) return null;
  const of = all.filter((one) => one.ecs === 'subnet').map(({ prefix }) => prefix);
  const prefix = {
    four: Math.max(0, ...of.map(({ four }) => four)),
    six: Math.max(0, ...of.map(({ six }) => six)),
  };
  return { subnet, pass, prefix, mac, id };
}

function networkOf(address: Uint8Array, { four, six }: Wants['prefix']): Uint8Array {
  return maskedOctets(address, isMapped(address) ? 96 + four : six);
}

/** What the query's own options say; of MAC and id a trusted neighbour's only. */
function saidIn({ message, optOffset, isForwarded }: Query): Said {
  const said: Said = { subnet: null, mac: null, id: null };
  if (optOffset === 0) return said;
  let at = optOffset + OPT_OCTETS;
  const end = at + readU16(message, optOffset + OPT_OCTETS - 2);
  while (at + OPTION_HEADER_OCTETS <= end) {
    const code = readU16(message, at);
    const length = readU16(message, at + 2);
    const data = at + OPTION_HEADER_OCTETS;
    if (code === OPTION.ECS && length >= 4 && length <= ECS_OCTETS_MAX)
      said.subnet = message.slice(data, data + length);
    else if (isForwarded && code === OPTION.MAC && length === MAC_OCTETS)
      said.mac = message.slice(data, data + length);
    else if (isForwarded && code === OPTION.CPE_MAC) said.mac = macIn(message, data, length) ?? said.mac;
    else if (isForwarded && code === OPTION.CPE_ID && length > 0 && length <= ID_OCTETS_MAX)
      said.id = message.slice(data, data + length);
    at = data + length;
  }
  return said;
}

function macIn(message: Uint8Array, data: number, length: number): Uint8Array | null {
  const mac = new Uint8Array(MAC_OCTETS);
  const isOne =
    length === 17 ? readMacText(message, data, mac) : length === 8 && readMacBase64(message, data, mac);
  return isOne ? mac : null;
}
