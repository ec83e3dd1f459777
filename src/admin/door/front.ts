// What a request says of its client: by its own connection, or by a proxy in front that the configuration declares.
import type { IncomingHttpHeaders } from 'node:http';
import type { Prefix } from '../../config/config.ts';
import { PrefixTable } from '../../policy/prefixes.ts';
import { addressToText, textToAddress } from '../../wire/names/address.ts';

export interface Front {
  readonly address: string;
  /** The name that the client asked for. */
  readonly host: string | undefined;
  readonly isSecure: boolean;
  /** Whether somebody passes it on, or says so: it is nobody of this machine then. */
  readonly isForwarded: boolean;
}

/** Headers that proxies add. */
const FORWARDING = /^(forwarded|via|x-forwarded-.+|x-real-ip|cf-connecting-ip|true-client-ip)$/;

const tables = new WeakMap<readonly Prefix[], PrefixTable>();

/** @param trust proxies whose word counts */
export function frontOf(
  peer: { readonly address: string; readonly isSecure: boolean },
  headers: IncomingHttpHeaders,
  trust: readonly Prefix[],
): Front {
  if (!isTrusted(peer.address, trust))
    return {
      ...peer,
      host: headers.host,
      isForwarded: Object.keys(headers).some((name) => FORWARDING.test(name)),
    };
  const proto = lastOf(headers['x-forwarded-proto']);
  return {
    address: clientOf(peer.address, headers['x-forwarded-for'], trust),
    host: lastOf(headers['x-forwarded-host']) ?? headers.host,
    isSecure: proto === undefined ? peer.isSecure : proto.toLowerCase() === 'https',
    isForwarded: true,
  };
}

export function isTrusted(address: string, trust: readonly Prefix[]): boolean {
  if (trust.length === 0) return false;
  let table = tables.get(trust);
  if (table === undefined) {
    table = new PrefixTable(trust.map(({ bytes, bits }) => ({ bytes, bits, value: 1 })));
    tables.set(trust, table);
  }
  const octets = textToAddress(address);
  return octets !== null && table.find(octets) >= 0;
}

/** Each proxy adds whom it heard from at the end: the last one that is no proxy of ours is the client. */
function clientOf(peer: string, said: string | string[] | undefined, trust: readonly Prefix[]): string {
  const chain = String(said ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  let client = peer;
  for (const one of chain.reverse()) {
    const octets = textToAddress(
      /^(?:\[([^\]]+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+)$/.exec(one)?.slice(1).find(Boolean) ?? one,
    );
    if (octets === null) return client;
    client = addressToText(octets);
    if (!isTrusted(client, trust)) return client;
  }
  return client;
}

function lastOf(said: string | string[] | undefined): string | undefined {
  const last =
    String(said ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? '';
  return last === '' ? undefined : last;
}
