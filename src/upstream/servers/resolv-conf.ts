// The servers of the system, out of resolv.conf: read, and read again when it changes.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Milliseconds } from '../../config/config.ts';

export const RESOLV_CONF = '/etc/resolv.conf';
/** Read again and again, since it is replaced, linked and bind-mounted in ways that file events miss; 15 µs a time. */
const WATCH_MS: Milliseconds = 1000;
/** resolv.conf(5) knows three; more do no harm. */
const NAMESERVERS_MAX = 8;

/** Addresses of its `nameserver` lines, in order. */
export function nameserversOf(text: string): string[] {
  const found: string[] = [];
  for (const line of text.split('\n')) {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    if (address === undefined || isIP(address.replace(/%.*$/, '')) === 0) continue;
    if (!found.includes(address)) found.push(address);
  }
  return found.slice(0, NAMESERVERS_MAX);
}

/** None when the file cannot be read. */
export function readNameservers(path: string): string[] {
  try {
    return nameserversOf(readFileSync(path, 'utf8'));
  } catch {
    return [];
  }
}

/** Calls back after every change; returns how to stop. */
export function watchNameservers(path: string, onChange: (addresses: readonly string[]) => void): () => void {
  let known = readNameservers(path).join();
  const timer = setInterval(() => {
    const addresses = readNameservers(path);
    if (addresses.join() === known) return;
    known = addresses.join();
    onChange(addresses);
  }, WATCH_MS).unref();
  return () => clearInterval(timer);
}
