// One server to forward to, as written: an address, or a URL whose scheme is the transport.
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { addressOctets } from '../../wire/names/address.ts';
import { hostToName, nameToText } from '../../wire/names/presentation.ts';
import { parsePort } from './addresses.ts';
import { bad, good, type Parsed, quote } from './parsed.ts';

/** What a server wants to be told of who asks: nothing, unless the admin says so. */
export interface UpstreamTells {
  /** `subnet`: the network of the machine that asks; `pass`: what its query says (RFC 7871). */
  readonly ecs: 'off' | 'subnet' | 'pass';
  /** Bits of its own family. */
  readonly prefix: { readonly four: number; readonly six: number };
  /** EDNS option 65001, as dnsmasq's add-mac. */
  readonly mac: boolean;
  /** EDNS option 65074, as dnsmasq's add-cpe-id; `pass`: what a trusted neighbour's query says. */
  readonly cpeId: string | null;
}

/** One server to forward to, and what it is told. */
export type UpstreamAddress = ServerLocation & { readonly tells?: UpstreamTells };

/** `system` stands for the servers of resolv.conf, read and watched by `upstream`. */
export type ServerLocation =
  | { readonly kind: 'system' }
  | { readonly kind: 'udp' | 'tcp'; readonly host: string; readonly port: number; readonly text: string }
  | { readonly kind: 'tls'; readonly host: string; readonly port: number; readonly text: string }
  | {
      readonly kind: 'https';
      readonly url: string;
      readonly host: string;
      readonly port: number;
      readonly text: string;
    };

const PORT = { udp: 53, tcp: 53, tls: 853, https: 443 } as const;
type Scheme = keyof typeof PORT;
const HINT =
  'write `system`, `9.9.9.9`, `127.0.0.1:5301`, `tcp://1.1.1.1`, `tls://dns.quad9.net` or `https://dns.quad9.net/dns-query`';

/** Of `upstreams.bootstrap`. */
export const BOOTSTRAP_DEFAULT = '9.9.9.9';

/** `system`, `9.9.9.9`, `[2620:fe::fe]:53`, `tcp://…`, `tls://…`, `https://…`. */
export function parseUpstream(text: string): Parsed<UpstreamAddress> {
  if (text === 'system') return good({ kind: 'system' });
  const url = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(text);
  if (url === null) return parseServer('udp', text, text);
  const scheme = (url[1] ?? '').toLowerCase();
  if (!isScheme(scheme))
    return bad(
      `${quote(`${scheme}://`)} is a transport this version does not speak`,
      'it speaks udp, tcp, tls (DoT) and https (DoH)',
    );
  if (scheme === 'https') return parseHttps(text);
  return parseServer(scheme, (url[2] ?? '').replace(/\/$/, ''), text);
}

function isScheme(text: string): text is Scheme {
  return Object.hasOwn(PORT, text);
}

function parseServer(kind: 'udp' | 'tcp' | 'tls', server: string, text: string): Parsed<UpstreamAddress> {
  const split = splitPort(server, PORT[kind]);
  if (split === null) return bad(`${quote(text)} is not an upstream`, HINT);
  if (!split.port.ok) return bad(`${quote(text)}: ${split.port.wrong}`, 'a port is a number from 1 to 65535');
  const port = split.port.value;
  if (port === 0) return bad(`${quote(text)}: port 0 cannot be asked`, 'a port is a number from 1 to 65535');
  if (isIP(split.host) !== 0) return good({ kind, host: split.host, port, text });
  if (kind === 'tls') {
    const host = hostName(split.host);
    return host === null
      ? bad(`${quote(split.host)} is not a host name`, HINT)
      : good({ kind, host, port, text });
  }
  if (/^[\d.]+$/.test(split.host) || hostName(split.host) === null)
    return bad(`${quote(text)} is not an upstream`, HINT);
  return bad(
    `${quote(text)}: ${kind} upstreams are given by address`,
    'write its IP address, or use `tls://` or `https://` with `upstreams.bootstrap`',
  );
}

function splitPort(server: string, standard: number): { host: string; port: Parsed<number> } | null {
  if (isIP(server) !== 0) return { host: server, port: good(standard) };
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(server);
  if (bracketed !== null) {
    const host = bracketed[1] ?? '';
    if (isIP(host) !== 6) return null;
    return { host, port: bracketed[2] === undefined ? good(standard) : parsePort(bracketed[2]) };
  }
  const plain = /^([^:/?#@[\]]+)(?::([^:]*))?$/.exec(server);
  if (plain === null) return null;
  return { host: plain[1] ?? '', port: plain[2] === undefined ? good(standard) : parsePort(plain[2]) };
}

function parseHttps(text: string): Parsed<UpstreamAddress> {
  const url = URL.parse(text);
  if (url === null) return bad(`${quote(text)} is not a URL`, 'write `https://dns.quad9.net/dns-query`');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (addressOctets(host) === null && hostName(host) === null)
    return bad(`${quote(host)} is not a host name`, HINT);
  if (url.pathname === '/' && url.search === '')
    return bad(`${quote(text)} has no path`, `most servers want \`${url.origin}/dns-query\``);
  url.hash = '';
  return good({
    kind: 'https',
    url: url.href,
    host,
    port: url.port === '' ? PORT.https : Number(url.port),
    text,
  });
}

/** Lower-case presentation form of a host name, null when it is none. */
function hostName(text: string): string | null {
  const name = hostToName(text);
  return name === null ? null : nameToText(name);
}

/** Whether the default upstreams stand in this network (a router, a domain controller) and so may know its reverse zones. */
export function upstreamKnowsPrivate({
  default: upstreams,
}: {
  readonly default: readonly UpstreamAddress[];
}): boolean {
  return upstreams.some(standsInside);
}

/** Whether a server is one of this network, or of whoever wrote resolv.conf. */
export function standsInside(upstream: UpstreamAddress): boolean {
  return (
    upstream.kind === 'system' ||
    (ipaddr.isValid(upstream.host) && ipaddr.process(upstream.host).range() !== 'unicast')
  );
}

/** A server as a configuration writes it, alone or with what it is told. */
export type WrittenUpstream =
  | UpstreamAddress
  | {
      readonly server: UpstreamAddress;
      readonly ecs: UpstreamTells['ecs'];
      readonly ecsPrefix4: number;
      readonly ecsPrefix6: number;
      readonly mac: boolean;
      readonly cpeId?: string | undefined;
    };

export function upstreamsOf(written: readonly WrittenUpstream[]): UpstreamAddress[] {
  return written.map((one) => {
    if (!('server' in one)) return one;
    const { server, ecs, ecsPrefix4: four, ecsPrefix6: six, mac, cpeId = null } = one;
    if (ecs === 'off' && !mac && cpeId === null) return server;
    return { ...server, tells: { ecs, prefix: { four, six }, mac, cpeId } };
  });
}
