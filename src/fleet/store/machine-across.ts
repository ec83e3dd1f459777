// Which machine of a site is which of another: a MAC is the same wherever its machine goes, an address or a name is not.

interface Told {
  readonly ip?: unknown;
  readonly mac?: unknown;
  /** Its id at its site. */
  readonly machine?: unknown;
}

/** Docker makes a container's MAC of its address, so that every site has the same ones. */
const OF_ADDRESS = /^02:42:/;

/** The same text for one machine at all sites, where that can be known; else one that no other site has. */
export function machineAcross(site: string, { ip, mac, machine }: Told): string {
  if (typeof mac === 'string' && !OF_ADDRESS.test(mac)) return mac;
  return `${site}/${String(machine ?? ip ?? '')}`;
}
