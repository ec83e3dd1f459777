// A bound address as text ↔ host and port.
import type { SocketAddress } from '../../config/config.ts';

/** `127.0.0.1:5335` or `[::1]:5335`, as listeners report it. */
export function parseBound(text: string): SocketAddress {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}
