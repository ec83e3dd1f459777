// A bound address as text ↔ host and port.
import type { SocketAddress } from '../../config/config.ts';

/** `127.0.0.1:5335` or `[::1]:5335`, as listeners report it. */
export function parseBound(text: string): SocketAddress {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

/** All that is bound, each with what is spoken there unless it is plain DNS. */
export function boundTexts({
  dns,
  tls,
  https,
}: Readonly<Record<'dns' | 'tls' | 'https', readonly string[]>>): string[] {
  return [...dns, ...tls.map((own) => `${own} (TLS)`), ...https.map((own) => `${own} (HTTPS)`)];
}
