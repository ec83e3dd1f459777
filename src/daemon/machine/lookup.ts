// Names of list servers → addresses. First by the bootstrap servers, since a machine that is its own resolver must be able to start;
// then by the system's, which knows names of the own network and is reached where 9.9.9.9 is not.
import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import type { UpstreamAddress } from '../../config/config.ts';
import { BOOTSTRAP_DEFAULT } from '../../config/values/upstream.ts';
import { formatEndpoint } from '../../wire/names/address.ts';

/** Whose file says nothing of it has never seen that address. */
const DEFAULT = formatEndpoint(BOOTSTRAP_DEFAULT, 53);

type Lookup = (hostname: string) => Promise<readonly string[]>;

const bySystem: Lookup = async (hostname) =>
  (await systemLookup(hostname, { all: true })).map(({ address }) => address);

/**
 * Asks the bootstrap servers given as plain addresses, then the system.
 * @returns a function that rejects with what each of them said
 */
export function lookupVia(bootstrap: readonly UpstreamAddress[], system: Lookup = bySystem): Lookup {
  const servers = bootstrap.flatMap((upstream) =>
    upstream.kind === 'udp' || upstream.kind === 'tcp' ? [formatEndpoint(upstream.host, upstream.port)] : [],
  );
  const ways: [string, Lookup][] = [];
  if (servers.length > 0) ways.push([bootstrapText(servers), byServers(servers)]);
  ways.push(["the system's resolver", system]);
  return async (hostname) => {
    const said: string[] = [];
    for (const [who, look] of ways)
      try {
        return await look(hostname);
      } catch (error) {
        said.push(`${who} ${inWords(error, servers.length > 1 && look !== system)}`);
      }
    throw new Error(`no address of ${hostname} can be found: ${said.join('; ')}`);
  };
}

/** Servers of upstreams.bootstrap, as an error names them. */
export function bootstrapText(servers: readonly string[]): string {
  const said = servers.join(', ');
  return `${said} (${said === DEFAULT ? 'the default of upstreams.bootstrap; set there a server in reach' : 'upstreams.bootstrap'})`;
}

function byServers(servers: readonly string[]): Lookup {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers(servers);
  return async (hostname) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const found = [four, six].flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    if (found.length > 0) return found;
    throw four.status === 'rejected' ? four.reason : new Error('has no address');
  };
}

/** What c-ares and getaddrinfo call it. */
function inWords(error: unknown, areMany: boolean): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (/^(ENOTFOUND|ENODATA|EAI_NONAME|EAI_NODATA)$/.test(code))
    return `${areMany ? 'know' : 'knows'} no such name (${code})`;
  if (/^(ETIMEOUT|ECONNREFUSED|EAI_AGAIN)$/.test(code))
    return `${areMany ? 'do' : 'does'} not answer (${code})`;
  return `failed (${code})`;
}
