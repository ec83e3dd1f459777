// Files that say who the network's clients are: a hosts file, and what DHCP servers write.
import type { ClientsConfig } from '../../config/meant/clients.ts';
import { clientName } from '../client-name.ts';
import { hostsNames } from '../merge.ts';
import { WatchedFile } from '../watched-file.ts';
import { LeaseFile } from './lease-file.ts';

export interface Files {
  readonly hosts: WatchedFile<ReadonlyMap<string, string>> | null;
  readonly leases: readonly LeaseFile[];
}

export function openFiles({ hosts, leases }: ClientsConfig, tell: (problem: string) => void): Files {
  const report = (path: string, what: string) => (problem: string | null, holds: string) =>
    tell(
      problem === null
        ? `the ${what} is read again (${path})`
        : `the ${what} cannot be used: ${problem} (${path}); ${holds}`,
    );
  return {
    hosts:
      hosts === null
        ? null
        : new WatchedFile<ReadonlyMap<string, string>>({
            path: hosts,
            parse: (octets) => hostsNames(Buffer.from(octets).toString('utf8'), clientName),
            empty: new Map(),
            report: report(hosts, 'hosts file of clients.hosts'),
            mustExist: false,
          }),
    leases: leases.map(
      ({ path, mustExist }) => new LeaseFile({ path, report: report(path, 'lease file'), mustExist }),
    ),
  };
}
