// For whom a trusted HTTP proxy asks: the last machine that the proxies' headers name, for only the nearest proxy is known.
import { textToAddress } from '../../wire/names/address.ts';

type Headers = { readonly [name: string]: string | readonly string[] | undefined };

/** `Forwarded` (RFC 7239), else `X-Forwarded-For`, else `X-Real-IP`. @returns 16 octets; null when none names an address */
export function forwardedFor(headers: Headers): Uint8Array | null {
  const written = (name: string): string => [headers[name] ?? []].flat().join(',');
  const forwarded = last(written('forwarded'));
  if (forwarded !== '') {
    const [, quoted, bare = ''] = /(?:^|;)\s*for=(?:"([^"]*)"|([^;\s]*))/i.exec(forwarded) ?? [];
    return nodeAddress(quoted ?? bare);
  }
  return nodeAddress(last(written('x-forwarded-for')) || last(written('x-real-ip')));
}

const last = (list: string): string => list.split(',').at(-1)?.trim() ?? '';

/** `192.0.2.7`, `192.0.2.7:4711`, `[2001:db8::7]`, `[2001:db8::7]:4711`; an obfuscated node or `unknown` is nobody. */
function nodeAddress(node: string): Uint8Array | null {
  const [, bracketed] = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(node) ?? [];
  return textToAddress(bracketed ?? node.replace(/^([\d.]+):\d+$/, '$1'));
}
