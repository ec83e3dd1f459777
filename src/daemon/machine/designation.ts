// The records by which clients find the encrypted ways to this resolver (RFC 9462) and learn what it is like (RFC 9606).
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Config, LocalRecord, SocketAddress } from '../../config/config.ts';
import { INFO_CODES } from '../../resolver/sinkhole.ts';
import { textToName } from '../../wire/names/presentation.ts';
import { EDE, TYPE } from '../../wire/records/iana.ts';
import { rdataOf } from '../../wire/records/rdata-from-text.ts';

const TTL_SECONDS = 300;
const DESIGNATION = '_dns.resolver.arpa';
const RESOLVER = 'resolver.arpa';
/** The ways that are better come first (RFC 9460 §2.4.1). */
const WAYS = [
  { of: 'tls', priority: 1, alpn: 'dot', usualPort: 853, path: [] },
  { of: 'https', priority: 2, alpn: 'h2,http/1.1', usualPort: 443, path: ['dohpath=/dns-query{?dns}'] },
] as const;
/** Extended DNS Errors that are sent (resolver/), whatever lists say of their blocks. */
const SENT_ERRORS: readonly number[] = [
  EDE.OTHER,
  EDE.STALE_ANSWER,
  EDE.FORGED_ANSWER,
  EDE.BLOCKED,
  EDE.PROHIBITED,
  EDE.NO_REACHABLE_AUTHORITY,
  EDE.NETWORK_ERROR,
  EDE.INVALID_DATA,
];

/** Where it is really listened: a port may have been chosen by the system. */
export interface Served {
  readonly tls: readonly SocketAddress[];
  readonly https: readonly SocketAddress[];
}

/** @param certificate PEM; null: nothing is encrypted */
export function designation(
  { resolver, lists }: Pick<Config, 'resolver' | 'lists'>,
  certificate: string | null,
  served: Served,
): readonly LocalRecord[] {
  const name = resolver.name ?? (certificate === null ? null : nameOf(certificate));
  const designated = resolver.designate && name !== null && certificate !== null ? waysOf(name, served) : [];
  if (!resolver.information) return designated;
  const information = informationOf(resolver.infoUrl, lists);
  const owners = [RESOLVER, ...(name === null ? [] : [name])];
  return [...designated, ...owners.map((owner) => recordOf(owner, TYPE.RESINFO, information))];
}

function waysOf(name: string, served: Served): LocalRecord[] {
  return WAYS.flatMap(({ of, priority, alpn, usualPort, path }) => {
    const byPort = Map.groupBy(served[of], ({ port }) => port);
    return [...byPort].flatMap(([port, addresses]) => {
      const words = [
        ...[String(priority), `${name}.`, `alpn=${alpn}`],
        ...(port === usualPort ? [] : [`port=${port}`]),
        ...hintsOf(addresses),
        ...path,
      ];
      const rdata = rdataOf(TYPE.SVCB, words);
      return rdata === null ? [] : [recordOf(DESIGNATION, TYPE.SVCB, rdata)];
    });
  });
}

/** Addresses that are no wildcard; a client finds others by the name. */
function hintsOf(addresses: readonly SocketAddress[]): string[] {
  const hosts = [...new Set(addresses.map(({ host }) => host))];
  const hint = (key: string, family: number, wildcard: string): string[] => {
    const own = hosts.filter((host) => isIP(host) === family && host !== wildcard);
    return own.length === 0 ? [] : [`${key}=${own.join(',')}`];
  };
  return [...hint('ipv4hint', 4, '0.0.0.0'), ...hint('ipv6hint', 6, '::')];
}

/** The first name of a certificate that is one host's. */
function nameOf(pem: string): string | null {
  try {
    const names = new X509Certificate(pem).subjectAltName?.matchAll(/DNS:([^,\s]+)/g) ?? [];
    for (const [, name = ''] of names)
      if (!name.startsWith('*') && textToName(name) !== null) return name.toLowerCase();
  } catch {
    // A certificate that cannot be read is reported where it is used.
  }
  return null;
}

function informationOf(infoUrl: string | null, lists: Config['lists']): Uint8Array {
  const ofLists = lists.map(({ ede }) => INFO_CODES[ede ?? 'blocked']);
  const codes = [...new Set([...SENT_ERRORS, ...ofLists])].sort((a, b) => a - b);
  const texts = [`exterr=${rangesOf(codes)}`, ...(infoUrl === null ? [] : [`infourl=${infoUrl}`])];
  return Uint8Array.from(
    texts.flatMap((text) => {
      const octets = Buffer.from(text).subarray(0, 255);
      return [octets.length, ...octets];
    }),
  );
}

/** `0,3-4,15` */
function rangesOf(codes: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const code of codes) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === code) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

function recordOf(owner: string, type: number, rdata: Uint8Array): LocalRecord {
  return { name: textToName(owner) ?? new Uint8Array(1), type, ttlSeconds: TTL_SECONDS, rdata };
}
