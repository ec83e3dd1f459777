// Names of list servers → addresses, through the bootstrap servers: a machine that is its own resolver must be able to start.
import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import type { UpstreamAddress } from '../../config/config.ts';

/** Asks the bootstrap servers given as plain addresses; without any, the system. */
export function lookupVia(
  bootstrap: readonly UpstreamAddress[],
): (hostname: string) => Promise<readonly string[]> {
  const servers = bootstrap.flatMap((upstream) =>
    upstream.kind === 'udp' || upstream.kind === 'tcp'
      ? [`${upstream.host.includes(':') ? `[${upstream.host}]` : upstream.host}:${upstream.port}`]
      : [],
  );
  if (servers.length === 0)
    return async (hostname) => (await systemLookup(hostname, { all: true })).map(({ address }) => address);
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers(servers);
  return async (hostname) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const found = [four, six].flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    if (found.length > 0) return found;
    throw four.status === 'rejected' ? four.reason : new Error(`no address for ${hostname}`);
  };
}
