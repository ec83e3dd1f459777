// Whether an address is one we listen on ourselves: a forwarder that asks itself asks for ever.
import { interfacesNow } from '../../native/interfaces.ts';

/** Addresses as a listener prints them: `127.0.0.1:53`, `[::1]:53`, `0.0.0.0:53`. */
export interface OwnAddresses {
  has(host: string, port: number): boolean;
}

const WILDCARDS = ['0.0.0.0', '::'];

export function ownAddresses(
  bound: readonly string[],
  localAddresses: () => readonly string[] = addressesOfThisMachine,
): OwnAddresses {
  const endpoints = bound.map(split);
  return {
    has(host, port) {
      const asked = normalise(host);
      return endpoints.some((own) => {
        if (own.port !== port) return false;
        if (own.host === asked) return true;
        return WILDCARDS.includes(own.host) && isLocal(asked, localAddresses);
      });
    },
  };
}

function split(endpoint: string): { host: string; port: number } {
  const colon = endpoint.lastIndexOf(':');
  return { host: normalise(endpoint.slice(0, colon)), port: Number(endpoint.slice(colon + 1)) };
}

function normalise(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:(?=\d+\.)/i, '')
    .toLowerCase();
}

function isLocal(host: string, localAddresses: () => readonly string[]): boolean {
  if (host.startsWith('127.') || host === '::1' || WILDCARDS.includes(host)) return true;
  return localAddresses().map(normalise).includes(host);
}

function addressesOfThisMachine(): string[] {
  return Object.values(interfacesNow()).flatMap((each) => (each ?? []).map(({ address }) => address));
}
